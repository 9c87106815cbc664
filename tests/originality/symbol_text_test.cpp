#include "originality/symbol_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>

#include "base/file.h"
#include "base/rng.h"
#include "originality/fingerprints.h"
#include "originality/index.h"
#include "originality/melodic_text.h"
#include "scores.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

constexpr std::uint8_t kUnison = kFirstSymbolByte + kMostSymbolInterval;
constexpr std::uint8_t kSamePitchClass = kFirstSymbolByte + 2 * kMostSymbolInterval + 1;
constexpr std::uint8_t kNoteShape = kFirstShapeByte;

// Notes and triads by chance, an octave apart at most, in a row of onsets that `rhythm` draws.
Score recited(std::uint64_t notes, std::uint64_t rhythm, int symbols) {
  Rng pitch_rng(notes);
  Rng rhythm_rng(rhythm);
  std::vector<VoiceNote> line;
  Ticks onset = 0;
  for (int i = 0; i < symbols; ++i) {
    const auto duration = static_cast<Ticks>(1 + rhythm_rng.below(8));
    const auto pitch = static_cast<std::uint8_t>(55 + pitch_rng.below(12));
    line.push_back({onset, duration, pitch});
    if (pitch_rng.below(3) == 0) {
      const std::uint64_t third = 3 + pitch_rng.below(2);
      line.push_back({onset, duration, static_cast<std::uint8_t>(pitch + third)});
      line.push_back({onset, duration, static_cast<std::uint8_t>(pitch + 7)});
    }
    onset += duration;
  }
  return score_of(line);
}

TEST(SymbolText, IsIntervalsAndWhatStandsBetweenThem) {
  // C4, E4, a triad on C, D4.
  const Score score =
      score_of({{0, 4, 60}, {4, 4, 64}, {8, 4, 60}, {8, 4, 64}, {8, 4, 67}, {12, 4, 62}});
  const auto lines = symbol_lines(score);
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].text.size(), 5U);
  EXPECT_EQ(lines[0].text[0], kUnison + 4);
  EXPECT_EQ(lines[0].text[1], kNoteShape);
  EXPECT_EQ(lines[0].text[2], kSamePitchClass + 8);  // from E up to C
  EXPECT_GT(lines[0].text[3], kNoteShape);
  EXPECT_EQ(lines[0].text[4], kSamePitchClass + 2);
  EXPECT_EQ(pitches_of(lines[0].symbols), (std::vector<int>{60, 64, 60, 62}));
}

TEST(SymbolText, KeepsRhythmAndTheOctavesOfChordsOut) {
  const Score plain = score_of({{0, 4, 60}, {4, 4, 60}, {4, 4, 64}, {4, 4, 67}, {8, 4, 62}});
  const Score other = score_of({{0, 1, 60}, {9, 2, 64}, {9, 2, 67}, {9, 2, 84}, {30, 8, 62}});
  EXPECT_EQ(symbol_lines(plain)[0].text, symbol_lines(other)[0].text);
}

TEST(SymbolText, HasALineOfAllAndOneOfEachName) {
  Score score = score_of({{0, 4, 60}, {4, 4, 62}});
  score.tracks.push_back(score.tracks[0]);
  EXPECT_EQ(symbol_lines(score).size(), 1U);
  score.tracks[1].name = "Voice";
  EXPECT_EQ(symbol_lines(score).size(), 3U);
}

TEST(SymbolText, LeavesOutPercussionAndSingleSymbols) {
  EXPECT_TRUE(symbol_lines(score_of({{0, 4, 36}, {4, 4, 38}}, kDrumChannel)).empty());
  EXPECT_TRUE(symbol_lines(score_of({{0, 4, 60}})).empty());
  EXPECT_TRUE(symbol_lines(Score{}).empty());
}

RC_GTEST_PROP(SymbolText, IsNeverTakenForAVoice, ()) {
  const Score score = any_score();
  for (const SymbolLine& line : symbol_lines(score)) {
    RC_ASSERT(line.text.size() == bytes_of_run(static_cast<std::int64_t>(line.symbols.size())));
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      RC_ASSERT(line.text[i] >= kFirstSymbolByte);
      RC_ASSERT(is_interval(line.text[i]) == (i % 2 == 0));
    }
  }
  for (const Voice& voice : separate_voices(score)) {
    for (const std::uint8_t byte : melodic_text(voice)) RC_ASSERT(byte < kFirstSymbolByte);
  }
}

RC_GTEST_PROP(SymbolText, IsTheSameInEveryKeyWhereNoChordDividesTheOctaveEvenly, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
  const Score score = recited(seed, seed, 30);
  const int semitones = *rc::gen::inRange(-12, 13);
  RC_ASSERT(symbol_lines(transposed(score, semitones))[0].text == symbol_lines(score)[0].text);
}

// Twenty pieces of which number 7 is recited from its symbol 10 on, in another rhythm.
class RecitalTest : public testing::Test {
 protected:
  template <typename Builder>
  std::filesystem::path built(const char* name) {
    Builder builder("recited", "sha");
    for (std::uint64_t i = 0; i < 20; ++i) {
      const std::string id = std::to_string(i);
      builder.add({id, "Piece", id + ".mid", "CC0-1.0", "here", id}, recited(i, i, 100));
    }
    builder.save(folder_ / name, 10, Overwrite::kRefuse, silent_progress());
    return folder_ / name;
  }

  static void expect_recital(const Reference& reference) {
    const Closeness recital = reference.compare(recited(7, 1000, 100));
    EXPECT_GT(recital.symbol_run.notes, 90);
    EXPECT_EQ(recital.symbol_run.nearest.piece, 7U);
    EXPECT_FALSE(recital.symbol_run.stretched_by.has_value());
    EXPECT_LT(recital.most_distinctive_run.distinctive_notes, 15);
    EXPECT_EQ(judge(recital, limits_of(reference.baseline())), Verdict::kTooClose);

    const Closeness own = reference.compare(recited(2000, 1000, 100));
    EXPECT_LT(own.symbol_run.notes, 12);
    EXPECT_EQ(judge(own, limits_of(reference.baseline())), Verdict::kOriginal);

    EXPECT_LT(reference.compare(recited(7, 1000, 100), "7").symbol_run.notes, 12);
  }

  TemporaryFolder folder_;
};

TEST_F(RecitalTest, IsSeenByTheIndexThroughAnyRhythm) {
  expect_recital(*OriginalityIndex::open(built<IndexBuilder>("a.index")));
}

TEST_F(RecitalTest, IsSeenByTheFingerprintsThroughAnyRhythm) {
  expect_recital(*Fingerprints::load(built<FingerprintBuilder>("a.fingerprints")));
}

}  // namespace
}  // namespace undersong
