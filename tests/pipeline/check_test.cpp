#include "pipeline/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "midi/midi_file.h"
#include "pipeline/scripted_reference.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class CheckTest : public testing::Test {
 protected:
  void save(const std::string& name, const Score& score) {
    save_midi(folder_ / name, score, Overwrite::kRefuse);
    request_.tracks.push_back(folder_ / name);
  }

  CheckReport run() const {
    References references;
    references.open.push_back(scripted_reference());
    return check_against(request_, std::move(references), silent_progress());
  }

  TemporaryFolder folder_;
  CheckRequest request_;
};

TEST_F(CheckTest, JudgesEachTrackByTheLimits) {
  save("a.mid", notes_at(60 + 40));
  save("b.mid", notes_at(60));
  const CheckReport report = run();
  ASSERT_EQ(report.tracks.size(), 2U);
  EXPECT_EQ(report.tracks[0].verdict, Verdict::kTooClose);
  EXPECT_EQ(report.tracks[1].verdict, Verdict::kOriginal);
  EXPECT_EQ(report.too_close(), 1);
  EXPECT_EQ(nearest_of(report), &report.tracks[0]);
  EXPECT_EQ(complaint(report), "1 of 2 tracks is too close to what was learned");
}

TEST_F(CheckTest, TakesAPersonsLimitsInsteadOfItsOwn) {
  save("a.mid", notes_at(60 + 40));
  request_.limits.distinctive_notes = 40;
  EXPECT_EQ(run().too_close(), 0);
  request_.limits.distinctive_notes = 39;
  EXPECT_EQ(run().too_close(), 1);
}

TEST_F(CheckTest, SaysWhereWhatAndOnWhichTerms) {
  save("a.mid", notes_at(60 + 40));
  const std::string text = to_text(run());
  EXPECT_THAT(text, HasSubstr("Compared with piano: 1 piece, whole\n"));
  EXPECT_THAT(text, HasSubstr("a.mid: too close to what was learned\n"));
  EXPECT_THAT(text, HasSubstr("  A run of 40 distinctive notes in bars 1-2 stands in bars 5-6 of "
                              "Chopin/op7.mid (Mazurka), 3 semitones higher.\n"));
  EXPECT_THAT(text, HasSubstr("CC-BY-SA-3.0-DE: a copy may not simply be published"));
  EXPECT_THAT(text,
              testing::ContainsRegex("most distinctive run +40 +6.0 .5.0 to 7.0. +3 to 9 +[0-9]+"));
}

TEST_F(CheckTest, SpeaksJsonWithTheSameNumbers) {
  save("a.mid", notes_at(60 + 40));
  const json parsed = json::parse(to_json(run()));
  EXPECT_EQ(parsed.at("too_close"), 1);
  EXPECT_EQ(parsed.at("unreadable"), 0);
  EXPECT_EQ(parsed.at("references").at(0).at("name"), "piano");
  EXPECT_EQ(parsed.at("references").at(0).at("human").at("pieces"), 20);
  const json& track = parsed.at("tracks").at(0);
  EXPECT_EQ(track.at("verdict"), "too close");
  EXPECT_TRUE(track.at("problem").is_null());
  const json& comparison = track.at("comparisons").at(0);
  const json& run = comparison.at("most_distinctive_run");
  EXPECT_EQ(run.at("distinctive_notes"), 40);
  EXPECT_EQ(run.at("nearest").at("path"), "Chopin/op7.mid");
  EXPECT_EQ(run.at("nearest").at("terms"), "private");
  EXPECT_EQ(run.at("nearest").at("bars").at("first"), 5);
  EXPECT_EQ(run.at("transposed_by"), 3);
  EXPECT_TRUE(run.at("stretched_by").is_null());
  EXPECT_EQ(comparison.at("coverage").at("5"), 0.5);
  EXPECT_TRUE(comparison.at("coverage").at("8").is_null());
  EXPECT_TRUE(comparison.at("highest_overlap").is_null());
}

TEST_F(CheckTest, GoesOnAfterWhatItCannotRead) {
  request_.tracks.push_back(folder_ / "missing.mid");
  save_file(folder_ / "bad.wav", std::string_view("nonsense"), Overwrite::kRefuse);
  request_.tracks.push_back(folder_ / "bad.wav");
  save("b.mid", notes_at(60));
  const CheckReport report = run();
  EXPECT_EQ(report.tracks[0].problem, "there is no such file");
  EXPECT_THAT(report.tracks[1].problem, HasSubstr("it is not a MIDI file"));
  EXPECT_EQ(report.tracks[2].problem, "");
  EXPECT_EQ(report.tracks[2].comparisons.size(), 1U);
  EXPECT_EQ(report.unreadable(), 2);
  EXPECT_EQ(complaint(report), "2 of 3 tracks could not be read; the reasons are above");
}

TEST_F(CheckTest, SaysThatDrumsAreNotCompared) {
  Score drums = notes_at(60 + 40);
  for (Note& note : drums.tracks[0].notes) note.channel = kDrumChannel;
  save("drums.mid", drums);
  const CheckReport report = run();
  EXPECT_EQ(report.tracks[0].notes, 8);
  EXPECT_EQ(report.tracks[0].pitched_notes, 0);
  EXPECT_TRUE(report.tracks[0].comparisons.empty());
  EXPECT_EQ(nearest_of(report), nullptr);
  EXPECT_THAT(to_text(report), HasSubstr("percussion alone"));
  EXPECT_EQ(complaint(report), "");
}

TEST_F(CheckTest, TakesEveryMidiFileOfAFolder) {
  save("in/b.mid", notes_at(60));
  save("in/a/c.mid", notes_at(61));
  request_.tracks = {folder_ / "in"};
  const CheckReport report = run();
  ASSERT_EQ(report.tracks.size(), 2U);
  EXPECT_THAT(report.tracks[0].path, testing::EndsWith("in/a/c.mid"));
}

TEST_F(CheckTest, DrawsTheTrackAloneWhereTheMusicIsNot) {
  save("a.mid", notes_at(60 + 40));
  request_.pictures = Pictures::kDraw;
  const CheckReport report = run();
  EXPECT_THAT(report.tracks[0].picture, HasSubstr("this machine has fingerprints of it"));
  const std::string page = to_html(report);
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("Chopin/op7.mid (Mazurka)"));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
}

TEST_F(CheckTest, EscapesWhatFilesAreCalledInThePage) {
  save("<b>&.mid", notes_at(60 + 40));
  EXPECT_THAT(to_html(run()), HasSubstr("&lt;b&gt;&amp;.mid"));
}

TEST_F(CheckTest, RefusesLimitsThatMakeNoSense) {
  save("a.mid", notes_at(60));
  request_.limits.distinctive_notes = -1;
  EXPECT_EQ(thrown_error([&] { run(); }).message(),
            "--max-run is -1; give a number of notes, 0 or more");
  request_.limits = {.distinctive_notes = {}, .overlap = 1.01};
  EXPECT_THAT(thrown_error([&] { run(); }).message(), HasSubstr("--max-overlap is 1.01"));
}

std::string terms_of(const std::string& licence) {
  LearnedPiece piece;
  piece.licence = licence;
  return terms_text(piece);
}

TEST(Terms, SayWhatTheyMeanForWhoeverPublishes) {
  EXPECT_THAT(terms_of("CC0-1.0"), HasSubstr("even a copy may be published"));
  EXPECT_THAT(terms_of("CC-BY-4.0"), HasSubstr("where its source is named"));
  EXPECT_THAT(terms_of("GPL-2.0"), HasSubstr("may not simply be published"));
  EXPECT_THAT(terms_of(""), HasSubstr("all rights are reserved"));
}

TEST(NearestMatch, IsTheRunOrTheWindowThatIsFurtherOverItsLimit) {
  Comparison comparison;
  comparison.limits = {10, 10, 0.5};
  EXPECT_FALSE(nearest_match(comparison).has_value());
  comparison.closeness.most_distinctive_run.notes = 8;
  comparison.closeness.most_distinctive_run.distinctive_notes = 8;
  comparison.closeness.knows_windows = true;
  WindowOverlap window;
  window.overlap = 0.45;
  comparison.closeness.windows = {window};
  EXPECT_EQ(nearest_match(comparison)->kind, Match::Kind::kWindow);
  comparison.closeness.windows[0].overlap = 0.3;
  EXPECT_EQ(nearest_match(comparison)->kind, Match::Kind::kRun);
  EXPECT_DOUBLE_EQ(nearest_match(comparison)->nearness, 0.8);
}

}  // namespace
}  // namespace undersong
