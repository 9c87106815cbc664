#pragma once
// The music that developers and CI have beside the checkout, in ../shared/data. It is never in the
// repository: tests that want it skip, with a message, where it is missing.
//
//   const auto folder = shared_music("piano-midi-de");
//   if (!folder) GTEST_SKIP() << kNoSharedMusic;

#include <filesystem>
#include <optional>
#include <string>

namespace undersong {

inline constexpr const char* kNoSharedMusic =
    "the music of ../shared/data is not on this machine (it is not part of the repository)";

// The unpacked folder of a set, such as "piano-midi-de"; unpacked once into the build folder. Empty
// when it is missing.
std::optional<std::filesystem::path> shared_music(const std::string& set);

// A file of ../shared/data itself, such as "seed-split.txt".
std::optional<std::filesystem::path> shared_file(const std::string& name);

}  // namespace undersong
