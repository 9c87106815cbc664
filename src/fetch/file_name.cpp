#include "fetch/file_name.h"

#include <algorithm>
#include <cstddef>

namespace undersong {
namespace {

constexpr std::size_t kMostBytes = 100;  // 255 is the limit of file systems, and others add to it
// What no name has on one system or another.
constexpr std::string_view kForbidden = "/\\:*?\"<>|";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace

std::string file_name_of(std::string_view title) {
  std::string name;
  for (const char c : title) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    const char kept = is_control ? ' ' : kForbidden.find(c) != kForbidden.npos ? '_' : c;
    if (kept != ' ' || (!name.empty() && name.back() != ' ')) name += kept;
  }
  // A leading dot hides a file, a leading dash makes it a flag.
  name.erase(0, std::min(name.find_first_not_of(".- "), name.size()));
  if (name.size() > kMostBytes) {
    std::size_t end = kMostBytes;
    while (end > 0 && is_continuation(name[end])) --end;
    name.resize(end);
  }
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
  return name.empty() ? "untitled" : name;
}

}  // namespace undersong
