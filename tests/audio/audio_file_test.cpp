#include "audio/audio_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <numbers>
#include <string>

#include "base/cancel.h"
#include "base/error.h"
#include "base/rng.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace fs = std::filesystem;

// A second of two tones that fade in and out, left and right different.
AudioBuffer two_tones() {
  AudioBuffer audio;
  for (int i = 0; i < audio.sample_rate; ++i) {
    const double t = static_cast<double>(i) / audio.sample_rate;
    const double level = 0.5 * std::sin(std::numbers::pi * t);
    audio.samples.push_back(static_cast<float>(level * std::sin(2 * std::numbers::pi * 440.0 * t)));
    audio.samples.push_back(static_cast<float>(level * std::sin(2 * std::numbers::pi * 660.0 * t)));
  }
  return audio;
}

const AudioTags kTags = {.title = "夜の「曲」 № 1",
                         .artist = "Zoë",
                         .date = "2026-11-23",
                         .genre = "Lo-fi",
                         .comment = "model LSTM; seed 7",
                         .software = "undersong 0.1.0"};

// Signal to noise in dB, at the shift (0 to 3000 frames) that fits best: MP3 begins with a delay.
double best_snr_db(const AudioBuffer& wanted, const AudioBuffer& got, std::size_t most_shift) {
  double best = -1e9;
  for (std::size_t shift = 0; shift <= most_shift; ++shift) {
    double signal = 0.0;
    double noise = 0.0;
    for (std::size_t i = 0; i < wanted.samples.size(); i += 2) {
      const std::size_t at = i + 2 * shift;
      if (at >= got.samples.size()) break;
      const double difference = static_cast<double>(wanted.samples[i] - got.samples[at]);
      signal += static_cast<double>(wanted.samples[i]) * static_cast<double>(wanted.samples[i]);
      noise += difference * difference;
    }
    best = std::max(best, 10.0 * std::log10(signal / (noise + 1e-30)));
  }
  return best;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class LosslessFormats : public testing::TestWithParam<const char*> {};
class LossyFormats : public testing::TestWithParam<const char*> {};
class AllFormats : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(AudioFile, LosslessFormats, testing::Values("a.wav", "a.flac"));
INSTANTIATE_TEST_SUITE_P(AudioFile, LossyFormats, testing::Values("a.ogg", "a.mp3"));
INSTANTIATE_TEST_SUITE_P(AudioFile, AllFormats,
                         testing::Values("a.wav", "a.flac", "a.ogg", "a.mp3"));

TEST_P(LosslessFormats, GiveBackEverySampleTo24Bits) {
  const TemporaryFolder folder;
  const AudioBuffer audio = two_tones();
  save_audio(folder / GetParam(), audio, {}, Overwrite::kRefuse);
  const AudioBuffer back = load_audio(folder / GetParam()).audio;
  ASSERT_EQ(back.sample_rate, audio.sample_rate);
  ASSERT_EQ(back.channels, 2);
  ASSERT_EQ(back.samples.size(), audio.samples.size());
  constexpr float kStep = 1.0F / 8388608.0F;
  for (std::size_t i = 0; i < audio.samples.size(); ++i)
    ASSERT_NEAR(back.samples[i], audio.samples[i], kStep) << "sample " << i;
}

TEST_P(LosslessFormats, WriteAgainWhatTheyReadExactly) {
  const TemporaryFolder folder;
  save_audio(folder / GetParam(), two_tones(), {}, Overwrite::kRefuse);
  const AudioBuffer once = load_audio(folder / GetParam()).audio;
  save_audio(folder / GetParam(), once, {}, Overwrite::kAllow);
  const AudioBuffer twice = load_audio(folder / GetParam()).audio;
  // Writing scales by 2^23 - 1 and reading by 2^-23, so a step may be lost but no more.
  for (std::size_t i = 0; i < once.samples.size(); ++i)
    ASSERT_NEAR(twice.samples[i], once.samples[i], 1.3e-7F);
}

TEST_P(LosslessFormats, ClipWhatIsTooLoudInsteadOfWrapping) {
  const TemporaryFolder folder;
  AudioBuffer audio;
  for (int i = 0; i < 4000; ++i) audio.samples.push_back(i % 200 < 100 ? 1.5F : -1.5F);
  save_audio(folder / GetParam(), audio, {}, Overwrite::kRefuse);
  const AudioBuffer back = load_audio(folder / GetParam()).audio;
  for (std::size_t i = 0; i < back.samples.size(); ++i)
    ASSERT_NEAR(back.samples[i], i % 200 < 100 ? 1.0F : -1.0F, 1e-5F);
}

TEST_P(LossyFormats, SoundAlike) {
  const TemporaryFolder folder;
  const AudioBuffer audio = two_tones();
  save_audio(folder / GetParam(), audio, {}, Overwrite::kRefuse);
  const AudioBuffer back = load_audio(folder / GetParam()).audio;
  EXPECT_EQ(back.sample_rate, audio.sample_rate);
  EXPECT_NEAR(back.length_seconds(), 1.0, 0.1);
  EXPECT_GT(best_snr_db(audio, back, 3000), 25.0);
}

TEST_P(AllFormats, KeepTheirTags) {
  const TemporaryFolder folder;
  save_audio(folder / GetParam(), two_tones(), kTags, Overwrite::kRefuse);
  const AudioTags back = load_audio(folder / GetParam()).tags;
  EXPECT_EQ(back.title, kTags.title);
  EXPECT_EQ(back.artist, kTags.artist);
  EXPECT_EQ(back.genre, kTags.genre);
  EXPECT_EQ(back.comment, kTags.comment);
  EXPECT_EQ(back.date, kTags.date);
  EXPECT_THAT(back.software, StartsWith("undersong 0.1.0"));
}

TEST_P(AllFormats, WriteTheSameBytesTwice) {
  const TemporaryFolder folder;
  save_audio(folder / GetParam(), two_tones(), kTags, Overwrite::kRefuse);
  const std::string first = bytes_of(folder / GetParam());
  save_audio(folder / GetParam(), two_tones(), kTags, Overwrite::kAllow);
  EXPECT_TRUE(bytes_of(folder / GetParam()) == first);
}

// A limit on the size of files stands in for a full disk: the system refuses to write on.
TEST_P(AllFormats, SayWhyTheyCouldNotBeWrittenAndLeaveNothing) {
  const TemporaryFolder folder;
  AudioBuffer noise;
  Rng rng(1);
  for (int i = 0; i < 200000; ++i) noise.samples.push_back(static_cast<float>(rng.uniform() - 0.5));

  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 30000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Error error =
      thrown_error([&] { save_audio(folder / GetParam(), noise, {}, Overwrite::kRefuse); });
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_EQ(error.message(), "cannot write " + (folder / GetParam()).string() + ": File too large");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST_P(AllFormats, LeaveNothingWhenTheyAreCancelled) {
  const TemporaryFolder folder;
  request_cancel();
  const Error error =
      thrown_error([&] { save_audio(folder / GetParam(), two_tones(), {}, Overwrite::kRefuse); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(AudioFile, TellsTheFormatByTheSuffixInAnyCase) {
  EXPECT_EQ(audio_format_of("a.WAV"), AudioFormat::kWav);
  EXPECT_EQ(audio_format_of("b.c.Flac"), AudioFormat::kFlac);
  EXPECT_EQ(audio_format_of("a.ogg"), AudioFormat::kOggVorbis);
  EXPECT_EQ(audio_format_of("a.mp3"), AudioFormat::kMp3);
  EXPECT_EQ(audio_format_of("wav"), std::nullopt);
}

TEST(AudioFile, ListsTheSuffixesWhenItDoesNotKnowOne) {
  const Error error =
      thrown_error([] { save_audio("take one.aiff", two_tones(), {}, Overwrite::kRefuse); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(),
            "cannot tell the format of \"take one.aiff\" by its suffix: end the name in .wav, "
            ".flac, .ogg or .mp3");
}

TEST(AudioFile, SaysThatMp3TakesNoSuchSampleRate) {
  const TemporaryFolder folder;
  AudioBuffer audio = two_tones();
  audio.sample_rate = 96000;
  const Error error =
      thrown_error([&] { save_audio(folder / "a.mp3", audio, {}, Overwrite::kRefuse); });
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.message(), HasSubstr("2 channels at 96000 Hz"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(AudioFile, RefusesToOverwrite) {
  const TemporaryFolder folder;
  save_audio(folder / "a.wav", two_tones(), {}, Overwrite::kRefuse);
  const Error error =
      thrown_error([&] { save_audio(folder / "a.wav", two_tones(), {}, Overwrite::kRefuse); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("exists already"));
}

TEST(AudioFile, TakesNamesWithSpacesQuotesNewlinesAndOtherLetters) {
  const TemporaryFolder folder;
  const fs::path path = folder / "夜 \"one\"\n.wav";
  save_audio(path, two_tones(), {}, Overwrite::kRefuse);
  EXPECT_EQ(load_audio(path).audio.frames(), 48000U);
}

TEST(AudioFile, SaysThatThereIsNoSuchFile) {
  const Error error = thrown_error([] { load_audio("/nowhere/a.wav"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(error.message(), "/nowhere/a.wav: there is no such file");
}

TEST(AudioFile, SaysThatAFolderIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(thrown_error([&] { load_audio(folder.path()); }).kind(), ErrorKind::kUsage);
}

TEST(AudioFile, SaysThatTextIsNoAudio) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.wav") << "These are words, and no sound at all.";
  const Error error = thrown_error([&] { load_audio(folder / "a.wav"); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), HasSubstr("a.wav is not an audio file that can be read"));
}

TEST(AudioFile, ReadsWhatIsThereOfAFileCutShort) {
  const TemporaryFolder folder;
  save_audio(folder / "a.wav", two_tones(), {}, Overwrite::kRefuse);
  fs::resize_file(folder / "a.wav", fs::file_size(folder / "a.wav") / 2);
  EXPECT_NEAR(load_audio(folder / "a.wav").audio.length_seconds(), 0.5, 0.01);
}

}  // namespace
}  // namespace undersong
