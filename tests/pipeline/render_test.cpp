#include "pipeline/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "audio/audio_file.h"
#include "audio/loudness.h"
#include "base/file.h"
#include "midi/midi_file.h"
#include "score/tempo_map.h"
#include "support/installed_soundfont.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace fs = std::filesystem;

Score two_seconds() {
  Score score;
  Track& track = score.tracks.emplace_back();
  for (int i = 0; i < 4; ++i) {
    track.notes.push_back({.onset_ticks = 480 * i,
                           .duration_ticks = 480,
                           .pitch = static_cast<std::uint8_t>(60 + 3 * i),
                           .velocity = 100});
  }
  return score;
}

class WriteMusic : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("SOURCE_DATE_EPOCH", "86400", 1);
    if (const auto soundfont = installed_soundfont(); soundfont)
      options_.render.soundfont = *soundfont;
  }
  void TearDown() override { ::unsetenv("SOURCE_DATE_EPOCH"); }

  bool has_soundfont() const { return !options_.render.soundfont.empty(); }

  TemporaryFolder folder_;
  MusicFileOptions options_;
};

TEST_F(WriteMusic, RendersMastersAndTags) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  options_.origin.title = "夜曲";
  options_.origin.genre = "Lullaby";
  options_.origin.seed = 7;
  options_.origin.model = "LSTM";
  const fs::path path = folder_ / "new folder" / "a song.wav";
  const MusicFileReport report = write_music(two_seconds(), path, options_, silent_progress());
  const AudioFile file = load_audio(path);
  EXPECT_EQ(file.tags.title, "夜曲");
  EXPECT_EQ(file.tags.genre, "Lullaby");
  EXPECT_EQ(file.tags.date, "1970-01-02");
  EXPECT_EQ(file.tags.comment, "model LSTM; seed 7");
  EXPECT_THAT(file.tags.software, StartsWith("undersong "));
  EXPECT_EQ(file.audio.sample_rate, 48000);

  const Loudness loudness = measure_loudness(file.audio);
  EXPECT_NEAR(loudness.integrated_lufs, -14.0, 0.1);
  EXPECT_LE(loudness.true_peak_dbtp, -1.0 + 1e-3);
  EXPECT_TRUE(report.is_audio);
  EXPECT_EQ(report.path, path);
  EXPECT_EQ(report.soundfont, options_.render.soundfont);
  EXPECT_DOUBLE_EQ(report.length_seconds, file.audio.length_seconds());
  EXPECT_NEAR(report.mastering.loudness_lufs, loudness.integrated_lufs, 0.01);
  EXPECT_GT(report.times_real_time, 0.0);
}

TEST_F(WriteMusic, NamesTheFileAsTheTitleWhenThereIsNone) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  write_music(two_seconds(), folder_ / "LSTM.flac", options_, silent_progress());
  const AudioTags tags = load_audio(folder_ / "LSTM.flac").tags;
  EXPECT_EQ(tags.title, "LSTM");
  EXPECT_EQ(tags.comment, "");
}

TEST_F(WriteMusic, WritesTheSameBytesTwice) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  for (const char* name : {"a.wav", "a.flac", "a.ogg", "a.mp3"}) {
    options_.overwrite = Overwrite::kAllow;
    write_music(two_seconds(), folder_ / name, options_, silent_progress());
    const auto first = read_file(folder_ / name);
    write_music(two_seconds(), folder_ / name, options_, silent_progress());
    EXPECT_TRUE(read_file(folder_ / name) == first) << name;
  }
}

TEST_F(WriteMusic, WritesMidiByItsSuffix) {
  for (const char* name : {"a.mid", "b.MIDI"}) {
    const MusicFileReport report =
        write_music(two_seconds(), folder_ / name, options_, silent_progress());
    EXPECT_FALSE(report.is_audio);
    EXPECT_DOUBLE_EQ(report.length_seconds, 2.0);
    EXPECT_EQ(load_midi(folder_ / name).score.tracks.back().notes, two_seconds().tracks[0].notes);
  }
}

TEST_F(WriteMusic, SaysWhichSuffixesItKnows) {
  const Error error = thrown_error(
      [&] { write_music(two_seconds(), folder_ / "a.aiff", options_, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(), "cannot tell the format of " + (folder_ / "a.aiff").string() +
                                 " by its suffix: end the name in .mid, .svg (a piano roll), "
                                 ".wav, .flac, .ogg or .mp3");
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(WriteMusic, LeavesNothingWhenThereIsNothingToPlay) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  const Error error =
      thrown_error([&] { write_music(Score{}, folder_ / "a.wav", options_, silent_progress()); });
  EXPECT_EQ(error.message(), "there is nothing to render: the piece has no notes");
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(WriteMusic, LeavesNothingWithoutASoundfont) {
  options_.render.soundfont = folder_ / "none.sf2";
  const Error error = thrown_error(
      [&] { write_music(two_seconds(), folder_ / "out" / "a.wav", options_, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(WriteMusic, SaysThatAFolderTakesNoFiles) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  std::ofstream(folder_ / "file") << "in the way";
  const Error error = thrown_error(
      [&] { write_music(two_seconds(), folder_ / "file" / "a.wav", options_, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_THAT(error.message(), HasSubstr((folder_ / "file").string()));
}

TEST_F(WriteMusic, RefusesToOverwriteUntilItMay) {
  write_music(two_seconds(), folder_ / "a.mid", options_, silent_progress());
  const Error error = thrown_error(
      [&] { write_music(two_seconds(), folder_ / "a.mid", options_, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("exists already"));
}

using RenderFile = WriteMusic;

TEST_F(RenderFile, TakesTempoAndInstrumentFromTheRequest) {
  save_midi(folder_ / "in.mid", two_seconds(), Overwrite::kRefuse);
  const RenderReport report = render_file({.input = folder_ / "in.mid",
                                           .output = folder_ / "out.mid",
                                           .bpm = 60.0,
                                           .program = 40,
                                           .options = options_},
                                          silent_progress());
  EXPECT_DOUBLE_EQ(report.file.length_seconds, 4.0);
  EXPECT_TRUE(report.repairs.empty());
  const Score score = load_midi(folder_ / "out.mid").score;
  EXPECT_NEAR(TempoMap(score).bpm_at(0), 60.0, 1e-3);
  ASSERT_EQ(score.tracks.back().controls.size(), 1U);
  EXPECT_EQ(score.tracks.back().controls[0].value, 40);
}

TEST_F(RenderFile, TakesItsTitleFromTheInput) {
  if (!has_soundfont()) GTEST_SKIP() << kNoSoundfont;
  save_midi(folder_ / "Träumerei.mid", two_seconds(), Overwrite::kRefuse);
  render_file({.input = folder_ / "Träumerei.mid",
               .output = folder_ / "out.ogg",
               .bpm = {},
               .program = {},
               .options = options_},
              silent_progress());
  EXPECT_EQ(load_audio(folder_ / "out.ogg").tags.title, "Träumerei");
}

TEST_F(RenderFile, NeverWritesOverItsInput) {
  save_midi(folder_ / "in.mid", two_seconds(), Overwrite::kRefuse);
  options_.overwrite = Overwrite::kAllow;
  const Error error = thrown_error([&] {
    render_file({.input = folder_ / "in.mid",
                 .output = folder_ / "." / "in.mid",
                 .bpm = {},
                 .program = {},
                 .options = options_},
                silent_progress());
  });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("is the input itself"));
}

TEST_F(RenderFile, SaysWhatIsWrongWithItsInput) {
  std::ofstream(folder_ / "words.mid") << "These are words, and no music.";
  const auto error_of = [&](const char* name) {
    return thrown_error([&] {
      render_file({.input = folder_ / name,
                   .output = folder_ / "out" / "a.wav",
                   .bpm = {},
                   .program = {},
                   .options = options_},
                  silent_progress());
    });
  };
  EXPECT_EQ(error_of("words.mid").kind(), ErrorKind::kFormat);
  EXPECT_EQ(error_of("none.mid").kind(), ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace undersong
