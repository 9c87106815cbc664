#pragma once
// The library behind this module, for certificates: other versions may give other bytes.

#include <string>

namespace undersong {

// Such as "2.3.1".
std::string fluidsynth_version();

}  // namespace undersong
