#include "originality/index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/rng.h"
#include "originality/melodic_text.h"
#include "originality/points.h"
#include "originality/voices.h"
#include "originality/window_grid.h"
#include "scores.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

LearnedPiece piece_named(const std::string& id, const std::string& family = "") {
  return {.id = id,
          .title = "Title of " + id,
          .path = id + ".mid",
          .licence = "CC0-1.0",
          .source = "by hand",
          .family = family.empty() ? id : family};
}

std::vector<std::uint8_t> index_bytes(const std::vector<Score>& scores,
                                      const std::vector<std::string>& families = {},
                                      std::size_t baseline_pieces = 0) {
  const TemporaryFolder folder;
  IndexBuilder builder("hand", std::string(64, 'a'));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    builder.add(piece_named("piece" + std::to_string(i), families.empty() ? "" : families[i]),
                scores[i]);
  }
  builder.save(folder / "hand.index", baseline_pieces, Overwrite::kRefuse, silent_progress());
  return read_file(folder / "hand.index");
}

std::shared_ptr<const OriginalityIndex> index_of(const std::vector<Score>& scores,
                                                 const std::vector<std::string>& families = {}) {
  return OriginalityIndex::parse(index_bytes(scores, families));
}

// A line that hardly repeats itself, in one voice: leaps stay below two octaves.
Score line_by_chance(std::uint64_t seed, int notes) {
  Rng rng(seed);
  std::vector<VoiceNote> line;
  Ticks onset = 0;
  for (int i = 0; i < notes; ++i) {
    const auto duration = static_cast<Ticks>(1 + rng.below(4));
    line.push_back({onset, duration, static_cast<std::uint8_t>(55 + rng.below(20))});
    onset += duration;
  }
  return score_of(line);
}

// Notes of four voices, each of its own octave, now and then a chord.
Score texture_by_chance(std::uint64_t seed, int onsets) {
  Rng rng(seed);
  std::vector<VoiceNote> notes;
  for (int i = 0; i < onsets; ++i) {
    for (int voice = 0; voice < 4; ++voice) {
      if (rng.below(3) == 0) {
        notes.push_back(
            {2 * i, 2,
             static_cast<std::uint8_t>(36 + 12 * voice + static_cast<int>(rng.below(7)))});
      }
    }
  }
  return score_of(notes);
}

TEST(OriginalityIndex, SaysWhatItHolds) {
  const auto index = index_of({line_by_chance(1, 30), line_by_chance(2, 40)});
  EXPECT_EQ(index->name(), "hand");
  EXPECT_EQ(index->corpus_sha256(), std::string(64, 'a'));
  EXPECT_EQ(index->notes(), 70);
  ASSERT_EQ(index->pieces().size(), 2U);
  EXPECT_EQ(index->pieces()[1], piece_named("piece1"));
  EXPECT_EQ(index->baseline(), Baseline{});
}

TEST(OriginalityIndex, FindsAPieceWhole) {
  const Score piece = line_by_chance(2, 60);
  const auto index = index_of({line_by_chance(1, 60), piece, line_by_chance(3, 60)});
  const Closeness closeness = index->compare(piece);
  EXPECT_EQ(closeness.notes, 60);
  EXPECT_EQ(closeness.longest_run.notes, 60);
  EXPECT_EQ(closeness.longest_run.nearest.piece, 1U);
  EXPECT_EQ(closeness.longest_run.transposed_by, 0);
  EXPECT_EQ(closeness.longest_run.stretched_by, 1.0);
  EXPECT_FALSE(closeness.longest_run.backwards);
  EXPECT_EQ(closeness.longest_run.bars, closeness.longest_run.nearest.bars);
  EXPECT_GT(closeness.longest_run.distinctive_notes, 50);
  EXPECT_EQ(closeness.coverage[0], 1.0);
  EXPECT_EQ(closeness.coverage[2], 1.0);
  ASSERT_FALSE(closeness.windows.empty());
  for (const WindowOverlap& window : closeness.windows) {
    EXPECT_EQ(window.overlap, 1.0);
    EXPECT_EQ(window.nearest.piece, 1U);
    EXPECT_EQ(window.nearest.bars, window.bars);
    EXPECT_EQ(window.transposed_by, 0);
  }
}

TEST(OriginalityIndex, FindsAPieceTransposedAndPlayedSlower) {
  const Score piece = line_by_chance(2, 60);
  const auto index = index_of({line_by_chance(1, 60), piece});
  const SharedRun run = index->compare(transposed(stretched(piece, 3), -4)).longest_run;
  EXPECT_EQ(run.notes, 60);
  EXPECT_EQ(run.nearest.piece, 1U);
  EXPECT_EQ(run.transposed_by, -4);
  EXPECT_EQ(run.stretched_by, 3.0);
  EXPECT_EQ(run.nearest.bars.first, 1);
}

TEST(OriginalityIndex, FindsWindowsTransposed) {
  const Score piece = texture_by_chance(5, 64);
  const auto index = index_of({texture_by_chance(6, 64), piece});
  const Closeness closeness = index->compare(transposed(piece, 3));
  ASSERT_FALSE(closeness.windows.empty());
  for (const WindowOverlap& window : closeness.windows) {
    EXPECT_EQ(window.overlap, 1.0);
    EXPECT_EQ(window.nearest.piece, 1U);
    EXPECT_EQ(window.transposed_by, 3);
  }
  EXPECT_EQ(mean_originality(closeness), 0.0);
}

TEST(OriginalityIndex, FindsALinePlayedBackwards) {
  const Voice line = line_of({60, 62, 65, 64, 69, 67, 72, 71, 66, 61, 68, 63});
  const auto index = index_of({score_of(line)});
  const SharedRun run = index->compare(score_of(backwards(line))).longest_run;
  EXPECT_EQ(run.notes, 12);
  EXPECT_TRUE(run.backwards);
  EXPECT_EQ(run.transposed_by, 0);
  EXPECT_EQ(run.bars, (BarRange{1, 3}));
  EXPECT_EQ(run.nearest.bars, (BarRange{1, 3}));
}

// Worked by hand. The learned line is in quarters; bar 1 of the track is its own, then come the
// learned notes 3-9 (bars 1-3) a tone lower, and two more of its own.
TEST(OriginalityIndex, NamesTheBarsOfARun) {
  const auto index =
      index_of({score_of(line_of({60, 62, 64, 69, 61, 65, 72, 68, 70, 59, 60, 66}))});
  const Score track =
      score_of(line_of({50, 50, 50, 50, 62, 67, 59, 63, 70, 66, 68, 50, 50, 51, 50, 52}));
  const Closeness closeness = index->compare(track);
  EXPECT_EQ(closeness.longest_run.notes, 7);
  EXPECT_EQ(closeness.longest_run.bars, (BarRange{2, 3}));
  EXPECT_EQ(closeness.longest_run.nearest, (LearnedPlace{0, {1, 3}}));
  EXPECT_EQ(closeness.longest_run.transposed_by, -2);
  EXPECT_DOUBLE_EQ(closeness.longest_run.seconds, 3.5);
  EXPECT_DOUBLE_EQ(closeness.seconds, 8.0);
  // Runs of five begin at three of the seven notes, of twelve 5-grams; none of eight is there.
  EXPECT_DOUBLE_EQ(*closeness.coverage[0], 3.0 / 12.0);
  EXPECT_DOUBLE_EQ(*closeness.coverage[1], 0.0);
}

TEST(OriginalityIndex, TellsALongTrillFromATellingRun) {
  std::vector<int> trill;
  for (int i = 0; i < 100; ++i) trill.push_back(i % 2 == 0 ? 60 : 62);
  const std::vector<int> tune = {60, 67, 64, 65, 69, 62, 71, 66, 72, 61, 70, 63};
  const auto index = index_of({score_of(line_of(trill)), score_of(line_of(tune))});
  std::vector<int> both = trill;
  both.insert(both.end(), tune.begin(), tune.end());
  const Closeness closeness = index->compare(score_of(line_of(both)));
  EXPECT_EQ(closeness.longest_run.notes, 100);
  EXPECT_EQ(closeness.longest_run.distinctive_notes, 4);
  EXPECT_EQ(closeness.longest_run.nearest.piece, 0U);
  EXPECT_EQ(closeness.most_distinctive_run.notes, 12);
  EXPECT_EQ(closeness.most_distinctive_run.distinctive_notes, 12);
  EXPECT_EQ(closeness.most_distinctive_run.nearest.piece, 1U);
}

TEST(OriginalityIndex, PassesOverTheFamilyOfAPiece) {
  const Score piece = line_by_chance(2, 60);
  const Score other = line_by_chance(3, 60);
  const auto index = index_of({piece, transposed(piece, 2), other}, {"a", "a", "b"});
  const Closeness closeness = index->compare(piece, "a");
  EXPECT_LT(closeness.longest_run.notes, 12);
  EXPECT_EQ(closeness.longest_run.nearest.piece, 2U);
  for (const WindowOverlap& window : closeness.windows) EXPECT_LT(window.overlap, 0.9);
  EXPECT_EQ(index->compare(piece, "b").longest_run.notes, 60);
  EXPECT_EQ(index->compare(piece, "nobody's").longest_run.notes, 60);
}

TEST(OriginalityIndex, IsCloseToNothingWithoutPitchedNotes) {
  const auto index = index_of({line_by_chance(1, 30)});
  const Score drums = score_of(line_of({36, 38, 36, 38, 36, 38, 36, 38, 42}), kDrumChannel);
  for (const Score& track : {Score{}, drums, score_of({{0, 4, 60}})}) {
    const Closeness closeness = index->compare(track);
    EXPECT_EQ(closeness.longest_run, SharedRun{});
    EXPECT_TRUE(closeness.windows.empty());
    EXPECT_FALSE(closeness.coverage[0].has_value());
    EXPECT_TRUE(closeness.knows_windows);
  }
}

TEST(OriginalityIndex, MayHoldNoPiecesOrNoNotes) {
  for (const auto& index :
       {index_of({}), index_of({Score{}}), index_of({score_of({{0, 4, 60}})})}) {
    const Closeness closeness = index->compare(line_by_chance(1, 30));
    EXPECT_EQ(closeness.longest_run.notes, 0);
    for (const WindowOverlap& window : closeness.windows) EXPECT_LT(window.overlap, 0.2);
  }
}

TEST(OriginalityIndex, TakesChordsOfAllNotesAtOnce) {
  std::vector<VoiceNote> notes;
  for (int chord = 0; chord < 8; ++chord) {
    for (int pitch = 0; pitch < 128; ++pitch)
      notes.push_back({chord * 8, 8, static_cast<std::uint8_t>(pitch)});
  }
  const Score chords = score_of(notes);
  const auto index = index_of({chords, line_by_chance(1, 30)});
  const Closeness closeness = index->compare(chords);
  EXPECT_EQ(closeness.notes, 1024);
  EXPECT_EQ(closeness.longest_run.notes, 8);
  EXPECT_EQ(highest_overlap(closeness)->overlap, 1.0);
}

TEST(OriginalityIndex, TakesScoresOfAnyMeterAndResolution) {
  Score tiny;
  tiny.ticks_per_quarter = 1;
  tiny.meters = {{.tick = 0, .numerator = 1, .denominator = 128}};
  Track& track = tiny.tracks.emplace_back();
  for (Ticks i = 0; i < 20; ++i) {
    track.notes.push_back({.onset_ticks = i * 100'000'000,
                           .duration_ticks = 100'000'000,
                           .pitch = static_cast<std::uint8_t>(60 + i * i % 11)});
  }
  const auto index = index_of({tiny, line_by_chance(1, 30)});
  EXPECT_EQ(index->compare(tiny).longest_run.notes, 20);
  EXPECT_EQ(index->compare(tiny).longest_run.bars, (BarRange{1, 1'900'000'001}));
}

TEST(OriginalityIndex, IsTheSameBytesForTheSamePieces) {
  const std::vector<Score> scores = {texture_by_chance(1, 100), line_by_chance(2, 50),
                                     texture_by_chance(3, 100)};
  EXPECT_EQ(index_bytes(scores, {}, 3), index_bytes(scores, {}, 3));
}

TEST(OriginalityIndex, KeepsItsBaseline) {
  std::vector<Score> scores;
  for (std::uint64_t seed = 0; seed < 6; ++seed) scores.push_back(texture_by_chance(seed, 60));
  const Baseline baseline = OriginalityIndex::parse(index_bytes(scores, {}, 4))->baseline();
  EXPECT_EQ(baseline.pieces, 4);
  EXPECT_GT(baseline.run_notes.mean, 3.0);
  EXPECT_LE(baseline.run_notes.mean_low, baseline.run_notes.mean);
  EXPECT_GE(baseline.run_notes.mean_high, baseline.run_notes.mean);
  EXPECT_GT(baseline.highest_overlap.mean, 0.1);
  EXPECT_LT(baseline.highest_overlap.mean, 0.9);
  EXPECT_GE(baseline.highest_overlap.high, baseline.highest_overlap.low);
}

RC_GTEST_PROP(OriginalityIndex, FindsTheLongestVoiceOfAnyPieceItHolds, ()) {
  const Score piece = any_score();
  std::size_t longest = 0;
  std::size_t grams = 0;
  for (const Voice& voice : separate_voices(piece)) {
    if (voice.size() >= 2) longest = std::max(longest, voice.size());
    if (voice.size() >= 5) ++grams;
  }
  const auto index = index_of({line_by_chance(1, 20), piece, texture_by_chance(2, 20)});
  const Closeness closeness = index->compare(piece);
  RC_ASSERT(closeness.longest_run.notes == static_cast<std::int64_t>(longest));
  RC_ASSERT(closeness.coverage[0].value_or(1.0) == 1.0);
  RC_ASSERT(closeness.coverage[0].has_value() == (grams > 0));
  for (const WindowOverlap& window : closeness.windows) RC_ASSERT(window.overlap == 1.0);
}

// What longest_matches does cleverly, done with strings.
RC_GTEST_PROP(OriginalityIndex, FindsTheLongestRunThatThereIs, ()) {
  const auto pitches = [] {
    return *rc::gen::container<std::vector<int>>(rc::gen::inRange(60, 63));
  };
  const std::vector<std::vector<int>> learned = {pitches(), pitches(), pitches()};
  const std::vector<int> track = pitches();
  std::int64_t longest = 0;
  const auto text = melodic_text(line_of(track));
  for (std::size_t piece = 1; piece < learned.size(); ++piece) {
    const auto other = melodic_text(line_of(learned[piece]));
    for (std::size_t i = 0; i < text.size(); i += 2) {
      for (std::size_t j = 0; j < other.size(); j += 2) {
        std::size_t common = 0;
        while (i + common < text.size() && j + common < other.size() &&
               text[i + common] == other[j + common])
          ++common;
        longest = std::max(longest, notes_of_match(common));
      }
    }
  }
  const auto index = index_of(
      {score_of(line_of(learned[0])), score_of(line_of(learned[1])), score_of(line_of(learned[2]))},
      {"own", "b", "c"});
  const SharedRun run = index->compare(score_of(line_of(track)), "own").longest_run;
  if (run.backwards) {
    RC_ASSERT(run.notes >= longest);
  } else {
    RC_ASSERT(run.notes == longest);
  }
}

}  // namespace
}  // namespace undersong
