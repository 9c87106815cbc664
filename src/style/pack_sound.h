#pragma once
// Levels and effects of a style pack.

#include "style/pack_table.h"
#include "style/sound.h"

namespace undersong {

RoleSound read_role_sound(PackTable table);
MixSound read_mix_sound(PackTable table);

}  // namespace undersong
