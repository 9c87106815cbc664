#pragma once
// The texts of `compose`'s flags that lists and ranges stand in. plan/request.h has those of
// single values.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "score/role.h"

namespace undersong {

// What --instruments says.
struct InstrumentWish {
  std::vector<std::pair<Role, int>> instruments;  // General MIDI programs, kits for drums
  std::optional<RoleSet> only;                    // set when a role stands there by itself
};

// "lead=flute, bass=33" changes instruments; "drums, bass, lead=flute" besides lets these roles
// play and no others. Kits of drums have names too: standard, room, power, electronic, tr-808,
// jazz, brush, orchestra.
// Errors: kUsage for what is no role, no instrument, or stands twice.
InstrumentWish parse_instrument_list(std::string_view text);

// "drums, lead". `flag` is named in errors: kUsage.
RoleSet parse_role_list(std::string_view text, std::string_view flag);

// The same back: "drums, lead".
std::string role_list(RoleSet roles);

// "none" is 0, else a number of bars. Errors: kUsage.
int parse_bar_count(std::string_view text, std::string_view flag);

// "bars=9-16", "9-16" or "9": first and last, as people count. `flag` is named in errors: kUsage.
std::pair<int, int> parse_bar_range(std::string_view text, std::string_view flag);

}  // namespace undersong
