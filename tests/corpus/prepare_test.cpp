#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "corpus/ingest.h"
#include "corpus/training_file.h"
#include "melodies.h"
#include "support/shared_music.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;

class PrepareTest : public testing::Test {
 protected:
  void add(const std::string& group) {
    add_to_corpus("mine", std::vector{music_.path()},
                  {.group = group, .licence = "CC0-1.0", .source = ""}, silent_progress());
  }

  PrepareReport prepare(std::string_view rules, Overwrite overwrite = Overwrite::kRefuse) {
    PrepareOptions options;
    if (!rules.empty()) options.rules = parse_style_rules(rules);
    return prepare_training_file(Corpus::open("mine"), options, output_ / "t", overwrite,
                                 silent_progress());
  }

  TrainingFile file() const { return TrainingFile::open(output_ / "t"); }

  OwnUserData user_data_;
  TemporaryFolder music_;
  TemporaryFolder output_;
};

Score song(int number) {
  Score score = numbered_melody(number);
  score.tracks[0].name = "Voice";
  Track piano = numbered_melody(number + 500).tracks[0];
  piano.name = "Piano, upper";
  for (auto& note : piano.notes) note.pitch = static_cast<std::uint8_t>(note.pitch - 14);
  score.tracks.push_back(piano);
  return score;
}

TEST_F(PrepareTest, OnesOwnMusicKeepsTheSplitsOfTheCorpus) {
  for (int i = 0; i < 12; ++i)
    save(music_ / ("a" + std::to_string(i) + ".mid"), numbered_melody(i));
  add("mine");
  const PrepareReport report = prepare("");
  EXPECT_EQ(report.pieces, 12);
  EXPECT_EQ(report.notes, 12 * 12);
  const auto manifest = Corpus::open("mine").manifest();
  const auto training = file();
  ASSERT_EQ(training.pieces().size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(training.pieces()[i].path, "mine/" + manifest.pieces[i].path);
    EXPECT_EQ(training.pieces()[i].split, manifest.pieces[i].split);
    EXPECT_EQ(training.pieces()[i].style, GridStyle::kOwn);
    EXPECT_TRUE(training.pieces()[i].flat_velocity);
  }
  EXPECT_EQ(training.corpus(), "mine");
  EXPECT_EQ(training.corpus_sha256(), manifest.sha256());
}

TEST_F(PrepareTest, SaysWhatWasLeftOutAndWhy) {
  save(music_ / "a.mid", numbered_melody(1));
  save(music_ / "b.mid", transposed(numbered_melody(1), 3));
  save(music_ / "c.mid", melody({60, 62, 64}));
  save(music_ / "d.mid", numbered_melody(4));
  save(music_ / "e.mid", numbered_melody(5));
  add("set");
  const PrepareReport report = prepare("leave-out set/d*\nfolk set/[abc]*\n");
  EXPECT_EQ(report.pieces, 1);
  const auto because = [&](const char* path, const char* reason) {
    return Contains(
        testing::AllOf(Field(&LeftOut::path, path), Field(&LeftOut::reason, HasSubstr(reason))));
  };
  EXPECT_THAT(report.left_out, because("set/b.mid", "it has the notes of set/a.mid"));
  EXPECT_THAT(report.left_out, because("set/c.mid", "it has 3 notes, fewer than 12"));
  EXPECT_THAT(report.left_out, because("set/d.mid", "a rule leaves it out"));
  EXPECT_THAT(report.left_out, because("set/e.mid", "no rule gives it a style"));
  EXPECT_EQ(report.left_out.size(), 4U);
}

TEST_F(PrepareTest, NothingUsableIsAnErrorAndNoFolder) {
  save(music_ / "a.mid", numbered_melody(1));
  add("set");
  const Error error = thrown_error([&] { prepare("folk elsewhere/*"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("corpus mine has nothing that can be learned from"));
  EXPECT_THAT(error.message(), HasSubstr("set/a.mid for instance because no rule gives it"));
  EXPECT_TRUE(std::filesystem::is_empty(output_.path()));
}

TEST_F(PrepareTest, EveryStyleHasSomethingHeldOut) {
  for (int i = 0; i < 9; ++i) {
    save(music_ / ("x/1_rock_90_beat_4-4_" + std::to_string(i) + ".mid"), numbered_melody(i));
    save(music_ / ("x/1_jazz_90_beat_4-4_" + std::to_string(i) + ".mid"), numbered_melody(20 + i));
  }
  add("set");  // one group, and one folder, which would be one unit
  prepare("drums-by-name *\ntogether *");
  std::set<std::pair<GridStyle, Split>> seen;
  const auto training = file();
  for (const auto& piece : training.pieces()) seen.emplace(piece.style, piece.split);
  EXPECT_EQ(seen.size(), 6U);
}

TEST_F(PrepareTest, OneFolderStaysInOneSplit) {
  for (int i = 0; i < 40; ++i) {
    const std::string folder = "work" + std::to_string(i / 4) + "/";
    save(music_ / (folder + std::to_string(i) + ".mid"), numbered_melody(i));
  }
  add("set");
  prepare("quartet *\ntogether *");
  std::map<std::string, std::set<Split>> splits;
  const auto training = file();
  for (const auto& piece : training.pieces())
    splits[piece.path.substr(0, piece.path.rfind('/'))].insert(piece.split);
  EXPECT_EQ(splits.size(), 10U);
  for (const auto& [folder, of_folder] : splits) EXPECT_EQ(of_folder.size(), 1U) << folder;
}

TEST_F(PrepareTest, ThePianoAloneIsAPieceInTheSplitOfItsSong) {
  for (int i = 0; i < 12; ++i) save(music_ / (std::to_string(i) + ".mid"), song(i));
  save(music_ / "solo.mid", numbered_melody(77));  // nothing but one line: no part of anything
  add("songs");
  const PrepareReport report = prepare("lied *\npiano-part piano *");
  EXPECT_EQ(report.styles[static_cast<std::size_t>(GridStyle::kPiano)].pieces, 12);
  EXPECT_EQ(report.styles[static_cast<std::size_t>(GridStyle::kLied)].pieces, 13);
  const auto training = file();
  const auto& pieces = training.pieces();
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].style != GridStyle::kPiano) continue;
    EXPECT_EQ(pieces[i].path, pieces[i - 1].path + " (piano part)");
    EXPECT_EQ(pieces[i].split, pieces[i - 1].split);
    EXPECT_EQ(pieces[i].notes, 12);
  }
}

TEST_F(PrepareTest, EnergiesAreRankedAmongWhatIsLearnedOfAStyle) {
  for (int i = 0; i < 16; ++i) {
    Score score = numbered_melody(i);
    for (auto& note : score.tracks[0].notes) note.velocity = static_cast<std::uint8_t>(4 + 8 * i);
    save(music_ / (std::to_string(i) + ".mid"), score);
  }
  add("set");
  prepare("folk *");
  const auto training = file();
  const auto& borders = training.energy_borders()[static_cast<std::size_t>(GridStyle::kFolk)];
  ASSERT_EQ(borders.size(), 7U);
  EXPECT_TRUE(training.energy_borders()[static_cast<std::size_t>(GridStyle::kPiano)].empty());
  std::set<int> energies;
  for (std::size_t i = 0; i < training.pieces().size(); ++i) {
    GridPiece piece = training.read(i);
    const GridPiece told = piece;
    set_energies(piece, borders);
    EXPECT_EQ(piece, told);
    for (const auto& bar : piece.bars) energies.insert(bar.energy);
  }
  EXPECT_EQ(energies.size(), 8U);
}

TEST_F(PrepareTest, TheSameCorpusGivesTheSameFile) {
  for (int i = 0; i < 12; ++i) save(music_ / (std::to_string(i) + ".mid"), song(i));
  add("songs");
  prepare("lied *");
  const auto first = read_file(output_ / "t/training.json");
  prepare("lied *", Overwrite::kAllow);
  EXPECT_EQ(read_file(output_ / "t/training.json"), first);
}

TEST_F(PrepareTest, TheTextOfEveryPieceComesBack) {
  const auto music = shared_music("openscore-quartets");
  if (!music) GTEST_SKIP() << kNoSharedMusic;
  add_to_corpus("mine", std::vector{*music / "Haydn,_Joseph"},
                {.group = "quartets", .licence = "", .source = ""}, silent_progress());
  const PrepareReport report = prepare("quartet *");
  const auto training = file();
  std::int64_t tokens = 0;
  for (std::size_t i = 0; i < training.pieces().size(); ++i) {
    const GridPiece piece = training.read(i);
    const auto ids = to_composer_text(piece, TextLayout::whole(piece));
    tokens += static_cast<std::int64_t>(ids.size());
    const GridPiece again = from_composer_text(ids);
    ASSERT_EQ(again.bars.size(), piece.bars.size());
    for (std::size_t bar = 0; bar < piece.bars.size(); ++bar)
      ASSERT_EQ(again.bars[bar].notes, piece.bars[bar].notes);
  }
  EXPECT_EQ(tokens, report.tokens);
}

}  // namespace
}  // namespace undersong
