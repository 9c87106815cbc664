#include "render/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace undersong::detail {
namespace {

using Kind = SynthEvent::Kind;

std::vector<SynthEvent> scheduled(const Score& score) {
  return schedule(score, plan_channels(score), 48000);
}

std::vector<std::pair<std::int64_t, Kind>> times_and_kinds(const std::vector<SynthEvent>& events) {
  std::vector<std::pair<std::int64_t, Kind>> result;
  for (const auto& event : events) result.emplace_back(event.frame, event.kind);
  return result;
}

Score with_notes(std::vector<Note> notes) {
  Score score;
  score.tracks.emplace_back().notes = std::move(notes);
  return score;
}

using Expected = std::vector<std::pair<std::int64_t, Kind>>;

TEST(Schedule, FollowsTheTempoMap) {
  Score score = with_notes({{.onset_ticks = 960, .duration_ticks = 480}});
  score.tempos = {{0, 1000000}, {960, 500000}};  // two seconds, then half a second a quarter
  EXPECT_EQ(times_and_kinds(scheduled(score)),
            (Expected{{96000, Kind::kNoteOn}, {120000, Kind::kNoteOff}}));
}

TEST(Schedule, EndsNotesBeforeControlsBeforeNewNotes) {
  Score score = with_notes(
      {{.onset_ticks = 0, .duration_ticks = 480}, {.onset_ticks = 480, .duration_ticks = 480}});
  score.tracks[0].controls = {{480, ControlEvent::Kind::kProgram, 0, 0, 7}};
  EXPECT_EQ(times_and_kinds(scheduled(score)), (Expected{{0, Kind::kNoteOn},
                                                         {24000, Kind::kNoteOff},
                                                         {24000, Kind::kProgram},
                                                         {24000, Kind::kNoteOn},
                                                         {48000, Kind::kNoteOff}}));
}

TEST(Schedule, LetsGoOfAKeyWithTheLastOfItsNotes) {
  const Score score = with_notes(
      {{.onset_ticks = 0, .duration_ticks = 960}, {.onset_ticks = 480, .duration_ticks = 960}});
  EXPECT_EQ(times_and_kinds(scheduled(score)),
            (Expected{{0, Kind::kNoteOn}, {24000, Kind::kNoteOn}, {72000, Kind::kNoteOff}}));
}

TEST(Schedule, EndsNotesWithoutDurationAfterTheyBegin) {
  const auto events = scheduled(with_notes({{.onset_ticks = 0, .duration_ticks = 0}}));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::kNoteOn);
  EXPECT_EQ(events[1].kind, Kind::kNoteOff);
}

TEST(Schedule, SendsASharedControlToEveryInstrumentOfTheChannel) {
  Score score;
  score.tracks.resize(3);
  for (const std::size_t track : {1U, 2U}) {
    score.tracks[track].notes = {{.onset_ticks = 0, .duration_ticks = 480}};
    score.tracks[track].controls = {
        {0, ControlEvent::Kind::kProgram, 0, 0, static_cast<std::int16_t>(track)}};
  }
  score.tracks[0].controls = {{0, ControlEvent::Kind::kController, 0, 64, 127}};
  const auto events = scheduled(score);
  std::vector<int> pedalled;
  for (const auto& event : events) {
    if (event.kind == Kind::kController) pedalled.push_back(event.channel);
  }
  EXPECT_EQ(pedalled, (std::vector<int>{0, 16}));
}

RC_GTEST_PROP(Schedule, LeavesNoKeyDown, ()) {
  Score score;
  score.tracks.resize(*rc::gen::inRange<std::size_t>(1, 4));
  for (auto& track : score.tracks) {
    const auto count = *rc::gen::inRange(0, 30);
    for (int i = 0; i < count; ++i) {
      track.notes.push_back({.onset_ticks = *rc::gen::inRange(0, 2000),
                             .duration_ticks = *rc::gen::inRange(0, 2000),
                             .pitch = *rc::gen::inRange<std::uint8_t>(60, 63),
                             .velocity = 64,
                             .channel = *rc::gen::inRange<std::uint8_t>(0, 2)});
    }
  }
  sort_events(score);
  const auto events = scheduled(score);
  RC_ASSERT(std::is_sorted(events.begin(), events.end(),
                           [](const auto& a, const auto& b) { return a.frame < b.frame; }));
  std::map<std::pair<int, int>, bool> is_down;
  std::size_t begun = 0;
  for (const auto& event : events) {
    is_down[{event.channel, event.number}] = event.kind == Kind::kNoteOn;
    begun += event.kind == Kind::kNoteOn ? 1U : 0U;
  }
  RC_ASSERT(begun == note_count(score));
  for (const auto& [key, down] : is_down) RC_ASSERT(!down);
}

}  // namespace
}  // namespace undersong::detail
