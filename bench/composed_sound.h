#pragma once
// Finished files of compose_bench: written as `undersong compose` writes them, read again,
// measured.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "style/style.h"

namespace undersong {

// Renders what has no line in `results` yet: every style, seeds 1 … `seeds`; of short lengths each
// seed has one in turn, so that all lengths come up. A line of JSON a piece, added as it is done.
void measure_sound(const std::vector<Style>& styles, std::size_t seeds,
                   const std::vector<double>& lengths, const std::filesystem::path& results);

void print_sound(const std::filesystem::path& results);

}  // namespace undersong
