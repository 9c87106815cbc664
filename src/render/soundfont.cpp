#include "render/soundfont.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace undersong {

namespace fs = std::filesystem;

const std::vector<fs::path>& soundfont_search_list() {
  static const std::vector<fs::path> kList = {
      "/usr/share/sounds/sf2/FluidR3_GM.sf2",
      "/usr/share/sounds/sf3/MuseScore_General_Full.sf3",
      "/usr/share/sounds/sf3/MuseScore_General.sf3",
      "/usr/share/sounds/sf3/MuseScore_General_Lite.sf3",
      "/usr/share/sounds/sf3/FluidR3Mono_GM.sf3",
      "/usr/share/sounds/sf2/default-GM.sf2",
      "/usr/share/sounds/sf3/default-GM.sf3",
      "/usr/share/soundfonts/FluidR3_GM.sf2",
      "/usr/share/soundfonts/default.sf2",
      "/usr/share/sounds/sf2/TimGM6mb.sf2",
  };
  return kList;
}

fs::path find_soundfont(const fs::path& wanted) {
  std::error_code ignored;
  if (!wanted.empty()) {
    if (fs::exists(wanted, ignored)) return wanted;
    throw Error(ErrorKind::kNotFound, "there is no SoundFont at " + display(wanted));
  }
  if (const char* named = std::getenv("UNDERSONG_SOUNDFONT"); named != nullptr && *named != '\0') {
    if (fs::exists(named, ignored)) return named;
    throw Error(ErrorKind::kNotFound,
                "there is no SoundFont at " + display(named) + ", which UNDERSONG_SOUNDFONT names");
  }
  for (const auto& path : soundfont_search_list()) {
    if (fs::exists(path, ignored)) return path;
  }
  throw Error(ErrorKind::kNotFound,
              "no SoundFont is installed, and notes need one to sound: run `apt-get install "
              "fluid-soundfont-gm`, or name a file with --soundfont or UNDERSONG_SOUNDFONT");
}

void check_soundfont(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw Error(ErrorKind::kNotFound, "there is no SoundFont at " + display(path));
  // RIFF, a length, then the kind of RIFF file that it is.
  std::array<char, 12> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const bool is_one = file.gcount() == static_cast<std::streamsize>(head.size()) &&
                      std::memcmp(head.data(), "RIFF", 4) == 0 &&
                      std::memcmp(head.data() + 8, "sfbk", 4) == 0;
  if (!is_one) {
    throw Error(ErrorKind::kFormat, display(path) +
                                        " is not a SoundFont: give an .sf2 or .sf3 file, "
                                        "or none to use the installed one");
  }
}

}  // namespace undersong
