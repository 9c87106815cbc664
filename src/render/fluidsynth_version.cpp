#include "render/fluidsynth_version.h"

#include <fluidsynth.h>

namespace undersong {

std::string fluidsynth_version() { return fluid_version_str(); }

}  // namespace undersong
