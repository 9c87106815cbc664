#pragma once
// Music as the composer network sees it: bars of notes on a grid of a twelfth of a quarter note,
// every note with the role that plays it, every bar with what a plan would have asked of it.
//
// Pitches are those of the piece moved to the key without sharps or flats (C major, A minor and
// their modes), so that the network learns every key from every piece; `shift` says by how much.
// What a file cannot hold exactly (a duration between two steps, a velocity) is rounded once: going
// through the grid again changes nothing.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/chords.h"
#include "score/role.h"

namespace undersong {

inline constexpr int kGridPerQuarter = 12;
inline constexpr int kLongestGridBar = 96;  // two bars of 4/4; longer ones are cut

// Steps that a note may last.
inline constexpr std::array<int, 24> kGridDurations = {1,  2,  3,  4,  5,  6,  8,  9,
                                                       10, 12, 15, 16, 18, 20, 24, 30,
                                                       32, 36, 42, 48, 60, 72, 96, 144};
inline constexpr int kGridVelocities = 16;  // of 8 each
inline constexpr int kLowestPitch = 21;     // of a piano; what lies outside moves by octaves
inline constexpr int kPitchCount = 88;
inline constexpr int kLowestDrum = 27;  // of General MIDI level 2; other keys become the nearest
inline constexpr int kDrumCount = 61;

struct GridMeter {
  std::uint8_t numerator;
  std::uint8_t denominator;

  int length() const { return numerator * 4 * kGridPerQuarter / denominator; }
};

// The meters that have a token. A bar of another one has the nearest that is long enough.
inline constexpr std::array<GridMeter, 17> kGridMeters = {
    {{2, 4}, {3, 4}, {4, 4}, {2, 2}, {3, 8}, {6, 8}, {9, 8}, {12, 8}, {5, 4}, {3, 2},
     {6, 4}, {5, 8}, {7, 8}, {4, 8}, {7, 4}, {1, 4}, {8, 4}}};

// Beats a minute, 24 steps from 30 to 240 in equal ratios. tempo_of is the middle of a step.
inline constexpr int kGridTempos = 24;
std::uint8_t tempo_step(double beats_per_minute);
double tempo_of(std::uint8_t step);

// Nearest by ratio.
std::uint8_t duration_step(int grid_steps);

struct GridNote {
  Role role = Role::kLead;
  std::uint8_t position = 0;  // in the bar
  std::uint8_t pitch = 60;    // MIDI; of drums and percussion the instrument
  std::uint8_t duration = 0;  // index into kGridDurations; 0 for drums and percussion
  std::uint8_t velocity = 0;  // 0-15

  auto operator<=>(const GridNote&) const = default;  // the order inside a bar
};

// A chord of half a bar, in the key without signature. 0: no chord to speak of; else
// 1 + 12 * quality + root.
using GridChord = std::uint8_t;
inline constexpr int kGridChordCount = 1 + 12 * kChordQualityCount;
constexpr GridChord grid_chord(int root, ChordQuality quality) {
  return static_cast<GridChord>(1 + 12 * static_cast<int>(quality) + root);
}

enum class BarRelation : std::uint8_t {
  kNew,
  kVaried,  // most of an earlier bar
  kCopy,    // all of one
};
inline constexpr int kBarRelationCount = 3;

inline constexpr int kEnergySteps = 8;
// Onsets of one role in a bar, in steps of a ratio of about 1.6: density_step(1) is 0, of 96 it is
// 10.
inline constexpr int kDensitySteps = 11;
std::uint8_t density_step(int onsets);

struct GridBar {
  std::uint8_t meter = 2;  // index into kGridMeters
  std::uint8_t tempo = 0;
  std::array<GridChord, 2> chords = {0, 0};  // of the halves; equal where one holds for the bar
  std::uint8_t energy = 0;  // 0-7: the eighth, among bars of this style, that it belongs to
  BarRelation relation = BarRelation::kNew;
  std::uint8_t relation_distance = 0;  // bars back to the one that it resembles; 0 for kNew
  std::vector<GridNote> notes;         // sorted

  bool operator==(const GridBar&) const = default;
};

// Where a network's knowledge of a style comes from. Names of packs are another thing: a pack says
// which of these it borrows from.
enum class GridStyle : std::uint8_t {
  kOwn,  // a person's own music, for fine-tuning
  kPiano,
  kLied,
  kQuartet,
  kOrchestra,
  kMetal,
  kGame,
  kFolk,
  kPop,
  kDrumsRock,
  kDrumsFunk,
  kDrumsJazz,
  kDrumsLatin,
  kDrumsHipHop,
  kDrumsSoul,
  kDrumsAfro,
  kDrumsOther,
};
inline constexpr int kGridStyleCount = 17;
// "own", "piano", "lied", …, "drums-hiphop", …
std::string_view name_of(GridStyle style);
// Errors: kUsage, with the nearest name.
GridStyle parse_grid_style(std::string_view text);

struct GridPiece {
  GridStyle style = GridStyle::kOwn;
  bool minor = false;
  int shift = 0;  // semitones that were added to reach the key without signature, -6…6
  std::vector<GridBar> bars;

  bool operator==(const GridPiece&) const = default;
};

}  // namespace undersong
