#include "compose/melody.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "score/chord_symbol.h"

namespace undersong {
namespace {

const Key kC = {0, Mode::kMajor};

MelodySlot slot(std::string_view chord, int target, Weight weight = Weight::kOff) {
  MelodySlot made;
  made.chord = made.later_chord = parse_chord_symbol(chord);
  made.key = kC;
  made.weight = weight;
  made.target = target;
  return made;
}

const MelodyRules kRules = {{60, 84}, MelodyScale::kMode, 0.2};

TEST(Melody, KnowsChordTonesTensionsAndAvoidNotes) {
  EXPECT_EQ(consonance(64, parse_chord_symbol("C"), kC), Consonance::kChordTone);
  EXPECT_EQ(consonance(62, parse_chord_symbol("Cmaj7"), kC), Consonance::kTension);
  EXPECT_EQ(consonance(65, parse_chord_symbol("Cmaj7"), kC), Consonance::kAvoid);  // 11 on a third
  EXPECT_EQ(consonance(65, parse_chord_symbol("Em7"), kC), Consonance::kAvoid);    // a minor ninth
  EXPECT_EQ(consonance(67, parse_chord_symbol("Dm7"), kC), Consonance::kTension);  // 11 on minor
  EXPECT_EQ(consonance(67, parse_chord_symbol("E7"), kC), Consonance::kAvoid);     // its G is sharp
  EXPECT_EQ(consonance(66, parse_chord_symbol("C"), kC), Consonance::kOutside);
}

TEST(Melody, FollowsTheWishedShapeWhereTheChordAllows) {
  const std::vector<MelodySlot> slots = {slot("C", 64, Weight::kStrong), slot("C", 65),
                                         slot("C", 67, Weight::kBeat), slot("C", 69),
                                         slot("C", 67, Weight::kStrong)};
  EXPECT_EQ(melody_pitches(slots, kRules, {}, Rng(1)), (std::vector<int>{64, 65, 67, 69, 67}));
}

TEST(Melody, AHeldNoteIsNotTheOneToAvoid) {
  MelodySlot held = slot("Cmaj7", 65, Weight::kStrong);
  held.is_long = true;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<int> line = melody_pitches(std::vector{held}, kRules, {}, Rng(seed));
    EXPECT_TRUE(contains(held.chord, line[0])) << line[0];
  }
}

TEST(Melody, ANoteHeldOverAChangeFitsBothChords) {
  MelodySlot held = slot("C", 64, Weight::kStrong);
  held.is_long = true;
  held.later_chord = parse_chord_symbol("F");
  const std::vector<int> line = melody_pitches(std::vector{held}, kRules, {}, Rng(5));
  EXPECT_EQ(line[0] % 12, 0);
}

TEST(Melody, QuestionsStayOpenAndAnswersClose) {
  MelodySlot last = slot("G7", 67, Weight::kStrong);
  last.is_long = true;
  last.goal = NoteGoal::kOpen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const int pitch = melody_pitches(std::vector{last}, kRules, {}, Rng(seed))[0] % 12;
    EXPECT_TRUE(pitch == 2 || pitch == 7 || pitch == 11) << pitch;
  }
  last = slot("C", 69, Weight::kStrong);
  last.is_long = true;
  last.goal = NoteGoal::kClosed;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const int pitch = melody_pitches(std::vector{last}, kRules, {}, Rng(seed))[0] % 12;
    EXPECT_TRUE(pitch == 0 || pitch == 4 || pitch == 7) << pitch;
  }
}

TEST(Melody, GoesToItsNeighboursBySmallSteps) {
  const std::vector<MelodySlot> slots = {slot("C", 72), slot("C", 72), slot("C", 72)};
  const std::vector<int> line = melody_pitches(slots, kRules, {-1, 64, 65}, Rng(2));
  EXPECT_LE(std::abs(line.front() - 64), 8);
  EXPECT_LE(std::abs(line.back() - 65), 7);
}

TEST(Melody, LeavesAPitchToThePartThatHasIt) {
  MelodySlot there = slot("C", 67, Weight::kStrong);
  there.taken = 67;
  EXPECT_NE(melody_pitches(std::vector{there}, kRules, {}, Rng(3))[0], 67);
}

struct RandomLine {
  std::vector<MelodySlot> slots;
  std::vector<int> pitches;
};

// Eighths over random chords of a random key, a wandering wish.
RandomLine random_line() {
  RandomLine line;
  const Key key = {*rc::gen::inRange(0, 12),
                   *rc::gen::element(Mode::kMajor, Mode::kMinor, Mode::kDorian)};
  constexpr std::array kNumerals = {0, 1, 3, 4, 5};
  int target = *rc::gen::inRange(65, 78);
  ChordSymbol chord;
  const int count = *rc::gen::inRange(8, 40);
  for (int i = 0; i < count; ++i) {
    if (i % 8 == 0) {
      const int degree = kNumerals[*rc::gen::inRange<std::size_t>(0, kNumerals.size())];
      const auto scale = scale_of(key.mode);
      const auto tone = [&](int d) { return scale[static_cast<std::size_t>(d % 7)] + d / 7 * 12; };
      chord.root = chord.bass = (key.tonic + tone(degree)) % 12;
      chord.tones = static_cast<std::uint16_t>(1U | 1U << (tone(degree + 2) - tone(degree)) |
                                               1U << (tone(degree + 4) - tone(degree)));
    }
    MelodySlot made;
    made.chord = made.later_chord = chord;
    made.key = key;
    made.weight = i % 4 == 0 ? Weight::kStrong : i % 2 == 0 ? Weight::kBeat : Weight::kOff;
    made.target = target = std::clamp(target + *rc::gen::inRange(-4, 5), 62, 82);
    line.slots.push_back(made);
  }
  line.pitches = melody_pitches(line.slots, kRules, {}, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  return line;
}

RC_GTEST_PROP(Melody, StrongBeatsHaveChordTonesAndWeakOnesResolve, ()) {
  const RandomLine line = random_line();
  int strong = 0;
  int inside = 0;
  for (std::size_t i = 0; i < line.slots.size(); ++i) {
    const MelodySlot& here = line.slots[i];
    RC_ASSERT(line.pitches[i] >= 60 && line.pitches[i] <= 84);
    if (here.weight == Weight::kStrong) {
      ++strong;
      inside += contains(here.chord, line.pitches[i]) ? 1 : 0;
      RC_ASSERT(consonance(line.pitches[i], here.chord, here.key) != Consonance::kAvoid);
    }
  }
  RC_ASSERT(inside * 10 >= strong * 8);
}

RC_GTEST_PROP(Melody, HasNoAwkwardLeaps, ()) {
  const RandomLine line = random_line();
  int tritones = 0;
  for (std::size_t i = 1; i < line.pitches.size(); ++i) {
    const int size = std::abs(line.pitches[i] - line.pitches[i - 1]);
    RC_ASSERT(size <= 12);
    tritones += size == 6 || size >= 10 ? 1 : 0;
  }
  RC_ASSERT(tritones * 12 <= static_cast<int>(line.pitches.size()));
}

TEST(Melody, LeapsTurnBackMoreOftenThanNot) {
  int leaps = 0;
  int recovered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    std::vector<MelodySlot> slots;
    int target = 72;
    for (int i = 0; i < 24; ++i) {
      target = std::clamp(target + static_cast<int>(rng.below(15)) - 7, 62, 82);
      slots.push_back(
          slot(i % 16 < 8 ? "C" : "F", target, i % 4 == 0 ? Weight::kStrong : Weight::kOff));
    }
    const std::vector<int> line = melody_pitches(slots, kRules, {}, rng.fork("line"));
    for (std::size_t i = 2; i < line.size(); ++i) {
      const int leap = line[i - 1] - line[i - 2];
      if (std::abs(leap) < 5) continue;
      ++leaps;
      recovered += (line[i] - line[i - 1]) * leap < 0 ? 1 : 0;
    }
  }
  ASSERT_GT(leaps, 50);
  EXPECT_GT(recovered, leaps * 7 / 10);
}

TEST(Melody, LaddersHaveTheScalesTones) {
  const std::vector<int> pentatonic = scale_ladder({9, Mode::kMinor}, MelodyScale::kPentatonic);
  for (const int pitch : pentatonic) {
    const int above = (pitch - 9 + 120) % 12;
    EXPECT_TRUE(above == 0 || above == 3 || above == 5 || above == 7 || above == 10) << above;
  }
  EXPECT_EQ(move_on_ladder(pentatonic, 69, 1), 72);
  EXPECT_EQ(move_on_ladder(pentatonic, 69, -1), 67);
  EXPECT_EQ(steps_between(pentatonic, 69, 81), 5);
  const std::vector<int> blues = scale_ladder({0, Mode::kMinor}, MelodyScale::kBlues);
  EXPECT_NE(std::find(blues.begin(), blues.end(), 66), blues.end());
}

}  // namespace
}  // namespace undersong
