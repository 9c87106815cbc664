// Recordings and links inside `corpus add`, with a scripted transcriber, and what their terms mean
// for all that comes of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/subprocess.h"
#include "corpus/corpus.h"
#include "fetch/ledger.h"
#include "midi/midi_file.h"
#include "model/model.h"
#include "pipeline/corpus.h"
#include "pipeline/train.h"
#include "support/media_server.h"
#include "support/sound_files.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Forty quarter notes that go up in steps of their own.
Score tune(int step) {
  Score score;
  score.tracks.resize(1);
  for (int i = 0; i < 40; ++i) {
    score.tracks[0].notes.push_back({.onset_ticks = i * 480,
                                     .duration_ticks = 480,
                                     .pitch = static_cast<std::uint8_t>(50 + i * step % 24)});
  }
  return score;
}

class CorpusAddTest : public testing::Test {
 protected:
  CorpusAddTest() {
    const auto transcriber = std::make_shared<Transcriber>();
    transcriber->name = "scripted 1";
    transcriber->transcribe = [this](const fs::path&) {
      return HeardNotes{write_midi(tune(++heard_ + 4)), 0.5};
    };
    request_.name = "songs";
    request_.transcriber = transcriber;
    request_.fetch.private_addresses = PrivateAddresses::kAllow;
  }

  CorpusAddReport add(const std::vector<fs::path>& paths) {
    request_.paths = paths;
    return corpus_add(request_, silent_progress());
  }

  // As `undersong fetch` notes what it wrote.
  void note_fetched(const std::string& file, const std::string& title) {
    Ledger::open(music_.path())
        .add({.key = file,
              .file = file,
              .bytes = static_cast<std::int64_t>(fs::file_size(music_ / file)),
              .seconds = 1.0,
              .url = "https://video.example/1",
              .title = title,
              .uploader = "",
              .licence = "",
              .fetched_by = ""});
  }

  OwnUserData user_data_;
  TemporaryFolder music_;
  CorpusAddRequest request_;
  int heard_ = 0;
};

TEST_F(CorpusAddTest, TakesAFolderOfRecordingsAndMidi) {
  save_midi(music_ / "a.mid", tune(3), Overwrite::kRefuse);
  save_tones(music_ / "b.wav", {});
  const auto report = add({music_.path()});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.recordings, 1);
  EXPECT_EQ(report.not_for_publishing, 2);
  EXPECT_THAT(to_text(report), HasSubstr("2 files (1 recording) found"));
  EXPECT_THAT(to_text(report), HasSubstr("2 of 2 pieces not for weights that you publish: their "
                                         "terms are unknown or do not allow it"));
  EXPECT_EQ(json::parse(to_json(report)).at("not_for_publishing"), 2);
}

TEST_F(CorpusAddTest, LeavesRecordingsOutWhereThatIsAsked) {
  save_midi(music_ / "a.mid", tune(3), Overwrite::kRefuse);
  save_tones(music_ / "b.wav", {});
  request_.recordings = Recordings::kLeave;
  EXPECT_EQ(add({music_.path()}).accepted, 1);
  EXPECT_EQ(heard_, 0);
  const Error error = thrown_error([&] { add({"http://127.0.0.1/a.mp3"}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("--only-midi"));
}

TEST_F(CorpusAddTest, MarksACorpusByItsTerms) {
  save_tones(music_ / "b.wav", {});
  request_.licence = "CC0-1.0";
  add({music_.path()});
  EXPECT_THAT(to_text(corpus_show("songs")), Not(HasSubstr("not for weights")));
  EXPECT_THAT(to_text(corpus_stats("songs", "", 1, silent_progress())),
              Not(HasSubstr("not for weights")));
  save_tones(music_ / "c.wav", {.channel_hz = {550.0}});
  request_.licence = "";
  add({music_ / "c.wav"});
  EXPECT_THAT(to_text(corpus_show("songs")),
              HasSubstr("1 of 2 pieces not for weights that you publish"));
  EXPECT_THAT(to_text(corpus_show("songs")), HasSubstr("transcribed, confidence 0.50"));
  const CorpusStatistics statistics = corpus_stats("songs", "", 1, silent_progress());
  EXPECT_EQ(statistics.transcribed, 2);
  EXPECT_THAT(to_text(statistics), HasSubstr("marked          not for weights that you publish"));
  const json shown = json::parse(to_json(corpus_show("songs")));
  EXPECT_EQ(shown.at("not_for_publishing"), 1);
  EXPECT_EQ(shown.at("pieces").at(0).at("publishable"), true);
  EXPECT_EQ(shown.at("pieces").at(1).at("publishable"), false);
  EXPECT_EQ(shown.at("pieces").at(1).at("transcribed").at("by"), "scripted 1");
}

TEST_F(CorpusAddTest, ReadsWhatAFetchedFolderSaysOfItsFiles) {
  save_tones(music_ / "Night [12345678].wav", {});
  Ledger ledger = Ledger::open(music_.path());
  ledger.add({.key = "k",
              .file = "Night [12345678].wav",
              .bytes = static_cast<std::int64_t>(fs::file_size(music_ / "Night [12345678].wav")),
              .seconds = 1.0,
              .url = "https://video.example/1",
              .title = "Night",
              .uploader = "Zoë",
              .licence = "Creative Commons Attribution license (reuse allowed)",
              .fetched_by = "yt-dlp 1"});
  ledger.add({.key = "gone",
              .file = "gone.wav",
              .bytes = 3,
              .seconds = 0.0,
              .url = "",
              .title = "",
              .uploader = "",
              .licence = "",
              .fetched_by = ""});
  EXPECT_EQ(add({music_.path()}).accepted, 1);
  const Piece piece = Corpus::open("songs").manifest().pieces.at(0);
  EXPECT_EQ(piece.title, "Night");
  EXPECT_EQ(piece.uploader, "Zoë");
  EXPECT_EQ(piece.address, "https://video.example/1");
  EXPECT_EQ(piece.group, music_.path().filename().string());
  EXPECT_EQ(corpus_stats("songs", "", 1, silent_progress()).publishable, 1);
}

TEST_F(CorpusAddTest, TakesAFetchedFileWithoutASuffix) {
  save_tones(music_ / "fetched", {});
  note_fetched("fetched", "Night");
  EXPECT_EQ(add({music_.path()}).accepted, 1);
}

TEST_F(CorpusAddTest, TakesWhatStandsBesideFetchedFiles) {
  save_tones(music_ / "fetched.wav", {});
  save_tones(music_ / "own.wav", {.channel_hz = {550.0}});
  note_fetched("fetched.wav", "Night");
  const auto report = add({music_.path()});
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(heard_, 2);
  const Manifest manifest = Corpus::open("songs").manifest();
  EXPECT_EQ(manifest.pieces.at(0).title, "own");
  EXPECT_EQ(manifest.pieces.at(1).title, "Night");
}

TEST_F(CorpusAddTest, TellsWeightsWhatTheyMayNotDo) {
  save_tones(music_ / "b.wav", {});
  const auto training_after = [&](const std::string& licence) {
    request_.licence = licence;
    add({music_.path()});
    CountingRequest count;
    count.architecture = "markov";
    count.corpus = "songs";
    count.dataset.minimum_count = 1;
    count.output = music_ / "m.safetensors";
    count.overwrite = Overwrite::kAllow;
    train_counting(count, silent_progress());
    return json::parse(load_model(count.output).info.training_json);
  };
  const json unknown = training_after("");
  EXPECT_EQ(unknown.at("licences"), json({"unknown"}));
  EXPECT_EQ(unknown.at("publishable"), false);
  const json free = training_after("CC0-1.0");
  EXPECT_EQ(free.at("licences"), json({"CC0-1.0"}));
  EXPECT_EQ(free.at("publishable"), true);
}

class CorpusAddLinksTest : public CorpusAddTest {
 protected:
  void SetUp() override {
    if (!find_program("yt-dlp")) GTEST_SKIP() << "yt-dlp is not installed";
    save_tones(music_ / "tone.mp3",
               {.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, .seconds = 2.0});
    save_tones(music_ / "other.mp3", {.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
                                      .seconds = 2.0,
                                      .channel_hz = {660.0}});
    server_.serve_file("/tone.mp3", "audio/mpeg", music_ / "tone.mp3");
    server_.serve_file("/other.mp3", "audio/mpeg", music_ / "other.mp3");
  }

  MediaServer server_;
};

TEST_F(CorpusAddLinksTest, TakesLinksBesideMidiAndFetchesThemOnce) {
  save_midi(music_ / "midi/a.mid", tune(3), Overwrite::kRefuse);
  server_.serve_page("/page", "Nights", {"tone.mp3", "gone.mp3", "other.mp3"});
  const auto report = add({server_.url("/page"), music_ / "midi"});
  EXPECT_EQ(report.accepted, 3);
  ASSERT_EQ(report.not_fetched.size(), 1U);
  EXPECT_THAT(report.not_fetched[0].reason, HasSubstr("404"));
  EXPECT_THAT(to_text(report), HasSubstr("1 item could not be fetched:"));
  const Manifest manifest = Corpus::open("songs").manifest();
  const Piece& fetched = manifest.pieces.at(1);
  EXPECT_EQ(fetched.group, "Nights");
  EXPECT_EQ(fetched.address, server_.url("/page"));
  EXPECT_THAT(fetched.title, HasSubstr("Nights"));
  EXPECT_EQ(fetched.licence, "");

  const auto again = add({server_.url("/page")});
  EXPECT_EQ(again.accepted, 0);
  EXPECT_EQ(again.already_there, 2);
  EXPECT_EQ(server_.requests("/tone.mp3"), 1);
  EXPECT_EQ(heard_, 2);
}

TEST_F(CorpusAddLinksTest, SaysWhyNothingCouldBeFetchedAndMakesNoCorpus) {
  const Error error = thrown_error([&] { add({server_.url("/gone.mp3")}); });
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_THAT(error.message(), HasSubstr("nothing could be fetched: yt-dlp says: "));
  EXPECT_TRUE(corpus_names().empty());
  EXPECT_FALSE(fs::exists(corpus_folder("songs")));
}

TEST_F(CorpusAddLinksTest, RefusesPrivateAddresses) {
  request_.fetch.private_addresses = PrivateAddresses::kRefuse;
  EXPECT_EQ(thrown_error([&] { add({server_.url("/tone.mp3")}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(server_.requests("/tone.mp3"), 0);
}

}  // namespace
}  // namespace undersong
