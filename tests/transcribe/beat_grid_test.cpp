#include "transcribe/beat_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/rng.h"
#include "transcribe/band_levels.h"

namespace undersong {
namespace {

DetectedNote note(double onset, double length, int pitch, int velocity = 80) {
  return {.onset_seconds = onset,
          .offset_seconds = onset + length,
          .pitch = pitch,
          .velocity = velocity,
          .confidence = 1.0};
}

// A bass on one, chords on the other beats, a tune in halves of beats; the harmony changes by bars.
// `time` says when a beat comes.
std::vector<DetectedNote> tune(int bars, int beats_per_bar,
                               const std::function<double(double)>& time) {
  std::vector<DetectedNote> notes;
  for (int bar = 0; bar < bars; ++bar) {
    const int root = std::array{0, 5, 7, 0}.at(static_cast<std::size_t>(bar % 4));
    for (int beat = 0; beat < beats_per_bar; ++beat) {
      const double at = bar * beats_per_bar + beat;
      const double length = time(at + 1) - time(at);
      if (beat == 0) {
        notes.push_back(note(time(at), 0.9 * length * beats_per_bar, 40 + root, 95));
      } else {
        for (const int tone : {0, 4, 7})
          notes.push_back(note(time(at), 0.8 * length, 60 + root + tone, 60));
      }
      notes.push_back(note(time(at), 0.4 * length, 76 + (bar + beat) % 5, 85));
      if ((bar + beat) % 2 == 0)
        notes.push_back(note(time(at + 0.5), 0.4 * length, 77 + (bar + beat) % 4, 70));
    }
  }
  sort_notes(notes);
  return notes;
}

std::function<double(double)> steady(double bpm, double start = 0.7) {
  return [=](double beat) { return start + beat * 60.0 / bpm; };
}

// Share of beats of the truth, in the middle of the piece, that a found one lies within 70 ms of.
double found(const BeatGrid& grid, const std::function<double(double)>& time, int beats) {
  int hits = 0;
  for (int beat = 2; beat < beats - 2; ++beat) {
    hits += std::ranges::any_of(grid.beats,
                                [&](double each) { return std::abs(each - time(beat)) <= 0.07; });
  }
  return hits / (beats - 4.0);
}

TEST(BeatGrid, FindsSteadyTempos) {
  for (const double bpm : {66.0, 84.0, 100.0, 120.0, 138.0}) {
    const BeatGrid grid = find_beats({}, tune(16, 4, steady(bpm)));
    EXPECT_NEAR(grid.bpm, bpm, 0.02 * bpm);
    EXPECT_GT(found(grid, steady(bpm), 64), 0.95) << bpm;
    EXPECT_EQ(grid.beats_per_bar, 4) << bpm;
    EXPECT_GT(grid.confidence, 0.2);
  }
}

TEST(BeatGrid, FindsDownbeats) {
  for (const int beats_per_bar : {3, 4}) {
    const auto time = steady(110.0);
    const BeatGrid grid = find_beats({}, tune(16, beats_per_bar, time));
    ASSERT_EQ(grid.beats_per_bar, beats_per_bar);
    const double downbeat = time(4.0 * beats_per_bar);
    const double beat = beat_at(grid, downbeat) + grid.first_position;
    const double off = beat / beats_per_bar - std::floor(beat / beats_per_bar + 0.5);
    EXPECT_NEAR(off * beats_per_bar, 0.0, 0.2) << beats_per_bar;
  }
}

TEST(BeatGrid, FollowsATempoThatDrifts) {
  // From 90 to about 118 beats a minute over two minutes.
  const auto time = [](double beat) { return 0.5 + beat * 0.667 - beat * beat * 0.0004; };
  const BeatGrid grid = find_beats({}, tune(45, 4, time));
  EXPECT_GT(found(grid, time, 180), 0.95);
}

TEST(BeatGrid, HearsThirdsOfBeats) {
  std::vector<DetectedNote> notes;
  for (int third = 0; third < 192; ++third)
    notes.push_back(note(0.5 + third * 0.2, 0.18, third % 6 == 0 ? 43 : 67 + third % 3,
                         third % 3 == 0 ? 100 : 55));
  const BeatGrid grid = find_beats({}, notes);
  ASSERT_TRUE(grid.has_beat());
  EXPECT_NEAR(grid.bpm, 100.0, 2.0);
  EXPECT_EQ(grid.parts, 3);
}

TEST(BeatGrid, HearsClicksWithoutNotes) {
  std::vector<float> onsets(4000, 0.0F);
  for (double at = 30.0; at < 3990.0; at += 52.0) onsets[static_cast<std::size_t>(at)] = 1.0F;
  const BeatGrid grid = find_beats(onsets, {});
  EXPECT_NEAR(grid.bpm, 60.0 / (52.0 * kLevelFrameSeconds), 1.0);
}

TEST(BeatGrid, SaysWhereThereIsNoBeat) {
  EXPECT_FALSE(find_beats({}, {}).has_beat());
  EXPECT_FALSE(find_beats(std::vector<float>(5000, 0.0F), {}).has_beat());
  EXPECT_FALSE(find_beats({}, std::vector{note(1.0, 30.0, 50)}).has_beat());
  Rng chance(5);
  std::vector<float> noise(6000);
  for (float& value : noise) value = static_cast<float>(chance.uniform());
  EXPECT_FALSE(find_beats(noise, {}).has_beat());
}

TEST(BeatGrid, BeatsAndSecondsAreTheSamePlaces) {
  const BeatGrid grid{.beats = {1.0, 1.5, 2.25, 2.75}};
  EXPECT_DOUBLE_EQ(beat_at(grid, 1.0), 0.0);
  EXPECT_DOUBLE_EQ(beat_at(grid, 1.875), 1.5);
  EXPECT_DOUBLE_EQ(beat_at(grid, 0.5), -1.0);
  EXPECT_DOUBLE_EQ(beat_at(grid, 3.75), 5.0);
  for (double beat = -3.0; beat < 7.0; beat += 0.37)
    EXPECT_NEAR(beat_at(grid, seconds_of_beat(grid, beat)), beat, 1e-9);
}

}  // namespace
}  // namespace undersong
