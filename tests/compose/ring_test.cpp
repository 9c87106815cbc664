#include <gtest/gtest.h>

#include "compose/compose.h"
#include "compose/writer_context.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

class RingingArpeggio : public ::testing::Test {
 protected:
  std::vector<Note> written(bool ring) {
    style_.roles[index_of(Role::kArpeggio)]->ring = ring;
    return write_parts(plan_, style_,
                       *make_pattern_writer(plan_, style_))[index_of(Role::kArpeggio)];
  }

  Style style_ = make_test_style();
  Plan plan_ = make_test_plan(style_, usual_sections());
};

TEST_F(RingingArpeggio, StrikesTheSameTonesAndHoldsThemLonger) {
  const std::vector<Note> dry = written(false);
  const std::vector<Note> ringing = written(true);
  ASSERT_FALSE(dry.empty());
  ASSERT_EQ(dry.size(), ringing.size());
  std::size_t longer = 0;
  for (std::size_t i = 0; i < dry.size(); ++i) {
    EXPECT_EQ(dry[i].onset_ticks, ringing[i].onset_ticks);
    EXPECT_EQ(dry[i].pitch, ringing[i].pitch);
    EXPECT_GE(ringing[i].duration_ticks, dry[i].duration_ticks);
    if (ringing[i].duration_ticks > dry[i].duration_ticks) ++longer;
  }
  EXPECT_GT(longer, dry.size() / 2);
}

TEST_F(RingingArpeggio, EndsWithItsChordItsBarAndTheNextStrokeOfItsTone) {
  const std::vector<Note> notes = written(true);
  const WriterContext context(plan_, style_);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const int bar = context.bar_at(notes[i].onset_ticks);
    if (context.is_final(bar)) continue;
    const Ticks end = notes[i].onset_ticks + notes[i].duration_ticks;
    EXPECT_LE(end, context.onset(bar + 1));
    EXPECT_LE(end, context.stretch(notes[i].onset_ticks).end);
    for (std::size_t j = i + 1; j < notes.size(); ++j) {
      if (notes[j].pitch == notes[i].pitch) {
        EXPECT_LE(end, notes[j].onset_ticks);
      }
    }
  }
}

}  // namespace
}  // namespace undersong
