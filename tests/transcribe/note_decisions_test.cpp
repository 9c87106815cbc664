#include "transcribe/note_decisions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "audio/mono_stream.h"
#include "base/error.h"
#include "base/rng.h"
#include "pitch_golden.h"

namespace undersong {
namespace {

// A recording of so many frames in which nothing sounds yet.
struct Made {
  explicit Made(std::size_t frames)
      : count(frames), notes(frames * kPitchKeys, 0.0F), onsets(notes), levels(notes.size(), 100) {}

  void sound(std::size_t key, std::size_t first, std::size_t end, float likelihood) {
    for (std::size_t i = first; i < end; ++i) notes[i * kPitchKeys + key] = likelihood;
  }
  void begin(std::size_t key, std::size_t frame, float likelihood = 0.9F) {
    onsets[frame * kPitchKeys + key] = likelihood;
  }

  PitchActivations activations() const {
    PitchActivations made;
    for (std::size_t i = 0; i < count; ++i) {
      made.notes.push(std::span(notes).subspan(i * kPitchKeys, kPitchKeys));
      made.onsets.push(std::span(onsets).subspan(i * kPitchKeys, kPitchKeys));
      made.levels.push(std::span(levels).subspan(i * kPitchKeys, kPitchKeys));
    }
    return made;
  }

  std::size_t count;
  std::vector<float> notes;
  std::vector<float> onsets;
  std::vector<std::uint8_t> levels;
};

using Notes = std::vector<NoteFrames>;

Notes decide(const Made& made, const NoteDecisions& options = {}) {
  Notes notes = decide_note_frames(made.activations(), options);
  for (NoteFrames& note : notes) note.amplitude = std::round(note.amplitude * 1000.0) / 1000.0;
  return notes;
}

TEST(NoteDecisions, SilenceHasNoNotes) {
  EXPECT_EQ(decide(Made(0)), Notes());
  EXPECT_EQ(decide(Made(1)), Notes());
  EXPECT_EQ(decide(Made(100)), Notes());
}

TEST(NoteDecisions, ANoteLastsFromItsOnsetWhileItsKeyIsLikely) {
  Made made(100);
  made.begin(39, 20);
  made.sound(39, 20, 60, 0.75F);
  EXPECT_EQ(decide(made), (Notes{{20, 40, 60, 0.75}}));
}

TEST(NoteDecisions, WhatLastsNoLongerThanTheShortestIsDropped) {
  Made made(100);
  made.begin(39, 20);
  made.sound(39, 20, 31, 0.75F);
  EXPECT_EQ(decide(made, {.shortest_frames = 11}), Notes());
  EXPECT_EQ(decide(made, {.shortest_frames = 10}), (Notes{{20, 11, 60, 0.75}}));
}

TEST(NoteDecisions, AShortGapDoesNotEndANoteAndALongOneDoes) {
  Made made(120);
  made.begin(39, 20);
  made.sound(39, 20, 40, 0.5F);
  made.sound(39, 50, 70, 0.5F);  // ten frames later
  EXPECT_EQ(decide(made, {.infer_onsets = false}).front().count, 50U);
  made.sound(39, 50, 51, 0.0F);  // eleven
  EXPECT_EQ(decide(made, {.infer_onsets = false}).front().count, 20U);
}

TEST(NoteDecisions, ALeapOfAKeysLikelihoodIsAnOnset) {
  Made made(100);
  made.begin(80, 90);  // the scale of leaps
  made.sound(39, 20, 60, 0.8F);
  EXPECT_EQ(decide(made, {.infer_onsets = true, .remaining_threshold = std::nullopt}),
            (Notes{{20, 40, 60, 0.8}}));
  EXPECT_EQ(decide(made, {.infer_onsets = false, .remaining_threshold = std::nullopt}), Notes());
}

TEST(NoteDecisions, OfEquallyLikelyKeysTheHighestIsFollowedFirst) {
  Made made(100);
  made.sound(39, 20, 60, 0.8F);
  made.sound(50, 20, 60, 0.8F);
  const Notes notes = decide(made, {.infer_onsets = false});
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes.front().pitch, 71);
  EXPECT_EQ(notes.back().pitch, 60);
}

TEST(NoteDecisions, ANoteEndsWhereItsKeyFallsBelowAShareOfItsLargest) {
  Made made(100);
  made.begin(39, 20);
  made.sound(39, 20, 40, 0.8F);
  made.sound(39, 40, 60, 0.4F);  // half: above the frame threshold
  EXPECT_EQ(decide(made, {.ending_share = 0.65}), (Notes{{20, 20, 60, 0.8}}));
  EXPECT_EQ(decide(made, {.ending_share = 0.45}), (Notes{{20, 40, 60, 0.6}}));
}

TEST(NoteDecisions, WhatNoOnsetExplainsIsANoteWhereItIsLikelyEnough) {
  Made made(100);
  made.sound(39, 20, 60, 0.45F);
  EXPECT_EQ(decide(made, {.remaining_threshold = 0.5}), Notes());
  EXPECT_EQ(decide(made, {.remaining_threshold = 0.4}).size(), 1U);
  EXPECT_EQ(decide(made, {.remaining_threshold = std::nullopt}), Notes());
}

TEST(NoteDecisions, NotesThatAreUnlikelyOnTheWholeAreNoise) {
  Made made(100);
  made.begin(39, 20);
  made.sound(39, 20, 60, 0.4F);
  EXPECT_EQ(decide(made, {.least_amplitude = 0.39}).size(), 1U);
  EXPECT_EQ(decide(made, {.least_amplitude = 0.41}), Notes());
}

TEST(NoteDecisions, NotesOfOneKeyDoNotOverlapWhereOnsetsLeadByMoreThanOffsets) {
  Made made(200);
  made.begin(39, 20);
  made.begin(39, 60);
  made.sound(39, 20, 100, 0.8F);
  const auto notes =
      decide_notes(made.activations(), {.onset_lead_seconds = 0.05, .offset_lead_seconds = 0.0});
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_DOUBLE_EQ(notes[0].offset_seconds, notes[1].onset_seconds);
}

TEST(NoteDecisions, NothingIsEarlierThanTheRecording) {
  Made made(100);
  made.begin(39, 0);
  made.sound(39, 0, 40, 0.8F);
  const auto notes = decide_notes(made.activations(), {});
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_DOUBLE_EQ(notes[0].onset_seconds, 0.0);
}

TEST(NoteDecisions, SharesAndLeadsBeyondReasonAreRefused) {
  const PitchActivations silence = Made(10).activations();
  EXPECT_THROW(decide_notes(silence, {.remaining_threshold = 0.0}), Error);
  EXPECT_THROW(decide_notes(silence, {.ending_share = 1.0}), Error);
  EXPECT_THROW(decide_notes(silence, {.least_amplitude = -0.1}), Error);
  EXPECT_THROW(decide_notes(silence, {.onset_lead_seconds = 0.06}), Error);
}

TEST(NoteDecisions, ThresholdsAreLikelihoods) {
  const PitchActivations silence = Made(10).activations();
  EXPECT_THROW(decide_notes(silence, {.onset_threshold = 0.0}), Error);
  EXPECT_THROW(decide_notes(silence, {.frame_threshold = 1.0}), Error);
  EXPECT_THROW(decide_notes(silence, {.onset_threshold = std::nan("")}), Error);
}

TEST(NoteDecisions, VelocitiesFollowLoudnessAndNoiseCanBeLeftOut) {
  Made made(200);
  for (const std::size_t key : {30U, 40U}) {
    made.begin(key, 20);
    made.sound(key, 20, 60, 0.75F);
  }
  for (std::size_t i = 20; i < 60; ++i) made.levels[i * kPitchKeys + 30] = 60;  // 20 dB softer
  const auto notes = decide_notes(made.activations(), {});
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].velocity, 32);  // 100 * 10^(-20 / 40)
  EXPECT_EQ(notes[1].velocity, 100);
  EXPECT_DOUBLE_EQ(notes[0].onset_seconds, 20 * 256 / 22050.0 - 0.02);
  EXPECT_DOUBLE_EQ(notes[0].offset_seconds, 60 * 256 / 22050.0 - 0.01);
  EXPECT_EQ(decide_notes(made.activations(), {.quietest_decibels = 19.0}).size(), 1U);
  EXPECT_EQ(decide_notes(made.activations(), {.quietest_decibels = 21.0}).size(), 2U);
}

// The reference's loop over what remains, as it stands: the whole table is searched for each note.
Notes follow_plainly(const Made& made, const NoteDecisions& options) {
  std::vector<float> rest = made.notes;
  const auto n = static_cast<int>(made.count);
  const auto tolerance = static_cast<int>(options.energy_tolerance);
  const auto at = [&](int frame, int key) -> float& {
    return rest[static_cast<std::size_t>(frame) * kPitchKeys + static_cast<std::size_t>(key)];
  };
  Notes notes;
  for (;;) {
    int frame = 0;
    int key = 0;
    for (int i = 0; i < n; ++i) {
      int best = 0;
      for (int k = 1; k < 88; ++k)
        if (at(i, k) >= at(i, best)) best = k;
      if (at(i, best) > at(frame, key)) frame = i, key = best;
    }
    if (!(static_cast<double>(at(frame, key)) > options.frame_threshold)) return notes;
    at(frame, key) = 0.0F;
    const auto look = [&](int i, int unlikely) {
      const bool is_unlikely = static_cast<double>(at(i, key)) < options.frame_threshold;
      at(i, key) = 0.0F;
      if (key < 87) at(i, key + 1) = 0.0F;
      if (key > 0) at(i, key - 1) = 0.0F;
      return is_unlikely ? unlikely + 1 : 0;
    };
    int i = frame + 1;
    int unlikely = 0;
    for (; i < n - 1 && unlikely < tolerance; ++i) unlikely = look(i, unlikely);
    const int end = i - 1 - unlikely;
    unlikely = 0;
    for (i = frame - 1; i > 0 && unlikely < tolerance; --i) unlikely = look(i, unlikely);
    const int first = i + 1 + unlikely;
    if (end - first > static_cast<int>(options.shortest_frames))
      notes.push_back({static_cast<std::size_t>(first), static_cast<std::size_t>(end - first),
                       kLowestKey + key, 0.0});
  }
}

TEST(NoteDecisions, FindsWhatASearchOfTheWholeTableFinds) {
  Rng rng(11);
  for (int round = 0; round < 20; ++round) {
    Made made(60 + static_cast<std::size_t>(rng.below(80)));
    for (int i = 0; i < 60; ++i) {
      const auto first = static_cast<std::size_t>(rng.below(made.count));
      const auto end = std::min<std::size_t>(made.count, first + rng.below(40));
      // Few values, so that there are ties.
      made.sound(static_cast<std::size_t>(rng.below(kPitchKeys)), first, end,
                 static_cast<float>(rng.below(10)) / 10.0F);
    }
    NoteDecisions options = reference_decisions();
    options.shortest_frames = 3;
    options.infer_onsets = false;
    Notes found = decide_note_frames(made.activations(), options);
    for (NoteFrames& note : found) note.amplitude = 0.0;
    ASSERT_EQ(found, follow_plainly(made, options)) << "round " << round;
  }
}

// Hears the golden recording once for all tests.
const PitchActivations* golden_activations() {
  static const std::optional<PitchActivations> heard = []() -> std::optional<PitchActivations> {
    const auto recording = pitch_golden("input_piano_22050_mono.wav");
    const auto network = installed_pitch_network();
    if (!recording || !network) return std::nullopt;
    MonoStream stream(*recording);
    return hear_pitches(*network, stream.reader());
  }();
  return heard ? &*heard : nullptr;
}

void expect_golden(const std::string& name) {
  const auto golden = pitch_golden(name);
  if (!golden) GTEST_SKIP() << kNoPitchGolden;
  const PitchActivations* heard = golden_activations();
  if (heard == nullptr) GTEST_SKIP() << kNoPitchWeights;
  const auto json = nlohmann::json::parse(read_text_file(*golden));
  NoteDecisions options = reference_decisions();
  options.onset_threshold = json.at("onsetThresh").get<double>();
  options.frame_threshold = json.at("frameThresh").get<double>();
  options.remaining_threshold = options.frame_threshold;
  options.shortest_frames = json.at("minNoteLen").get<std::size_t>();
  options.energy_tolerance = json.at("energyTolerance").get<std::size_t>();
  const Notes notes = decide_note_frames(*heard, options);
  const auto& events = json.at("noteEvents");
  ASSERT_EQ(notes.size(), events.size());
  for (std::size_t i = 0; i < notes.size(); ++i) {
    EXPECT_EQ(notes[i].first, events[i].at("startFrame").get<std::size_t>()) << "note " << i;
    EXPECT_EQ(notes[i].count, events[i].at("durationFrames").get<std::size_t>()) << "note " << i;
    EXPECT_EQ(notes[i].pitch, events[i].at("pitchMidi").get<int>()) << "note " << i;
    EXPECT_NEAR(notes[i].amplitude, events[i].at("amplitude").get<double>(), 1e-4) << "note " << i;
  }
}

TEST(NoteDecisions, AreTheReferencesWithItsDefaults) { expect_golden("notes_js_0.5_0.3_5.json"); }
TEST(NoteDecisions, AreTheReferencesWithLongerNotes) { expect_golden("notes_js_0.5_0.3_11.json"); }
TEST(NoteDecisions, AreTheReferencesWithLowerThresholds) {
  expect_golden("notes_js_0.25_0.25_5.json");
}

}  // namespace
}  // namespace undersong
