#pragma once
// Moods as words that people use, and where they lie.

#include <array>
#include <cstdint>
#include <string_view>

namespace undersong {

enum class Mood : std::uint8_t {
  kNeutral,
  kHappy,
  kHopeful,
  kCalm,
  kDreamy,
  kRomantic,
  kNostalgic,
  kSad,
  kDark,
  kTense,
  kMysterious,
  kEpic,
  kPlayful,
  kEnergetic,
  kCool,
};

inline constexpr std::array kMoods = {
    Mood::kNeutral,    Mood::kHappy,     Mood::kHopeful, Mood::kCalm,      Mood::kDreamy,
    Mood::kRomantic,   Mood::kNostalgic, Mood::kSad,     Mood::kDark,      Mood::kTense,
    Mood::kMysterious, Mood::kEpic,      Mood::kPlayful, Mood::kEnergetic, Mood::kCool};

// Places on the plane of affect. Source: Russell 1980, doi:10.1037/h0077714; ours by word.
struct Affect {
  double valence = 0.0;  // -1 sad … 1 glad: chooses the mode
  double arousal = 0.5;  // 0 still … 1 stirred: tempo within the style's range, energy
};

// "neutral", "happy", …
std::string_view name_of(Mood mood);
// In any case. Errors: kUsage, with the nearest name.
Mood parse_mood(std::string_view text);
Affect affect_of(Mood mood);

}  // namespace undersong
