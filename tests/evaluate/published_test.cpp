// By somebody else's numbers: Wu & Yang 2020 (arXiv:2008.01307) give the ranges of five human jazz
// solos. Music of that kind, written here, should lie within them.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "analysis/chords.h"
#include "base/rng.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "support/hand_made.h"

namespace undersong {
namespace {

// A blues in F, two chords a bar.
const std::vector<std::array<Chord, 2>>& blues() {
  constexpr Chord kF7 = {5, ChordQuality::kDominant7};
  constexpr Chord kBb7 = {10, ChordQuality::kDominant7};
  constexpr Chord kD7 = {2, ChordQuality::kDominant7};
  constexpr Chord kGm7 = {7, ChordQuality::kMinor7};
  constexpr Chord kC7 = {0, ChordQuality::kDominant7};
  static const std::vector<std::array<Chord, 2>> changes = {
      {kF7, kF7}, {kBb7, kBb7}, {kF7, kF7},   {kF7, kF7}, {kBb7, kBb7}, {kBb7, kBb7},
      {kF7, kF7}, {kD7, kD7},   {kGm7, kGm7}, {kC7, kC7}, {kF7, kD7},   {kGm7, kC7}};
  return changes;
}

Chord chord_of(int beat) {
  const auto half = static_cast<std::size_t>(beat % 48 / 2);
  return blues()[half / 2][half % 2];
}

constexpr int kBeats = 5 * 48;
constexpr double kSwing = 2.0 / 3.0;  // where the second eighth of a beat falls

int third_of(const Chord& chord) { return chord.quality == ChordQuality::kMinor7 ? 3 : 4; }

// The scale of a chord with a minor seventh: mixolydian or dorian.
std::vector<int> scale_of(const Chord& chord) {
  std::vector<int> scale;
  for (const int step : {0, 2, third_of(chord), 5, 7, 9, 10})
    scale.push_back((chord.root + step) % 12);
  return scale;
}

bool contains(const std::vector<int>& values, int value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

enum class Notes { kOfTheScale, kAny };

// The next note of a line that wanders by steps through the scale, with leaps and chromatic notes.
int wander(int pitch, const std::vector<int>& scale, Notes notes, Rng& rng) {
  int direction = rng.below(2) == 0 ? 1 : -1;
  if (pitch > 82) direction = -1;
  if (pitch < 62) direction = 1;
  pitch += direction * (rng.below(5) == 0 ? 4 : 1);
  while (notes == Notes::kOfTheScale && !contains(scale, pitch % 12)) pitch += direction;
  return pitch;
}

// Swung eighths in phrases, busy ones and quiet ones.
void add_solo(HandMade& piece, std::uint64_t seed) {
  Rng rng(seed);
  int pitch = 72;
  double busy = 0.6;
  for (int eighth = 0; eighth < 2 * kBeats; ++eighth) {
    if (eighth % 16 == 0) busy = 0.4 + 0.5 * rng.uniform();
    if (rng.uniform() > busy) continue;
    const bool late = eighth % 2 == 1;
    const Notes notes = late && rng.below(6) == 0 ? Notes::kAny : Notes::kOfTheScale;
    pitch = wander(pitch, scale_of(chord_of(eighth / 2)), notes, rng);
    // Played by hand: 25 ms early or late at most.
    const double hand = (rng.uniform() - 0.5) * 0.15;
    const int beat = eighth / 2;
    const double onset = beat + (late ? kSwing : 0.0) + hand;
    piece.note(std::max(0.0, onset), kSwing, pitch);
  }
}

// A bass that walks its usual line or, one time in three, any note of the scale; and chords off the
// beat.
void add_rhythm_section(HandMade& piece, std::uint64_t seed) {
  Rng rng = Rng(seed).fork("rhythm section");
  for (int beat = 0; beat < kBeats; ++beat) {
    const Chord chord = chord_of(beat);
    const std::vector<int> scale = scale_of(chord);
    const std::array<int, 4> usual = {scale[0], scale[2], scale[4], scale[5]};
    const bool as_usual = beat % 4 == 0 || rng.below(3) > 0;
    const auto step = static_cast<std::size_t>(beat % 4);
    piece.note(beat, 0.9, 36 + (as_usual ? usual[step] : scale[rng.below(scale.size())]));
    if (beat % 2 == 0 || rng.below(4) == 0) continue;
    piece.chord(beat + kSwing, 0.5, {48 + scale[2], 48 + scale[4], 48 + scale[6]});
  }
}

// The changes as a lead sheet has them, with a dominant replaced by the one a tritone away here and
// there.
Score lead_sheet(std::uint64_t seed) {
  Rng rng = Rng(seed).fork("lead sheet");
  HandMade sheet;
  for (int beat = 0; beat < kBeats; beat += 2) {
    const Chord chord = chord_of(beat);
    const bool replaced = chord.quality == ChordQuality::kDominant7 && rng.below(8) == 0;
    const int root = 48 + (chord.root + (replaced ? 6 : 0)) % 12;
    sheet.chord(beat, 2, {root, root + third_of(chord), root + 7, root + 10});
  }
  return sheet.score();
}

void expect_within(const std::optional<double>& value, double least, double most,
                   const char* name) {
  ASSERT_TRUE(value) << name;
  EXPECT_GE(*value, least) << name;
  EXPECT_LE(*value, most) << name;
}

// Theirs are of the solo alone for pitch and groove, of the written changes for harmony, and of the
// recording for structure.
TEST(PublishedRanges, OfJazzSolosHoldSwungBlues) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    HandMade solo;
    solo.bpm(0, 180);
    HandMade band = solo;
    add_solo(solo, seed);
    add_solo(band, seed);
    add_rhythm_section(band, seed);
    const Texture texture = measure_texture(solo.score());
    const Structureness structure = measure_structure(self_similarity(band.score()));
    expect_within(texture.entropy_1_bar, 1.15, 2.10, "H1");
    expect_within(texture.entropy_4_bars, 2.19, 2.95, "H4");
    expect_within(texture.grooving_similarity, 0.83, 0.91, "GS");
    expect_within(measure_texture(lead_sheet(seed)).chord_irregularity, 0.17, 0.71, "CPI");
    expect_within(structure.short_term, 0.23, 0.51, "SI short");
    expect_within(structure.mid_term, 0.14, 0.51, "SI mid");
    expect_within(structure.long_term, 0.00, 0.58, "SI long");
  }
}

TEST(PublishedRanges, OfJazzSolosDoNotHoldRandomNotes) {
  Rng rng(1);
  HandMade piece;
  for (int i = 0; i < 2000; ++i)
    piece.note(static_cast<double>(rng.below(1920)) / 8, 0.5, 48 + static_cast<int>(rng.below(36)));
  const Texture texture = measure_texture(piece.score());
  EXPECT_GT(texture.entropy_1_bar.value(), 2.10);
  EXPECT_GT(texture.entropy_4_bars.value(), 2.95);
  EXPECT_GT(texture.chord_irregularity.value(), 0.71);
  const Structureness structure = measure_structure(self_similarity(piece.score()));
  EXPECT_LT(structure.short_term.value(), 0.23);
}

}  // namespace
}  // namespace undersong
