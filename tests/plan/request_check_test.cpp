#include <gtest/gtest.h>

#include <limits>

#include "plan/plan.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

// What plan() says of a minute in the test style after `change`.
template <typename Change>
std::string message(Change&& change) {
  CompositionRequest request;
  request.style = "test";
  change(request);
  const Error error = thrown_error([&] { plan(request, make_test_style()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.message();
  return error.message();
}

TEST(RequestCheck, RefusesTemposThatTheStyleDoesNotBear) {
  EXPECT_EQ(message([](auto& request) { request.bpm = 200.0; }),
            "the style test does not bear 200 BPM; give 60 to 140; 100 would do");
  EXPECT_EQ(message([](auto& request) { request.bpm = 20.0; }),
            "the style test does not bear 20 BPM; give 60 to 140");
}

TEST(RequestCheck, RefusesLengthsThatAreTooShortOrTooLong) {
  EXPECT_EQ(message([](auto& request) { request.length_seconds = 1.0; }),
            "1 s is too short: a bar and a final chord of the style test takes at least 2.52 s");
  EXPECT_EQ(message([](auto& request) {
              request.length_seconds = 1.0;
              request.ending = Ending::kCut;
              request.bpm = 60.0;
            }),
            "1 s is too short: a bar of the style test near 60 BPM takes at least 3.89 s");
  EXPECT_EQ(message([](auto& request) { request.length_seconds = 36000.0; }),
            "a length of 36000 s is out of range; give up to 2:00:00");
  EXPECT_EQ(message([](auto& request) { request.length_seconds = -1.0; }),
            "a length of -1 s is out of range; give up to 2:00:00");
  message([](auto& request) { request.length_seconds = std::numeric_limits<double>::quiet_NaN(); });
}

TEST(RequestCheck, RefusesHitsOutOfOrderOrOutOfThePiece) {
  EXPECT_EQ(message([](auto& request) { request.hits_seconds = {70.0}; }),
            "the hit at 1:10 is not before the end at 1:00; give a longer piece or leave it out");
  EXPECT_EQ(message([](auto& request) {
              request.hits_seconds = {20.0, 10.0};
            }),
            "the hit at 0:10 does not come after the one at 0:20; give hits in order, each once");
  EXPECT_EQ(message([](auto& request) { request.hits_seconds = {-2.0}; }),
            "a hit at -2 s is before the beginning");
  EXPECT_EQ(message([](auto& request) { request.hits_seconds = {0.3}; }),
            "between the beginning and the hit at 0:00.3 no bars fit at one tempo of the style "
            "test; a hit at 0:00.86 would do");
}

TEST(RequestCheck, RefusesEnergiesOutOfOrderOrRange) {
  EXPECT_EQ(message([](auto& request) {
              request.energy = {{0.0, 1.2}};
            }),
            "an energy of 1.2 is out of range; give 0 to 1");
  EXPECT_EQ(message([](auto& request) {
              request.energy = {{5.0, 0.5}, {5.0, 0.6}};
            }),
            "the energy curve's point at 0:05 does not come after the one at 0:05; give them in "
            "order");
  EXPECT_EQ(message([](auto& request) {
              request.energy = {{-1.0, 0.5}};
            }),
            "an energy curve cannot begin at -1 s");
}

TEST(RequestCheck, RefusesFlagsThatContradictEachOther) {
  EXPECT_EQ(message([](auto& request) {
              request.ending = Ending::kLoop;
              request.outro_bars = 4;
            }),
            "a loop has no outro: its end leads to its beginning; leave out --outro or the loop");
  EXPECT_EQ(message([](auto& request) { request.intro_bars = 65; }),
            "an intro of 65 bars is out of range; give 0 (none) to 64");
}

TEST(RequestCheck, RefusesInstrumentsOfRolesThatTheStyleDoesNotHave) {
  Style style = make_test_style();
  style.roles[index_of(Role::kLead)].reset();
  CompositionRequest request;
  request.instruments = {{Role::kLead, 3}};
  EXPECT_EQ(thrown_error([&] { plan(request, style); }).message(),
            "the style test has no lead to give an instrument to; it has drums, percussion, bass, "
            "chords, pad, arpeggio, counter");
  EXPECT_EQ(message([](auto& other) {
              other.instruments = {{Role::kLead, 3}, {Role::kLead, 4}};
            }),
            "two instruments for lead; give one");
  EXPECT_EQ(message([](auto& other) {
              other.instruments = {{Role::kLead, 128}};
            }),
            "program 128 of lead is out of range; give 0 to 127");
}

TEST(RequestCheck, RefusesRewritesOfBarsOrRolesThatAreNotThere) {
  EXPECT_EQ(message([](auto& request) {
              request.bpm = 120.0;
              request.ending = Ending::kCut;
              request.rewrites = {{25, 99, {Role::kLead}, 1}};
            }),
            "bars 25-99 cannot be written again; the piece has bars 1 to 30");
  EXPECT_EQ(message([](auto& request) {
              request.without = {Role::kLead};
              request.rewrites = {{1, 2, {Role::kLead}, 1}};
            }),
            "lead cannot be written again; nobody plays it here");
}

}  // namespace
}  // namespace undersong
