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

// Every effect at once.
ProductionSettings with_effects(ProductionSettings settings) {
  settings.stems[0].sound = {
      .level_db = -1.0, .low_pass_hz = 7000.0, .saturation = 0.4, .reverb = 0.1};
  settings.stems[1].sound = {.level_db = -6.0,
                             .pan = -0.3,
                             .high_pass_hz = 150.0,
                             .saturation = 0.1,
                             .width = 1.5,
                             .side_chain_db = 8.0,
                             .chorus = 0.4,
                             .delay = 0.2,
                             .reverb = 0.5};
  settings.stems[2].sound = {.pan = 0.1, .low_pass_hz = 1500.0, .delay = 0.1};
  settings.mix = {.low_pass_hz = 12000.0,
                  .high_pass_hz = 25.0,
                  .width = 1.2,
                  .wow_cents = 12.0,
                  .vinyl_db = -40.0,
                  .reverb_seconds = 2.5};
  settings.seed = 11;
  return settings;
}

AudioBuffer mix_of(const Production& production) {
  AudioBuffer audio;
  audio.sample_rate = production.sample_rate();
  audio.samples.resize(static_cast<std::size_t>(2 * production.frames()));
  production.read_mix(0, audio.samples);
  return audio;
}

TEST_F(Produce, GivesExactlyTheFramesThatWereAskedFor) {
  for (const std::int64_t frames :
       {std::int64_t{1}, std::int64_t{777}, std::int64_t{8192}, std::int64_t{48001}}) {
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

// The hardest for a limiter: a few strokes, and air between them.
TEST_F(Produce, ReachesLoudnessWithFewDrums) {
  for (const int every : {1, 2, 4}) {
    Score score = band();
    score.tracks.resize(1);
    std::erase_if(score.tracks[0].notes,
                  [every](const Note& note) { return note.onset_ticks % (480 * every) != 0; });
    settings_.stems.resize(1);
    const Production production = produce(score, settings_, Stems::kNone, silent_progress());
    const Loudness measured = measure_loudness(mix_of(production));
    EXPECT_NEAR(measured.integrated_lufs, -14.0, 0.3)
        << "every " << every << ": " << production.mastering().reduction_db << " dB taken";
    EXPECT_LE(measured.true_peak_dbtp, -1.0 + 1e-3);
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
  settings_ = with_effects(settings_);
  const AudioBuffer first = mix_of(play());
  EXPECT_TRUE(mix_of(play()) == first);
  EXPECT_TRUE(mix_of(play(Stems::kKeep)) == first);
}

TEST_F(Produce, AddsStemsUpToTheMix) {
  settings_ = with_effects(settings_);
  const Production production = play(Stems::kKeep);
  EXPECT_THAT(production.stems(), testing::ElementsAre("Drums", "Pad", "Bass", "Vinyl"));
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

// A loop heard on and on is the same as the piece played on and on: its second round has in it what
// rings on from the first.
TEST_F(Produce, LoopsAsIfThePieceWerePlayedTwice) {
  settings_.frames = 8 * 48000;  // a multiple of the 64 frames that notes begin on
  settings_.stems[1].sound = {.delay = 0.3, .reverb = 0.5};
  settings_.mix.reverb_seconds = 1.2;
  settings_.finish = Finish::kLoop;
  settings_.mastering = {.target_lufs = -32.0};  // the limiter has nothing to do
  const AudioBuffer loop = mix_of(play());

  Score twice = band();
  for (Track& track : twice.tracks) {
    const std::vector<Note> once = track.notes;
    for (Note note : once) {
      note.onset_ticks += 16 * 480;
      track.notes.push_back(note);
    }
  }
  sort_events(twice);
  ProductionSettings longer = settings_;
  longer.frames *= 2;
  longer.finish = Finish::kCut;
  const AudioBuffer both = mix_of(produce(twice, longer, Stems::kNone, silent_progress()));
  const std::span<const float> second = std::span(both.samples).last(loop.samples.size());

  // Mastering gives each a gain of its own.
  double product = 0.0;
  double power = 0.0;
  for (std::size_t i = 0; i < second.size(); ++i) {
    product += static_cast<double>(loop.samples[i]) * static_cast<double>(second[i]);
    power += static_cast<double>(second[i]) * static_cast<double>(second[i]);
  }
  const double factor = product / power;
  EXPECT_NEAR(factor, 1.0, 0.2);
  double difference = 0.0;
  for (std::size_t i = 0; i < second.size() - 2 * 960; ++i) {  // the cut's fade left out
    difference += std::pow(
        static_cast<double>(loop.samples[i]) - factor * static_cast<double>(second[i]), 2.0);
  }
  // FluidSynth lets a key go once more when it is struck again, which the folded tail cannot know.
  EXPECT_LT(10.0 * std::log10(difference / power), -40.0);
}

TEST_F(Produce, HasNoSeamInALoop) {
  settings_ = with_effects(settings_);
  settings_.frames = 8 * 48000;
  settings_.finish = Finish::kLoop;
  const AudioBuffer loop = mix_of(play());
  const std::size_t frames = loop.frames();
  // The bend at a sample: how far it lies from the line through its neighbours.
  const auto bend = [&](std::size_t i) {
    const auto at = [&](std::size_t j) { return loop.samples[2 * (j % frames)]; };
    return std::abs(at(i) - 0.5F * (at(i + frames - 1) + at(i + 1)));
  };
  std::vector<float> elsewhere;
  for (std::size_t i = 1; i + 1 < frames; ++i) elsewhere.push_back(bend(i));
  std::sort(elsewhere.begin(), elsewhere.end());
  const float usual = elsewhere[elsewhere.size() * 999 / 1000];
  EXPECT_LT(std::max(bend(0), bend(frames - 1)), usual);
}

TEST_F(Produce, WrapsATailThatIsLongerThanTheLoop) {
  settings_.frames = 30000;
  settings_.stems[1].sound = {.reverb = 1.0};
  settings_.mix.reverb_seconds = 4.0;
  settings_.finish = Finish::kLoop;
  const AudioBuffer loop = mix_of(play());
  EXPECT_EQ(loop.frames(), 30000U);
  EXPECT_LE(measure_loudness(loop).true_peak_dbtp, -0.999);
}

double level_db(const AudioBuffer& audio, double from_seconds, double to_seconds) {
  double sum = 0.0;
  const auto first = static_cast<std::size_t>(from_seconds * audio.sample_rate);
  const auto last = static_cast<std::size_t>(to_seconds * audio.sample_rate);
  for (std::size_t i = 2 * first; i < 2 * last; ++i)
    sum += static_cast<double>(audio.samples[i] * audio.samples[i]);
  return 10.0 * std::log10(sum / static_cast<double>(2 * (last - first)) + 1e-20);
}

TEST_F(Produce, FadesAsAsked) {
  settings_.frames = 8 * 48000;
  settings_.finish = Finish::kFade;
  settings_.fade_seconds = 4.0;
  const AudioBuffer faded = mix_of(play());
  EXPECT_LT(level_db(faded, 7.0, 8.0), level_db(faded, 2.0, 3.0) - 12.0);
  EXPECT_LT(level_db(faded, 5.0, 6.0), level_db(faded, 2.0, 3.0) - 1.0);
  settings_.finish = Finish::kCut;
  const AudioBuffer cut = mix_of(play());
  EXPECT_GT(level_db(cut, 7.5, 7.98), level_db(cut, 2.0, 3.0) - 6.0);
}

TEST_F(Produce, BeginsWithoutAClick) {
  settings_ = with_effects(settings_);
  const AudioBuffer audio = mix_of(play());
  EXPECT_LT(std::abs(audio.samples[0]), 0.001F);
  EXPECT_LT(std::abs(audio.samples[1]), 0.001F);
}

TEST_F(Produce, PutsTheCrackleAtItsLevel) {
  settings_.mix.vinyl_db = -40.0;
  const Production production = play(Stems::kKeep);
  std::vector<float> vinyl(static_cast<std::size_t>(2 * production.frames()));
  production.read_stem(3, 0, vinyl);
  for (float& sample : vinyl) sample = std::abs(sample);
  std::sort(vinyl.begin(), vinyl.end());
  // The median of the hiss is 0.67 of its root mean square.
  EXPECT_NEAR(db_from_linear(static_cast<double>(vinyl[vinyl.size() / 2]) / 0.67), -40.0, 2.0);
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
