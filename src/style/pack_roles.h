#pragma once
// The roles of a style pack: [drums], [bass] …

#include <string>
#include <string_view>

#include "score/role.h"
#include "style/pack_steps.h"
#include "style/pack_table.h"
#include "style/style.h"

namespace undersong {

RolePack read_role(PackTable table, Role role, const StepMeter& meter);

// "E1", "Bb3", "F#4"; C4 is 60. Errors: kFormat.
int parse_note(std::string_view text);
// The name that parse_note reads back.
std::string note_name(int pitch);

// "triad" … in the order of VoicingType.
std::string_view name_of(VoicingType voicing);
std::string_view name_of(MelodyScale scale);
std::string_view name_of(CounterWay way);

// "brush"; empty for a program without a kit of that name.
std::string_view kit_name(int program);

}  // namespace undersong
