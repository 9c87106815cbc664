#pragma once
// Which SoundFont plays.

#include <filesystem>
#include <vector>

namespace undersong {

// Where a SoundFont is looked for when none is named, best first: Debian's fluid-soundfont-gm,
// musescore-general-soundfont, fluidr3mono-gm-soundfont, the system's default-GM, and
// timgm6mb-soundfont.
const std::vector<std::filesystem::path>& soundfont_search_list();

// `wanted` when not empty, else $UNDERSONG_SOUNDFONT, else the first of the search list that is
// there. Errors: kNotFound with what to install, or when the named one is missing.
std::filesystem::path find_soundfont(const std::filesystem::path& wanted = {});

// Errors: kFormat when the file does not begin as a SoundFont 2 or 3 does (RIFF … sfbk), or when
// its three lists are not there whole; kNotFound.
void check_soundfont(const std::filesystem::path& path);

}  // namespace undersong
