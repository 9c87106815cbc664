#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "evaluate/pieces.h"
#include "evaluate/variety.h"
#include "score/score.h"

namespace undersong {
namespace {

std::map<std::string, double> named(const Score& score) {
  std::map<std::string, double> values;
  const auto features = style_features(score);
  const auto names = style_feature_names();
  for (std::size_t i = 0; i < features.size(); ++i) values[names[i]] = features[i];
  return values;
}

Score score_of(std::vector<Note> notes) {
  Score score;
  score.tracks.resize(1);
  score.tracks[0].notes = std::move(notes);
  return score;
}

// Four bars of a C major scale in quarters, up and down, over a held C3 in each bar.
Score scale() {
  std::vector<Note> notes;
  const std::vector<int> pitches = {60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60};
  for (std::size_t i = 0; i < pitches.size(); ++i) {
    const auto onset = static_cast<Ticks>(480 * i);
    if (i % 4 == 0) notes.push_back(note(onset, 1920, 48));
    notes.push_back(note(onset, 480, pitches[i]));
  }
  return score_of(notes);
}

Score repeated(const Score& score, int times) {
  Score result = score;
  const Ticks length = end_ticks(score);
  for (int i = 1; i < times; ++i) {
    for (Note copy : score.tracks[0].notes) {
      copy.onset_ticks += i * length;
      result.tracks[0].notes.push_back(copy);
    }
  }
  return result;
}

TEST(StyleFeatures, HaveDistinctNamesAndFixedNumber) {
  const auto names = style_feature_names();
  const std::set<std::string> distinct(names.begin(), names.end());
  EXPECT_EQ(distinct.size(), names.size());
  EXPECT_EQ(style_features(scale()).size(), names.size());
  EXPECT_EQ(style_features(Score{}).size(), names.size());
}

TEST(StyleFeatures, DescribeAScaleOverAHeldBass) {
  auto values = named(scale());
  // The bass four times, and of the scale what is not under it: 1060 less 60 + 67 + 72 + 65.
  EXPECT_NEAR(values["mean lowest pitch"], (4 * 48 + 1060 - 264) / 16.0 / 127, 1e-12);
  EXPECT_NEAR(values["repeated notes"], 1.0 / 15, 1e-12);
  EXPECT_NEAR(values["steps"], 14.0 / 15, 1e-12);
  EXPECT_EQ(values["leaps"], 0.0);
  EXPECT_NEAR(values["rising share"], 0.5, 1e-12);
  EXPECT_NEAR(values["voices"], 2.0, 1e-12);
  EXPECT_EQ(values["silence"], 0.0);
  EXPECT_NEAR(values["notes an onset"], 20.0 / 16, 1e-12);
  EXPECT_NEAR(values["notes a second"], std::log2(1 + 20.0 / 8), 1e-9);
  EXPECT_EQ(values["on the beat"], 1.0);
  EXPECT_EQ(values["inter-onset interval"], 0.0);
  EXPECT_NEAR(values["tempo"], std::log2(120.0), 1e-9);
  EXPECT_EQ(values["piano"], 1.0);
  EXPECT_LT(values["minor over major"], 0.0);
  EXPECT_GT(values["key clearness"], 0.7);
}

// Two bars of C major, one of A minor, one of G7.
TEST(StyleFeatures, ShareOutTheTimeByKindsOfChords) {
  std::vector<Note> notes;
  const std::vector<std::vector<int>> bars = {
      {48, 52, 55}, {48, 52, 55}, {45, 48, 52}, {43, 47, 50, 53}};
  for (std::size_t bar = 0; bar < bars.size(); ++bar) {
    for (const int pitch : bars[bar]) {
      notes.push_back(note(static_cast<Ticks>(1920 * bar), 1920, pitch));
    }
  }
  auto values = named(score_of(notes));
  EXPECT_NEAR(values["major chords"], 0.5, 1e-12);
  EXPECT_NEAR(values["minor chords"], 0.25, 1e-12);
  EXPECT_NEAR(values["seventh chords"], 0.25, 1e-12);
  EXPECT_NEAR(values["chords a quarter"], 3.0 / 16, 1e-12);
  EXPECT_EQ(values["grooving similarity"], 1.0);
}

TEST(StyleFeatures, TellMinorFromMajor) {
  std::vector<Note> notes;
  for (const int pitch : {57, 60, 64, 68, 69, 57}) {
    notes.push_back(note(static_cast<Ticks>(480 * notes.size()), 480, pitch));
  }
  EXPECT_GT(named(score_of(notes))["minor over major"], 0.0);
}

TEST(StyleFeatures, TellWhereInTheBeatNotesFall) {
  const auto swung = score_of({note(0, 240, 60), note(320, 100, 60), note(480, 240, 60),
                               note(800, 100, 60), note(960, 240, 60)});
  auto values = named(swung);
  EXPECT_NEAR(values["on the beat"], 0.6, 1e-12);
  EXPECT_NEAR(values["on triplets"], 0.4, 1e-12);
  EXPECT_NEAR(values["second eighth"], 2.0 / 3, 1e-12);
  EXPECT_EQ(values["syncopation"], 0.0);
  // The onset at 240 is answered by none at 480.
  auto held = named(score_of({note(0, 240, 60), note(240, 480, 60), note(720, 240, 60)}));
  EXPECT_NEAR(held["between beats"], 2.0 / 3, 1e-12);
  EXPECT_NEAR(held["syncopation"], 2.0 / 3, 1e-12);
  EXPECT_EQ(held["second eighth"], 0.5);
}

TEST(StyleFeatures, CountInstrumentsByTheProgramThatSounds) {
  Score score = score_of({note(0, 480, 60), note(480, 480, 60), note(960, 480, 60), drum(0, 10, 36),
                          drum(0, 10, 38), drum(0, 10, 42), drum(0, 10, 80)});
  score.tracks[0].controls = {
      {.tick = 480, .kind = ControlEvent::Kind::kProgram, .channel = 0, .value = 40}};
  score.tracks.push_back({});  // a program in another track counts for its channel
  score.tracks[1].controls = {
      {.tick = 960, .kind = ControlEvent::Kind::kProgram, .channel = 0, .value = 32}};
  sort_events(score);
  auto values = named(score);
  EXPECT_NEAR(values["piano"], 1.0 / 3, 1e-12);
  EXPECT_NEAR(values["strings"], 1.0 / 3, 1e-12);
  EXPECT_NEAR(values["bass"], 1.0 / 3, 1e-12);
  EXPECT_NEAR(values["percussion"], 4.0 / 7, 1e-12);
  for (const char* kind : {"bass drum", "snare", "hi-hat", "other percussion"}) {
    EXPECT_NEAR(values[kind], 0.25, 1e-12) << kind;
  }
  EXPECT_EQ(values["toms"] + values["cymbals"], 0.0);
}

TEST(StyleFeatures, HardlyChangeWhenAPieceIsPlayedFourTimes) {
  const auto once = named(repeated(scale(), 4));
  const auto often = named(repeated(scale(), 16));
  for (const auto& [name, value] : once) EXPECT_NEAR(often.at(name), value, 0.03) << name;
}

TEST(StyleFeatures, AreFiniteForWhateverMusic) {
  const std::vector<Score> scores = {
      Score{},
      score_of({note(0, 0, 60)}),
      score_of({note(0, 480, 0), note(0, 480, 127)}),
      score_of({drum(0, 10, 0), drum(5, 10, 127), drum(100'000'000, 10, 36)}),
      score_of({note(2'000'000'000, 147'000'000, 60)}),
      score_of(std::vector<Note>(3000, note(480, 480, 64))),
  };
  for (Score score : scores) {
    for (const Ticks ticks_per_quarter : {1, 480, 32767}) {
      score.ticks_per_quarter = ticks_per_quarter;
      for (const double value : style_features(score)) EXPECT_TRUE(std::isfinite(value));
    }
  }
}

}  // namespace
}  // namespace undersong
