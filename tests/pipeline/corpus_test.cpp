#include "pipeline/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "midi/midi_file.h"
#include "pipeline/table.h"
#include "support/temporary_folder.h"
#include "support/user_data.h"

namespace undersong {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// `count` quarter notes that go up from `first` and start over after an octave.
Score run_of_notes(int count, int first) {
  Score score;
  score.tracks.resize(1);
  for (int i = 0; i < count; ++i) {
    score.tracks[0].notes.push_back({.onset_ticks = i * 480,
                                     .duration_ticks = 480,
                                     .pitch = static_cast<std::uint8_t>(first + i % 12)});
  }
  return score;
}

class CorpusVerbsTest : public testing::Test {
 protected:
  CorpusVerbsTest() {
    save_midi(music_ / "Chopin/a.mid", run_of_notes(24, 60), Overwrite::kRefuse);
    save_midi(music_ / "Chopin/b.mid", run_of_notes(24, 62), Overwrite::kRefuse);
    save_midi(music_ / "Liszt/c.mid", run_of_notes(130, 60), Overwrite::kRefuse);
    save_file(music_ / "Liszt/bad.mid", std::string_view("nonsense"), Overwrite::kRefuse);
  }

  CorpusAddReport add(const std::string& licence = "") {
    return corpus_add({"songs", {music_.path()}, "", licence, "a friend"}, silent_progress());
  }

  OwnUserData user_data_;
  TemporaryFolder music_;
};

TEST_F(CorpusVerbsTest, AddTellsWhatCameInAndWhatDidNot) {
  const auto report = add();
  EXPECT_EQ(report.files, 4);
  EXPECT_EQ(report.accepted, 3);
  EXPECT_EQ(report.notes, 178);
  EXPECT_DOUBLE_EQ(report.seconds, 89.0);
  ASSERT_EQ(report.duplicates.size(), 1U);
  EXPECT_EQ(report.duplicates[0].original, "Chopin/a.mid");
  EXPECT_EQ(report.duplicates[0].transposed_by, 2);
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("4 MIDI files found: 3 pieces came in (178 notes, 1 min 29 s)\n"));
  EXPECT_THAT(text, HasSubstr("1 piece doubles another:\n"
                              "  Chopin/b.mid has the notes of Chopin/a.mid, +2 semitones\n"));
  EXPECT_THAT(text, HasSubstr("1 file was rejected:\n  Liszt/bad.mid: byte 0: "));
  EXPECT_THAT(text, HasSubstr("Corpus songs now has 3 pieces, in "));
  EXPECT_THAT(text, Not(HasSubstr("already")));
}

TEST_F(CorpusVerbsTest, AddSaysThatFilesWereThere) {
  add();
  const auto report = add();
  EXPECT_EQ(report.already_there, 3);
  EXPECT_THAT(to_text(report), HasSubstr("4 MIDI files found: 0 pieces came in (0 notes, 0.0 s)\n"
                                         "3 files were there already\n"));
}

TEST_F(CorpusVerbsTest, AddShortensLongLists) {
  for (int i = 0; i < 25; ++i) {
    save_file(music_ / ("bad/" + std::to_string(i) + ".mid"), std::string_view("nonsense"),
              Overwrite::kRefuse);
  }
  const std::string text = to_text(add());
  EXPECT_THAT(text, HasSubstr("26 files were rejected:\n"));
  EXPECT_THAT(text, HasSubstr("  … and 6 more\n"));
}

TEST_F(CorpusVerbsTest, AddSpeaksJson) {
  const json parsed = json::parse(to_json(add()));
  EXPECT_EQ(parsed.at("accepted"), 3);
  EXPECT_EQ(parsed.at("rejected").at(0).at("path"), "Liszt/bad.mid");
  EXPECT_EQ(parsed.at("duplicates").at(0).at("transposed_by"), 2);
  EXPECT_EQ(parsed.at("repaired"), json::array());
}

TEST_F(CorpusVerbsTest, ListTellsOfEveryCorpusAndOfWhatIsDamaged) {
  EXPECT_THAT(to_text(corpus_list()), HasSubstr("There is no corpus yet"));
  add();
  save_file(user_data_.path() / "undersong/corpora/broken/manifest.json", std::string_view("{"),
            Overwrite::kRefuse);
  const auto list = corpus_list();
  ASSERT_EQ(list.corpora.size(), 2U);
  EXPECT_EQ(list.corpora[1].name, "songs");
  EXPECT_EQ(list.corpora[1].groups, 2);
  EXPECT_THAT(to_text(list), HasSubstr("\nsongs       3       2    178  1 min 29 s         1\n"));
  EXPECT_THAT(to_text(list), HasSubstr("broken cannot be read: "));
  EXPECT_THAT(json::parse(to_json(list)).at("corpora").at(0).at("problem").get<std::string>(),
              HasSubstr("damaged"));
}

TEST_F(CorpusVerbsTest, ShowListsPiecesOfAGroupAndRejections) {
  add("CC0-1.0");
  const auto contents = corpus_show("songs", "chopin");
  EXPECT_EQ(contents.pieces.size(), 2U);
  const std::string text = to_text(contents);
  EXPECT_THAT(text, HasSubstr("Corpus songs, group chopin: 2 pieces, in "));
  EXPECT_THAT(text, HasSubstr("CC0-1.0  duplicate +2\n"));
  EXPECT_THAT(text, HasSubstr("1 rejected file:\n  Liszt/bad.mid: "));
  const json parsed = json::parse(to_json(contents));
  EXPECT_EQ(parsed.at("pieces").at(1).at("source"), "a friend");
  EXPECT_EQ(parsed.at("pieces").at(0).at("split"), "train");
}

TEST_F(CorpusVerbsTest, StatsCountSymbolsOfWhatModelsLearnFrom) {
  add();
  const auto statistics = corpus_stats("songs", "", 11, silent_progress());
  EXPECT_EQ(statistics.pieces, 3);
  EXPECT_EQ(statistics.notes, 178);
  EXPECT_EQ(statistics.duplicates, 1);
  EXPECT_EQ(statistics.symbols, 154) << "the duplicate is not learned from";
  ASSERT_EQ(statistics.symbol_counts.size(), 12U);
  // 130 notes over twelve pitches and 24 more: the first ten pitches come once more.
  EXPECT_EQ(statistics.symbol_counts.front().symbol, "A4");
  EXPECT_EQ(statistics.symbol_counts.front().count, 13);
  EXPECT_EQ(statistics.symbol_counts.back().count, 12);
  EXPECT_EQ(statistics.rare_symbols, 0);
  EXPECT_EQ(statistics.splits.at("train").pieces, 3);
  EXPECT_EQ(statistics.licences.at(""), 3);
  EXPECT_EQ(statistics.publishable, 0);
}

TEST_F(CorpusVerbsTest, StatsPutRareSymbolsApart) {
  add("CC-BY-4.0");
  const auto statistics = corpus_stats("songs", "", 13, silent_progress());
  EXPECT_EQ(statistics.rare_symbols, 2);
  EXPECT_EQ(statistics.rare_occurrences, 24);
  const std::string text = to_text(statistics);
  EXPECT_THAT(text, HasSubstr("2 symbols seen fewer than 13 times; they are 24 (15.6 %) of all"));
  EXPECT_THAT(text, HasSubstr("CC-BY-4.0 3\n"));
  EXPECT_THAT(text, HasSubstr("3 of 3 pieces"));
  const json parsed = json::parse(to_json(statistics));
  EXPECT_EQ(parsed.at("symbol_counts").size(), 12U);
  EXPECT_EQ(parsed.at("symbol_counts").at(0).at("count"), 13);
  EXPECT_EQ(parsed.at("rare_symbols"), 2);
}

TEST_F(CorpusVerbsTest, StatsOfAGroupLookAtNothingElse) {
  add();
  const auto statistics = corpus_stats("songs", "CHOPIN", 10, silent_progress());
  EXPECT_EQ(statistics.pieces, 2);
  EXPECT_EQ(statistics.symbols, 24);
  EXPECT_EQ(statistics.rare_symbols, 12);
  EXPECT_THROW(corpus_stats("songs", "Bach", 10, silent_progress()), Error);
  EXPECT_THROW(corpus_stats("songs", "", -1, silent_progress()), Error);
}

TEST_F(CorpusVerbsTest, StatsDrawThreePanels) {
  add();
  const std::string svg = to_svg(corpus_stats("songs", "Chopin", 3, silent_progress()));
  EXPECT_THAT(svg, HasSubstr(">Most frequent</text>"));
  EXPECT_THAT(svg, HasSubstr(">Rare: seen fewer than 3 times</text>"));
  EXPECT_THAT(svg, HasSubstr(">12 of 12 symbols, 100.0 % of what sounds</text>"));
  EXPECT_THAT(svg, HasSubstr(">2 times</text>"));
}

TEST_F(CorpusVerbsTest, RemoveTakesAGroupOrAll) {
  add();
  EXPECT_EQ(to_text(corpus_remove("songs", "liszt")),
            "Removed group liszt (1 piece) from corpus songs\n");
  EXPECT_EQ(corpus_show("songs").pieces.size(), 2U);
  EXPECT_EQ(to_text(corpus_remove("songs")), "Removed corpus songs (2 pieces)\n");
  EXPECT_TRUE(corpus_list().corpora.empty());
  EXPECT_TRUE(std::filesystem::exists(music_ / "Chopin/a.mid"));
  EXPECT_THROW(corpus_remove("songs"), Error);
}

TEST(Table, AlignsColumnsByCharacters) {
  Table table({{"piece"}, {"notes", Align::kRight}, {"remarks"}});
  table.add({"Étude", "12", ""});
  table.add({"鋼琴", "1,234", "mended"});
  EXPECT_EQ(table.text(),
            "piece  notes  remarks\n"
            "Étude     12\n"
            "鋼琴     1,234  mended\n");
}

TEST(LengthText, TakesTheUnitThatFits) {
  EXPECT_EQ(length_text(45.04), "45.0 s");
  EXPECT_EQ(length_text(59.96), "1 min 0 s");
  EXPECT_EQ(length_text(723.2), "12 min 3 s");
  EXPECT_EQ(length_text(3599.9), "1 h 0 min");
  EXPECT_EQ(length_text(68904.0), "19 h 8 min");
}

}  // namespace
}  // namespace undersong
