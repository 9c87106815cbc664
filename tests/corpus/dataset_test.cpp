#include "corpus/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/hash.h"
#include "midi/midi_file.h"
#include "support/temporary_folder.h"
#include "tokens/composer_vocabulary.h"
#include "tokens/note_matrix.h"

namespace undersong {
namespace {

// A piano track of quarter notes, and a voice of whole notes an octave up.
Score song(const std::vector<int>& pitches) {
  Score score;
  score.tracks.resize(2);
  score.tracks[0].name = "Pianoforte";
  score.tracks[1].name = "Voice";
  Ticks onset = 0;
  for (const int pitch : pitches) {
    score.tracks[0].notes.push_back(
        {.onset_ticks = onset, .duration_ticks = 480, .pitch = static_cast<std::uint8_t>(pitch)});
    score.tracks[1].notes.push_back({.onset_ticks = onset,
                                     .duration_ticks = 1920,
                                     .pitch = static_cast<std::uint8_t>(pitch + 12),
                                     .channel = 1});
    onset += 480;
  }
  sort_events(score);
  return score;
}

// A corpus of four pieces in two groups, one of them a duplicate.
class DatasetTest : public testing::Test {
 protected:
  DatasetTest() {
    manifest_.name = "songs";
    add("Schubert/a.mid", {60, 62, 64, 60}, Split::kTrain);
    add("Schubert/b.mid", {60, 62, 62, 60}, Split::kValid);
    add("Brahms/c.mid", {72, 74, 76, 72}, Split::kTrain);
    add("Brahms/d.mid", {74, 76, 78, 74}, Split::kTrain);
    manifest_.pieces[3].duplicate_of = manifest_.pieces[2].id;
    manifest_.pieces[3].transposed_by = 2;
    save_file(manifest_path(folder_.path()), manifest_.to_json(), Overwrite::kAllow);
  }

  void add(const std::string& path, const std::vector<int>& pitches, Split split) {
    const auto bytes = write_midi(song(pitches));
    Piece piece;
    piece.id = sha256_hex(bytes);
    piece.path = path;
    piece.group = path.substr(0, path.find('/'));
    piece.split = split;
    piece.licence = piece.group == "Brahms" ? "CC0-1.0" : "";
    save_file(piece_path(folder_.path(), piece.id), bytes, Overwrite::kRefuse);
    manifest_.pieces.push_back(piece);
  }

  Dataset load(const DatasetOptions& options) const {
    return load_dataset(Corpus::open_folder(folder_.path()), options);
  }

  std::string message(const DatasetOptions& options) const {
    try {
      load(options);
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  }

  static DatasetOptions every_symbol() {
    DatasetOptions options;
    options.minimum_count = 1;
    return options;
  }

  TemporaryFolder folder_;
  Manifest manifest_;
};

TEST_F(DatasetTest, LeavesDuplicatesOutAndKeepsTheSplit) {
  const Dataset dataset = load(every_symbol());
  EXPECT_EQ(dataset.pieces.size(), 3U);
  EXPECT_EQ(dataset.of(Split::kTrain).size(), 2U);
  EXPECT_EQ(dataset.of(Split::kValid).size(), 1U);
  EXPECT_EQ(dataset.corpus_sha256, manifest_.sha256());
  EXPECT_THAT(dataset.licences(), testing::ElementsAre("CC0-1.0", "unknown"));
}

TEST_F(DatasetTest, TakesTheTracksAndGroupsThatAreNamed) {
  DatasetOptions options = every_symbol();
  options.groups = {"schubert"};
  options.track_name = "piano";
  const Dataset dataset = load(options);
  ASSERT_EQ(dataset.pieces.size(), 2U);
  EXPECT_EQ(dataset.vocabulary.size(), 3) << "C4, D4 and E4 of the piano";
  EXPECT_EQ(dataset.pieces[0].ids.size(), 4U);
}

TEST_F(DatasetTest, DropsRareSymbolsOverAllPieces) {
  DatasetOptions options = every_symbol();
  options.groups = {"Schubert"};
  options.track_name = "piano";
  options.minimum_count = 3;
  const Dataset dataset = load(options);
  EXPECT_EQ(dataset.vocabulary.size(), 2) << "E4 occurs once";
  EXPECT_EQ(dataset.pieces[0].ids.size(), 3U);
}

TEST_F(DatasetTest, HoldsOutThePiecesThatAreNamed) {
  DatasetOptions options = every_symbol();
  options.held_out = {"Brahms/c.mid"};
  const Dataset dataset = load(options);
  ASSERT_EQ(dataset.of(Split::kValid).size(), 1U);
  EXPECT_EQ(dataset.of(Split::kValid)[0]->path, "Brahms/c.mid");
  EXPECT_TRUE(dataset.of(Split::kTest).empty());
}

TEST_F(DatasetTest, WritesRowsOfTheNoteMatrix) {
  DatasetOptions options = every_symbol();
  options.representation = Representation::kNoteMatrix;
  const Dataset dataset = load(options);
  EXPECT_EQ(dataset.column_sizes, note_column_sizes());
  EXPECT_EQ(dataset.pieces[0].ids.size(), 8U * kNoteColumns);
}

TEST_F(DatasetTest, WritesBarsForTheComposer) {
  DatasetOptions options = every_symbol();
  options.representation = Representation::kComposer;
  const Dataset dataset = load(options);
  EXPECT_EQ(dataset.vocabulary, composer_vocabulary());
  for (const DatasetPiece& piece : dataset.pieces) {
    EXPECT_EQ(piece.ids.front(), composer_token::kBegin);
    EXPECT_EQ(piece.ids.back(), composer_token::kEnd);
    EXPECT_EQ(std::ranges::count_if(piece.ids, composer_token::is_note), 8);
    EXPECT_EQ(std::ranges::count_if(piece.ids, composer_token::is_control), 0);
  }
}

TEST_F(DatasetTest, LearnsTheRhythmOfTrainingPiecesAlone) {
  DatasetOptions options = every_symbol();
  options.held_out = {"Brahms/c.mid"};
  const Dataset dataset = load(options);
  const auto id = dataset.vocabulary.id_of("C6");
  ASSERT_TRUE(id.has_value()) << "the vocabulary is counted over all pieces";
  Rng rng(1);
  EXPECT_EQ(dataset.rhythm.draw(*id, 0, rng), SymbolTiming{}) << "only the held-out piece has it";
}

TEST_F(DatasetTest, SaysWhatIsNotThere) {
  DatasetOptions options = every_symbol();
  options.groups = {"Shubert"};
  EXPECT_THAT(message(options), testing::HasSubstr("Schubert"));
  options = every_symbol();
  options.track_name = "harp";
  EXPECT_THAT(message(options), testing::HasSubstr("\"harp\""));
  options = every_symbol();
  options.held_out = {"nowhere.mid"};
  EXPECT_THAT(message(options), testing::HasSubstr("hold out"));
  options = every_symbol();
  options.minimum_count = 1000;
  EXPECT_THAT(message(options), testing::HasSubstr("--minimum-count"));
}

}  // namespace
}  // namespace undersong
