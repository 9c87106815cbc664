#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compose/compose.h"
#include "compose/variation.h"
#include "compose/writer_context.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

constexpr int kKick = 36;
constexpr int kSnare = 38;
constexpr int kHat = 42;
constexpr int kCrash = 49;

class Drums : public ::testing::Test {
 protected:
  std::vector<Note> bar(int wanted) {
    const Parts parts = write_parts(plan_, style_, *make_pattern_writer(plan_, style_));
    const WriterContext context(plan_, style_);
    std::vector<Note> notes = notes_within(parts[index_of(Role::kDrums)],
                                           {context.onset(wanted), context.onset(wanted + 1)});
    for (Note& note : notes) note.onset_ticks -= context.onset(wanted);
    return notes;
  }

  static bool has(const std::vector<Note>& notes, int key, Ticks onset) {
    return std::any_of(notes.begin(), notes.end(), [&](const Note& note) {
      return note.pitch == key && note.onset_ticks == onset;
    });
  }

  Style style_ = make_test_style();
  Plan plan_ = make_test_plan(style_, usual_sections());
};

TEST_F(Drums, KeepTheKickOnOneAndTheBackbeat) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    plan_.request.seed = seed;
    for (const int wanted : {5, 6, 21, 22}) {
      const std::vector<Note> notes = bar(wanted);
      EXPECT_TRUE(has(notes, kKick, 0));
      EXPECT_TRUE(has(notes, kSnare, 480));
      EXPECT_TRUE(has(notes, kSnare, 1440));
    }
  }
}

TEST_F(Drums, LeadOverWithAFillWhereThePlanHasOne) {
  const auto is_tom = [](const Note& note) { return note.pitch == 45; };
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    plan_.request.seed = seed;
    const std::vector<Note> with = bar(11);
    const std::vector<Note> without = bar(10);
    EXPECT_TRUE(std::any_of(with.begin(), with.end(), is_tom));
    EXPECT_FALSE(std::any_of(without.begin(), without.end(), is_tom));
    // The groove makes room for it.
    for (const Note& note : with) EXPECT_FALSE(note.onset_ticks >= 1440 && note.pitch == kHat);
  }
}

TEST_F(Drums, OfAStyleWithoutFillsMakeTheirOwn) {
  style_.roles[index_of(Role::kDrums)]->fills.clear();
  const std::vector<Note> notes = bar(27);
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(),
                          [](const Note& note) { return note.pitch >= 43 && note.pitch <= 50; }));
}

TEST_F(Drums, TakeTheRideOnlyWhereTheStyleKnowsOne) {
  constexpr int kRide = 51;
  const auto rides = [&] {
    int found = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      plan_.request.seed = seed;
      for (PlannedBar& planned : plan_.bars) planned.energy = 0.95;
      const std::vector<Note> notes = bar(6);
      if (std::any_of(notes.begin(), notes.end(),
                      [](const Note& note) { return note.pitch == kRide; }))
        ++found;
    }
    return found;
  };
  auto& grooves = style_.roles[index_of(Role::kDrums)]->grooves;
  for (Groove& groove : grooves)
    std::erase_if(groove.voices, [](const Groove::Voice& voice) { return voice.key == kRide; });
  EXPECT_EQ(rides(), 0);
  // A groove that is never chosen here, but known.
  grooves.push_back({"", {{kRide, "x.x.x.x.x.x.x.x."}}, 4, {0.0, 0.01}, 1.0});
  EXPECT_GT(rides(), 3);
}

TEST_F(Drums, MarkSectionsWithACrash) {
  EXPECT_TRUE(has(bar(4), kCrash, 0));
  EXPECT_TRUE(has(bar(20), kCrash, 0));
  EXPECT_FALSE(has(bar(5), kCrash, 0));
  style_.roles[index_of(Role::kDrums)]->crash = false;
  EXPECT_FALSE(has(bar(4), kCrash, 0));
}

TEST_F(Drums, MarkHitsInAnyStyle) {
  style_.roles[index_of(Role::kDrums)]->crash = false;
  plan_.bars[6].hit = true;
  EXPECT_TRUE(has(bar(6), kCrash, 0));
  EXPECT_TRUE(has(bar(6), kKick, 0));
  EXPECT_FALSE(has(bar(6), kHat, 0));
}

TEST_F(Drums, HavePercussionWithThemOnAHit) {
  style_.roles[index_of(Role::kPercussion)]->grooves = {
      {"after the beat", {{70, "..x...x...x...x."}}, 4, {}, 1.0}};
  plan_.bars[6].hit = true;
  const Parts parts = write_parts(plan_, style_, *make_pattern_writer(plan_, style_));
  const WriterContext context(plan_, style_);
  const auto bar =
      notes_within(parts[index_of(Role::kPercussion)], {context.onset(6), context.onset(7)});
  EXPECT_TRUE(has(bar, 70, context.onset(6)));
}

TEST_F(Drums, EndWithTheFinalChord) {
  const std::vector<Note> notes = bar(36);
  EXPECT_TRUE(has(notes, kKick, 0));
  EXPECT_TRUE(has(notes, kCrash, 0));
  EXPECT_TRUE(std::all_of(notes.begin(), notes.end(),
                          [](const Note& note) { return note.onset_ticks == 0; }));
}

TEST_F(Drums, AreDenserWithMoreEnergy) {
  std::size_t quiet = 0;
  std::size_t loud = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    plan_.request.seed = seed;
    for (int i = 4; i < 12; ++i) plan_.bars[static_cast<std::size_t>(i)].energy = 0.1;
    for (const int wanted : {5, 6, 7}) quiet += bar(wanted).size();
    for (int i = 4; i < 12; ++i) plan_.bars[static_cast<std::size_t>(i)].energy = 0.95;
    for (const int wanted : {5, 6, 7}) loud += bar(wanted).size();
  }
  EXPECT_GT(static_cast<double>(loud), 1.3 * static_cast<double>(quiet));
}

TEST_F(Drums, DifferFromSeedToSeed) {
  std::set<std::vector<std::pair<Ticks, int>>> bars;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plan_.request.seed = seed;
    std::vector<std::pair<Ticks, int>> strokes;
    for (const int wanted : {5, 6}) {
      for (const Note& note : bar(wanted)) strokes.emplace_back(note.onset_ticks, note.pitch);
    }
    bars.insert(strokes);
  }
  EXPECT_GE(bars.size(), 27U);
}

TEST_F(Drums, PlayInThree) {
  style_ = make_test_waltz();
  plan_ = make_test_plan(style_, usual_sections());
  const std::vector<Note> notes = bar(5);
  EXPECT_TRUE(has(notes, kKick, 0));
  for (const Note& note : notes) EXPECT_LT(note.onset_ticks, 1440);
}

}  // namespace
}  // namespace undersong
