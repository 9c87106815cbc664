#include "style/toml_node.h"

#include <fmt/format.h>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <algorithm>

#include "base/error.h"

namespace undersong {
namespace {

TextPlace place_of(const toml::source_region& region) {
  // Tables that only their sub-tables name have no place of their own.
  return {std::max(1, static_cast<int>(region.begin.line)),
          std::max(1, static_cast<int>(region.begin.column))};
}

TomlNode converted(const toml::node& node);

void convert_entries(const toml::table& table, TomlNode& result) {
  for (const auto& [key, value] : table)
    result.entries.push_back({std::string(key.str()), place_of(key.source()), converted(value)});
  std::stable_sort(
      result.entries.begin(), result.entries.end(),
      [](const TomlNode::Entry& a, const TomlNode::Entry& b) { return a.place < b.place; });
}

// toml++ limits how deep values nest, so recursion does.
TomlNode converted(const toml::node& node) {
  TomlNode result;
  result.place = place_of(node.source());
  switch (node.type()) {
    case toml::node_type::table:
      result.kind = TomlNode::Kind::kTable;
      convert_entries(*node.as_table(), result);
      break;
    case toml::node_type::array:
      result.kind = TomlNode::Kind::kArray;
      for (const toml::node& item : *node.as_array()) result.items.push_back(converted(item));
      break;
    case toml::node_type::string:
      result.kind = TomlNode::Kind::kText;
      result.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      result.kind = TomlNode::Kind::kInteger;
      result.number = static_cast<double>(node.as_integer()->get());
      break;
    case toml::node_type::floating_point:
      result.kind = TomlNode::Kind::kFloat;
      result.number = node.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      result.kind = TomlNode::Kind::kFlag;
      result.flag = node.as_boolean()->get();
      break;
    default: result.kind = TomlNode::Kind::kDate; break;
  }
  return result;
}

bool begins_character(char byte);

// Bytes of a string from its opening quotes to behind its closing ones; the rest of the file where
// it has none, which the parser tells.
std::size_t string_length(std::string_view rest) {
  const char quote = rest[0];
  const bool several_lines = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
  const std::size_t quotes = several_lines ? 3 : 1;
  for (std::size_t i = quotes; i < rest.size(); ++i) {
    if (rest[i] == '\\' && quote == '"') {
      ++i;
    } else if (rest[i] == '\n' && !several_lines) {
      return rest.size();
    } else if (rest.substr(i, quotes) == rest.substr(0, quotes)) {
      return i + quotes;
    }
  }
  return rest.size();
}

// Letters beyond ASCII belong into texts and comments. toml++ 3.3 takes some of them anywhere else
// for what cannot happen (is_non_ascii_horizontal_whitespace), so they are refused before.
void refuse_letters_outside_texts(std::string_view toml) {
  TextPlace place;
  for (std::size_t i = 0; i < toml.size();) {
    std::size_t length = 1;
    if (toml[i] == '"' || toml[i] == '\'') length = string_length(toml.substr(i));
    if (toml[i] == '#') length = std::min(toml.find('\n', i), toml.size()) - i;
    if (static_cast<unsigned char>(toml[i]) >= 0x80U)
      throw Error(ErrorKind::kFormat,
                  fmt::format("line {}, column {}: a letter beyond ASCII stands outside of a text; "
                              "put it into quotes",
                              place.line, place.column));
    for (const std::size_t end = std::min(i + length, toml.size()); i < end; ++i) {
      if (toml[i] == '\n')
        place = {place.line + 1, 1};
      else if (begins_character(toml[i]))
        ++place.column;
    }
  }
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// The byte that stands at a place, or the end.
std::size_t offset_of(std::string_view toml, TextPlace place) {
  std::size_t at = 0;
  for (int line = 1; line < place.line; ++line) {
    const std::size_t end = toml.find('\n', at);
    if (end == toml.npos) return toml.size();
    at = end + 1;
  }
  for (int column = 1; column < place.column && at < toml.size(); ++column) {
    ++at;
    while (at < toml.size() && !begins_character(toml[at])) ++at;
  }
  return at;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view describe(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::kText: return "a text";
    case TomlNode::Kind::kInteger: return "a whole number";
    case TomlNode::Kind::kFloat: return "a number";
    case TomlNode::Kind::kFlag: return "true or false";
    case TomlNode::Kind::kDate: return "a date or time";
    case TomlNode::Kind::kArray: return "a list";
    case TomlNode::Kind::kTable: break;
  }
  return "a table";
}

TomlNode read_toml(std::string_view toml) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (toml.starts_with(kByteOrderMark)) toml.remove_prefix(kByteOrderMark.size());
  refuse_letters_outside_texts(toml);
  try {
    return converted(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    const TextPlace place = place_of(error.source());
    throw Error(ErrorKind::kFormat, fmt::format("line {}, column {}: {}", place.line, place.column,
                                                std::string_view(error.description())));
  }
}

TextPlace place_inside(std::string_view toml, const TomlNode& node, std::size_t offset) {
  std::size_t at = offset_of(toml, node.place);
  const std::string_view rest = toml.substr(at);
  const bool several_lines = rest.starts_with("\"\"\"") || rest.starts_with("'''");
  at += several_lines ? 3 : 1;
  TextPlace place = {node.place.line, node.place.column + (several_lines ? 3 : 1)};
  const auto step = [&] {
    if (toml[at] == '\n')
      place = {place.line + 1, 1};
    else if (begins_character(toml[at]))
      ++place.column;
    ++at;
  };
  // A line break right after the opening quotes is no part of the value.
  if (several_lines && toml.substr(at).starts_with("\r\n")) step();
  if (several_lines && toml.substr(at).starts_with("\n")) step();
  for (std::size_t i = 0; i < offset && i < node.text.size(); ++i) {
    if (at >= toml.size() || toml[at] != node.text[i]) return node.place;  // an escape
    step();
  }
  return place;
}

}  // namespace undersong
