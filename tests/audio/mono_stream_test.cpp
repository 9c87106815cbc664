#include "audio/mono_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "support/scoped_path.h"
#include "support/sound_files.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int kRate = 22050;

std::vector<float> read_all(MonoStream& stream, std::size_t block = 1000) {
  std::vector<float> samples;
  std::vector<float> part(block);
  const SampleReader reader = stream.reader();
  while (const std::size_t got = reader(part))
    samples.insert(samples.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
  return samples;
}

std::vector<float> read_all(const fs::path& path) {
  MonoStream stream(path);
  return read_all(stream);
}

// The level of a tone in what was heard, the ends aside: 1 for a sine of full level.
double level_of(const std::vector<float>& samples, double hz, int rate = kRate) {
  double real = 0.0;
  double imaginary = 0.0;
  const std::size_t margin = samples.size() / 5;
  const std::size_t count = samples.size() - 2 * margin;
  for (std::size_t i = margin; i < margin + count; ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    const double sample = static_cast<double>(samples[i]);
    real += sample * std::cos(angle);
    imaginary += sample * std::sin(angle);
  }
  return 2.0 * std::hypot(real, imaginary) / static_cast<double>(count);
}

struct KindOfFile {
  const char* name;
  ToneFile file;
};

class ReadableFiles : public testing::TestWithParam<KindOfFile> {};

INSTANTIATE_TEST_SUITE_P(
    MonoStream, ReadableFiles,
    testing::Values(
        KindOfFile{"EightBits", {.format = SF_FORMAT_WAV | SF_FORMAT_PCM_U8}},
        KindOfFile{"SixteenBits", {.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16}},
        KindOfFile{"Doubles", {.format = SF_FORMAT_WAV | SF_FORMAT_DOUBLE}},
        KindOfFile{"TheRateAskedFor", {.sample_rate = kRate}},
        KindOfFile{"Telephone", {.sample_rate = 8000}},
        KindOfFile{"Studio", {.format = SF_FORMAT_WAV | SF_FORMAT_PCM_24, .sample_rate = 192000}},
        KindOfFile{"Aiff", {.format = SF_FORMAT_AIFF | SF_FORMAT_PCM_16}},
        KindOfFile{"Flac", {.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_24, .sample_rate = 96000}},
        KindOfFile{"Vorbis", {.format = SF_FORMAT_OGG | SF_FORMAT_VORBIS}},
        KindOfFile{"Opus", {.format = SF_FORMAT_OGG | SF_FORMAT_OPUS, .sample_rate = 48000}},
        KindOfFile{"Mp3", {.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}},
        KindOfFile{"Stereo", {.channel_hz = {440.0, 440.0}}}),
    [](const auto& kind) { return std::string(kind.param.name); });

TEST_P(ReadableFiles, SoundAsTheyDidAtTheRateAskedFor) {
  const TemporaryFolder folder;
  // The name says nothing: the bytes do.
  save_tones(folder / "take", GetParam().file);
  MonoStream stream(folder / "take");
  EXPECT_EQ(stream.decoder(), "libsndfile");
  EXPECT_EQ(stream.source_rate(), GetParam().file.sample_rate);
  ASSERT_TRUE(stream.length_seconds().has_value());
  EXPECT_NEAR(*stream.length_seconds(), 1.0, 0.1);
  const auto samples = read_all(stream);
  EXPECT_NEAR(static_cast<double>(samples.size()), kRate, kRate * 0.1);
  EXPECT_NEAR(stream.seconds_read(), 1.0, 0.1);
  EXPECT_FALSE(stream.ended_early());
  EXPECT_NEAR(level_of(samples, 440.0), 0.5, 0.02);
  EXPECT_LT(level_of(samples, 880.0), 0.01);
}

TEST(MonoStream, GivesTheSameSamplesInBlocksOfAnySize) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.sample_rate = 48000, .channel_hz = {440.0, 660.0}});
  MonoStream once(folder / "take");
  const auto whole = read_all(once, 100000);
  for (const std::size_t block : {std::size_t{1}, std::size_t{37}, std::size_t{4096}}) {
    MonoStream stream(folder / "take");
    EXPECT_TRUE(read_all(stream, block) == whole) << block;
  }
}

TEST(MonoStream, FillsWhatItIsGivenUntilTheEndAndThenSaysNoMore) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.sample_rate = 44100});
  MonoStream stream(folder / "take");
  std::vector<float> block(22000);
  EXPECT_EQ(stream.read(block), 22000U);
  EXPECT_LE(stream.read(block), 60U);
  EXPECT_EQ(stream.read(block), 0U);
  EXPECT_EQ(stream.read(block), 0U);
}

TEST(MonoStream, AveragesChannels) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.channel_hz = {440.0, 660.0, 0.0, 0.0}});
  const auto samples = read_all(folder / "take");
  EXPECT_NEAR(level_of(samples, 440.0), 0.125, 0.005);
  EXPECT_NEAR(level_of(samples, 660.0), 0.125, 0.005);
}

TEST(MonoStream, LeavesTheBassEffectsOfSurroundSoundOut) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.format = SF_FORMAT_WAVEX | SF_FORMAT_PCM_16,
                               .channel_hz = {440.0, 440.0, 660.0, 50.0, 0.0, 0.0}});
  MonoStream stream(folder / "take");
  EXPECT_EQ(stream.source_channels(), 6);
  const auto samples = read_all(stream);
  EXPECT_NEAR(level_of(samples, 440.0), 0.2, 0.005);
  EXPECT_NEAR(level_of(samples, 660.0), 0.1, 0.005);
  EXPECT_LT(level_of(samples, 50.0), 0.001);
}

TEST(MonoStream, DoesNotFoldWhatIsTooHighBackIntoTheMusic) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.sample_rate = 48000, .channel_hz = {15000.0}});
  const auto samples = read_all(folder / "take");
  EXPECT_LT(level_of(samples, kRate - 15000.0), 0.0005);
}

TEST(MonoStream, TakesSamplesThatAreNoNumbersForSilence) {
  const TemporaryFolder folder;
  SF_INFO info{.frames = 0,
               .samplerate = kRate,
               .channels = 1,
               .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT,
               .sections = 0,
               .seekable = 0};
  SNDFILE* sound = sf_open((folder / "take").c_str(), SFM_WRITE, &info);
  const std::vector<float> samples = {0.5F, std::numeric_limits<float>::quiet_NaN(),
                                      std::numeric_limits<float>::infinity(), 0.25F};
  sf_writef_float(sound, samples.data(), 4);
  sf_close(sound);
  EXPECT_EQ(read_all(folder / "take"), (std::vector<float>{0.5F, 0.0F, 0.0F, 0.25F}));
}

TEST(MonoStream, ReadsOneSample) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {.sample_rate = kRate, .seconds = 1.0 / kRate});
  EXPECT_EQ(read_all(folder / "take").size(), 1U);
}

TEST(MonoStream, ReadsWhatIsThereOfAFileCutShortAndSaysSo) {
  const TemporaryFolder folder;
  save_tones(folder / "take.flac", {.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16, .seconds = 4.0});
  fs::resize_file(folder / "take.flac", fs::file_size(folder / "take.flac") / 2);
  MonoStream stream(folder / "take.flac");
  const auto samples = read_all(stream);
  EXPECT_NEAR(static_cast<double>(samples.size()), 2.0 * kRate, 0.5 * kRate);
  EXPECT_TRUE(stream.ended_early());
}

TEST(MonoStream, StopsWhenItIsCancelled) {
  const TemporaryFolder folder;
  save_tones(folder / "take", {});
  MonoStream stream(folder / "take");
  std::vector<float> block(1000);
  request_cancel();
  const Error error = thrown_error([&] { stream.read(block); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
}

TEST(MonoStream, SaysWhatIsNoFileToRead) {
  const TemporaryFolder folder;
  EXPECT_EQ(thrown_error([] { MonoStream("/nowhere/take.mp3"); }).message(),
            "/nowhere/take.mp3: there is no such file");
  EXPECT_EQ(thrown_error([&] { MonoStream stream(folder.path()); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(thrown_error([&] { MonoStream(folder / "a", {.sample_rate = 0}); }).message(),
            "0 Hz is no sample rate; ask for 1 or more");
  std::ofstream(folder / "empty.wav").close();
  const Error error = thrown_error([&] { MonoStream stream(folder / "empty.wav"); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), EndsWith("empty.wav is empty"));
}

TEST(MonoStream, SaysThatAnotherFormatTakesFfmpeg) {
  const TemporaryFolder folder;
  std::ofstream(folder / "take.mp3") << "These are words, and no sound at all.";
  const ScopedPath nothing("/nowhere");
  const Error error = thrown_error([&] { MonoStream stream(folder / "take.mp3"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("take.mp3 cannot be read by libsndfile ("),
                                     HasSubstr("ffmpeg, which may know it, is not installed: "
                                               "apt-get install ffmpeg")));
}

// What only ffmpeg knows.
class MonoStreamByFfmpeg : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("ffmpeg")) GTEST_SKIP() << "ffmpeg is not installed";
    save_tones(folder_ / "tone.wav", {.seconds = 3.0, .channel_hz = {440.0, 440.0}});
    tone_ = (folder_ / "tone.wav").string();
  }

  TemporaryFolder folder_;
  std::string tone_;
};

TEST_F(MonoStreamByFfmpeg, ReadsAacInItsContainer) {
  const fs::path path = folder_ / "-take: \"one\"\n.m4a";
  ASSERT_TRUE(made_by_ffmpeg({"-i", tone_, "file:" + path.string()}));
  MonoStream stream(path);
  EXPECT_EQ(stream.decoder(), "ffmpeg");
  EXPECT_NEAR(stream.length_seconds().value_or(0.0), 3.0, 0.1);
  const auto samples = read_all(stream);
  EXPECT_NEAR(stream.seconds_read(), 3.0, 0.1);
  EXPECT_NEAR(level_of(samples, 440.0), 0.5, 0.02);
  EXPECT_FALSE(stream.ended_early());
}

TEST_F(MonoStreamByFfmpeg, ReadsAFileThatLiesAboutItsType) {
  const fs::path path = folder_ / "take.wav";
  ASSERT_TRUE(made_by_ffmpeg({"-i", tone_, "-f", "mp4", path.string()}));
  MonoStream stream(path);
  EXPECT_EQ(stream.decoder(), "ffmpeg");
  EXPECT_NEAR(level_of(read_all(stream), 440.0), 0.5, 0.02);
}

TEST_F(MonoStreamByFfmpeg, ReadsTheSoundOfAVideo) {
  const fs::path path = folder_ / "clip.mp4";
  ASSERT_TRUE(
      made_by_ffmpeg({"-f", "lavfi", "-i", "testsrc=d=3:s=64x64:r=5", "-i", tone_, path.string()}));
  EXPECT_NEAR(level_of(read_all(path), 440.0), 0.5, 0.02);
}

TEST_F(MonoStreamByFfmpeg, LeavesTheBassEffectsOfSurroundSoundOut) {
  const fs::path path = folder_ / "take.mp4";
  save_tones(folder_ / "six.wav", {.format = SF_FORMAT_WAVEX | SF_FORMAT_PCM_16,
                                   .seconds = 3.0,
                                   .channel_hz = {440.0, 440.0, 660.0, 50.0, 0.0, 0.0}});
  ASSERT_TRUE(
      made_by_ffmpeg({"-i", (folder_ / "six.wav").string(), "-b:a", "400k", path.string()}));
  MonoStream stream(path);
  EXPECT_EQ(stream.source_channels(), 6);
  const auto samples = read_all(stream);
  EXPECT_NEAR(level_of(samples, 440.0), 0.2, 0.02);
  EXPECT_LT(level_of(samples, 50.0), 0.01);
}

TEST_F(MonoStreamByFfmpeg, SaysThatAVideoHasNoSound) {
  const fs::path path = folder_ / "clip.mp4";
  ASSERT_TRUE(made_by_ffmpeg({"-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5", path.string()}));
  const Error error = thrown_error([&] { MonoStream stream(path); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), EndsWith("clip.mp4 has pictures and no sound"));
}

TEST_F(MonoStreamByFfmpeg, SaysThatWordsAreNoSound) {
  const fs::path path = folder_ / "take.mp3";
  std::ofstream(path) << "<html><body>Not found: these are words, and no sound at all.</body>";
  const Error error = thrown_error([&] { MonoStream stream(path); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), HasSubstr("take.mp3 is not an audio file that can be read"));
}

TEST_F(MonoStreamByFfmpeg, DoesNotFetchWhatAPlaylistNames) {
  const fs::path path = folder_ / "list.m3u8";
  std::ofstream(path) << "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nhttp://127.0.0.1:9/a.ts\n";
  const Error error = thrown_error([&] { MonoStream stream(path); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), EndsWith("list.m3u8 is a playlist, which names recordings and "
                                        "holds none"));
}

TEST_F(MonoStreamByFfmpeg, SaysThatAContainerWithoutItsIndexIsNoSound) {
  const fs::path path = folder_ / "take.m4a";
  ASSERT_TRUE(made_by_ffmpeg({"-i", tone_, path.string()}));
  fs::resize_file(path, fs::file_size(path) / 2);
  const Error error = thrown_error([&] { MonoStream stream(path); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), HasSubstr("ffmpeg says: "));
}

TEST_F(MonoStreamByFfmpeg, ReadsWhatIsThereOfAFileCutShortAndSaysSo) {
  const fs::path path = folder_ / "take.m4a";
  ASSERT_TRUE(made_by_ffmpeg({"-i", tone_, "-movflags", "+faststart", path.string()}));
  fs::resize_file(path, fs::file_size(path) / 2);
  MonoStream stream(path);
  const auto samples = read_all(stream);
  EXPECT_GT(samples.size(), static_cast<std::size_t>(kRate));
  EXPECT_TRUE(stream.ended_early());
}

TEST_F(MonoStreamByFfmpeg, EndsItsProgramWhenItIsNotReadToTheEnd) {
  const fs::path path = folder_ / "take.m4a";
  ASSERT_TRUE(made_by_ffmpeg({"-i", tone_, path.string()}));
  MonoStream stream(path);
  std::vector<float> block(10);
  EXPECT_EQ(stream.read(block), 10U);
}

}  // namespace
}  // namespace undersong
