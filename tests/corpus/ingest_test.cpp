#include "corpus/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/subprocess.h"
#include "corpus/corpus.h"
#include "corpus/writer.h"
#include "melodies.h"
#include "piece_paths.h"
#include "support/shared_music.h"
#include "support/temporary_folder.h"
#include "support/user_data.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class IngestTest : public testing::Test {
 protected:
  IngestReport add(const fs::path& path, const IngestOptions& options = {}) {
    return add_to_corpus("songs", std::vector{path}, options, silent_progress());
  }
  Error error_of_adding(const fs::path& path) {
    try {
      add(path);
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::kUsage, "no error"};
  }
  static Manifest manifest() { return Corpus::open("songs").manifest(); }
  static std::string manifest_text() {
    return read_text_file(manifest_path(corpus_folder("songs")));
  }

  OwnUserData user_data_;
  TemporaryFolder music_;
};

TEST_F(IngestTest, TakesAFolderInTheOrderOfNamesWithItsSubfoldersAsGroups) {
  save(music_ / "Mozart/kv331.MID", numbered_melody(1));
  save(music_ / "Chopin/études/op10.midi", numbered_melody(2));
  save(music_ / "Chopin/ballade.kar", numbered_melody(3));
  save_file(music_ / "LICENSE.txt", std::string_view("terms"), Overwrite::kRefuse);
  const auto report = add(music_.path(), {.group = "", .licence = "CC0-1.0", .source = "here"});
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.pieces, 3);
  EXPECT_THAT(paths_of(manifest().pieces),
              ElementsAre("Chopin/ballade.kar", "Chopin/études/op10.midi", "Mozart/kv331.MID"));
  EXPECT_THAT(group_names(manifest()), ElementsAre("Chopin", "Mozart"));
  EXPECT_EQ(manifest().pieces[0].licence, "CC0-1.0");
  EXPECT_EQ(manifest().pieces[0].source, "here");
}

TEST_F(IngestTest, NamesTheGroupAfterTheFolderWhereThereIsNoSubfolder) {
  save(music_ / "Liszt/a.mid", numbered_melody(1));
  add(music_ / "Liszt/");
  EXPECT_EQ(manifest().pieces[0].path, "a.mid");
  EXPECT_EQ(manifest().pieces[0].group, "Liszt");
}

TEST_F(IngestTest, PutsASingleFileInNoGroupUnlessTold) {
  save(music_ / "a.mid", numbered_melody(1));
  save(music_ / "b.mid", numbered_melody(2));
  add(music_ / "a.mid");
  add(music_ / "b.mid", {.group = "mine", .licence = "", .source = ""});
  EXPECT_EQ(manifest().pieces[0].group, "");
  EXPECT_EQ(manifest().pieces[1].group, "mine");
}

TEST_F(IngestTest, KeepsTheBytesAsTheyCame) {
  save(music_ / "a.mid", numbered_melody(7));
  add(music_.path());
  const auto corpus = Corpus::open("songs");
  const Piece piece = corpus.manifest().pieces.at(0);
  const auto bytes = read_file(music_ / "a.mid");
  EXPECT_EQ(piece.id, sha256_hex(bytes));
  EXPECT_EQ(read_file(piece_path(corpus.folder(), piece.id)), bytes);
  EXPECT_EQ(note_count(corpus.read_piece(piece)), 12U);
  EXPECT_EQ(piece.notes, 12);
  EXPECT_DOUBLE_EQ(piece.seconds, 6.0);
}

TEST_F(IngestTest, TakesTheTitleFromATrackOrTheFile) {
  save(music_ / "a.mid", melody({60, 62}, "  Träumerei \n"));
  save(music_ / "op 15.mid", melody({60, 64}));
  add(music_.path());
  EXPECT_EQ(manifest().pieces[0].title, "Träumerei");
  EXPECT_EQ(manifest().pieces[1].title, "op 15");
}

TEST_F(IngestTest, ChangesNothingWhenTheSameFilesComeAgain) {
  save(music_ / "x/a.mid", numbered_melody(1));
  save(music_ / "x/b.mid", numbered_melody(2));
  save_file(music_ / "x/bad.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  save_file(music_ / "x/worse.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  add(music_.path());
  const std::string before = manifest_text();
  const auto report = add(music_.path());
  EXPECT_THAT(report.already_there, ElementsAre("x/a.mid", "x/b.mid"));
  EXPECT_TRUE(report.accepted.empty());
  EXPECT_EQ(report.pieces, 2);
  add(music_ / "x/worse.mid");
  EXPECT_EQ(manifest_text(), before);
}

TEST_F(IngestTest, CountsIdenticalBytesInOneBatchOnce) {
  save(music_ / "a.mid", numbered_melody(1));
  save(music_ / "b.mid", numbered_melody(1));
  const auto report = add(music_.path());
  EXPECT_EQ(report.accepted.size(), 1U);
  EXPECT_THAT(report.already_there, ElementsAre("b.mid"));
}

TEST_F(IngestTest, AcceptsTermsLater) {
  save(music_ / "a.mid", numbered_melody(1));
  add(music_.path());
  const auto report = add(music_.path(), {.group = "", .licence = "MIT", .source = ""});
  EXPECT_EQ(report.new_terms, 1);
  EXPECT_EQ(manifest().pieces[0].licence, "MIT");
  add(music_.path());
  EXPECT_EQ(manifest().pieces[0].licence, "MIT") << "saying nothing takes nothing back";
}

TEST_F(IngestTest, MarksTheSameNotesWithOtherBytesAndInOtherKeys) {
  Score soft = numbered_melody(5);
  soft.tracks[0].notes[0].velocity = 1;
  save(music_ / "a.mid", numbered_melody(5));
  save(music_ / "b.mid", soft);
  save(music_ / "c.mid", transposed(soft, -3));
  save(music_ / "d.mid", numbered_melody(6));
  const auto report = add(music_.path());
  ASSERT_EQ(report.accepted.size(), 4U);
  const auto& a = report.accepted[0];
  EXPECT_EQ(a.duplicate_of, "");
  EXPECT_EQ(report.accepted[1].duplicate_of, a.id);
  EXPECT_EQ(report.accepted[1].transposed_by, 0);
  EXPECT_EQ(report.accepted[2].duplicate_of, a.id);
  EXPECT_EQ(report.accepted[2].transposed_by, -3);
  EXPECT_EQ(report.accepted[2].split, a.split);
  EXPECT_EQ(report.accepted[3].duplicate_of, "");
}

TEST_F(IngestTest, FindsDuplicatesOfWhatCameEarlier) {
  save(music_ / "a.mid", numbered_melody(5));
  save(music_ / "later/b.mid", transposed(numbered_melody(5), 12));
  add(music_ / "a.mid");
  add(music_ / "later");
  EXPECT_EQ(manifest().pieces[1].duplicate_of, manifest().pieces[0].id);
  EXPECT_EQ(manifest().pieces[1].transposed_by, 12);
}

TEST_F(IngestTest, SaysOfEachFileWhyItWasRejectedAndGoesOn) {
  Score endless = melody({60});
  endless.ticks_per_quarter = 1;
  endless.tempos = {{0, 16000000}};
  endless.tracks[0].notes[0].duration_ticks = 100000;
  save(music_ / "1 good.mid", numbered_melody(1));
  save_file(music_ / "2 empty.mid", std::string_view(), Overwrite::kRefuse);
  save_file(music_ / "3 text.mid", std::string_view("Dear diary, it rained"), Overwrite::kRefuse);
  save(music_ / "4 silent.mid", melody({}));
  save(music_ / "5 endless.mid", endless);
  const auto report = add(music_.path());
  EXPECT_THAT(paths_of(report.accepted), ElementsAre("1 good.mid"));
  ASSERT_EQ(report.rejected.size(), 4U);
  EXPECT_EQ(report.rejected[0].reason, "the file is empty");
  EXPECT_THAT(report.rejected[1].reason, HasSubstr("byte 0"));
  EXPECT_EQ(report.rejected[2].reason, "there are no notes in it");
  EXPECT_EQ(report.rejected[3].reason, "it would last 444 hours, which is no piece of music");
  EXPECT_EQ(manifest().rejections.size(), 4U);
  EXPECT_EQ(manifest().rejections[1].path, "3 text.mid");
}

TEST_F(IngestTest, ForgetsARejectionWhenTheFileComesBackMended) {
  save_file(music_ / "x/a.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  save_file(music_ / "x/b.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  add(music_.path());
  ASSERT_EQ(manifest().rejections.size(), 2U);
  save(music_ / "x/a.mid", numbered_melody(1));
  const auto report = add(music_ / "x/a.mid");  // by itself this time
  EXPECT_EQ(report.accepted.size(), 1U);
  ASSERT_EQ(manifest().rejections.size(), 1U);
  EXPECT_EQ(manifest().rejections[0].path, "x/b.mid");
}

TEST_F(IngestTest, ListsWhatTheReaderMended) {
  auto bytes = write_midi(numbered_melody(1));
  bytes.resize(bytes.size() - 8);
  save_file(music_ / "cut.mid", bytes, Overwrite::kRefuse);
  const auto report = add(music_.path());
  ASSERT_EQ(report.accepted.size(), 1U);
  ASSERT_FALSE(report.accepted[0].repairs.empty());
  EXPECT_THAT(report.accepted[0].repairs[0], HasSubstr("byte "));
  EXPECT_EQ(manifest().pieces[0].repairs, report.accepted[0].repairs);
}

TEST_F(IngestTest, ReadsArchivesAsIfTheyWereFolders) {
  save(music_ / "set/Chopin/a.mid", numbered_melody(1));
  save(music_ / "set/Gounod, Ch./Mélodies/b.mid", numbered_melody(2));
  const auto made = run_subprocess(
      {"tar", "-C", music_.path().string(), "-czf", (music_ / "set.tar.gz").string(), "set"},
      std::chrono::seconds(20));
  if (made.exit_code != 0) GTEST_SKIP() << made.errors;
  add_to_corpus("unpacked", std::vector{music_ / "set"}, {}, silent_progress());
  add_to_corpus("packed", std::vector{music_ / "set.tar.gz"}, {}, silent_progress());
  const auto unpacked = Corpus::open("unpacked").manifest();
  const auto packed = Corpus::open("packed").manifest();
  EXPECT_EQ(packed.pieces, unpacked.pieces);
  EXPECT_THAT(group_names(packed), ElementsAre("Chopin", "Gounod, Ch."));
}

TEST_F(IngestTest, RefusesWhatHoldsNoMusicAndMakesNoCorpus) {
  fs::create_directories(music_ / "texts");
  save_file(music_ / "texts/a.txt", std::string_view("words"), Overwrite::kRefuse);
  EXPECT_THAT(error_of_adding(music_ / "texts").message(), HasSubstr("texts holds no MIDI files"));
  EXPECT_EQ(error_of_adding(music_ / "nowhere").kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error_of_adding(music_ / "nowhere").message(),
              HasSubstr("there is no such file or folder"));
  EXPECT_EQ(error_of_adding(music_ / "texts/a.txt").kind(), ErrorKind::kUsage);
  EXPECT_THAT(error_of_adding(music_ / "texts/a.txt").message(),
              HasSubstr("neither a folder, nor a MIDI file"));
  EXPECT_TRUE(corpus_names().empty());
  EXPECT_FALSE(fs::exists(corpora_folder()));
}

TEST_F(IngestTest, FollowsLinksButNotInCircles) {
  save(music_ / "real/a.mid", numbered_melody(1));
  fs::create_directories(music_ / "added");
  fs::create_directory_symlink(music_ / "real", music_ / "added/linked");
  fs::create_directory_symlink(music_ / "added", music_ / "real/back");
  EXPECT_THAT(paths_of(add(music_ / "added").accepted), ElementsAre("linked/a.mid"));
}

TEST_F(IngestTest, TakesNamesThatAreNoUtf8) {
  save(music_ / "caf\xE9/na\xEFve.mid", numbered_melody(1));
  save_file(music_ / "caf\xE9/bad.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  add(music_.path());
  EXPECT_EQ(manifest().pieces[0].path, "caf\uFFFD/na\uFFFDve.mid");
  add(music_.path());
  EXPECT_EQ(manifest().rejections.size(), 1U);
}

TEST_F(IngestTest, LeavesTheOldCorpusWhenItIsKilled) {
  save(music_ / "a.mid", numbered_melody(1));
  add(music_.path());
  const std::string before = manifest_text();
  const auto bytes = write_midi(numbered_melody(2));
  const pid_t child = ::fork();
  if (child == 0) {
    CorpusWriter writer("songs", CorpusWriter::Missing::kRefuse);
    writer.write_piece(sha256_hex(bytes), std::span(bytes).first(10));
    ::_exit(0);  // as a kill would: no destructor runs
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(manifest_text(), before);

  save(music_ / "b.mid", numbered_melody(2));
  add(music_.path());
  const auto corpus = Corpus::open("songs");
  EXPECT_EQ(note_count(corpus.read_piece(corpus.manifest().pieces.at(1))), 12U)
      << "half a piece that was left behind is written anew";
}

TEST_F(IngestTest, TakesBackWhatItWroteWhenItFails) {
  {
    CorpusWriter writer("songs", CorpusWriter::Missing::kCreate);
    writer.write_piece(std::string(64, 'a'), std::vector<std::uint8_t>(10));
  }
  EXPECT_FALSE(fs::exists(corpus_folder("songs")));
}

TEST_F(IngestTest, LetsOneProgramAtATimeChangeACorpus) {
  const CorpusWriter first("songs", CorpusWriter::Missing::kCreate);
  save(music_ / "a.mid", numbered_melody(1));
  EXPECT_THAT(error_of_adding(music_.path()).message(),
              HasSubstr("another program is changing corpus songs"));
}

TEST_F(IngestTest, PromotesADuplicateWhenItsOriginalGoes) {
  save(music_ / "A/a.mid", numbered_melody(5));
  save(music_ / "B/b.mid", transposed(numbered_melody(5), 2));
  save(music_ / "C/c.mid", transposed(numbered_melody(5), 5));
  add(music_.path());
  EXPECT_EQ(remove_group("songs", "a"), 1);
  const auto pieces = manifest().pieces;
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].duplicate_of, "");
  EXPECT_EQ(pieces[0].transposed_by, 0);
  EXPECT_EQ(pieces[1].duplicate_of, pieces[0].id);
  EXPECT_EQ(pieces[1].transposed_by, 3);
  EXPECT_EQ(std::distance(fs::directory_iterator(corpus_folder("songs") / "pieces"), {}), 2);
}

TEST_F(IngestTest, RemovesACorpusAndADamagedOneToo) {
  save(music_ / "a.mid", numbered_melody(5));
  add(music_.path());
  save_file(manifest_path(corpus_folder("songs")), std::string_view("{"), Overwrite::kAllow);
  EXPECT_THROW(Corpus::open("songs"), Error);
  remove_corpus("songs");
  EXPECT_TRUE(corpus_names().empty());
  EXPECT_TRUE(fs::is_empty(corpora_folder()));
  EXPECT_TRUE(fs::exists(music_ / "a.mid"));
  EXPECT_THROW(remove_corpus("songs"), Error);
}

TEST_F(IngestTest, TakesAllOfPianoMidiDe) {
  const auto folder = shared_music("piano-midi-de");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  const auto report = add(*folder);
  EXPECT_EQ(report.files, 283);
  EXPECT_EQ(report.accepted.size(), 283U);
  EXPECT_TRUE(report.rejected.empty());
  EXPECT_EQ(group_names(manifest()).size(), 16U);
}

}  // namespace
}  // namespace undersong
