#pragma once
// The SoundFont for tests: the small one when it is installed, else any.
//
//   const auto soundfont = installed_soundfont();
//   if (!soundfont) GTEST_SKIP() << kNoSoundfont;

#include <filesystem>
#include <optional>
#include <system_error>

namespace undersong {

inline constexpr const char* kNoSoundfont =
    "no SoundFont is installed (apt-get install timgm6mb-soundfont)";

inline std::optional<std::filesystem::path> installed_soundfont() {
  for (const char* path :
       {"/usr/share/sounds/sf2/TimGM6mb.sf2", "/usr/share/sounds/sf2/FluidR3_GM.sf2",
        "/usr/share/sounds/sf2/default-GM.sf2", "/usr/share/sounds/sf3/FluidR3Mono_GM.sf3"}) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

}  // namespace undersong
