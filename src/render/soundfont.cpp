#include "render/soundfont.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <istream>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace undersong {

namespace fs = std::filesystem;

namespace {

std::uint32_t u32_at(const char* bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8U * i);
  return value;
}

// RIFF, a length, then the kind of RIFF file that it is.
bool begins_as_soundfont(std::istream& file) {
  std::array<char, 12> head{};
  return file.read(head.data(), head.size()) && std::memcmp(head.data(), "RIFF", 4) == 0 &&
         std::memcmp(head.data() + 8, "sfbk", 4) == 0;
}

// Whether the three lists of a SoundFont follow, whole. Source: SoundFont Technical Specification
// 2.04, section 4. Looked at here, since FluidSynth would hand a damaged file on to a reader of
// other formats, which complains on stderr in its own words.
bool has_whole_lists(std::istream& file, std::uint64_t file_size) {
  std::uint64_t at = 12;
  for (const char* kind : {"INFO", "sdta", "pdta"}) {
    std::array<char, 12> head{};
    if (!file.seekg(static_cast<std::streamoff>(at)) || !file.read(head.data(), head.size()))
      return false;
    const std::uint64_t length = u32_at(head.data() + 4);
    const bool is_list =
        std::memcmp(head.data(), "LIST", 4) == 0 && std::memcmp(head.data() + 8, kind, 4) == 0;
    at += 8 + length + length % 2;  // chunks begin at even bytes
    if (!is_list || at > file_size + length % 2) return false;
  }
  return true;
}

}  // namespace

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
  std::ifstream file(path, std::ios::binary);
  if (!begins_as_soundfont(file)) {
    throw Error(ErrorKind::kFormat, display(path) +
                                        " is not a SoundFont: give an .sf2 or .sf3 file, or none "
                                        "to use the installed one");
  }
  const std::uintmax_t size = fs::file_size(path, ignored);
  if (!has_whole_lists(file, static_cast<std::uint64_t>(size))) {
    throw Error(ErrorKind::kFormat, display(path) +
                                        " is a SoundFont that was cut short: install or download "
                                        "it again");
  }
}

}  // namespace undersong
