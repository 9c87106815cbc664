#include <gtest/gtest.h>

#include <set>

#include "compose/bass_line.h"
#include "compose/compose.h"
#include "compose/variation.h"
#include "compose/writer_context.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

class Bass : public ::testing::Test {
 protected:
  void write() {
    parts_ = write_parts(plan_, style_, *make_pattern_writer(plan_, style_));
    notes_ = parts_[index_of(Role::kBass)];
  }

  void use_pattern(const std::string& steps, int steps_per_beat) {
    style_.roles[index_of(Role::kBass)]->patterns = {{"", steps, steps_per_beat, {}, 1.0}};
  }

  Style style_ = make_test_style();
  Plan plan_ = make_test_plan(style_, usual_sections());
  Parts parts_;
  std::vector<Note> notes_;
};

TEST_F(Bass, StaysInItsRangeAndBeginsEachChordWithItsBass) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plan_.request.seed = seed;
    write();
    const WriterContext context(plan_, style_);
    ASSERT_FALSE(notes_.empty());
    for (const Note& note : notes_) {
      EXPECT_TRUE(note.pitch >= 28 && note.pitch <= 55);
      const ChordStretch& stretch = context.stretch(note.onset_ticks);
      if (note.onset_ticks == stretch.begin) {
        EXPECT_EQ(note.pitch % 12, stretch.symbol.bass);
      }
    }
  }
}

TEST_F(Bass, NeverHoldsANoteIntoTheNextChord) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plan_.request.seed = seed;
    write();
    const WriterContext context(plan_, style_);
    for (const Note& note : notes_) {
      if (context.is_final(context.bar_at(note.onset_ticks))) continue;
      EXPECT_LE(note.onset_ticks + note.duration_ticks, context.stretch(note.onset_ticks).end);
    }
  }
}

TEST_F(Bass, PlaysOneNoteAtATime) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plan_.request.seed = seed;
    write();
    for (std::size_t i = 0; i + 1 < notes_.size(); ++i)
      EXPECT_LE(notes_[i].onset_ticks + notes_[i].duration_ticks, notes_[i + 1].onset_ticks);
  }
}

TEST_F(Bass, HoldsOnWhereAKickIsMissing) {
  // Nobody drums, so that the kick's bass plays on the strong beats alone.
  use_pattern("K---K---K---K---", 4);
  for (PlannedBar& bar : plan_.bars) bar.roles.erase(Role::kDrums);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    plan_.request.seed = seed;
    write();
    ASSERT_GT(notes_.size(), 4U);
    const WriterContext context(plan_, style_);
    std::size_t holes = 0;
    for (std::size_t i = 0; i + 1 < notes_.size(); ++i) {
      const Ticks end = notes_[i].onset_ticks + notes_[i].duration_ticks;
      const bool next_bar =
          context.bar_at(notes_[i + 1].onset_ticks) > context.bar_at(notes_[i].onset_ticks) + 1;
      if (!next_bar && end < notes_[i + 1].onset_ticks) ++holes;
    }
    EXPECT_EQ(holes, 0U) << seed;
  }
}

TEST_F(Bass, PlaysWithTheKick) {
  use_pattern("K.K.K.K.K.K.K.K.", 4);
  write();
  const WriterContext context(plan_, style_);
  std::set<Ticks> kicks;
  for (const Note& note : parts_[index_of(Role::kDrums)])
    if (note.pitch == 36) kicks.insert(note.onset_ticks);
  int together = 0;
  int all = 0;
  for (const Note& note : notes_) {
    if (!context.plays(Role::kDrums, context.bar_at(note.onset_ticks))) continue;
    ++all;
    together += kicks.contains(note.onset_ticks) ? 1 : 0;
  }
  // The mutation puts few other notes in.
  EXPECT_GT(all, 40);
  EXPECT_GT(together, 0.75 * all);
}

TEST_F(Bass, StrikesAChordThatComesWithinANote) {
  use_pattern("R---------------", 4);
  write();
  const WriterContext context(plan_, style_);
  // Bar 23 is V7sus4 and V7: the same bass note, struck again.
  const auto bar = notes_within(notes_, {context.onset(23), context.onset(24)});
  EXPECT_TRUE(std::any_of(bar.begin(), bar.end(), [&](const Note& note) {
    return note.onset_ticks == context.onset(23) + 960;
  }));
}

TEST_F(Bass, StrikesAHitThatItsPatternHoldsInto) {
  use_pattern("R--------------- ----------------", 4);
  std::erase(style_.roles[index_of(Role::kBass)]->patterns.front().steps, ' ');
  plan_.bars[5].chords = plan_.bars[4].chords;
  plan_.bars[5].hit = true;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    plan_.request.seed = seed;
    write();
    const Ticks hit = WriterContext(plan_, style_).onset(5);
    for (const Note& note : notes_)
      EXPECT_TRUE(note.onset_ticks >= hit || note.onset_ticks + note.duration_ticks <= hit);
    EXPECT_FALSE(notes_within(notes_, {hit, hit + 1}).empty());
  }
}

TEST_F(Bass, HoldsTheFinalChordsRoot) {
  write();
  const WriterContext context(plan_, style_);
  const Note& last = notes_.back();
  EXPECT_EQ(last.onset_ticks, context.onset(36));
  EXPECT_EQ(last.pitch % 12, 0);
  EXPECT_EQ(last.onset_ticks + last.duration_ticks, context.final_end());
}

TEST_F(Bass, TakesTheBassOfAnInvertedChord) {
  plan_.bars[6].chords = {{0, parse_chord_symbol("C/E")}};
  write();
  const WriterContext context(plan_, style_);
  const auto bar = notes_within(notes_, {context.onset(6), context.onset(7)});
  ASSERT_FALSE(bar.empty());
  EXPECT_EQ(bar.front().pitch % 12, 4);
}

TEST_F(Bass, WalksByStepsAndChordTones) {
  use_pattern("WWWW", 1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    plan_.request.seed = seed;
    write();
    const WriterContext context(plan_, style_);
    int steps = 0;
    int all = 0;
    for (std::size_t i = 0; i + 1 < notes_.size(); ++i) {
      const int interval = std::abs(notes_[i + 1].pitch - notes_[i].pitch);
      // Where a section begins, its copy may lie an octave from where the walk arrives.
      if (context.section(context.bar_at(notes_[i].onset_ticks)).first_bar ==
          context.section(context.bar_at(notes_[i + 1].onset_ticks)).first_bar) {
        EXPECT_LE(interval, 12);
      }
      steps += interval <= 2 ? 1 : 0;
      ++all;
      const Ticks onset = notes_[i].onset_ticks;
      if (context.is_strong(onset) && context.bar(context.bar_at(onset)).chords.size() == 1) {
        EXPECT_TRUE(contains(context.chord(onset), notes_[i].pitch));
      }
    }
    EXPECT_GT(steps, 0.3 * all);
  }
}

TEST_F(Bass, DiffersFromSeedToSeed) {
  std::set<std::vector<std::pair<Ticks, int>>> lines;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plan_.request.seed = seed;
    write();
    const WriterContext context(plan_, style_);
    std::vector<std::pair<Ticks, int>> line;
    for (const Note& note : notes_within(notes_, {context.onset(4), context.onset(8)}))
      line.emplace_back(note.onset_ticks, note.pitch);
    lines.insert(line);
  }
  EXPECT_GE(lines.size(), 28U);
}

TEST(BassLine, KnowsTheTonesOfAFigure) {
  const Key c_major = {0, Mode::kMajor};
  EXPECT_EQ(interval_of('3', parse_chord_symbol("Dm7"), c_major), 3);
  EXPECT_EQ(interval_of('3', parse_chord_symbol("D7"), c_major), 4);
  EXPECT_EQ(interval_of('5', parse_chord_symbol("Bm7b5"), c_major), 6);
  EXPECT_EQ(interval_of('5', parse_chord_symbol("Caug"), c_major), 8);
  EXPECT_EQ(interval_of('7', parse_chord_symbol("Cmaj7"), c_major), 11);
  EXPECT_EQ(interval_of('7', parse_chord_symbol("Bdim7"), c_major), 9);
  // Where the chord leaves it open, the key has it.
  EXPECT_EQ(interval_of('7', parse_chord_symbol("G"), c_major), 10);
  EXPECT_EQ(interval_of('6', parse_chord_symbol("Em"), c_major), 8);
}

TEST(BassLine, ApproachesFromNearby) {
  const Key c_major = {0, Mode::kMajor};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed);
    BassLine line({28, 55});
    line.root(parse_chord_symbol("C"));
    const int tone = line.approach(parse_chord_symbol("F"), c_major, 0.5, rng);
    const int target = line.root(parse_chord_symbol("F"));
    const int way = std::abs(target - tone);
    EXPECT_TRUE((way >= 1 && way <= 2) || way == 7 || way == 5) << way;
  }
}

}  // namespace
}  // namespace undersong
