#include "render/production.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>

#include "audio/loudness.h"
#include "audio/true_peak.h"
#include "base/cancel.h"
#include "base/error.h"
#include "support/installed_soundfont.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using Kind = ControlEvent::Kind;

// Four bars at 120 BPM: bass drum on each beat, a held chord, a walking bass. 8 s.
Score band() {
  Score score;
  score.tempos = {{0, 500000}};
  score.tracks.resize(3);
  Track& drums = score.tracks[0];
  Track& chords = score.tracks[1];
  Track& bass = score.tracks[2];
  for (int beat = 0; beat < 16; ++beat) {
    const Ticks at = 480 * beat;
    drums.notes.push_back({.onset_ticks = at, .duration_ticks = 120, .pitch = 36, .channel = 9});
    if (beat % 2 == 1)
      drums.notes.push_back({.onset_ticks = at, .duration_ticks = 120, .pitch = 38, .channel = 9});
    bass.notes.push_back({.onset_ticks = at,
                          .duration_ticks = 400,
                          .pitch = static_cast<std::uint8_t>(36 + 2 * (beat % 4)),
                          .channel = 1});
  }
  for (int bar = 0; bar < 4; ++bar) {
    for (const int pitch : {60, 64, 67})
      chords.notes.push_back({.onset_ticks = 1920 * bar,
                              .duration_ticks = 1900,
                              .pitch = static_cast<std::uint8_t>(pitch)});
  }
  chords.controls.push_back({0, Kind::kProgram, 0, 0, 89});
  bass.controls.push_back({0, Kind::kProgram, 1, 0, 33});
  sort_events(score);
  return score;
}

ProducedStem stem(std::size_t track, Role role, RoleSound sound = {}) {
  return {.track = track, .name = std::string(title_of(role)), .role = role, .sound = sound};
}

class Produce : public testing::Test {
 protected:
  void SetUp() override {
    const auto soundfont = installed_soundfont();
    if (!soundfont) GTEST_SKIP() << kNoSoundfont;
    settings_.soundfont = *soundfont;
    settings_.frames = 9 * 48000 + 123;
    settings_.stems = {stem(0, Role::kDrums), stem(1, Role::kPad), stem(2, Role::kBass)};
  }

  Production play(Stems stems = Stems::kNone) const {
    return produce(band(), settings_, stems, silent_progress());
  }

  ProductionSettings settings_;
};

AudioBuffer mix_of(const Production& production) {
  AudioBuffer audio;
  audio.sample_rate = production.sample_rate();
  audio.samples.resize(static_cast<std::size_t>(2 * production.frames()));
  production.read_mix(0, audio.samples);
  return audio;
}

TEST_F(Produce, GivesExactlyTheFramesThatWereAskedFor) {
  for (const std::int64_t frames : {std::int64_t{1}, std::int64_t{777}, std::int64_t{8192},
                                    std::int64_t{48000}, std::int64_t{500001}}) {
    settings_.frames = frames;
    for (const Finish finish : {Finish::kRing, Finish::kFade, Finish::kCut, Finish::kLoop}) {
      settings_.finish = finish;
      settings_.fade_seconds = 2.0;
      const Production production = play();
      EXPECT_EQ(production.frames(), frames);
      const AudioBuffer audio = mix_of(production);
      if (finish != Finish::kLoop) {
        EXPECT_EQ(audio.samples.back(), 0.0F);
        EXPECT_EQ(audio.samples[audio.samples.size() - 2], 0.0F);
      }
    }
  }
}

TEST_F(Produce, ReachesLoudnessUnderTheCeiling) {
  for (const double target : {-14.0, -17.0, -23.0}) {
    settings_.mastering = {.target_lufs = target};
    const Production production = play();
    const Loudness measured = measure_loudness(mix_of(production));
    EXPECT_NEAR(measured.integrated_lufs, target, 0.3);
    EXPECT_LE(measured.true_peak_dbtp, -1.0 + 1e-3);
    EXPECT_NEAR(production.mastering().loudness_lufs, measured.integrated_lufs, 0.02);
  }
}

TEST_F(Produce, ReadsTheSameFramesHoweverTheyAreCut) {
  const Production production = play();
  const AudioBuffer whole = mix_of(production);
  std::vector<float> part(2 * 1000);
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{31}, std::int64_t{47999}}) {
    production.read_mix(first, part);
    const auto from = whole.samples.begin() + static_cast<std::ptrdiff_t>(2 * first);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), from)) << first;
  }
}

TEST_F(Produce, GivesTheSameSamplesTwiceAndWithOrWithoutStems) {
  const AudioBuffer first = mix_of(play());
  EXPECT_TRUE(mix_of(play()) == first);
  EXPECT_TRUE(mix_of(play(Stems::kKeep)) == first);
}

TEST_F(Produce, AddsStemsUpToTheMix) {
  const Production production = play(Stems::kKeep);
  EXPECT_THAT(production.stems(), testing::ElementsAre("Drums", "Pad", "Bass"));
  const AudioBuffer mix = mix_of(production);
  std::vector<double> sum(mix.samples.size(), 0.0);
  std::vector<float> part(mix.samples.size());
  for (std::size_t i = 0; i < production.stems().size(); ++i) {
    production.read_stem(i, 0, part);
    float peak = 0.0F;
    for (std::size_t j = 0; j < part.size(); ++j) {
      sum[j] += static_cast<double>(part[j]);
      peak = std::max(peak, std::abs(part[j]));
    }
    EXPECT_GT(peak, 0.001F) << production.stems()[i];
  }
  double worst = 0.0;
  for (std::size_t j = 0; j < sum.size(); ++j)
    worst = std::max(worst, std::abs(sum[j] - static_cast<double>(mix.samples[j])));
  EXPECT_LT(db_from_linear(worst), -120.0);
}

// Level and pan come from the style; the score's controllers are for other programs.
TEST_F(Produce, LeavesTheScoresOwnMixingAlone) {
  const AudioBuffer plain = mix_of(play());
  Score score = band();
  for (const std::uint8_t number : std::vector<std::uint8_t>{7, 10, 91, 93})
    score.tracks[1].controls.push_back({0, Kind::kController, 0, number, 20});
  sort_events(score);
  EXPECT_TRUE(mix_of(produce(score, settings_, Stems::kNone, silent_progress())) == plain);
}

TEST_F(Produce, KeepsTracksApartThatShareAChannel) {
  Score score = band();
  score.tracks[2] = score.tracks[1];
  score.tracks[2].controls = {{0, Kind::kProgram, 0, 0, 13}};
  const Production production = produce(score, settings_, Stems::kKeep, silent_progress());
  std::vector<float> pad(2 * 48000);
  std::vector<float> other(2 * 48000);
  production.read_stem(1, 48000, pad);
  production.read_stem(2, 48000, other);
  EXPECT_FALSE(pad == other);
}

TEST_F(Produce, RefusesSettingsOutOfRange) {
  const auto message = [&](const auto& change) {
    ProductionSettings changed = settings_;
    change(changed);
    const Error error =
        thrown_error([&] { produce(band(), changed, Stems::kNone, silent_progress()); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.message();
  };
  EXPECT_EQ(message([](auto& s) { s.stems[1].sound.pan = 1.5; }),
            "stem Pad: a pan of 1.5 is out of range: give -1 to 1");
  EXPECT_EQ(message([](auto& s) { s.mix.low_pass_hz = 100.0; }),
            "mix: a low-pass of 100 is out of range: give 200 to 20000, or 0 for none");
  EXPECT_EQ(message([](auto& s) { s.mix.delay_feedback = 1.0; }),
            "mix: a delay feedback of 1 is out of range: give 0 to 0.85");
  EXPECT_EQ(message([](auto& s) { s.stems.pop_back(); }), "track 2 has notes and no stem");
  EXPECT_EQ(message([](auto& s) { s.stems[0].track = 9; }),
            "stem Drums is of track 9, and the score has 3");
  EXPECT_EQ(message([](auto& s) { s.stems[0].track = 1; }), "track 1 has two stems");
  EXPECT_EQ(message([](auto& s) { s.frames = 0; }), "a production needs at least one frame");
  EXPECT_THAT(message([](auto& s) { s.frames = std::int64_t{48000} * 36000; }),
              HasSubstr("the piece lasts 10.0 hours"));
  EXPECT_THAT(message([](auto& s) { s.mastering.target_lufs = 0.0; }), HasSubstr("LUFS"));
}

TEST_F(Produce, HasNothingToPlayWithoutNotes) {
  EXPECT_EQ(
      thrown_error([&] { produce(Score{}, settings_, Stems::kNone, silent_progress()); }).message(),
      "there is nothing to render: the piece has no notes");
}

TEST_F(Produce, StopsWhenItIsCancelled) {
  request_cancel();
  const Error error = thrown_error([&] { play(); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
}

// A limit on the size of files stands in for a full disk.
TEST_F(Produce, SaysThatThereIsNoRoom) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 300000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Error error = thrown_error([&] { play(); });
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_THAT(error.message(), HasSubstr("File too large; make room there"));
}

}  // namespace
}  // namespace undersong
