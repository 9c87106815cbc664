#include "transcribe/transcribed_score.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "score/tempo_map.h"

namespace undersong {
namespace {

DetectedNote note(double onset, double offset, int pitch) {
  return {.onset_seconds = onset, .offset_seconds = offset, .pitch = pitch, .velocity = 80};
}

BeatGrid steady_grid(double first, double period, int count, int position = 0) {
  BeatGrid grid;
  for (int i = 0; i < count; ++i) grid.beats.push_back(first + i * period);
  grid.first_position = position;
  grid.bpm = 60.0 / period;
  return grid;
}

TEST(TranscribedScore, ASteadyRecordingHasFewTempos) {
  const BeatGrid grid = steady_grid(0.5, 0.5, 200);
  const std::vector notes = {note(0.5, 1.0, 60), note(50.0, 50.4, 62)};
  const Score score = to_score(notes, {}, grid, {}).score;
  EXPECT_LE(score.tempos.size(), 2U);
  EXPECT_NEAR(60e6 / score.tempos.back().microseconds_per_quarter, 120.0, 0.1);
}

TEST(TranscribedScore, BarsBeginAtDownbeats) {
  for (int position = 0; position < 4; ++position) {
    const BeatGrid grid = steady_grid(0.1, 0.5, 40, position);
    const double downbeat = grid.beats[static_cast<std::size_t>((4 - position) % 4)];
    const auto result = to_score(std::vector{note(downbeat, downbeat + 0.4, 60)}, {}, grid, {});
    EXPECT_NEAR(result.score.tracks.at(0).notes.at(0).onset_ticks % 1920, 0, 8) << position;
    EXPECT_GE(result.lead_in_seconds, 0.0);
  }
}

TEST(TranscribedScore, CompoundMetersHaveDottedBeats) {
  BeatGrid grid = steady_grid(0.0, 0.6, 40);
  grid.parts = 3;
  grid.beats_per_bar = 2;
  const Score score =
      to_score(std::vector{note(0.0, 0.2, 60), note(1.2, 1.4, 60)}, {}, grid, {}).score;
  EXPECT_EQ(score.meters.at(0).numerator, 6);
  EXPECT_EQ(score.meters.at(0).denominator, 8);
  EXPECT_EQ(score.tracks[0].notes[1].onset_ticks - score.tracks[0].notes[0].onset_ticks, 1440);
}

TEST(TranscribedScore, WithoutABeatTheTempoIsConstant) {
  const Score score = to_score(std::vector{note(1.25, 2.0, 60)}, {}, {}, {}).score;
  EXPECT_EQ(score.tempos.size(), 1U);
  EXPECT_NEAR(TempoMap(score).seconds_at(score.tracks[0].notes[0].onset_ticks), 1.25, 0.002);
}

TEST(TranscribedScore, DrumsStandOnChannelTen) {
  const std::vector<DetectedHit> hits = {{.seconds = 1.0, .key = 36}, {.seconds = 1.5, .key = 38}};
  const Score score = to_score({}, hits, steady_grid(0.0, 0.5, 20), {.quantise = true}).score;
  ASSERT_EQ(score.tracks.size(), 1U);
  for (const Note& each : score.tracks[0].notes) EXPECT_EQ(each.channel, kDrumChannel);
  EXPECT_EQ(score.tracks[0].notes[1].onset_ticks - score.tracks[0].notes[0].onset_ticks, 480);
}

TEST(TranscribedScore, QuantisedNotesLieOnTheGridOfTheirBeat) {
  const BeatGrid grid = steady_grid(0.0, 0.5, 40);
  std::vector<DetectedNote> notes;
  for (int i = 0; i < 32; ++i)  // sixteenths, a little off
    notes.push_back(note(0.125 * i + (i % 3 - 1) * 0.012, 0.125 * i + 0.1, 60 + i % 7));
  for (int i = 0; i < 24; ++i)  // and triplets
    notes.push_back(note(8.0 + i / 6.0 + (i % 2) * 0.012, 8.0 + i / 6.0 + 0.1, 60 + i % 5));
  const auto result = to_score(notes, {}, grid, {.quantise = true});
  const auto& written = result.score.tracks.at(0).notes;
  ASSERT_EQ(written.size(), notes.size());
  const auto lead = static_cast<Ticks>(std::floor(result.lead_in_seconds * 960.0 + 0.5));
  for (int i = 0; i < 32; ++i)
    EXPECT_EQ(written[static_cast<std::size_t>(i)].onset_ticks - lead, 120 * i);
  for (int i = 0; i < 24; ++i)
    EXPECT_EQ(written[static_cast<std::size_t>(32 + i)].onset_ticks - lead, 16 * 480 + 160 * i);
}

TEST(TranscribedScore, OneStrayNoteMakesNoTriplets) {
  EXPECT_EQ(parts_of_beats(std::vector{0.0, 0.25, 0.5, 0.75, 1.0, 1.35, 2.0, 2.5}, 2, 3),
            (std::vector{4, 4, 4}));
  EXPECT_EQ(parts_of_beats(std::vector{0.0, 0.33, 0.67, 2.0, 2.33, 2.66}, 2, 3),
            (std::vector{6, 1, 6}));
  EXPECT_TRUE(parts_of_beats({}, 2, 0).empty());
}

std::vector<DetectedNote> any_notes() {
  std::vector<DetectedNote> notes;
  const int count = *rc::gen::inRange(1, 60);
  for (int i = 0; i < count; ++i) {
    const double onset = *rc::gen::inRange(0, 30000) / 1000.0;
    const double length = *rc::gen::inRange(1, 4000) / 1000.0;
    notes.push_back(note(onset, onset + length, *rc::gen::inRange(40, 60)));
  }
  sort_notes(notes);
  return notes;
}

BeatGrid any_grid() {
  BeatGrid grid;
  double at = *rc::gen::inRange(0, 3000) / 1000.0;
  const double period = *rc::gen::inRange(300, 1400) / 1000.0;
  for (int i = 0; i < 40; ++i) {
    grid.beats.push_back(at);
    at += period * *rc::gen::inRange(85, 115) / 100.0;
  }
  grid.beats_per_bar = *rc::gen::inRange(2, 5);
  grid.first_position = *rc::gen::inRange(0, grid.beats_per_bar);
  grid.parts = *rc::gen::inRange(2, 4);
  return grid;
}

std::map<int, int> count_by_pitch(const std::vector<Note>& notes) {
  std::map<int, int> counts;
  for (const Note& each : notes) ++counts[each.pitch];
  return counts;
}

RC_GTEST_PROP(TranscribedScore, NoNoteIsLostAndNoneIsEmpty, ()) {
  const auto notes = any_notes();
  const BeatGrid grid = any_grid();
  std::map<int, int> heard;
  for (const DetectedNote& each : notes) ++heard[each.pitch];
  for (const bool quantise : {false, true}) {
    const Score score = to_score(notes, {}, grid, {.quantise = quantise}).score;
    RC_ASSERT(count_by_pitch(score.tracks.at(0).notes) == heard);
    for (const Note& each : score.tracks[0].notes) RC_ASSERT(each.duration_ticks > 0);
    RC_ASSERT(std::ranges::is_sorted(score.tracks[0].notes));
  }
}

RC_GTEST_PROP(TranscribedScore, UnquantisedNotesBeginWhereTheyWereHeard, ()) {
  auto notes = any_notes();
  for (std::size_t i = 0; i < notes.size(); ++i) notes[i].pitch = static_cast<int>(21 + i);
  const auto result = to_score(notes, {}, any_grid(), {});
  const TempoMap map(result.score);
  for (const Note& each : result.score.tracks.at(0).notes) {
    const DetectedNote& heard = notes[static_cast<std::size_t>(each.pitch - 21)];
    RC_ASSERT(std::abs(map.seconds_at(each.onset_ticks) - result.lead_in_seconds -
                       heard.onset_seconds) < 0.01);
  }
}

}  // namespace
}  // namespace undersong
