#pragma once
// How a style sounds: a short piece of it, written or played.

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/progress.h"
#include "pipeline/render.h"

namespace undersong {

inline constexpr double kStyleExampleSeconds = 15.0;

struct StyleExampleRequest {
  std::string style;             // a name, an alias or a path (find_style)
  std::filesystem::path output;  // by suffix, as write_music; empty: play_style_example's own
  std::uint64_t seed = 1;        // always the same example, unless another is asked for
  Overwrite overwrite = Overwrite::kRefuse;
};

// Errors: those of compose_music().
MusicFileReport write_style_example(const StyleExampleRequest& request, Progress& progress);

struct PlayedExample {
  MusicFileReport file;  // which is gone
  std::string player;    // the program
};

// Writes the example to a temporary file and plays it with the first of pw-play, paplay, aplay and
// ffplay that is installed and works.
// Errors: those of compose_music(); kNotFound when there is no player, before anything is composed;
//         kIo when none works; kCancelled.
PlayedExample play_style_example(StyleExampleRequest request, Progress& progress);

}  // namespace undersong
