#include "pipeline/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "midi/midi_file.h"
#include "pipeline/corpus.h"
#include "pipeline/evaluate_measures.h"
#include "pipeline/evaluate_model.h"
#include "pipeline/evaluate_subjects.h"
#include "pipeline/train.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"
#include "support/well_formed.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Quavers that walk by `step` degrees of a scale; every `variant` is another piece.
Score walk(int variant, int step) {
  constexpr int kScale[] = {0, 2, 4, 5, 7, 9, 11};
  Score score;
  score.tracks.resize(1);
  score.tracks[0].name = "Piano";
  for (int i = 0; i < 96; ++i) {
    const int degree = (i * step + i / 7 * variant + i % 3) % 14;
    const int pitch = 60 + kScale[degree % 7] + 12 * (degree / 7);
    score.tracks[0].notes.push_back({.onset_ticks = 240 * i,
                                     .duration_ticks = i % (variant + 2) == 0 ? 480 : 240,
                                     .pitch = static_cast<std::uint8_t>(pitch)});
  }
  sort_events(score);
  return score;
}

class EvaluateTest : public testing::Test {
 protected:
  // A folder with `count` tracks.
  fs::path folder_of(const std::string& name, int count, int step) {
    for (int i = 0; i < count; ++i) {
      save(name + "/" + std::to_string(i) + ".mid", walk(i, step));
    }
    return folder_ / name;
  }

  void save(const fs::path& name, const Score& score) {
    fs::create_directories((folder_ / name).parent_path());
    save_midi(folder_ / name, score, Overwrite::kRefuse);
  }

  EvaluateReport evaluate_these(std::vector<std::string> subjects,
                                const std::string& against = "") {
    request_.subjects = std::move(subjects);
    request_.against = against;
    return evaluate(request_, silent_progress());
  }

  OwnUserData user_data_;
  TemporaryFolder folder_;
  EvaluateRequest request_;
};

TEST_F(EvaluateTest, MeasuresEveryTrackOfAFolderInTheOrderOfTheirNames) {
  const auto report = evaluate_these({folder_of("walks", 4, 1)});
  ASSERT_EQ(report.sets.size(), 1U);
  const SetReport& set = report.sets[0];
  EXPECT_EQ(set.label, "walks");
  ASSERT_EQ(set.tracks.size(), 4U);
  EXPECT_EQ(set.tracks[0].name, "0.mid");
  EXPECT_EQ(set.tracks[3].name, "3.mid");
  EXPECT_EQ(set.tracks[0].notes, 96);
  EXPECT_EQ(set.tracks[0].bars, 12);
  EXPECT_NEAR(set.tracks[1].seconds, 24.0, 0.3);
  EXPECT_TRUE(set.tracks[0].texture.entropy_1_bar);
  EXPECT_EQ(set.shown.size(), 3U);
  EXPECT_TRUE(set.unreadable.empty());
}

TEST_F(EvaluateTest, TellsWhatCannotBeReadAndGoesOn) {
  const auto walks = folder_of("walks", 2, 1);
  save_file(walks / "broken.mid", std::string_view("no music"), Overwrite::kRefuse);
  const auto report = evaluate_these({walks});
  EXPECT_EQ(report.sets[0].tracks.size(), 2U);
  ASSERT_EQ(report.sets[0].unreadable.size(), 1U);
  EXPECT_EQ(report.sets[0].unreadable[0].path, "broken.mid");
  EXPECT_THAT(to_text(report), HasSubstr("broken.mid: "));
  EXPECT_THAT(to_html(report), HasSubstr("What could not be evaluated"));
}

TEST_F(EvaluateTest, FailsWhenNothingCanBeRead) {
  fs::create_directories(folder_ / "bad");
  save_file(folder_ / "bad/a.mid", std::string_view("no music"), Overwrite::kRefuse);
  const Error error = thrown_error([&] { evaluate_these({folder_ / "bad"}); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), HasSubstr("not one track of"));
  EXPECT_THAT(error.message(), HasSubstr("a.mid"));
}

TEST_F(EvaluateTest, LeavesUnsetWhatAnEmptyOrTinyTrackLacks) {
  save("odd/empty.mid", Score{});
  Score one;
  one.tracks.resize(1);
  one.tracks[0].notes = {{.duration_ticks = 480}};
  save("odd/one.mid", one);
  Score drums = walk(1, 1);
  for (auto& note : drums.tracks[0].notes) note.channel = kDrumChannel;
  save("odd/drums.mid", drums);
  Score chord;
  chord.tracks.resize(1);
  for (std::uint8_t pitch = 0; pitch < 128; ++pitch)
    chord.tracks[0].notes.push_back({.duration_ticks = 1920, .pitch = pitch});
  save("odd/chord.mid", chord);
  const auto report = evaluate_these({folder_ / "odd"});
  ASSERT_EQ(report.sets[0].tracks.size(), 4U);
  const auto json = nlohmann::json::parse(to_json(report));
  const auto& tracks = json["sets"][0]["tracks"];
  EXPECT_EQ(tracks[2]["name"], "empty.mid");
  EXPECT_TRUE(tracks[2]["entropy_1_bar"].is_null());
  EXPECT_TRUE(tracks[1]["entropy_1_bar"].is_null()) << "drums have no pitch";
  EXPECT_EQ(tracks[3]["notes"], 1);
  EXPECT_EQ(nesting_problem(to_html(report)), std::nullopt);
}

TEST_F(EvaluateTest, ComparesTwoSetsAndTellsThemApart) {
  const auto report = evaluate_these({folder_of("steps", 12, 1), folder_of("leaps", 12, 5)});
  ASSERT_EQ(report.comparisons.size(), 1U);
  EXPECT_FALSE(report.yardstick);
  const auto& interval =
      report.comparisons[0].features[static_cast<std::size_t>(Feature::kMeanPitchInterval)];
  ASSERT_EQ(interval.mean_a.size(), 1U);
  EXPECT_LT(interval.mean_a[0], interval.mean_b[0]);
  ASSERT_TRUE(report.recognisability);
  EXPECT_THAT(report.recognisability->labels, ElementsAre("leaps", "steps"));
  EXPECT_GT(report.recognisability->accuracy, 0.7);
}

TEST_F(EvaluateTest, MeasuresVarietyByTheYardstick) {
  const auto report = evaluate_these({folder_of("few", 3, 1)}, folder_of("human", 8, 3));
  ASSERT_EQ(report.yardstick, 1U);
  EXPECT_EQ(report.comparisons.size(), 1U);
  ASSERT_TRUE(report.sets[1].variety.mean_ratio);
  EXPECT_NEAR(*report.sets[1].variety.mean_ratio, 1.0, 1e-9);
  EXPECT_TRUE(report.sets[0].variety.mean_ratio);
  EXPECT_EQ(report.sets[0].variety.matrix.size(), 9U);
}

TEST_F(EvaluateTest, TellsGroupsApartWhenAsked) {
  folder_of("music/steps", 6, 1);
  folder_of("music/leaps", 6, 5);
  request_.by_group = true;
  const auto report = evaluate_these({folder_ / "music"});
  ASSERT_TRUE(report.recognisability);
  EXPECT_THAT(report.recognisability->labels, ElementsAre("leaps", "steps"));
}

TEST_F(EvaluateTest, NamesSetsOfOneNameApart) {
  const auto report = evaluate_these({folder_of("a/x", 2, 1), folder_of("b/x", 2, 5)});
  EXPECT_EQ(report.sets[0].label, "x");
  EXPECT_EQ(report.sets[1].label, "x (2)");
}

TEST_F(EvaluateTest, DrawsAPartOfALargeCorpusAndSaysSo) {
  corpus_add({"walks", {folder_of("walks", 9, 1)}, "", "CC0-1.0", ""}, silent_progress());
  request_.pieces = 4;
  const auto report = evaluate_these({"walks"});
  EXPECT_EQ(report.sets[0].tracks.size(), 4U);
  EXPECT_EQ(report.sets[0].at_hand, 9U);
  EXPECT_THAT(to_text(report), HasSubstr("walks: corpus, 4 of 9 pieces, drawn by seed 1"));
  const auto again = evaluate_these({"walks"});
  EXPECT_EQ(to_json(report), to_json(again));
}

TEST_F(EvaluateTest, JudgesAModelByEverySplitAndByWhatItWrites) {
  corpus_add({"walks", {folder_of("walks", 9, 1)}, "", "CC0-1.0", ""}, silent_progress());
  CountingRequest training;
  training.architecture = "markov";
  training.corpus = "walks";
  training.dataset.minimum_count = 1;
  training.output = folder_ / "m.safetensors";
  const CountingReport trained = train_counting(training, silent_progress());
  save_file(folder_ / "m.log.csv",
            std::string_view("epoch,step,train_loss,valid_loss\n1,9,4.5,4.6\n2,18,4.0,4.4\n"),
            Overwrite::kRefuse);
  request_.tracks = 3;
  request_.notes = 50;
  const auto report = evaluate_these({folder_ / "m.safetensors"});
  const SetReport& set = report.sets[0];
  ASSERT_EQ(set.tracks.size(), 3U);
  EXPECT_EQ(set.tracks[0].name, "seed 1");
  ASSERT_TRUE(set.model);
  ASSERT_EQ(set.model->by_piece.size(), 3U);
  EXPECT_EQ(set.model->by_piece[0].split, "train");
  EXPECT_LT(set.model->by_piece[0].loss.nats, set.model->by_piece[2].loss.nats);
  EXPECT_NEAR(set.model->by_piece[2].loss.perplexity, std::exp(set.model->by_piece[2].loss.nats),
              1e-6);
  EXPECT_TRUE(set.model->leaky);
  EXPECT_EQ(set.model->curve.size(), 2U);
  EXPECT_THAT(to_text(report), HasSubstr("the seed's leaky split"));
  EXPECT_THAT(to_html(report), HasSubstr("How m learned"));
}

TEST_F(EvaluateTest, JudgesAModelWithoutItsCorpusByWhatItWrites) {
  corpus_add({"walks", {folder_of("walks", 9, 1)}, "", "CC0-1.0", ""}, silent_progress());
  CountingRequest training;
  training.architecture = "markov";
  training.corpus = "walks";
  training.dataset.minimum_count = 1;
  training.output = folder_ / "m.safetensors";
  train_counting(training, silent_progress());
  corpus_remove("walks");
  request_.tracks = 2;
  const auto report = evaluate_these({folder_ / "m.safetensors"});
  EXPECT_EQ(report.sets[0].tracks.size(), 2U);
  EXPECT_TRUE(report.sets[0].model->by_piece.empty());
  EXPECT_THAT(report.sets[0].model->remarks[0], HasSubstr("the corpus walks"));
}

TEST_F(EvaluateTest, ReportsOnOnePageThatNeedsNothingElse) {
  const auto report = evaluate_these({folder_of("steps <&>", 5, 1)}, folder_of("leaps", 5, 5));
  const std::string html = to_html(report);
  EXPECT_EQ(nesting_problem(html), std::nullopt);
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, HasSubstr("steps &lt;&amp;&gt;"));
  for (const char* section :
       {"What was judged", "Texture and structure", "against leaps", "Which note follows which",
        "Variety", "Recognisability", "Copying", "A look at the tracks", "Every track"})
    EXPECT_THAT(html, HasSubstr(std::string(section) + "</h2>")) << section;
  EXPECT_EQ(html, to_html(report));
}

TEST_F(EvaluateTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(thrown_error([&] { evaluate_these({}); }).kind(), ErrorKind::kUsage);
  request_.tracks = 0;
  EXPECT_THAT(thrown_error([&] { evaluate_these({"x"}); }).message(), HasSubstr("--tracks is 0"));
  request_.tracks = 1;
  request_.temperature = 0.0;
  EXPECT_EQ(thrown_error([&] { evaluate_these({"x"}); }).kind(), ErrorKind::kUsage);
  request_.temperature = 1.0;
  const Error error = thrown_error([&] { evaluate_these({"nothing"}); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("nothing is no file, no folder and no corpus"));
}

TEST_F(EvaluateTest, TakesOnlyTracksOfAName) {
  Score score = walk(0, 1);
  score.tracks.push_back(score.tracks[0]);
  score.tracks[1].name = "Voice";
  save("two/a.mid", score);
  request_.track_name = "voice";
  EXPECT_EQ(evaluate_these({folder_ / "two"}).sets[0].tracks[0].notes, 96);
}

TEST(StatisticsOf, HasMeanDeviationAndQuantiles) {
  const auto statistics = statistics_of(std::vector<double>{4.0, 1.0, 2.0, 3.0, 5.0});
  ASSERT_TRUE(statistics);
  EXPECT_EQ(statistics->values, 5U);
  EXPECT_DOUBLE_EQ(statistics->mean, 3.0);
  EXPECT_DOUBLE_EQ(statistics->deviation, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(statistics->quantiles[0], 1.2);
  EXPECT_DOUBLE_EQ(statistics->quantiles[2], 3.0);
  EXPECT_FALSE(statistics_of(std::vector<double>{}));
}

TEST(DrawIndices, IsAscendingDistinctAndRepeatable) {
  const auto drawn = draw_indices(100, 10, 7);
  ASSERT_EQ(drawn.size(), 10U);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
  EXPECT_EQ(std::adjacent_find(drawn.begin(), drawn.end()), drawn.end());
  EXPECT_LT(drawn.back(), 100U);
  EXPECT_EQ(drawn, draw_indices(100, 10, 7));
  EXPECT_NE(drawn, draw_indices(100, 10, 8));
  EXPECT_THAT(draw_indices(3, 10, 7), ElementsAre(0, 1, 2));
}

TEST(ParseTrainingLog, ReadsWhatItCan) {
  const auto epochs = parse_training_log(
      "epoch,step,train_loss,valid_loss,seconds\r\n1,193,4.07,4.04,9.0\r\n2,386,nonsense,3.9,9\n"
      "3,579,3.5,,9\n");
  ASSERT_EQ(epochs.size(), 2U);
  EXPECT_DOUBLE_EQ(epochs[0].valid, 4.04);
  EXPECT_DOUBLE_EQ(epochs[1].train, 3.5);
  EXPECT_TRUE(std::isnan(epochs[1].valid));
  EXPECT_TRUE(parse_training_log("").empty());
}

TEST(Measures, EachHaveANameOfTheirOwn) {
  std::set<std::string> keys;
  for (const Measure& measure : measures()) {
    EXPECT_TRUE(keys.insert(measure.key).second) << measure.key;
    EXPECT_STRNE(measure.meaning, "");
  }
}

}  // namespace
}  // namespace undersong
