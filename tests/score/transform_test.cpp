#include "score/transform.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "score/tempo_map.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using Kind = ControlEvent::Kind;

Score one_note_at(Ticks onset) {
  Score score;
  score.tracks.emplace_back().notes = {{.onset_ticks = onset, .duration_ticks = 480}};
  return score;
}

TEST(WithBpm, GivesAScoreWithoutTempoOne) {
  const Score score = with_bpm(one_note_at(0), 90.0);
  EXPECT_NEAR(TempoMap(score).bpm_at(0), 90.0, 1e-3);
  EXPECT_EQ(score.tempos.size(), 1U);
}

TEST(WithBpm, KeepsTheRubato) {
  Score score = one_note_at(0);
  score.tempos = {{0, 1000000}, {480, 500000}, {960, 2000000}};  // 60, 120, 30
  const TempoMap map(with_bpm(score, 100.0));
  EXPECT_NEAR(map.bpm_at(0), 100.0, 1e-3);
  EXPECT_NEAR(map.bpm_at(480), 200.0, 1e-3);
  EXPECT_NEAR(map.bpm_at(960), 50.0, 1e-3);
}

TEST(WithBpm, CountsFromTheTempoAtTheFirstNote) {
  Score score = one_note_at(960);
  score.tempos = {{480, 1000000}};  // 120 in the empty first quarter, then 60
  const TempoMap map(with_bpm(score, 120.0));
  EXPECT_NEAR(map.bpm_at(960), 120.0, 1e-3);
  EXPECT_NEAR(map.bpm_at(0), 240.0, 1e-3);
}

TEST(WithBpm, ChangesNothingWhenTheTempoIsThatAlready) {
  Score score = one_note_at(0);
  score.tempos = {{0, 600000}, {100, 610000}};
  EXPECT_EQ(with_bpm(score, 100.0), score);
}

TEST(WithBpm, RefusesAbsurdNumbers) {
  for (const double bpm : {0.0, -5.0, 9.9, 1000.1, std::nan("")})
    EXPECT_EQ(thrown_error([&] { with_bpm(one_note_at(0), bpm); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(thrown_error([&] { with_bpm(one_note_at(0), 5.0); }).message(),
            "a tempo of 5 BPM is out of range: give 10 to 1000");
}

TEST(WithProgram, ReplacesEveryChoiceOfAnInstrument) {
  Score score;
  Track& track = score.tracks.emplace_back();
  track.notes = {{.onset_ticks = 0, .duration_ticks = 9, .channel = 2},
                 {.onset_ticks = 0, .duration_ticks = 9, .channel = kDrumChannel}};
  track.controls = {{0, Kind::kController, 2, 0, 1},
                    {0, Kind::kProgram, 2, 0, 5},
                    {0, Kind::kController, 2, 64, 99},
                    {0, Kind::kProgram, kDrumChannel, 0, 8},
                    {480, Kind::kProgram, 2, 0, 6}};
  const Score changed = with_program(score, 40);
  const std::vector<ControlEvent> expected = {{0, Kind::kProgram, 2, 0, 40},
                                              {0, Kind::kController, 2, 64, 99},
                                              {0, Kind::kProgram, kDrumChannel, 0, 8}};
  EXPECT_EQ(changed.tracks[0].controls, expected);
  EXPECT_EQ(changed.tracks[0].notes, score.tracks[0].notes);
}

TEST(WithProgram, RefusesWhatGeneralMidiDoesNotHave) {
  EXPECT_EQ(thrown_error([] { with_program(Score{}, 128); }).message(),
            "there is no program 128: General MIDI counts from 0 to 127");
  EXPECT_EQ(thrown_error([] { with_program(Score{}, -1); }).kind(), ErrorKind::kUsage);
}

TEST(WithTicksPerQuarter, KeepsEveryTime) {
  Score score = one_note_at(960);
  score.tempos = {{0, 600000}, {480, 500000}};
  score.markers = {{960, "A"}};
  const Score finer = with_ticks_per_quarter(score, 960);
  EXPECT_EQ(finer.tracks[0].notes[0].onset_ticks, 1920);
  EXPECT_EQ(finer.tracks[0].notes[0].duration_ticks, 960);
  EXPECT_EQ(finer.tempos[1].tick, 960);
  EXPECT_EQ(finer.markers[0].tick, 1920);
  EXPECT_EQ(with_ticks_per_quarter(finer, 480), score);
}

TEST(WithTicksPerQuarter, LeavesNoNoteWithoutLength) {
  Score score = one_note_at(1);
  score.tracks[0].notes[0].duration_ticks = 1;
  const Score coarse = with_ticks_per_quarter(score, 24);
  EXPECT_EQ(coarse.tracks[0].notes[0].onset_ticks, 0);
  EXPECT_EQ(coarse.tracks[0].notes[0].duration_ticks, 1);
}

TEST(WithTicksPerQuarter, RefusesGridsThatNoFileHolds) {
  EXPECT_EQ(thrown_error([] { with_ticks_per_quarter(one_note_at(0), 0); }).kind(),
            ErrorKind::kUsage);
  EXPECT_EQ(thrown_error([] { with_ticks_per_quarter(one_note_at(2'000'000'000), 960); }).kind(),
            ErrorKind::kUsage);
}

}  // namespace
}  // namespace undersong
