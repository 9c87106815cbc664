#include "compose/humanise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compose/compose.h"
#include "compose/tracks.h"
#include "dice_writer.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

TEST(Swing, DelaysTheSecondOfTwo) {
  EXPECT_EQ(swung(0, 0.6, 8), 0);
  EXPECT_EQ(swung(240, 0.6, 8), 288);
  EXPECT_EQ(swung(480, 0.6, 8), 480);
  EXPECT_EQ(swung(720, 0.6, 8), 768);
  EXPECT_EQ(swung(120, 0.6, 16), 144);
  EXPECT_EQ(swung(240, 0.6, 16), 240);
}

TEST(Swing, LeavesTripletsAndStraightStylesAlone) {
  for (const Ticks triplet : {160, 320, 80, 400}) EXPECT_EQ(swung(triplet, 0.66, 8), triplet);
  for (Ticks tick = 0; tick < 1920; tick += 60) EXPECT_EQ(swung(tick, 0.5, 16), tick);
}

TEST(Swing, KeepsTheOrder) {
  for (Ticks tick = 0; tick < 1920; tick += 60)
    EXPECT_LT(swung(tick, 0.75, 8), swung(tick + 60, 0.75, 8));
}

class Humanised : public ::testing::Test {
 protected:
  Humanised() {
    style_.swing = 0.6;
    for (auto& pack : style_.roles) pack->feel = {10.0, 12.0, 10.0};
    style_.roles[index_of(Role::kChords)]->strum_ms = 20.0;
    plan_ = make_test_plan(style_, usual_sections());
    plan_.bars[20].hit = true;
  }

  Parts dice() const { return write_parts(plan_, style_, DiceWriter(plan_, style_)); }

  Style style_ = make_test_style();
  Plan plan_;
};

TEST_F(Humanised, NotesStayInTheirBarAndInThePiece) {
  const WriterContext context(plan_, style_);
  const Parts parts = humanise(context, dice());
  for (const auto& part : parts) {
    for (const Note& note : part) {
      EXPECT_GE(note.onset_ticks, 0);
      EXPECT_GT(note.duration_ticks, 0);
      EXPECT_LE(note.onset_ticks + note.duration_ticks,
                std::max(context.end(), context.final_end()));
    }
  }
  for (const Role role : kRoles) {
    std::vector<int> before(static_cast<std::size_t>(context.bar_count()), 0);
    std::vector<int> after = before;
    const Parts straight = dice();
    for (const Note& note : straight[index_of(role)])
      ++before[static_cast<std::size_t>(context.bar_at(note.onset_ticks))];
    for (const Note& note : parts[index_of(role)])
      ++after[static_cast<std::size_t>(context.bar_at(note.onset_ticks))];
    EXPECT_EQ(before, after) << name_of(role);
  }
}

TEST_F(Humanised, HitsAndTheFirstDownbeatAreExact) {
  const WriterContext context(plan_, style_);
  const Parts parts = humanise(context, dice());
  for (const Role role : kRoles) {
    const auto& part = parts[index_of(role)];
    EXPECT_TRUE(std::any_of(part.begin(), part.end(), [&](const Note& note) {
      return note.onset_ticks == context.onset(20);
    })) << name_of(role);
  }
  EXPECT_EQ(parts[index_of(Role::kBass)].front().onset_ticks, 0);
}

TEST_F(Humanised, OthersAreLateAsTheStyleSays) {
  const WriterContext context(plan_, style_);
  const Parts straight = dice();
  const Parts parts = humanise(context, straight);
  double sum = 0.0;
  double squares = 0.0;
  const auto& part = parts[index_of(Role::kBass)];
  const auto& written = straight[index_of(Role::kBass)];
  ASSERT_EQ(part.size(), written.size());
  int count = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (written[i].onset_ticks % 1920 == 0) continue;
    const double late = part[i].onset_ticks - written[i].onset_ticks;
    sum += late;
    squares += late * late;
    ++count;
  }
  // 10 ms at 90 BPM are 7.2 ticks; 12 ms of deviation, and half of that again, 9.7.
  const double mean = sum / count;
  EXPECT_NEAR(mean, 7.2, 3.5);
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean), 9.7, 3.0);
}

TEST_F(Humanised, AKeyNeverSoundsTwiceAtOnce) {
  const WriterContext context(plan_, style_);
  for (const auto& part : humanise(context, dice())) {
    std::array<Ticks, 128> ends{};
    for (const Note& note : part) {
      EXPECT_GE(note.onset_ticks, ends[note.pitch]);
      ends[note.pitch] = note.onset_ticks + note.duration_ticks;
    }
  }
}

TEST_F(Humanised, ABarThatIsWrittenAgainLeavesTheOthersAsTheyWere) {
  const WriterContext context(plan_, style_);
  const Parts straight = dice();
  Parts other = straight;
  auto& lead = other[index_of(Role::kLead)];
  for (Note& note : lead) {
    if (context.bar_at(note.onset_ticks) == 9) note.pitch = 80;
  }
  std::sort(lead.begin(), lead.end());
  const Parts a = humanise(context, straight);
  const Parts b = humanise(context, other);
  for (const Role role : kRoles) {
    if (role != Role::kLead) {
      EXPECT_EQ(a[index_of(role)], b[index_of(role)]);
    }
  }
  for (std::size_t i = 0; i < lead.size(); ++i) {
    const Note& note = a[index_of(Role::kLead)][i];
    const int bar = context.bar_at(note.onset_ticks);
    // The note before the bar may end with it.
    if (bar < 8 || bar > 9) {
      EXPECT_EQ(note, b[index_of(Role::kLead)][i]);
    }
  }
}

TEST_F(Humanised, EnergyIsHowHardTheBarsArePlayed) {
  const WriterContext context(plan_, style_);
  const Parts parts = humanise(context, dice());
  const auto mean = [&](int first, int last) {
    double sum = 0.0;
    int count = 0;
    for (const Note& note : parts[index_of(Role::kChords)]) {
      const int bar = context.bar_at(note.onset_ticks);
      if (bar < first || bar >= last) continue;
      sum += note.velocity;
      ++count;
    }
    return sum / count;
  };
  EXPECT_LT(mean(0, 4), mean(4, 12));
  EXPECT_LT(mean(4, 12), mean(20, 28));
  EXPECT_DOUBLE_EQ(energy_gain(1.0), 1.0);
  EXPECT_DOUBLE_EQ(energy_gain(0.0), 0.45);
}

TEST(RepeatedKeys, EndWhereTheNextBegins) {
  std::vector<Note> notes = {make_note(0, 100, 60, 50), make_note(40, 90, 60, 50),
                             make_note(40, 50, 61, 50)};
  separate_repeated_keys(notes);
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_EQ(notes[0].duration_ticks, 40);
  EXPECT_EQ(notes[1].duration_ticks, 50);
}

TEST(RepeatedKeys, StruckTogetherAreOne) {
  std::vector<Note> notes = {make_note(0, 50, 60, 90), make_note(0, 100, 60, 50)};
  separate_repeated_keys(notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].duration_ticks, 100);
  EXPECT_EQ(notes[0].velocity, 90);
}

}  // namespace
}  // namespace undersong
