#include "support/well_formed.h"

#include <vector>

namespace undersong {

std::optional<std::string> nesting_problem(std::string_view html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == html.npos) return "a tag without an end: " + std::string(html.substr(at, 40));
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    if (tag.empty()) return "an empty tag";
    if (tag.front() == '!' || tag.back() == '/') continue;
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    if (tag.front() != '/') {
      open.push_back(name);
      continue;
    }
    if (open.empty()) return "</" + name.substr(1) + "> closes nothing";
    if (open.back() != name.substr(1)) return "<" + open.back() + "> is closed by <" + name + ">";
    open.pop_back();
  }
  if (!open.empty()) return "<" + open.back() + "> is never closed";
  return std::nullopt;
}

}  // namespace undersong
