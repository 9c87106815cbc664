#include "audio/audio_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

AudioBuffer sweep() {
  AudioBuffer audio;
  for (int i = 0; i < 100000; ++i) {
    const double t = i / 48000.0;
    audio.samples.push_back(static_cast<float>(0.4 * std::sin(900.0 * t * (1.0 + 3.0 * t))));
    audio.samples.push_back(static_cast<float>(0.4 * std::cos(700.0 * t)));
  }
  return audio;
}

AudioTags titled(const char* title) {
  AudioTags tags;
  tags.title = title;
  return tags;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_in_blocks(const fs::path& path, std::size_t block_frames) {
  const AudioBuffer audio = sweep();
  AudioWriter writer(path, {}, titled("Blocks"), Overwrite::kAllow);
  std::span<const float> left = audio.samples;
  while (!left.empty()) {
    const auto block = left.first(std::min(left.size(), 2 * block_frames));
    writer.write(block);
    left = left.subspan(block.size());
  }
  writer.commit();
}

TEST(AudioWriter, KeepsWhatIsTooLoudInFloatSamples) {
  const TemporaryFolder folder;
  const std::vector<float> loud = {1.5F, -2.25F, 0.1F, 0.0F};
  const auto write = [&](const char* name) {
    AudioWriter writer(folder / name, {48000, 2, SampleFormat::kFloat}, titled("Loud"),
                       Overwrite::kRefuse);
    writer.write(loud);
    writer.commit();
  };
  write("a.wav");
  write("b.wav");
  EXPECT_EQ(load_audio(folder / "a.wav").audio.samples, loud);
  EXPECT_EQ(bytes_of(folder / "a.wav"), bytes_of(folder / "b.wav"));
  EXPECT_THAT(bytes_of(folder / "a.wav"), testing::Not(testing::HasSubstr("PEAK")));
}

class Writer : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(AudioWriter, Writer, testing::Values("a.wav", "a.flac", "a.ogg", "a.mp3"));

TEST_P(Writer, GivesTheBytesOfSaveAudioHoweverTheSoundIsCut) {
  const TemporaryFolder folder;
  save_audio(folder / GetParam(), sweep(), titled("Blocks"), Overwrite::kRefuse);
  const std::string whole = bytes_of(folder / GetParam());
  for (const std::size_t block : {1000U, 4096U, 70000U}) {
    write_in_blocks(folder / GetParam(), block);
    EXPECT_TRUE(bytes_of(folder / GetParam()) == whole) << block;
  }
}

TEST_P(Writer, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  {
    AudioWriter writer(folder / GetParam(), {}, {}, Overwrite::kRefuse);
    writer.write(sweep().samples);
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// The number is part of the sound's identity, so another sound has another one.
TEST(AudioWriter, GivesOtherSoundAnotherOggSerial) {
  const TemporaryFolder folder;
  AudioBuffer audio = sweep();
  save_audio(folder / "a.ogg", audio, {}, Overwrite::kRefuse);
  audio.samples[7] += 0.1F;
  save_audio(folder / "b.ogg", audio, {}, Overwrite::kRefuse);
  EXPECT_NE(bytes_of(folder / "a.ogg").substr(14, 4), bytes_of(folder / "b.ogg").substr(14, 4));
}

// Read back by libsndfile, whose reader is not ours.
TEST(AudioWriter, MarksALoopThatOtherProgramsRead) {
  const TemporaryFolder folder;
  const fs::path path = folder / "loop.wav";
  {
    AudioWriter writer(path, {.sample_rate = 44100, .channels = 1}, titled("odd"),
                       Overwrite::kRefuse);
    writer.mark_loop(
        {.beats = 32, .bpm = 123.5, .root_note = 57, .meter_numerator = 3, .meter_denominator = 8});
    writer.write(std::vector<float>(1001, 0.25F));  // 3003 bytes: the chunk ends at an odd one
    writer.commit();
  }
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  ASSERT_NE(file, nullptr);
  SF_INSTRUMENT instrument{};
  EXPECT_EQ(sf_command(file, SFC_GET_INSTRUMENT, &instrument, sizeof instrument), SF_TRUE);
  SF_LOOP_INFO loop{};
  EXPECT_EQ(sf_command(file, SFC_GET_LOOP_INFO, &loop, sizeof loop), SF_TRUE);
  EXPECT_STREQ(sf_get_string(file, SF_STR_TITLE), "odd");
  sf_close(file);
  EXPECT_EQ(info.frames, 1001);
  ASSERT_EQ(instrument.loop_count, 1);
  EXPECT_EQ(instrument.basenote, 57);
  EXPECT_EQ(instrument.loops[0].mode, SF_LOOP_FORWARD);
  EXPECT_EQ(instrument.loops[0].start, 0U);
  EXPECT_EQ(instrument.loops[0].end, 1001U);  // exclusive there, inclusive in the file
  EXPECT_EQ(instrument.loops[0].count, 0U);
  EXPECT_FLOAT_EQ(loop.bpm, 123.5F);
  EXPECT_EQ(loop.num_beats, 32);
  EXPECT_EQ(loop.root_key, 57);
  EXPECT_EQ(loop.time_sig_num, 3);
  EXPECT_EQ(loop.time_sig_den, 8);
}

TEST(AudioWriter, TellsTheFileLengthInItsHead) {
  const TemporaryFolder folder;
  AudioWriter writer(folder / "a.wav", {}, {}, Overwrite::kRefuse);
  writer.mark_loop({.beats = 4});
  writer.write(sweep().samples);
  writer.commit();
  const std::string bytes = bytes_of(folder / "a.wav");
  std::uint32_t size = 0;
  for (unsigned i = 0; i < 4; ++i)
    size |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[4 + i])) << (8 * i);
  EXPECT_EQ(size, bytes.size() - 8);
  EXPECT_EQ(bytes.substr(bytes.size() - 32, 4), "acid");
  EXPECT_EQ(bytes.substr(bytes.size() - 32 - 68, 4), "smpl");
}

TEST(AudioWriter, SaysThatOnlyWavHoldsALoop) {
  const TemporaryFolder folder;
  AudioWriter writer(folder / "a.flac", {}, {}, Overwrite::kRefuse);
  const Error error = thrown_error([&] { writer.mark_loop({}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_EQ(error.message(),
            "cannot mark a loop in " + (folder / "a.flac").string() + ": only .wav holds one");
}

}  // namespace
}  // namespace undersong
