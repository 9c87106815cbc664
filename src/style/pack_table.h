#pragma once
// Reading a style pack's tables key by key, where mistakes are collected and reading goes on.

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "style/toml_node.h"

namespace undersong {

// What is wrong with a pack, with places.
class PackComplaints {
 public:
  explicit PackComplaints(std::string_view toml) : toml_(toml) {}

  void add(TextPlace place, const std::string& path, const std::string& what);
  // At a byte of a text's value.
  void add_inside(const TomlNode& node, std::size_t offset, const std::string& path,
                  const std::string& what);
  bool empty() const { return lines_.empty(); }
  // Errors: kFormat with all of them in the order of the file, when there are any.
  void throw_if_any() const;

 private:
  std::string_view toml_;
  std::vector<std::pair<TextPlace, std::string>> lines_;
};

struct NumberLimits {
  double low = -std::numeric_limits<double>::infinity();  // both are allowed
  double high = std::numeric_limits<double>::infinity();
};

enum class Need { kOptional, kRequired };

// One table of a pack. What is missing or wrong reads as the fallback, after a complaint. Every key
// that was asked for is known; finish() complains of the others.
class PackTable {
 public:
  // A null `node` is a table that is not there: everything in it is missing, silently.
  PackTable(const TomlNode* node, std::string path, PackComplaints& complaints)
      : node_(node), path_(std::move(path)), complaints_(&complaints) {}

  bool present() const { return node_ != nullptr; }
  const TomlNode* node() const { return node_; }
  const std::string& path() const { return path_; }
  std::string path_of(std::string_view key) const;
  PackComplaints& complaints() const { return *complaints_; }

  // The value of a key, which is known from now on; null without one.
  const TomlNode* take(std::string_view key, Need need = Need::kOptional);
  // The same, when it has that kind; whole numbers are numbers.
  const TomlNode* take(std::string_view key, TomlNode::Kind kind, Need need = Need::kOptional);

  double number(std::string_view key, NumberLimits limits, double fallback,
                Need need = Need::kOptional);
  int integer(std::string_view key, NumberLimits limits, int fallback, Need need = Need::kOptional);
  // One of a few whole numbers.
  int choice(std::string_view key, const std::vector<int>& choices, int fallback);
  bool flag(std::string_view key, bool fallback);
  std::string text(std::string_view key, Need need = Need::kOptional);
  // Two numbers, the first not above the second.
  std::optional<std::pair<double, double>> span(std::string_view key, NumberLimits limits,
                                                Need need = Need::kOptional);

  // `parse` takes a text and throws an Error whose message follows the place.
  template <typename T, typename Parse>
  T parsed(std::string_view key, Parse&& parse, T fallback, Need need = Need::kOptional) {
    const TomlNode* node = take(key, TomlNode::Kind::kText, need);
    if (node != nullptr) parse_text(*node, key, [&] { fallback = parse(node->text); });
    return fallback;
  }

  // A list of texts, none of them twice.
  template <typename T, typename Parse>
  std::vector<T> list(std::string_view key, Parse&& parse, Need need = Need::kOptional) {
    std::vector<T> values;
    for_each_text(key, need, [&](const TomlNode& item) {
      const T value = parse(item.text);
      for (const T& other : values) {
        if (other == value)
          throw Error(ErrorKind::kFormat, "'" + item.text + "' stands here twice; leave one out");
      }
      values.push_back(value);
    });
    return values;
  }

  // `{ dorian = 2, minor = 1 }`, or a list or a single text of weights 1. No value twice.
  template <typename T, typename Parse>
  std::vector<std::pair<T, double>> weighted(std::string_view key, Parse&& parse,
                                             Need need = Need::kOptional) {
    std::vector<std::pair<T, double>> values;
    for_each_weight(key, need, [&](const std::string& text, double weight) {
      const T value = parse(text);
      for (const auto& other : values) {
        if (other.first == value)
          throw Error(ErrorKind::kFormat, "'" + text + "' stands here twice; leave one out");
      }
      values.emplace_back(value, weight);
    });
    return values;
  }

  PackTable table(std::string_view key, Need need = Need::kOptional);
  // `[[key]]`, at most `most` of them.
  std::vector<PackTable> tables(std::string_view key, std::size_t most,
                                Need need = Need::kOptional);

  void complain(const std::string& what) const;  // about the table as a whole
  void complain_about(const TomlNode& node, std::string_view key, const std::string& what) const;
  void complain_inside(const TomlNode& node, std::size_t offset, std::string_view key,
                       const std::string& what) const;

  // Complains of every key that nobody asked for, with the nearest that somebody did.
  void finish() const;

 private:
  void parse_text(const TomlNode& node, std::string_view key,
                  const std::function<void()>& parse) const;
  void for_each_text(std::string_view key, Need need,
                     const std::function<void(const TomlNode&)>& action);
  void for_each_weight(std::string_view key, Need need,
                       const std::function<void(const std::string&, double)>& action);

  const TomlNode* node_;
  std::string path_;
  PackComplaints* complaints_;
  std::vector<std::string> known_;
};

// "0 to 1", "0 or more".
std::string describe(NumberLimits limits);

}  // namespace undersong
