#include "evaluate/structure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "support/hand_made.h"

namespace undersong {
namespace {

Structureness structure_of(const Score& score) { return measure_structure(self_similarity(score)); }

// A phrase of `beats` quarters: three notes of random pitches a beat.
std::vector<std::array<int, 3>> phrase(int beats, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::array<int, 3>> pitches(static_cast<std::size_t>(beats));
  for (auto& beat : pitches) {
    for (int& pitch : beat) pitch = 48 + static_cast<int>(rng.below(24));
  }
  return pitches;
}

class Arrangement {
 public:
  // `stretch`: how much longer each beat is.
  Arrangement& play(const std::vector<std::array<int, 3>>& phrase, int transpose = 0,
                    double stretch = 1.0) {
    for (const auto& beat : phrase) {
      for (const int pitch : beat) piece_.note(quarter_, stretch, pitch + transpose);
      quarter_ += stretch;
    }
    return *this;
  }

  Score score() const { return piece_.score(); }

 private:
  HandMade piece_;
  double quarter_ = 0.0;
};

// 32 beats are 16 seconds.
constexpr int kBeats = 32;

TEST(SelfSimilarity, HasTwoFramesASecondAndOnesOnTheDiagonal) {
  const SimilarityMatrix matrix = self_similarity(Arrangement().play(phrase(kBeats, 1)).score());
  EXPECT_EQ(matrix.size, 32U);
  EXPECT_EQ(matrix.frames_per_second, 2.0);
  ASSERT_EQ(matrix.values.size(), 32U * 32U);
  for (std::size_t i = 0; i < matrix.size; ++i) EXPECT_EQ(matrix.at(i, i), 1.0F);
}

TEST(SelfSimilarity, KeepsAQuarterBetweenNoneAndAll) {
  Arrangement piece;
  for (std::uint64_t seed = 0; seed < 4; ++seed) piece.play(phrase(kBeats, seed));
  const SimilarityMatrix matrix = self_similarity(piece.score());
  std::size_t kept = 0;
  for (const float value : matrix.values) {
    EXPECT_TRUE(value == -2.0F || (value >= 0.0F && value <= 1.0F)) << value;
    kept += value >= 0.0F ? 1 : 0;
  }
  const double share = static_cast<double>(kept) / static_cast<double>(matrix.values.size());
  EXPECT_NEAR(share, 0.25, 0.01);
}

TEST(SelfSimilarity, ARepeatedPhraseIsALineOfOnes) {
  const auto a = phrase(2 * kBeats, 1);
  const auto b = phrase(2 * kBeats, 2);
  const SimilarityMatrix matrix = self_similarity(Arrangement().play(a).play(b).play(a).score());
  // Half a second of the neighbouring phrase is heard at the seams.
  for (std::size_t frame = 2; frame < 62; ++frame) EXPECT_GT(matrix.at(frame, frame + 128), 0.95F);
}

TEST(SelfSimilarity, LongPiecesHaveFewerFrames) {
  HandMade piece;
  for (int bar = 0; bar < 1800; ++bar) piece.note(4 * bar, 4, 48 + bar % 24);  // an hour
  const SimilarityMatrix matrix = self_similarity(piece.score());
  EXPECT_EQ(matrix.size, kMostFrames);
  EXPECT_NEAR(matrix.frames_per_second, static_cast<double>(kMostFrames) / 3600.0, 1e-9);
  const Structureness structure = measure_structure(matrix);
  EXPECT_FALSE(structure.short_term);
  EXPECT_FALSE(structure.mid_term);
  EXPECT_TRUE(structure.long_term);
}

TEST(Structure, OfNoiseIsSmallAndOfRepetitionLarge) {
  Arrangement noise;
  Arrangement alternating;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    noise.play(phrase(20, seed));
    alternating.play(phrase(20, seed % 2));  // phrases of ten seconds
  }
  const Structureness random = structure_of(noise.score());
  const Structureness repeated = structure_of(alternating.score());
  EXPECT_LT(random.mid_term.value(), 0.3);
  EXPECT_GT(repeated.mid_term.value(), random.mid_term.value() + 0.15);
  EXPECT_GT(repeated.long_term.value(), 0.55);  // two phrases thrice: at most 2/3
}

TEST(Structure, OfAShortLoopIsNearlyOne) {
  Arrangement loop;
  for (int i = 0; i < 15; ++i) loop.play(phrase(8, 5));  // a minute of four seconds
  const Structureness structure = structure_of(loop.score());
  EXPECT_GT(structure.short_term.value(), 0.85);  // at most 14/15
  EXPECT_GT(structure.mid_term.value(), 0.7);
}

TEST(Structure, KnowsAPhraseInAnotherKey) {
  Arrangement in_keys;
  Arrangement plain;
  for (int i = 0; i < 6; ++i) {
    in_keys.play(phrase(20, 9), (i * 5) % 7);
    plain.play(phrase(20, 9));
  }
  EXPECT_NEAR(structure_of(in_keys.score()).mid_term.value(),
              structure_of(plain.score()).mid_term.value(), 0.1);
}

TEST(Structure, KnowsAPhraseAtAnotherTempo) {
  Arrangement slower;
  Arrangement other;
  slower.play(phrase(kBeats, 1)).play(phrase(kBeats, 2)).play(phrase(kBeats, 1), 0, 1.26);
  other.play(phrase(kBeats, 1)).play(phrase(kBeats, 2)).play(phrase(kBeats, 3), 0, 1.26);
  EXPECT_GT(structure_of(slower.score()).long_term.value(),
            structure_of(other.score()).long_term.value() + 0.1);
}

TEST(Structure, IsUnsetForRangesThatThePieceIsTooShortFor) {
  const Structureness nine_seconds = structure_of(Arrangement().play(phrase(18, 1)).score());
  EXPECT_TRUE(nine_seconds.short_term);
  EXPECT_TRUE(nine_seconds.mid_term);
  EXPECT_FALSE(nine_seconds.long_term);
  const Structureness two_seconds = structure_of(Arrangement().play(phrase(4, 1)).score());
  EXPECT_FALSE(two_seconds.short_term);
}

TEST(Structure, NothingIsSaidOfMusicWithoutPitches) {
  HandMade drums;
  for (int beat = 0; beat < 200; ++beat) drums.note(beat, 0.5, 36, kDrumChannel);
  for (const Score& score : {Score{}, drums.score(), HandMade().note(0, 0, 60).score()}) {
    EXPECT_EQ(self_similarity(score).size, 0U);
    EXPECT_FALSE(structure_of(score).short_term);
    EXPECT_FALSE(structure_of(score).long_term);
  }
}

void expect_sane(const Score& score) {
  const SimilarityMatrix matrix = self_similarity(score);
  for (const float value : matrix.values) ASSERT_TRUE(value == -2.0F || (value >= 0 && value <= 1));
  const Structureness structure = measure_structure(matrix);
  for (const auto& value : {structure.short_term, structure.mid_term, structure.long_term}) {
    if (value) {
      EXPECT_TRUE(*value >= 0.0 && *value <= 1.0) << *value;
    }
  }
}

TEST(Structure, OfStrangeMusicIsDefined) {
  expect_sane(HandMade().note(0, 1, 60).score());
  expect_sane(HandMade().note(0, 100, 60).score());
  HandMade clusters;
  for (int bar = 0; bar < 10; ++bar) {
    for (int pitch = 0; pitch < 128; ++pitch) clusters.note(4 * bar, 2, pitch);
  }
  expect_sane(clusters.score());
  Score endless;
  endless.ticks_per_quarter = 1;
  endless.tracks.resize(1);
  endless.tracks[0].notes = {{0, std::numeric_limits<Ticks>::max(), 60}, {5, 1, 64}};
  expect_sane(endless);
}

TEST(Structure, OfOneHeldNoteIsThatOfPerfectRepetition) {
  // Six frames of 200 are the shortest segment.
  EXPECT_NEAR(structure_of(HandMade().note(0, 200, 60).score()).short_term.value(), 0.97, 0.01);
}

}  // namespace
}  // namespace undersong
