#include "pipeline/request_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "midi/midi_file.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

CompositionOrigin an_origin() {
  CompositionOrigin origin;
  origin.program_version = "1.2.3";
  origin.style_sha256 = std::string(64, 'a');
  origin.request.style = "lofi";
  origin.request.length_seconds = 63.5;
  origin.request.seed = 18'446'744'073'709'551'615ULL;
  origin.request.tonic = 6;
  origin.request.hits_seconds = {12.4};
  origin.request.rewrites = {{9, 16, {Role::kLead, Role::kCounter}, 5}};
  return origin;
}

Score two_tracks() {
  Score score;
  score.tracks.resize(2);
  for (Track& track : score.tracks)
    track.notes.push_back({.onset_ticks = 0, .duration_ticks = 480});
  score.tracks[1].texts.push_back({0, TextEvent::Kind::kText, "mine"});
  return score;
}

Score with_text(const std::string& text) {
  Score score = two_tracks();
  score.tracks[1].texts.insert(score.tracks[1].texts.begin(), {0, TextEvent::Kind::kText, text});
  return score;
}

std::string refusal(const std::string& text) {
  const Error error = thrown_error([&] { composition_of(with_text(text)); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  return error.message();
}

TEST(RequestText, SurvivesAMidiFile) {
  Score score = two_tracks();
  note_composition(an_origin(), score);
  const auto found = composition_of(read_midi(write_midi(score)).score);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->request, an_origin().request);
  EXPECT_EQ(found->program_version, "1.2.3");
  EXPECT_EQ(found->style_sha256, std::string(64, 'a'));
  EXPECT_FALSE(found->plan);
}

TEST(RequestText, AnEditedPlanTravelsToo) {
  CompositionOrigin origin = an_origin();
  origin.plan = R"({"bars":[{"beats":4}],"key":"G major"})";
  Score score = two_tracks();
  note_composition(origin, score);
  EXPECT_EQ(composition_of(score)->plan, origin.plan);
}

TEST(RequestText, TakesThePlaceOfTheOneBefore) {
  Score score = two_tracks();
  note_composition(an_origin(), score);
  CompositionOrigin other = an_origin();
  other.request.seed = 8;
  note_composition(other, score);
  EXPECT_EQ(score.tracks[0].texts.size(), 1U);
  EXPECT_EQ(composition_of(score)->request.seed, 8U);
}

TEST(RequestText, IsFoundInWhateverTrackAnotherProgramPutsIt) {
  Score score = two_tracks();
  note_composition(an_origin(), score);
  std::swap(score.tracks[0].texts, score.tracks[1].texts);
  EXPECT_TRUE(composition_of(score));
}

TEST(RequestText, LeavesTheMusicAndOtherTexts) {
  Score score = two_tracks();
  note_composition(an_origin(), score);
  EXPECT_EQ(without_composition(score), two_tracks());
  EXPECT_FALSE(composition_of(two_tracks()));
}

TEST(RequestText, ADamagedOneIsASentence) {
  EXPECT_THAT(refusal("undersong: request {\"format\":1,"), HasSubstr("damaged"));
  EXPECT_THAT(refusal("undersong: request []"), HasSubstr("no format"));
  EXPECT_THAT(refusal("undersong: request {\"format\":9}"), HasSubstr("update undersong"));
  EXPECT_THAT(refusal("undersong: request {\"format\":1}"), HasSubstr("no request"));
  EXPECT_THAT(refusal("undersong: request {\"format\":1,\"request\":{\"seed\":1}}"),
              HasSubstr("style"));
}

}  // namespace
}  // namespace undersong
