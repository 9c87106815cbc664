#include "base/suggestion.h"

#include <algorithm>
#include <vector>

#include "base/file.h"

namespace undersong {
namespace {

// More than this many names do not help in a message.
constexpr std::size_t kLongestList = 40;

std::string listed(std::span<const std::string> names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kLongestList); ++i) {
    if (i > 0) list += ", ";
    list += display(names[i]);
  }
  if (names.size() > kLongestList)
    list += " and " + std::to_string(names.size() - kLongestList) + " more";
  return list;
}

// How far a name is from what was typed; the start of a name is as good as the name.
std::size_t slips(std::string_view unknown, std::string_view name) {
  return !unknown.empty() && name.starts_with(unknown) ? 0 : edit_distance(unknown, name);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows of the table of Damerau (restricted): the two before the current one.
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::optional<std::string> nearest_name(std::string_view unknown,
                                        std::span<const std::string> names) {
  const std::string wanted = lower_case(unknown);
  const auto nearest =
      std::min_element(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        return slips(wanted, lower_case(a)) < slips(wanted, lower_case(b));
      });
  if (nearest == names.end()) return std::nullopt;
  // A slip of the finger; anything further is a guess.
  const std::size_t limit = std::max<std::size_t>(1, nearest->size() / 3);
  if (slips(wanted, lower_case(*nearest)) > limit) return std::nullopt;
  return *nearest;
}

std::string suggestion(std::string_view unknown, std::span<const std::string> names) {
  if (names.empty()) return "";
  std::string text;
  if (const auto nearest = nearest_name(unknown, names))
    text = "; did you mean " + display(*nearest) + "?";
  return text + (text.empty() ? "; there are: " : " There are: ") + listed(names);
}

}  // namespace undersong
