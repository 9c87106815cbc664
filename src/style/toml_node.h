#pragma once
// TOML as a tree that remembers where everything stands, so that a mistake of meaning is told with
// its place, as one of grammar is. The only user of toml++.

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

// As editors count: from 1; columns in characters.
struct TextPlace {
  int line = 1;
  int column = 1;

  auto operator<=>(const TextPlace&) const = default;
};

struct TomlNode {
  enum class Kind { kText, kInteger, kFloat, kFlag, kDate, kArray, kTable };
  struct Entry;

  Kind kind = Kind::kTable;
  TextPlace place;
  std::string text;             // kText
  double number = 0.0;          // kInteger, kFloat
  bool flag = false;            // kFlag
  std::vector<TomlNode> items;  // kArray
  std::vector<Entry> entries;   // kTable, in the order of the file

  const TomlNode* find(std::string_view key) const;
};

struct TomlNode::Entry {
  std::string key;
  TextPlace place;  // of the key
  TomlNode value;
};

// "a text", "a whole number", "a list" …
std::string_view describe(TomlNode::Kind kind);

// Errors: kFormat, `line 3, column 7: …`.
TomlNode read_toml(std::string_view toml);

// Where byte `offset` of a text's value stands in the file that `node` was read from. The place of
// the whole text where escapes make that hard to say.
TextPlace place_inside(std::string_view toml, const TomlNode& node, std::size_t offset);

}  // namespace undersong
