#pragma once
// Symbols and their numbers.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

using TokenId = std::int32_t;

// An ordered list of distinct symbols with the number of times that each was seen. Ids are
// positions in the list.
class Vocabulary {
 public:
  Vocabulary() = default;

  // Errors: kFormat when a symbol appears twice or the two lists differ in length.
  Vocabulary(std::vector<std::string> symbols, std::vector<std::int64_t> counts);

  // Counts the symbols of all pieces, drops those seen fewer than `minimum_count` times and sorts
  // the rest as text, which is the order in which the seed numbers them.
  static Vocabulary count(std::span<const std::vector<std::string>> pieces,
                          std::int64_t minimum_count);

  TokenId size() const { return static_cast<TokenId>(symbols_.size()); }
  const std::string& symbol(TokenId id) const;
  std::int64_t count_of(TokenId id) const;
  std::optional<TokenId> id_of(std::string_view symbol) const;

  // Ids of the known symbols; the others are left out, as the seed meant to.
  std::vector<TokenId> encode(std::span<const std::string> symbols) const;

  // {"symbols": [...], "counts": [...]}. Errors of from_json: kFormat.
  std::string to_json() const;
  static Vocabulary from_json(std::string_view json);

  bool operator==(const Vocabulary&) const = default;

 private:
  std::vector<std::string> symbols_;
  std::vector<std::int64_t> counts_;
  std::map<std::string, TokenId, std::less<>> ids_;
};

}  // namespace undersong
