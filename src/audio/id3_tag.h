#pragma once
// The tag at the front of MP3 files. Written here, since LAME (behind libsndfile) would write an
// ID3v1 tag, which has no room for a date and no way to say that its text is UTF-8.

#include <cstdint>
#include <vector>

#include "audio/audio_file.h"

namespace undersong::detail {

// An ID3v2.4 tag with UTF-8 text; empty when every field is. Source: id3.org, "ID3 tag version
// 2.4.0" (main structure and native frames).
std::vector<std::uint8_t> id3_tag(const AudioTags& tags);

}  // namespace undersong::detail
