#include "tokens/vocabulary.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/error.h"

namespace undersong {

Vocabulary::Vocabulary(std::vector<std::string> symbols, std::vector<std::int64_t> counts)
    : symbols_(std::move(symbols)), counts_(std::move(counts)) {
  if (symbols_.size() != counts_.size()) {
    throw Error(ErrorKind::kFormat, "the vocabulary has " + std::to_string(symbols_.size()) +
                                        " symbols and " + std::to_string(counts_.size()) +
                                        " counts");
  }
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (!ids_.emplace(symbols_[i], static_cast<TokenId>(i)).second) {
      throw Error(ErrorKind::kFormat,
                  "the vocabulary has the symbol \"" + symbols_[i] + "\" twice");
    }
  }
}

Vocabulary Vocabulary::count(std::span<const std::vector<std::string>> pieces,
                             std::int64_t minimum_count) {
  std::map<std::string, std::int64_t> seen;
  for (const auto& piece : pieces) {
    for (const auto& symbol : piece) ++seen[symbol];
  }
  std::vector<std::string> symbols;
  std::vector<std::int64_t> counts;
  for (const auto& [symbol, count] : seen) {
    if (count < minimum_count) continue;
    symbols.push_back(symbol);
    counts.push_back(count);
  }
  return {std::move(symbols), std::move(counts)};
}

const std::string& Vocabulary::symbol(TokenId id) const {
  UNDERSONG_CHECK(id >= 0 && id < size());
  return symbols_[static_cast<std::size_t>(id)];
}

std::int64_t Vocabulary::count_of(TokenId id) const {
  UNDERSONG_CHECK(id >= 0 && id < size());
  return counts_[static_cast<std::size_t>(id)];
}

std::optional<TokenId> Vocabulary::id_of(std::string_view symbol) const {
  const auto found = ids_.find(symbol);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<TokenId> Vocabulary::encode(std::span<const std::string> symbols) const {
  std::vector<TokenId> ids;
  ids.reserve(symbols.size());
  for (const auto& symbol : symbols) {
    if (const auto id = id_of(symbol)) ids.push_back(*id);
  }
  return ids;
}

std::string Vocabulary::to_json() const {
  return nlohmann::json{{"symbols", symbols_}, {"counts", counts_}}.dump();
}

Vocabulary Vocabulary::from_json(std::string_view json) {
  try {
    const auto parsed = nlohmann::json::parse(json);
    return {parsed.at("symbols").get<std::vector<std::string>>(),
            parsed.at("counts").get<std::vector<std::int64_t>>()};
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorKind::kFormat,
                std::string("the vocabulary is not readable: ") + failure.what());
  }
}

}  // namespace undersong
