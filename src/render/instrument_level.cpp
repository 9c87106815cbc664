#include "render/instrument_level.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace undersong {
namespace {

// LUFS of a program, in phrases of three kinds.
struct ProgramLoudness {
  double melody;
  double chords;
  double bass;
};

// [0] is the first of General MIDI's programs.
constexpr std::array<ProgramLoudness, 128> kPrograms = {{
    // Piano
    {-41.9, -36.0, -38.4},
    {-42.3, -36.4, -38.9},
    {-38.2, -32.6, -35.9},
    {-42.4, -37.4, -38.4},
    {-33.6, -30.0, -40.5},
    {-38.9, -34.6, -38.3},
    {-35.2, -34.5, -36.5},
    {-37.6, -34.0, -40.5},
    // Chromatic percussion
    {-37.1, -33.9, -38.2},
    {-37.5, -33.0, -34.1},
    {-37.0, -35.0, -36.6},
    {-43.4, -37.8, -40.2},
    {-37.1, -33.2, -38.9},
    {-47.1, -40.5, -44.0},
    {-35.4, -32.8, -34.1},
    {-42.9, -41.1, -40.0},
    // Organ
    {-37.8, -33.4, -41.6},
    {-31.6, -29.4, -35.0},
    {-34.4, -29.4, -35.1},
    {-33.1, -29.4, -34.7},
    {-34.3, -30.7, -37.6},
    {-35.7, -33.8, -36.9},
    {-34.8, -34.4, -38.5},
    {-34.8, -33.7, -36.8},
    // Guitar
    {-41.2, -35.4, -33.6},
    {-39.7, -35.4, -33.0},
    {-31.8, -31.8, -36.8},
    {-36.4, -35.5, -31.6},
    {-45.1, -38.2, -38.6},
    {-30.5, -26.2, -32.1},
    {-28.6, -24.5, -31.5},
    {-28.3, -24.7, -32.2},
    // Bass
    {-39.4, -34.8, -36.6},
    {-36.0, -32.0, -36.1},
    {-36.2, -32.8, -36.9},
    {-37.6, -29.9, -34.0},
    {-43.8, -38.8, -39.9},
    {-42.0, -38.5, -37.6},
    {-38.4, -34.2, -37.6},
    {-31.2, -26.8, -30.9},
    // Strings
    {-34.6, -28.4, -38.7},
    {-35.4, -29.7, -36.9},
    {-33.8, -30.7, -39.2},
    {-60.0, -60.0, -38.3},
    {-34.0, -30.9, -37.1},
    {-37.5, -32.2, -36.0},
    {-42.7, -34.0, -38.3},
    {-49.9, -43.6, -41.3},
    // Ensemble
    {-34.6, -31.3, -38.1},
    {-32.0, -28.5, -34.3},
    {-34.2, -30.0, -37.6},
    {-35.4, -29.1, -34.5},
    {-35.1, -31.7, -37.4},
    {-33.9, -31.0, -40.7},
    {-34.6, -31.6, -36.9},
    {-38.0, -34.7, -36.2},
    // Brass
    {-34.3, -31.3, -39.0},
    {-31.0, -25.3, -37.3},
    {-31.2, -25.2, -34.6},
    {-31.7, -29.9, -36.5},
    {-32.6, -28.4, -35.7},
    {-33.7, -29.9, -37.0},
    {-37.1, -32.4, -35.5},
    {-37.5, -32.6, -35.6},
    // Reed
    {-31.3, -30.1, -36.2},
    {-32.2, -27.6, -33.5},
    {-32.9, -28.8, -35.0},
    {-36.6, -30.8, -37.1},
    {-32.5, -28.0, -37.6},
    {-38.4, -30.1, -37.2},
    {-33.1, -29.0, -34.7},
    {-29.5, -26.4, -36.6},
    // Pipe
    {-33.4, -28.8, -43.1},
    {-31.9, -29.4, -40.4},
    {-32.8, -29.9, -35.9},
    {-33.8, -28.9, -39.1},
    {-32.7, -28.0, -34.4},
    {-32.8, -28.8, -37.1},
    {-29.8, -25.2, -38.4},
    {-32.3, -26.8, -31.4},
    // Synth lead
    {-33.1, -28.5, -34.5},
    {-35.4, -31.5, -40.1},
    {-39.0, -34.7, -38.2},
    {-38.4, -33.3, -38.4},
    {-33.7, -32.0, -37.4},
    {-32.3, -29.1, -33.0},
    {-41.4, -36.4, -43.7},
    {-36.4, -33.7, -38.1},
    // Synth pad
    {-38.0, -35.7, -40.9},
    {-43.2, -33.8, -45.6},
    {-35.1, -31.6, -40.6},
    {-34.5, -30.8, -35.0},
    {-34.7, -30.1, -33.1},
    {-31.4, -26.6, -35.2},
    {-34.9, -31.6, -38.3},
    {-32.6, -30.6, -42.5},
    // Synth effects
    {-35.1, -33.0, -38.5},
    {-38.0, -35.5, -42.7},
    {-41.7, -37.0, -37.3},
    {-32.9, -30.5, -36.1},
    {-36.5, -32.6, -36.7},
    {-45.3, -31.4, -42.3},
    {-37.3, -34.1, -37.8},
    {-33.8, -32.2, -38.2},
    // Ethnic
    {-41.7, -35.7, -36.0},
    {-40.5, -36.0, -43.3},
    {-44.6, -41.7, -42.7},
    {-40.0, -37.6, -37.9},
    {-43.4, -37.8, -47.6},
    {-31.5, -29.1, -38.0},
    {-34.7, -28.4, -38.8},
    {-33.6, -30.8, -37.2},
    // Percussive
    {-40.1, -35.4, -39.0},
    {-45.2, -37.8, -43.8},
    {-39.8, -34.0, -34.5},
    {-46.8, -43.4, -45.7},
    {-39.1, -34.3, -38.7},
    {-39.9, -34.9, -37.7},
    {-34.9, -30.3, -34.7},
    {-44.6, -34.1, -48.1},
    // Sound effects
    {-36.8, -32.2, -36.8},
    {-37.5, -32.1, -35.9},
    {-37.3, -33.2, -40.0},
    {-32.9, -28.3, -31.8},
    {-32.6, -28.0, -32.6},
    {-53.7, -42.8, -53.1},
    {-36.0, -28.0, -35.7},
    {-35.1, -31.4, -33.9},
}};

struct KitLoudness {
  int program;
  double beat;
};
constexpr auto kKits = std::to_array<KitLoudness>({{0, -40.7},
                                                   {1, -39.6},
                                                   {8, -39.8},
                                                   {16, -35.9},
                                                   {24, -37.0},
                                                   {25, -30.2},
                                                   {32, -39.1},
                                                   {40, -40.3},
                                                   {48, -34.7}});

// A percussionist's instruments are the same samples in every kit but the analogue one (TR-808),
// whose conga, cowbell and hats are about so much louder.
constexpr int kAnalogKit = 25;
constexpr double kAnalogPercussionDb = -6.0;

// What each kind is brought to: about the median of its instruments.
constexpr double kMelodyReference = -36.0;
constexpr double kChordsReference = -34.0;
constexpr double kBassReference = -36.0;
constexpr double kBeatReference = -37.0;

// Beyond it something else is wrong, such as a pitch that the instrument does not have.
constexpr double kMostDb = 8.0;

double within_limits(double gain_db) { return std::clamp(gain_db, -kMostDb, kMostDb); }

double gain_of_kit(int program) {
  const auto found = std::find_if(kKits.begin(), kKits.end(),
                                  [&](const KitLoudness& kit) { return kit.program == program; });
  return within_limits(kBeatReference - (found == kKits.end() ? kKits.front().beat : found->beat));
}

}  // namespace

double evening_gain_db(Role role, int program) {
  if (role == Role::kPercussion) return program == kAnalogKit ? kAnalogPercussionDb : 0.0;
  if (role == Role::kDrums) return gain_of_kit(program);
  if (program < 0 || program >= static_cast<int>(kPrograms.size())) return 0.0;
  const ProgramLoudness& loudness = kPrograms[static_cast<std::size_t>(program)];
  switch (role) {
    case Role::kBass: return within_limits(kBassReference - loudness.bass);
    case Role::kChords:
    case Role::kPad: return within_limits(kChordsReference - loudness.chords);
    default: return within_limits(kMelodyReference - loudness.melody);
  }
}

}  // namespace undersong
