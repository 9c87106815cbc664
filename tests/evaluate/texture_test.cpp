#include "evaluate/texture.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "score/bars.h"
#include "support/hand_made.h"

namespace undersong {
namespace {

void expect_sane(const Texture& texture) {
  const auto inside = [](const std::optional<double>& value, double most) {
    if (value) {
      EXPECT_TRUE(*value >= 0.0 && *value <= most) << *value;
    }
  };
  inside(texture.entropy_1_bar, std::log2(12.0) + 1e-9);
  inside(texture.entropy_4_bars, std::log2(12.0) + 1e-9);
  inside(texture.grooving_similarity, 1.0);
  inside(texture.chord_irregularity, 1.0);
}

TEST(Texture, OnePitchClassHasNoEntropy) {
  HandMade piece;
  for (int beat = 0; beat < 16; ++beat) piece.note(beat, 1, 36 + 12 * (beat % 4));
  const Texture texture = measure_texture(piece.score());
  EXPECT_DOUBLE_EQ(texture.entropy_1_bar.value(), 0.0);
  EXPECT_DOUBLE_EQ(texture.entropy_4_bars.value(), 0.0);
}

TEST(Texture, AChromaticScaleInABarHasTheEntropyOfTwelve) {
  HandMade piece;
  for (int i = 0; i < 12; ++i) piece.note(i / 3.0, 1 / 3.0, 60 + i);
  EXPECT_NEAR(measure_texture(piece.score()).entropy_1_bar.value(), std::log2(12.0), 1e-12);
}

TEST(Texture, EntropyIsTheMeanOverWindowsThatHoldNotes) {
  HandMade piece;
  piece.note(0, 1, 60).note(1, 1, 62);    // bar 0: 1 bit
  piece.note(8, 1, 60);                   // bar 2: 0 bits; bars 1 and 3 are silent
  piece.note(16, 1, 65).note(17, 1, 67);  // bar 4: 1 bit
  const Texture texture = measure_texture(piece.score());
  EXPECT_NEAR(texture.entropy_1_bar.value(), 2.0 / 3.0, 1e-12);
  // Bars 0-3 hold C twice and D, bars 1-4 C, F and G.
  const double first = std::log2(3.0) - 2.0 / 3.0;
  EXPECT_NEAR(texture.entropy_4_bars.value(), (first + std::log2(3.0)) / 2.0, 1e-12);
}

TEST(Texture, TheEntropyOfFourBarsNeedsFour) {
  HandMade piece;
  piece.note(0, 12, 60);
  EXPECT_FALSE(measure_texture(piece.score()).entropy_4_bars);
  piece.note(12, 1, 60);
  EXPECT_TRUE(measure_texture(piece.score()).entropy_4_bars);
}

TEST(Texture, BarsWithOneRhythmGrooveAlike) {
  HandMade piece;
  for (int bar = 0; bar < 8; ++bar) piece.note(4 * bar, 1, 60 + bar).note(4 * bar + 1.5, 1, 48);
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0);
}

TEST(Texture, TheGrooveOfTwoBarsIsTheShareOfPositionsThatAgree) {
  HandMade piece;
  for (int i = 0; i < 8; ++i) piece.note(i / 2.0, 0.25, 60);   // eight onsets
  for (int i = 0; i < 4; ++i) piece.note(4.25 + i, 0.25, 60);  // four elsewhere
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0 - 12.0 / 64.0);
}

TEST(Texture, OnsetsOfAllPositionsAgainstOneDifferNearlyEverywhere) {
  HandMade piece;
  for (int i = 0; i < 64; ++i) piece.note(i / 16.0, 1 / 16.0, 60);
  piece.note(4, 1, 60);
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0 / 64.0);
}

TEST(Texture, TheGrooveComesFromDrumsToo) {
  HandMade piece;
  piece.note(0, 1, 60).note(4, 1, 60).note(6, 1, 38, kDrumChannel);
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0 - 1.0 / 64.0);
}

TEST(Texture, PositionsScaleWithTheBar) {
  HandMade piece;
  piece.meter(0, 4, 4).meter(4, 2, 4);
  piece.note(0, 1, 60).note(2, 1, 60);  // beginning and middle
  piece.note(4, 1, 60).note(5, 1, 60);  // the same of a bar half as long
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0);
}

TEST(Texture, ANoteJustBeforeTheBarLineMeansTheNextBar) {
  HandMade piece;
  piece.note(0, 1, 60).note(3.99, 1, 60);
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).grooving_similarity.value(), 1.0);
}

TEST(Texture, ChordIrregularityCountsDistinctTrigrams) {
  HandMade piece;
  // C F G C F G C: five trigrams, three of them distinct.
  const std::vector<int> roots = {48, 53, 55, 48, 53, 55, 48};
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const double onset = 4.0 * static_cast<double>(i);
    piece.chord(onset, 4, {roots[i], roots[i] + 4, roots[i] + 7});
  }
  EXPECT_DOUBLE_EQ(measure_texture(piece.score()).chord_irregularity.value(), 3.0 / 5.0);
}

TEST(Texture, AHeldChordIsNoProgression) {
  HandMade piece;
  for (int bar = 0; bar < 16; ++bar) piece.chord(4 * bar, 3, {48, 52, 55});
  EXPECT_FALSE(measure_texture(piece.score()).chord_irregularity);
}

TEST(Texture, NothingIsSaidOfNothing) {
  const Texture texture = measure_texture(Score{});
  EXPECT_FALSE(texture.entropy_1_bar);
  EXPECT_FALSE(texture.entropy_4_bars);
  EXPECT_FALSE(texture.grooving_similarity);
  EXPECT_FALSE(texture.chord_irregularity);
}

TEST(Texture, OneNoteHasOnlyTheEntropyOfItsBar) {
  const Texture texture = measure_texture(HandMade().note(0, 1, 60).score());
  EXPECT_DOUBLE_EQ(texture.entropy_1_bar.value(), 0.0);
  EXPECT_FALSE(texture.entropy_4_bars);
  EXPECT_FALSE(texture.grooving_similarity);
  EXPECT_FALSE(texture.chord_irregularity);
}

TEST(Texture, DrumsAloneHaveOnlyAGroove) {
  HandMade piece;
  for (int beat = 0; beat < 32; ++beat) piece.note(beat, 0.5, 36 + beat % 3, kDrumChannel);
  const Texture texture = measure_texture(piece.score());
  EXPECT_FALSE(texture.entropy_1_bar);
  EXPECT_FALSE(texture.entropy_4_bars);
  EXPECT_TRUE(texture.grooving_similarity);
  EXPECT_FALSE(texture.chord_irregularity);
}

TEST(Texture, EveryKeyAtOnceIsStillMusic) {
  HandMade piece;
  for (int bar = 0; bar < 8; ++bar) {
    for (int pitch = 0; pitch < 128; ++pitch) piece.note(4 * bar, 2, pitch);
  }
  const Texture texture = measure_texture(piece.score());
  expect_sane(texture);
  EXPECT_GT(texture.entropy_1_bar.value(), 3.58);
}

// Two thousand million bars of one tick each.
TEST(Texture, LongSilenceAndLongNotesCostNothing) {
  Score score;
  score.ticks_per_quarter = 1;
  score.meters = {{.tick = 0, .numerator = 1, .denominator = 128}};
  constexpr Ticks kLast = std::numeric_limits<Ticks>::max();
  score.tracks.resize(1);
  score.tracks[0].notes = {{0, kLast, 48}, {5, 1, 60}, {kLast - 10, 10, 64}};
  expect_sane(measure_texture(score));
}

// The definition, pair by pair.
std::optional<double> groove_by_pairs(const Score& score) {
  const BarGrid bars(score);
  std::map<std::int64_t, std::bitset<64>> vectors;
  for (const Note& note : score.tracks[0].notes) {
    const std::int64_t bar = bars.bar_at(note.onset_ticks);
    const double begin = bars.onset(bar);
    const double length = bars.onset(bar + 1) - begin;
    const int position =
        static_cast<int>(std::floor((note.onset_ticks - begin) / length * 64 + 0.5));
    vectors[bar + position / 64].set(static_cast<std::size_t>(position % 64));
  }
  double sum = 0.0;
  int pairs = 0;
  for (auto a = vectors.begin(); a != vectors.end(); ++a) {
    for (auto b = std::next(a); b != vectors.end(); ++b, ++pairs)
      sum += 1.0 - static_cast<double>((a->second ^ b->second).count()) / 64.0;
  }
  if (pairs == 0) return std::nullopt;
  return sum / pairs;
}

TEST(Texture, AnyMusicHasTheGrooveOfItsPairsAndMeasuresInRange) {
  const bool holds = rc::check("pairs", [] {
    Score score;
    score.ticks_per_quarter = *rc::gen::inRange(1, 500);
    score.tracks.resize(1);
    Ticks onset = 0;
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
      onset += *rc::gen::inRange(0, 3 * score.ticks_per_quarter);
      const auto pitch = static_cast<std::uint8_t>(*rc::gen::inRange(0, 128));
      score.tracks[0].notes.push_back({onset, *rc::gen::inRange(0, 2000), pitch});
    }
    sort_events(score);
    const Texture texture = measure_texture(score);
    expect_sane(texture);
    const std::optional<double> expected = groove_by_pairs(score);
    RC_ASSERT(texture.grooving_similarity.has_value() == expected.has_value());
    if (expected) {
      RC_ASSERT(std::abs(*texture.grooving_similarity - *expected) < 1e-12);
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace undersong
