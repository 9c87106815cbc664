#pragma once
// How loud a track is delivered, by where it goes.

#include <string_view>

#include "render/mastering.h"

namespace undersong {

// "youtube" (-14 LUFS, -1 dBTP), "bed" (under speech: -17 LUFS, -1.5 dBTP), "broadcast" (-23 LUFS,
// -1 dBTP; EBU R 128), or a number of LUFS with the ceiling of youtube.
// Errors: kUsage for other words, with the nearest; what check_options says of a number.
MasteringOptions parse_loudness(std::string_view text);

}  // namespace undersong
