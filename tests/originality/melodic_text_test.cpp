#include "originality/melodic_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scores.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MelodicText, WritesIntervalsWithTheRatiosOfTimesBetween) {
  // 64 is a unison; 134 the ratio 1, 136 the ratio 2, 131 the ratio 1/3.
  EXPECT_THAT(melodic_text(line_of({60, 62, 59, 59})), ElementsAre(66, 134, 61, 134, 64));
  const Voice dotted = {{0, 3, 60}, {3, 3, 64}, {9, 2, 67}, {11, 1, 66}};
  EXPECT_THAT(melodic_text(dotted), ElementsAre(68, 136, 67, 131, 63));
}

TEST(MelodicText, IsEmptyBeforeTheSecondNote) {
  EXPECT_THAT(melodic_text({}), IsEmpty());
  EXPECT_THAT(melodic_text(line_of({60})), IsEmpty());
  EXPECT_THAT(melodic_text(line_of({60, 67})), ElementsAre(71));
}

TEST(MelodicText, ClampsWhatIsBeyondFiveOctaves) {
  EXPECT_THAT(melodic_text(line_of({0, 127, 0})), ElementsAre(127, 134, 1));
}

TEST(MelodicText, HasAClassForEachRatioOfNotation) {
  // The first time is always 24 ticks.
  const std::vector<Ticks> times = {3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 144, 192};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Voice voice = {{0, 1, 60}, {24, 1, 60}, {24 + times[i], 1, 60}};
    EXPECT_EQ(melodic_text(voice)[1], 128 + i) << times[i];
  }
  // Far outside.
  EXPECT_EQ(melodic_text({{0, 1, 60}, {1, 1, 60}, {2000000001, 1, 60}})[1], 140);
  EXPECT_EQ(melodic_text({{0, 1, 60}, {2000000000, 1, 60}, {2000000001, 1, 60}})[1], 128);
}

TEST(MelodicText, ReadsUnevenPlayingAsWritten) {
  const Voice played = {{0, 90, 60}, {104, 90, 62}, {199, 90, 64}, {301, 90, 65}, {497, 90, 67}};
  const Voice written = {{0, 1, 60}, {1, 1, 62}, {2, 1, 64}, {3, 1, 65}, {5, 1, 67}};
  EXPECT_EQ(melodic_text(played), melodic_text(written));
}

TEST(MelodicText, OfKNotesHas2KMinus3Bytes) {
  EXPECT_TRUE(rc::check([] {
    const Voice voice = any_line();
    const auto text = melodic_text(voice);
    if (voice.size() < 2) {
      RC_ASSERT(text.empty());
      return;
    }
    RC_ASSERT(text.size() == bytes_of_run(static_cast<std::int64_t>(voice.size())));
    RC_ASSERT(notes_of_match(text.size()) == static_cast<std::int64_t>(voice.size()));
    for (std::size_t i = 0; i < text.size(); ++i) {
      RC_ASSERT(is_interval(text[i]) == (i % 2 == 0));
      RC_ASSERT(text[i] != kEndOfVoice);
    }
  }));
}

TEST(MelodicText, IsTheSameAtAnyPitchAndSpeed) {
  EXPECT_TRUE(rc::check([] {
    const Voice voice = any_line();
    const Ticks factor = *rc::gen::inRange(2, 1000);
    int highest = 0;
    for (const VoiceNote& note : voice) highest = std::max(highest, int{note.pitch});
    const int up = *rc::gen::inRange(0, 128 - highest);
    Voice moved = voice;
    for (std::size_t i = 0; i < voice.size(); ++i) {
      moved[i].onset_ticks *= factor;
      moved[i].duration_ticks *= factor;
      moved[i].pitch = static_cast<std::uint8_t>(voice[i].pitch + up);
    }
    RC_ASSERT(melodic_text(moved) == melodic_text(voice));
    RC_ASSERT(backwards_text(moved) == backwards_text(voice));
  }));
}

TEST(BackwardsText, IsTheTextOfTheRetrograde) {
  const Voice voice = {{0, 1, 60}, {1, 1, 62}, {2, 2, 65}, {4, 4, 64}};
  // 64 for 4, 65 for 2, 62 for 1, 60 for 1.
  const Voice retrograde = {{0, 4, 64}, {4, 2, 65}, {6, 1, 62}, {7, 1, 60}};
  EXPECT_EQ(backwards_text(voice), melodic_text(retrograde));
  EXPECT_THAT(backwards_text(voice), ElementsAre(65, 132, 61, 132, 62));
}

TEST(BackwardsText, OfTheBackwardsVoiceIsTheText) {
  EXPECT_TRUE(rc::check([] {
    const Voice voice = any_line();
    RC_ASSERT(backwards_text(backwards(voice)) == melodic_text(voice));
  }));
}

}  // namespace
}  // namespace undersong
