#pragma once
// A style pack with as little in it as may be, and ways to break it.

#include <string>
#include <string_view>

namespace undersong {

inline constexpr std::string_view kSmallPack = R"(format = 1
name = "small"
title = "Small"
about = "As little as may be."
moods = ["calm"]
modes = { major = 1 }

[tempo]
range = [80, 120]

[[form]]
body = ["A", "A'"]

[section.intro]
energy = 0.2
roles = ["chords"]

[section.A]
energy = 0.5
roles = ["chords", "drums", "lead"]

[section.outro]
energy = 0.2
roles = ["chords"]

[[progression]]
chords = "I | V | vi | IV"

[[cadence]]
at = "section"
chords = "IV | V"

[[cadence]]
at = "end"
chords = "V7 | I"

[drums]
[[drums.groove]]
kick = "x...x..."
steps_per_beat = 2

[chords]
instruments = ["piano"]
range = ["C3", "C5"]
[[chords.pattern]]
steps = "x------- --------"

[lead]
instruments = { flute = 2, "oboe" = 1 }
range = ["C4", "C6"]
[[lead.pattern]]
steps = "x---x--- x-------"
)";

// The small pack with one text in place of another that stands in it.
inline std::string small_pack_with(std::string_view old_text, std::string_view new_text) {
  std::string pack(kSmallPack);
  return pack.replace(pack.find(old_text), old_text.size(), new_text);
}

}  // namespace undersong
