#include "originality/distinctive.h"

#include <gtest/gtest.h>

#include "originality/melodic_text.h"
#include "scores.h"

namespace undersong {
namespace {

std::int64_t distinctive_notes_of(const std::vector<int>& pitches) {
  return distinctive_notes(melodic_text(line_of(pitches)));
}

TEST(DistinctiveNotes, AreAllNotesOfARunWithoutRepetitions) {
  EXPECT_EQ(distinctive_notes_of({60, 62, 65, 64, 60}), 5);
  EXPECT_EQ(distinctive_notes_of({60, 62, 65}), 3);
  EXPECT_EQ(distinctive_notes_of({60, 62}), 2);
}

TEST(DistinctiveNotes, AreNoneOfNothing) { EXPECT_EQ(distinctive_notes({}), 0); }

TEST(DistinctiveNotes, AreFewInTrillsScalesAndAlbertiBasses) {
  std::vector<int> trill;
  std::vector<int> alberti;
  std::vector<int> chromatic;
  for (int i = 0; i < 25; ++i) {
    trill.insert(trill.end(), {60, 62, 60, 62});
    alberti.insert(alberti.end(), {48, 55, 52, 55});
    chromatic.push_back(40 + i);
  }
  EXPECT_EQ(distinctive_notes_of(trill), 4);
  EXPECT_EQ(distinctive_notes_of(alberti), 6);
  EXPECT_EQ(distinctive_notes_of(chromatic), 3);
}

TEST(DistinctiveNotes, CountAnotherRhythmAsAnotherStep) {
  // Three equal notes, then one after a longer time: (2, 1, 2) and (2, 2, 2).
  const Voice voice = {{0, 1, 60}, {1, 1, 62}, {2, 2, 64}, {4, 1, 66}};
  EXPECT_EQ(distinctive_notes(melodic_text(voice)), 4);
}

}  // namespace
}  // namespace undersong
