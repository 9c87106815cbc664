// Recordings in a corpus, with a transcriber that reads the notes out of the file's own bytes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "corpus/candidates.h"
#include "corpus/corpus.h"
#include "corpus/ingest.h"
#include "melodies.h"
#include "piece_paths.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class RecordingsTest : public testing::Test {
 protected:
  RecordingsTest() {
    const auto transcriber = std::make_shared<Transcriber>();
    transcriber->name = "scripted 1";
    transcriber->transcribe = [this](const fs::path& recording) { return hear(recording); };
    options_.transcriber = transcriber;
  }

  HeardNotes hear(const fs::path& recording) {
    heard_.push_back(recording.filename().string());
    const std::string text = read_text_file(recording);
    if (text == "noise") throw Error(ErrorKind::kFormat, "it is no sound");
    if (text == "no weights") throw Error(ErrorKind::kNotFound, "the weights are missing");
    return {write_midi(text == "silence" ? melody({}) : numbered_melody(std::stoi(text))), 0.75};
  }

  void record(const fs::path& path, const std::string& text) const {
    save_file(music_ / path, text, Overwrite::kAllow);
  }
  IngestReport add(const fs::path& path) {
    return add_to_corpus("songs", std::vector{path}, options_, silent_progress());
  }
  static Manifest manifest() { return Corpus::open("songs").manifest(); }

  OwnUserData user_data_;
  TemporaryFolder music_;
  IngestOptions options_;
  std::vector<std::string> heard_;
};

TEST_F(RecordingsTest, ComeInLikeMidiFilesAndBesideThem) {
  record("Live/b.mp3", "1");
  record("Live/notes.txt", "words");
  save(music_ / "Live/a.mid", numbered_melody(2));
  record("c.flac", "3");
  const auto report = add(music_.path());
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.recordings, 2);
  ASSERT_THAT(paths_of(report.accepted), ElementsAre("Live/a.mid", "Live/b.mp3", "c.flac"));
  const Piece& heard = report.accepted[1];
  EXPECT_EQ(heard.group, "Live");
  EXPECT_EQ(heard.title, "b");
  EXPECT_EQ(heard.licence, "");
  EXPECT_EQ(heard.transcribed.by, "scripted 1");
  EXPECT_EQ(heard.transcribed.confidence, 0.75);
  EXPECT_EQ(heard.transcribed.recording_sha256.size(), 64U);
  EXPECT_TRUE(report.accepted[0].transcribed.recording_sha256.empty());
  EXPECT_EQ(Corpus::open("songs").read_piece(heard).tracks.size(),
            numbered_melody(1).tracks.size());
  EXPECT_EQ(manifest().pieces[1], heard);
}

TEST_F(RecordingsTest, AreHeardOnceHoweverOftenTheyAreAdded) {
  record("a.mp3", "1");
  record("copy.mp3", "1");
  const auto first = add(music_.path());
  EXPECT_EQ(first.accepted.size(), 1U);
  EXPECT_EQ(first.already_there.size(), 1U);
  EXPECT_THAT(heard_, ElementsAre("a.mp3"));
  const std::string before = read_text_file(manifest_path(corpus_folder("songs")));
  const auto again = add(music_.path());
  EXPECT_EQ(again.already_there.size(), 2U);
  EXPECT_THAT(heard_, ElementsAre("a.mp3"));
  EXPECT_EQ(read_text_file(manifest_path(corpus_folder("songs"))), before);
}

TEST_F(RecordingsTest, OfAKilledAdditionAreNotHeardAgain) {
  record("a.mp3", "1");
  record("b.mp3", "no weights");
  EXPECT_EQ(thrown_error([&] { add(music_.path()); }).kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(corpus_names().empty());
  record("b.mp3", "2");
  const auto report = add(music_.path());
  EXPECT_THAT(paths_of(report.accepted), ElementsAre("a.mp3", "b.mp3"));
  EXPECT_EQ(report.accepted[0].transcribed.confidence, 0.75);
  EXPECT_THAT(heard_, ElementsAre("a.mp3", "b.mp3", "b.mp3"));
  EXPECT_FALSE(fs::exists(corpus_folder("songs") / "transcribed"));
}

TEST_F(RecordingsTest, ThatCannotBeHeardAreRejectedWithTheReason) {
  record("a.mp3", "noise");
  record("b.mp3", "silence");
  record("c.mp3", "");
  record("d.mp3", "4");
  const auto report = add(music_.path());
  EXPECT_THAT(paths_of(report.accepted), ElementsAre("d.mp3"));
  ASSERT_EQ(report.rejected.size(), 3U);
  EXPECT_EQ(report.rejected[0].reason, "it is no sound");
  EXPECT_EQ(report.rejected[1].reason, "no notes were heard in it");
  EXPECT_EQ(report.rejected[2].reason, "the file is empty");
}

TEST_F(RecordingsTest, AreNotBlamedForACorpusThatCannotBeWrittenTo) {
  record("a.mp3", "1");
  // Where the transcriptions are kept stands a file.
  save_file(corpus_folder("songs") / "transcribed", std::string("in the way"), Overwrite::kAllow);
  EXPECT_EQ(thrown_error([&] { add(music_.path()); }).kind(), ErrorKind::kIo);
  EXPECT_TRUE(corpus_names().empty());
}

TEST_F(RecordingsTest, BesideAMidiFileOfTheirNameAreLeftOut) {
  record("take.wav", "1");
  save(music_ / "take.mid", numbered_melody(2));
  EXPECT_THAT(paths_of(add(music_.path()).accepted), ElementsAre("take.mid"));
  EXPECT_TRUE(heard_.empty());
}

TEST_F(RecordingsTest, ThatAFetchLeftUnfinishedAreNoMusic) {
  record(".fetching/1234/media.mp3", "1");
  record("a.mp3", "2");
  EXPECT_THAT(paths_of(add(music_.path()).accepted), ElementsAre("a.mp3"));
}

TEST_F(RecordingsTest, KeepWhatIsKnownOfThem) {
  record("x.m4a", "1");
  options_.recordings = {{.file = music_ / "x.m4a",
                          .path = "Night [12345678].m4a",
                          .group = "Nights",
                          .title = " Night\n",
                          .uploader = "Zoë",
                          .address = "https://video.example/1",
                          .licence = "Creative Commons Attribution license (reuse allowed)"}};
  // The folder names the same file; what is known of it stays.
  const auto report = add(music_.path());
  ASSERT_EQ(report.accepted.size(), 1U);
  const Piece& piece = report.accepted.front();
  EXPECT_EQ(piece.title, "Night");
  EXPECT_EQ(piece.group, "Nights");
  EXPECT_EQ(piece.uploader, "Zoë");
  EXPECT_EQ(piece.address, "https://video.example/1");
  EXPECT_EQ(piece.licence, "Creative Commons Attribution license (reuse allowed)");
  EXPECT_EQ(manifest().pieces.front(), piece);
}

TEST_F(RecordingsTest, TakeTheTermsThatAPersonGives) {
  record("x.m4a", "1");
  options_.licence = "CC0-1.0";
  options_.recordings = {{.file = music_ / "x.m4a",
                          .path = "x.m4a",
                          .group = "",
                          .title = "",
                          .uploader = "",
                          .address = "",
                          .licence = "Standard YouTube License"}};
  const auto report = add_to_corpus("songs", {}, options_, silent_progress());
  EXPECT_EQ(report.accepted.at(0).licence, "CC0-1.0");
}

TEST_F(RecordingsTest, AreLeftOutWithoutATranscriber) {
  record("a.mp3", "1");
  save(music_ / "b.mid", numbered_melody(2));
  options_.transcriber = nullptr;
  EXPECT_THAT(paths_of(add(music_.path()).accepted), ElementsAre("b.mid"));
  EXPECT_EQ(thrown_error([&] { add(music_ / "a.mp3"); }).kind(), ErrorKind::kUsage);
}

TEST(IsRecordingName, GoesByTheSuffixInAnyCase) {
  for (const char* name : {"a.mp3", "b/c.WAV", "夜.m4a", "a.b.opus", "clip.MP4", "-x.webm"})
    EXPECT_TRUE(is_recording_name(name)) << name;
  for (const char* name : {"a.mid", "a", "mp3", ".mp3", "._a.mp3", "a.mp", "a.mp3.part", "a.",
                           "a.mp3 .wav x", "a.wav .mp3 "})
    EXPECT_FALSE(is_recording_name(name)) << name;
}

}  // namespace
}  // namespace undersong
