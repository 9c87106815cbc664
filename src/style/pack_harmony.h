#pragma once
// Progressions and cadences of a style pack.

#include "style/pack_table.h"
#include "style/style.h"

namespace undersong {

// Wants the modes and sections of `style`; fills its progressions and cadences, and complains where
// a mode and a section have none.
void read_harmony(PackTable& top, Style& style);

}  // namespace undersong
