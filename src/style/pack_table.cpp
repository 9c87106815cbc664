#include "style/pack_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/suggestion.h"

namespace undersong {
namespace {

// A pack with more mistakes than this is probably no pack.
constexpr std::size_t kMostLines = 60;
// Of a list or a table of weights.
constexpr std::size_t kMostItems = 64;

bool is_number(const TomlNode& node) {
  return node.kind == TomlNode::Kind::kInteger || node.kind == TomlNode::Kind::kFloat;
}

bool fits(const TomlNode& node, TomlNode::Kind kind) {
  return node.kind == kind || (kind == TomlNode::Kind::kFloat && is_number(node));
}

bool is_within(double number, NumberLimits limits) {
  return std::isfinite(number) && number >= limits.low && number <= limits.high;
}

// A line stays a line, and one that can be read, whatever the file holds.
std::string as_line(const std::string& text) {
  constexpr std::size_t kLongest = 700;
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_character = (byte & 0xC0U) != 0x80U;
    if (shown.size() >= kLongest && begins_character) return shown + " …";
    if (byte < 0x20U || byte == 0x7FU)
      shown += fmt::format("\\x{:02x}", byte);
    else
      shown += c;
  }
  return shown;
}

std::string example_of(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::kText: return "a text in quotes";
    case TomlNode::Kind::kArray: return "a list in square brackets";
    default: return std::string(describe(kind));
  }
}

}  // namespace

std::string describe(NumberLimits limits) {
  if (std::isinf(limits.high)) return fmt::format("{} or more", limits.low);
  return fmt::format("{} to {}", limits.low, limits.high);
}

void PackComplaints::add(TextPlace place, const std::string& path, const std::string& what) {
  lines_.emplace_back(place, fmt::format("line {}, column {}: {}{}{}", place.line, place.column,
                                         path, path.empty() ? "" : ": ", what));
  lines_.back().second = as_line(lines_.back().second);
}

void PackComplaints::add_inside(const TomlNode& node, std::size_t offset, const std::string& path,
                                const std::string& what) {
  add(place_inside(toml_, node, offset), path, what);
}

void PackComplaints::throw_if_any() const {
  if (lines_.empty()) return;
  auto sorted = lines_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kMostLines); ++i)
    text += (i == 0 ? "" : "\n") + sorted[i].second;
  if (sorted.size() > kMostLines)
    text += fmt::format("\nand {} more mistakes", sorted.size() - kMostLines);
  throw Error(ErrorKind::kFormat, text);
}

std::string PackTable::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const TomlNode* PackTable::take(std::string_view key, Need need) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (node_ == nullptr) return nullptr;
  const TomlNode* found = node_->find(key);
  if (found == nullptr && need == Need::kRequired)
    complaints_->add(node_->place, path_of(key), "is missing");
  return found;
}

const TomlNode* PackTable::take(std::string_view key, TomlNode::Kind kind, Need need) {
  const TomlNode* found = take(key, need);
  if (found == nullptr || fits(*found, kind)) return found;
  complain_about(*found, key,
                 fmt::format("is {}; give {}", describe(found->kind), example_of(kind)));
  return nullptr;
}

double PackTable::number(std::string_view key, NumberLimits limits, double fallback, Need need) {
  const TomlNode* found = take(key, TomlNode::Kind::kFloat, need);
  if (found == nullptr) return fallback;
  if (is_within(found->number, limits)) return found->number;
  complain_about(*found, key,
                 fmt::format("{} is out of range; give {}", found->number, describe(limits)));
  return fallback;
}

int PackTable::integer(std::string_view key, NumberLimits limits, int fallback, Need need) {
  const TomlNode* found = take(key, TomlNode::Kind::kInteger, need);
  if (found == nullptr) return fallback;
  if (is_within(found->number, limits)) return static_cast<int>(found->number);
  complain_about(*found, key,
                 fmt::format("{} is out of range; give {}", found->number, describe(limits)));
  return fallback;
}

int PackTable::choice(std::string_view key, const std::vector<int>& choices, int fallback) {
  const TomlNode* found = take(key, TomlNode::Kind::kInteger);
  if (found == nullptr) return fallback;
  for (const int one : choices) {
    if (found->number == one) return one;
  }
  complain_about(*found, key,
                 fmt::format("{} is none of {}", found->number, fmt::join(choices, ", ")));
  return fallback;
}

bool PackTable::flag(std::string_view key, bool fallback) {
  const TomlNode* found = take(key, TomlNode::Kind::kFlag);
  return found == nullptr ? fallback : found->flag;
}

std::string PackTable::text(std::string_view key, Need need) {
  const TomlNode* found = take(key, TomlNode::Kind::kText, need);
  if (found == nullptr) return "";
  constexpr std::size_t kLongestText = 2000;
  const bool printable = std::none_of(found->text.begin(), found->text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20U || c == 0x7F;
  });
  if (!printable)
    complain_about(*found, key, "has a line break or a control character; leave it out");
  if (found->text.size() > kLongestText)
    complain_about(*found, key, fmt::format("is longer than {} bytes; shorten it", kLongestText));
  if (found->text.empty() && need == Need::kRequired) complain_about(*found, key, "is empty");
  return found->text;
}

std::optional<std::pair<double, double>> PackTable::span(std::string_view key, NumberLimits limits,
                                                         Need need) {
  const TomlNode* found = take(key, TomlNode::Kind::kArray, need);
  if (found == nullptr) return std::nullopt;
  if (found->items.size() != 2 || !is_number(found->items[0]) || !is_number(found->items[1])) {
    complain_about(*found, key, "is not two numbers; give the lowest and the highest, as [1, 2]");
    return std::nullopt;
  }
  for (const TomlNode& item : found->items) {
    if (is_within(item.number, limits)) continue;
    complain_about(item, key,
                   fmt::format("{} is out of range; give {}", item.number, describe(limits)));
    return std::nullopt;
  }
  const double low = found->items[0].number;
  const double high = found->items[1].number;
  if (low <= high) return std::pair(low, high);
  complain_about(*found, key,
                 fmt::format("{} is above {}; give the lower number first", low, high));
  return std::nullopt;
}

PackTable PackTable::table(std::string_view key, Need need) {
  return {take(key, TomlNode::Kind::kTable, need), path_of(key), *complaints_};
}

std::vector<PackTable> PackTable::tables(std::string_view key, std::size_t most, Need need) {
  std::vector<PackTable> all;
  const TomlNode* found = take(key, need);
  if (found == nullptr) return all;
  const auto wrong = [&](const TomlNode& node) {
    complain_about(node, key,
                   fmt::format("is {}; write it as [[{}]] with its keys below", describe(node.kind),
                               path_of(key)));
  };
  if (found->kind != TomlNode::Kind::kArray) {
    wrong(*found);
    return all;
  }
  if (found->items.size() > most)
    complain_about(*found, key,
                   fmt::format("stands here {} times; {} are the most", found->items.size(), most));
  if (found->items.empty() && need == Need::kRequired) complain_about(*found, key, "is empty");
  for (const TomlNode& item : found->items) {
    if (item.kind == TomlNode::Kind::kTable)
      all.emplace_back(&item, path_of(key), *complaints_);
    else
      wrong(item);
  }
  return all;
}

void PackTable::complain(const std::string& what) const {
  complaints_->add(node_ == nullptr ? TextPlace{} : node_->place, path_, what);
}

void PackTable::complain_about(const TomlNode& node, std::string_view key,
                               const std::string& what) const {
  complaints_->add(node.place, path_of(key), what);
}

void PackTable::complain_inside(const TomlNode& node, std::size_t offset, std::string_view key,
                                const std::string& what) const {
  complaints_->add_inside(node, offset, path_of(key), what);
}

void PackTable::finish() const {
  if (node_ == nullptr) return;
  for (const TomlNode::Entry& entry : node_->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    complaints_->add(entry.place, path_of(entry.key),
                     "there is no such key" + suggestion(entry.key, known_));
  }
}

void PackTable::parse_text(const TomlNode& node, std::string_view key,
                           const std::function<void()>& parse) const {
  try {
    parse();
  } catch (const Error& error) {
    complain_about(node, key, error.message());
  }
}

void PackTable::for_each_text(std::string_view key, Need need,
                              const std::function<void(const TomlNode&)>& action) {
  const TomlNode* found = take(key, TomlNode::Kind::kArray, need);
  if (found == nullptr) return;
  if (found->items.empty() && need == Need::kRequired) complain_about(*found, key, "is empty");
  if (found->items.size() > kMostItems) {
    complain_about(*found, key, fmt::format("has more than {} items", kMostItems));
    return;
  }
  for (const TomlNode& item : found->items) {
    if (item.kind == TomlNode::Kind::kText)
      parse_text(item, key, [&] { action(item); });
    else
      complain_about(item, key, fmt::format("holds {}; give texts in quotes", describe(item.kind)));
  }
}

void PackTable::for_each_weight(std::string_view key, Need need,
                                const std::function<void(const std::string&, double)>& action) {
  const TomlNode* found = take(key, need);
  if (found == nullptr) return;
  if (found->kind == TomlNode::Kind::kText) {
    parse_text(*found, key, [&] { action(found->text, 1.0); });
    return;
  }
  if (found->kind == TomlNode::Kind::kArray) {
    for_each_text(key, need, [&](const TomlNode& item) { action(item.text, 1.0); });
    return;
  }
  if (found->kind != TomlNode::Kind::kTable) {
    complain_about(*found, key,
                   fmt::format("is {}; give names with weights, as {{ one = 2, other = 1 }}",
                               describe(found->kind)));
    return;
  }
  if (found->entries.empty() && need == Need::kRequired) complain_about(*found, key, "is empty");
  if (found->entries.size() > kMostItems) {
    complain_about(*found, key, fmt::format("has more than {} items", kMostItems));
    return;
  }
  for (const TomlNode::Entry& entry : found->entries) {
    constexpr double kHeaviest = 1000.0;
    if (!is_number(entry.value) || !(entry.value.number > 0.0 && entry.value.number <= kHeaviest))
      complain_about(entry.value, key,
                     fmt::format("the weight of '{}' is no number above 0 and up to {}", entry.key,
                                 kHeaviest));
    else
      try {
        action(entry.key, entry.value.number);
      } catch (const Error& error) {
        complaints_->add(entry.place, path_of(key), error.message());
      }
  }
}

}  // namespace undersong
