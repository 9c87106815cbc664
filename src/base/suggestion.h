#pragma once
// Help for mistyped names.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace undersong {

// ASCII letters alone; other bytes stay.
std::string lower_case(std::string_view text);

// The number of single-byte insertions, deletions, replacements and swaps of neighbours between
// two texts.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The name that was probably meant, compared without regard to case; empty when none is near.
std::optional<std::string> nearest_name(std::string_view unknown,
                                        std::span<const std::string> names);

// The end of a message about an unknown name: `; did you mean Chopin? There are: Albeniz, …`.
// Empty when there are no names.
std::string suggestion(std::string_view unknown, std::span<const std::string> names);

}  // namespace undersong
