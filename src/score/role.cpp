#include "score/role.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

struct RoleNames {
  std::string_view name;
  std::string_view title;
};

constexpr std::array<RoleNames, kRoleCount> kNames = {{{"drums", "Drums"},
                                                       {"percussion", "Percussion"},
                                                       {"bass", "Bass"},
                                                       {"chords", "Chords"},
                                                       {"pad", "Pad"},
                                                       {"arpeggio", "Arpeggio"},
                                                       {"lead", "Lead"},
                                                       {"counter", "Counter-melody"}}};

}  // namespace

std::string_view name_of(Role role) { return kNames.at(index_of(role)).name; }

std::string_view title_of(Role role) { return kNames.at(index_of(role)).title; }

Role parse_role(std::string_view text) {
  const std::string wanted = lower_case(text);
  std::vector<std::string> names;
  for (const Role role : kRoles) {
    if (wanted == name_of(role)) return role;
    names.emplace_back(name_of(role));
  }
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no role '{}'{}", text, suggestion(text, names)));
}

}  // namespace undersong
