#include "render/render.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/cancel.h"
#include "score/tempo_map.h"
#include "score/transform.h"
#include "support/installed_soundfont.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using Kind = ControlEvent::Kind;

constexpr std::uint8_t kWoodblock = 115;  // begins at once and is soon over

class Render : public testing::Test {
 protected:
  void SetUp() override {
    const auto soundfont = installed_soundfont();
    if (!soundfont) GTEST_SKIP() << kNoSoundfont;
    options_.soundfont = *soundfont;
  }

  AudioBuffer play(const Score& score) const { return render(score, options_, silent_progress()); }

  RenderOptions options_;
};

Score with_notes(std::vector<Note> notes) {
  Score score;
  score.tracks.emplace_back().notes = std::move(notes);
  return score;
}

Score scale() {
  Score score;
  Track& track = score.tracks.emplace_back();
  for (int i = 0; i < 8; ++i) {
    track.notes.push_back({.onset_ticks = 240 * i,
                           .duration_ticks = 240,
                           .pitch = static_cast<std::uint8_t>(60 + i),
                           .velocity = 90});
  }
  return score;
}

float loudest(const AudioBuffer& audio, double from_seconds, double to_seconds) {
  float peak = 0.0F;
  const auto first = static_cast<std::size_t>(from_seconds * audio.sample_rate);
  const auto last =
      std::min(audio.frames(), static_cast<std::size_t>(to_seconds * audio.sample_rate));
  for (std::size_t i = 2 * first; i < 2 * last; ++i)
    peak = std::max(peak, std::abs(audio.samples[i]));
  return peak;
}

// The first frame whose level is over a fiftieth of the loudest.
std::size_t first_sound(const AudioBuffer& audio) {
  const float threshold = 0.02F * loudest(audio, 0.0, 1e9);
  for (std::size_t i = 0; i < audio.samples.size(); ++i) {
    if (std::abs(audio.samples[i]) > threshold) return i / 2;
  }
  return audio.frames();
}

TEST_F(Render, BeginsNotesOnTime) {
  // How long the sample itself takes to be heard, from a note whose block begins with it.
  const Score at_zero = with_program(
      with_notes({{.onset_ticks = 0, .duration_ticks = 480, .velocity = 127}}), kWoodblock);
  const std::size_t own_delay = first_sound(play(at_zero));
  EXPECT_LT(own_delay, 480U);
  for (const Ticks onset : {1, 37, 480, 1001, 2222}) {
    const Score score = with_program(
        with_notes({{.onset_ticks = onset, .duration_ticks = 480, .velocity = 127}}), kWoodblock);
    const double expected = TempoMap(score).seconds_at(onset) * 48000.0;
    const double late = static_cast<double>(first_sound(play(score)) - own_delay) - expected;
    EXPECT_GE(late, -1.0) << onset;
    EXPECT_LE(late, 0.0014 * 48000.0) << onset;
  }
}

TEST_F(Render, GivesTheSameSamplesTwice) { EXPECT_TRUE(play(scale()) == play(scale())); }

TEST_F(Render, RingsOutAndEndsInSilence) {
  const AudioBuffer audio = play(scale());
  EXPECT_GT(audio.length_seconds(), 2.05);  // eight eighths at 120 BPM, and a tail
  EXPECT_LE(audio.length_seconds(), 2.0 + options_.longest_tail_seconds + 0.02);
  EXPECT_EQ(audio.samples.back(), 0.0F);
  const double end = audio.length_seconds();
  EXPECT_LT(loudest(audio, end - 0.02, end), 1e-3F * loudest(audio, 0.0, end));
}

TEST_F(Render, FadesATailThatIsTooLong) {
  // An organ whose key is held by the pedal never ends by itself.
  Score score = with_program(with_notes({{.onset_ticks = 0, .duration_ticks = 480}}), 19);
  score.tracks[0].controls.push_back({0, Kind::kController, 0, 64, 127});
  options_.longest_tail_seconds = 3.0;
  const AudioBuffer audio = play(score);
  EXPECT_NEAR(audio.length_seconds(), 3.5, 0.02);
  EXPECT_EQ(audio.samples.back(), 0.0F);
  const float full = loudest(audio, 0.8, 1.3);
  EXPECT_GT(full, 0.0F);
  EXPECT_LT(loudest(audio, 2.4, 2.6), 0.8F * full);
  EXPECT_LT(loudest(audio, 3.3, 3.5), 0.1F * full);
}

TEST_F(Render, HoldsNotesWithThePedal) {
  Score score =
      with_program(with_notes({{.onset_ticks = 0, .duration_ticks = 240},
                               {.onset_ticks = 1900, .duration_ticks = 20, .velocity = 1}}),
                   19);
  const AudioBuffer dry = play(score);
  score.tracks[0].controls.push_back({0, Kind::kController, 0, 64, 127});
  score.tracks[0].controls.push_back({1440, Kind::kController, 0, 64, 0});
  const AudioBuffer pedalled = play(score);
  EXPECT_GT(loudest(pedalled, 1.0, 1.4), 10.0F * loudest(dry, 1.0, 1.4));
}

TEST_F(Render, FollowsPitchBends) {
  Score score = with_notes({{.onset_ticks = 0, .duration_ticks = 960}});
  const AudioBuffer straight = play(score);
  score.tracks[0].controls.push_back({480, Kind::kPitchBend, 0, 0, 8191});
  const AudioBuffer bent = play(score);
  const std::size_t bend = 2 * 24000;
  EXPECT_TRUE(
      std::equal(straight.samples.begin(), straight.samples.begin() + bend, bent.samples.begin()));
  EXPECT_FALSE(std::equal(straight.samples.begin() + bend, straight.samples.begin() + 2 * bend,
                          bent.samples.begin() + bend));
}

TEST_F(Render, PlaysFasterAtAnotherTempo) {
  options_.longest_tail_seconds = 0.0;
  EXPECT_NEAR(play(with_bpm(scale(), 120.0)).length_seconds(), 2.0, 0.001);
  EXPECT_NEAR(play(with_bpm(scale(), 60.0)).length_seconds(), 4.0, 0.001);
}

TEST_F(Render, SoundsDifferentWithAnotherInstrument) {
  options_.longest_tail_seconds = 0.0;
  EXPECT_TRUE(play(with_program(scale(), 0)) == play(scale()));
  EXPECT_FALSE(play(with_program(scale(), 40)) == play(scale()));
}

TEST_F(Render, LetsTracksThatShareAChannelKeepTheirInstruments) {
  Score together;
  together.tracks.resize(2);
  together.tracks[0].notes = {{.onset_ticks = 0, .duration_ticks = 480}};
  together.tracks[0].controls = {{0, Kind::kProgram, 0, 0, 19}};
  together.tracks[1].notes = {{.onset_ticks = 480, .duration_ticks = 480}};
  together.tracks[1].controls = {{0, Kind::kProgram, 0, 0, 115}};
  Score alone;
  alone.tracks = {together.tracks[0]};
  options_.longest_tail_seconds = 0.0;
  const AudioBuffer both = play(together);
  const AudioBuffer first = play(alone);
  EXPECT_TRUE(
      std::equal(first.samples.begin(), first.samples.begin() + 2 * 20000, both.samples.begin()));
}

TEST_F(Render, PlaysPercussionOnChannelTen) {
  const AudioBuffer drum = play(with_notes(
      {{.onset_ticks = 0, .duration_ticks = 480, .pitch = 38, .channel = kDrumChannel}}));
  const AudioBuffer piano =
      play(with_notes({{.onset_ticks = 0, .duration_ticks = 480, .pitch = 38}}));
  EXPECT_GT(loudest(drum, 0.0, 1.0), 0.0F);
  EXPECT_FALSE(drum == piano);
}

TEST_F(Render, StopsWhenItIsCancelled) {
  request_cancel();
  const Error error = thrown_error([&] { play(scale()); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
}

TEST(RenderErrors, SayThatThereIsNothingToPlay) {
  const Error error = thrown_error([] { render(Score{}, {}, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(), "there is nothing to render: the piece has no notes");
}

TEST(RenderErrors, SayThatAPieceIsTooLong) {
  Score score = with_notes({{.onset_ticks = 2000000000, .duration_ticks = 480}});
  const Error error = thrown_error([&] { render(score, {}, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(),
            "the piece lasts 578.7 hours, and the longest that is rendered is 2: cut it, or raise "
            "its tempo");
}

TEST(RenderErrors, SayWhichOptionIsOutOfRange) {
  const Score score = scale();
  const auto message = [&](const RenderOptions& options) {
    return thrown_error([&] { render(score, options, silent_progress()); }).message();
  };
  EXPECT_EQ(message({.soundfont = {}, .sample_rate = 100}),
            "a sample rate of 100 Hz is out of range: give 8000 to 96000");
  EXPECT_EQ(message({.soundfont = {}, .gain = -1.0}),
            "a gain of -1 is out of range: give more than 0 and at most 10");
  EXPECT_EQ(message({.soundfont = {}, .longest_tail_seconds = 1e9}),
            "a tail of 1000000000 s is out of range: give 0 to 60");
}

}  // namespace
}  // namespace undersong
