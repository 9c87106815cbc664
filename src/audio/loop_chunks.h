#pragma once
// The chunks at the end of a WAV file that tell an editor how it loops. Written here, since
// libsndfile has no call for `acid`, and takes `smpl` before the length is known.

#include <cstdint>
#include <vector>

#include "audio/audio_writer.h"

namespace undersong::detail {

// `smpl` (one endless forward loop over all `frames`) and `acid` (tempo, meter, beats, root note),
// ready to be appended. Source: Multimedia Programming Interface and Data Specifications 1.0 and
// its new multimedia types (1994) for `smpl`; `acid` was never published, and is laid out as
// libsndfile reads it.
std::vector<std::uint8_t> loop_chunks(const LoopMark& loop, std::int64_t frames, int sample_rate);

}  // namespace undersong::detail
