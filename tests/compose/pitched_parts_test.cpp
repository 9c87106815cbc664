#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "compose/comping.h"
#include "compose/compose.h"
#include "compose/melody.h"
#include "compose/part_writer.h"
#include "compose/voicing.h"
#include "compose/writer_context.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

constexpr std::array kPitched = {Role::kChords, Role::kPad, Role::kArpeggio, Role::kLead,
                                 Role::kCounter};
constexpr std::uint64_t kSeeds = 6;

class Piece {
 public:
  Piece(Style style, std::uint64_t seed, const std::vector<TestSection>& sections)
      : style_(std::move(style)),
        plan_(make_test_plan(style_, sections, seed)),
        context_(plan_, style_),
        parts_(write_parts(plan_, style_, *make_pattern_writer(plan_, style_))) {}
  explicit Piece(std::uint64_t seed) : Piece(make_test_style(), seed, usual_sections()) {}

  const WriterContext& context() const { return context_; }
  const Plan& plan() const { return plan_; }
  const Style& style() const { return style_; }
  const Parts& parts() const { return parts_; }
  const std::vector<Note>& part(Role role) const { return parts_[index_of(role)]; }

 private:
  Style style_;
  Plan plan_;
  WriterContext context_;
  Parts parts_;
};

Ticks end_of(const Note& note) { return note.onset_ticks + note.duration_ticks; }

std::map<Ticks, Voicing> strokes(const std::vector<Note>& notes) {
  std::map<Ticks, Voicing> found;
  for (const Note& note : notes) found[note.onset_ticks].push_back(note.pitch);
  return found;
}

TEST(PitchedParts, AreInTheRangesOfTheirInstruments) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    for (const Role role : kPitched) {
      EXPECT_FALSE(piece.part(role).empty()) << name_of(role);
      const PitchRange range = piece.context().pack(role).range;
      for (const Note& note : piece.part(role)) {
        EXPECT_GE(note.pitch, range.low) << name_of(role);
        EXPECT_LE(note.pitch, range.high) << name_of(role);
      }
    }
  }
}

TEST(PitchedParts, StrongBeatsAreInTheChord) {
  for (const Role role : kPitched) {
    int strong = 0;
    int inside = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const Piece piece(seed);
      for (const Note& note : piece.part(role)) {
        if (!piece.context().is_strong(note.onset_ticks)) continue;
        ++strong;
        inside += contains(piece.context().chord(note.onset_ticks), note.pitch) ? 1 : 0;
      }
    }
    ASSERT_GT(strong, 0) << name_of(role);
    EXPECT_GE(inside, strong * 9 / 10) << name_of(role);
  }
}

TEST(PitchedParts, NothingIsHeldIntoAChordThatItIsOutsideOf) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    for (const Role role : kPitched) {
      for (const Note& note : piece.part(role)) {
        const ChordStretch& stretch = piece.context().stretch(note.onset_ticks);
        if (stretch.end >= end_of(note) || stretch.end >= piece.context().end()) continue;
        EXPECT_TRUE(contains(piece.context().chord(stretch.end), note.pitch))
            << name_of(role) << " at " << note.onset_ticks;
      }
    }
  }
}

TEST(PitchedParts, ChordsAreClear) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    for (const auto& [onset, voicing] : strokes(piece.part(Role::kChords)))
      EXPECT_FALSE(is_muddy(voicing)) << onset;
  }
}

TEST(PitchedParts, EveryChordIsHeardInABarThatPlays) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    const WriterContext& context = piece.context();
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      if (!context.plays(Role::kChords, bar)) continue;
      bool heard = false;
      for (const Note& note : piece.part(Role::kChords))
        heard = heard ||
                (note.onset_ticks < context.onset(bar + 1) && end_of(note) > context.onset(bar));
      EXPECT_TRUE(heard) << bar;
    }
  }
}

TEST(PitchedParts, TheLeadSingsOneNoteAtATime) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    for (const Role role : {Role::kLead, Role::kCounter}) {
      const std::vector<Note>& notes = piece.part(role);
      for (std::size_t i = 0; i + 1 < notes.size(); ++i)
        EXPECT_LE(end_of(notes[i]), notes[i + 1].onset_ticks) << name_of(role);
    }
  }
}

TEST(PitchedParts, TheLeadIsSingable) {
  int steps = 0;
  int all = 0;
  for (std::uint64_t seed = 0; seed < 2 * kSeeds; ++seed) {
    const Piece piece(seed);
    const std::vector<Note>& notes = piece.part(Role::kLead);
    for (std::size_t i = 1; i < notes.size(); ++i) {
      if (notes[i].onset_ticks - end_of(notes[i - 1]) > 480) continue;
      const int size = std::abs(notes[i].pitch - notes[i - 1].pitch);
      EXPECT_LE(size, 16);
      ++all;
      steps += size <= 4 ? 1 : 0;
    }
  }
  // As in songs by people, where it is about 85 %.
  EXPECT_GT(steps, all * 3 / 4);
}

TEST(PitchedParts, TheLeadBreathesBetweenPhrases) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    const WriterContext& context = piece.context();
    const std::vector<Note>& notes = piece.part(Role::kLead);
    for (const PlannedSection& section : piece.plan().sections) {
      if (section.bars < 4 || !context.plays(Role::kLead, section.first_bar)) continue;
      const Ticks end = context.onset(section.first_bar + section.bars);
      Ticks last = 0;
      for (const Note& note : notes)
        if (note.onset_ticks < end) last = std::max(last, end_of(note));
      EXPECT_LE(last, end - context.beat_ticks() / 2) << section.name;
    }
  }
}

TEST(PitchedParts, SectionsCloseOnTonesOfTheTonicOrOfTheChord) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    for (const PlannedSection& section : piece.plan().sections) {
      if (section.bars < 8) continue;
      const Ticks end = piece.context().onset(section.first_bar + section.bars);
      const Note* last = nullptr;
      for (const Note& note : piece.part(Role::kLead))
        if (note.onset_ticks < end) last = &note;
      ASSERT_NE(last, nullptr);
      const int degree = last->pitch % 12;
      const bool closes = degree == 0 || degree == 4 || degree == 7 ||
                          contains(piece.context().chord(last->onset_ticks), last->pitch);
      EXPECT_TRUE(closes) << section.name << " ends on " << degree;
    }
  }
}

TEST(PitchedParts, TheLastNoteIsLongAndAtHome) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(seed);
    const WriterContext& context = piece.context();
    const Note& last = piece.part(Role::kLead).back();
    EXPECT_EQ(last.onset_ticks, context.onset(context.bar_count() - 1));
    EXPECT_EQ(end_of(last), context.final_end());
    EXPECT_TRUE(last.pitch % 12 == 0 || last.pitch % 12 == 4) << int{last.pitch};
    const Voicing chord = strokes(piece.part(Role::kChords)).rbegin()->second;
    EXPECT_GE(chord.size(), 2U);
  }
}

TEST(PitchedParts, EverybodyPlaysOnAHit) {
  const Style style = make_test_style();
  Plan plan = make_test_plan(style, usual_sections(), 4);
  plan.bars[7].hit = true;
  plan.bars[22].hit = true;
  const WriterContext context(plan, style);
  const Parts parts = write_parts(plan, style, *make_pattern_writer(plan, style));
  for (const int bar : {7, 22}) {
    for (const Role role : kPitched) {
      const auto& notes = parts[index_of(role)];
      const bool there = std::any_of(notes.begin(), notes.end(), [&](const Note& note) {
        return note.onset_ticks == context.onset(bar);
      });
      EXPECT_TRUE(there) << name_of(role) << " in bar " << bar;
    }
  }
}

TEST(PitchedParts, TheCounterNeverSingsTheLeadsPitchWithIt) {
  for (const CounterWay way : {CounterWay::kAnswer, CounterWay::kSustain, CounterWay::kParallel}) {
    int together = 0;
    int all = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Style style = make_test_style();
      style.roles[index_of(Role::kCounter)]->counter = way;
      const Piece piece(style, seed, usual_sections());
      for (const Note& counter : piece.part(Role::kCounter)) {
        ++all;
        for (const Note& lead : piece.part(Role::kLead))
          together += lead.onset_ticks == counter.onset_ticks && lead.pitch == counter.pitch;
      }
    }
    EXPECT_GT(all, 0);
    EXPECT_LE(together * 50, all);
  }
}

TEST(PitchedParts, AnAnswerSoundsWhereTheLeadRests) {
  Style style = make_test_style();
  style.roles[index_of(Role::kCounter)]->counter = CounterWay::kAnswer;
  int inside = 0;
  int all = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(style, seed, usual_sections());
    for (const Note& counter : piece.part(Role::kCounter)) {
      // The final chord is everybody's.
      if (piece.context().is_final(piece.context().bar_at(counter.onset_ticks))) continue;
      const bool free = std::none_of(
          piece.part(Role::kLead).begin(), piece.part(Role::kLead).end(), [&](const Note& lead) {
            return lead.onset_ticks <= counter.onset_ticks && end_of(lead) > counter.onset_ticks;
          });
      ++all;
      inside += free ? 1 : 0;
    }
  }
  EXPECT_GT(all, 10 * static_cast<int>(kSeeds));
  EXPECT_GE(inside * 100, all * 95);
}

TEST(PitchedParts, ACounterWithoutALeadToFollowPlaysAllTheSame) {
  for (const CounterWay way : {CounterWay::kAnswer, CounterWay::kSustain, CounterWay::kParallel}) {
    Style style = make_test_style();
    style.roles[index_of(Role::kCounter)]->counter = way;
    const Piece piece(style, 1, {{.name = "A", .kind = "A", .roles = {Role::kCounter}}});
    const Ticks end = piece.context().onset(8);
    const auto& notes = piece.part(Role::kCounter);
    const auto before_the_end = std::count_if(notes.begin(), notes.end(),
                                              [&](const Note& n) { return n.onset_ticks < end; });
    EXPECT_GE(before_the_end, 4) << static_cast<int>(way);
  }
}

TEST(PitchedParts, MoreEnergyIsMoreNotes) {
  std::vector<TestSection> calm = usual_sections();
  std::vector<TestSection> wild = usual_sections();
  for (TestSection& section : calm) section.energy = 0.15;
  for (TestSection& section : wild) section.energy = 0.95;
  std::size_t few = 0;
  std::size_t many = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    few += Piece(make_test_style(), seed, calm).part(Role::kLead).size();
    many += Piece(make_test_style(), seed, wild).part(Role::kLead).size();
  }
  EXPECT_LT(few * 5, many * 4);
}

TEST(PitchedParts, TheSameSeedIsTheSameMusicAndAnotherOneIsNot) {
  EXPECT_EQ(Piece(3).parts(), Piece(3).parts());
  const Piece a(1);
  const Piece b(2);
  for (const Role role : kPitched) EXPECT_NE(a.part(role), b.part(role)) << name_of(role);
}

TEST(PitchedParts, AWaltzIsInThree) {
  const Piece piece(make_test_waltz(), 5, usual_sections());
  for (const Role role : kPitched) {
    EXPECT_FALSE(piece.part(role).empty()) << name_of(role);
    for (const Note& note : piece.part(role))
      EXPECT_LT(note.onset_ticks, piece.context().end()) << name_of(role);
  }
}

TEST(PitchedParts, RewrittenBarsJoinWhatIsAroundThem) {
  const Style style = make_test_style();
  Plan plan = make_test_plan(style, usual_sections(), 9);
  const Parts before = write_parts(plan, style, *make_pattern_writer(plan, style));
  plan.request.rewrites = {{.first_bar = 7, .last_bar = 8, .roles = {Role::kLead}, .seed = 77}};
  const WriterContext context(plan, style);
  const Parts after = write_parts(plan, style, *make_pattern_writer(plan, style));
  const auto outside = [&](const Parts& parts) {
    std::vector<Note> kept;
    for (const Note& note : parts[index_of(Role::kLead)])
      if (note.onset_ticks < context.onset(6) || note.onset_ticks >= context.onset(8))
        kept.push_back(note);
    return kept;
  };
  EXPECT_EQ(outside(before), outside(after));
  EXPECT_EQ(before[index_of(Role::kChords)], after[index_of(Role::kChords)]);
  const std::vector<Note>& lead = after[index_of(Role::kLead)];
  for (std::size_t i = 1; i < lead.size(); ++i) {
    const bool joint =
        lead[i - 1].onset_ticks < context.onset(6) && lead[i].onset_ticks >= context.onset(6);
    const int apart = joint ? std::abs(lead[i].pitch - lead[i - 1].pitch) : 0;
    EXPECT_LE(apart, 12);
  }
}

TEST(Comping, ReadsHoldsAndWhatIsTiedOverTheBar) {
  StepPattern pattern;
  pattern.steps = "--..x-X-";
  pattern.steps_per_beat = 2;
  const Motif rhythm = rhythm_of(pattern, 480);
  EXPECT_EQ(rhythm.length_ticks, 1920);
  ASSERT_EQ(rhythm.notes.size(), 2U);
  EXPECT_EQ(rhythm.notes[0].onset_ticks, 960);
  EXPECT_EQ(rhythm.notes[0].duration_ticks, 480);
  EXPECT_EQ(rhythm.notes[1].accent, 3);
  EXPECT_EQ(rhythm.notes[1].end_ticks(), 1920 + 480);
}

TEST(Comping, AStrokeTiedOverTheBarBringsTheNextChord) {
  Style style = make_test_style();
  StepPattern pattern;
  pattern.steps = "--x---.x";
  pattern.steps_per_beat = 2;
  RolePack& pack = *style.roles[index_of(Role::kChords)];
  pack.patterns = {pattern};
  int early = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Piece piece(style, seed, usual_sections());
    const WriterContext& context = piece.context();
    for (const auto& [onset, voicing] : strokes(piece.part(Role::kChords))) {
      const int bar = context.bar_at(onset);
      if (bar + 1 >= context.bar_count() || context.onset(bar + 1) - onset != 240) continue;
      for (const int pitch : voicing) {
        const bool held = std::any_of(piece.part(Role::kChords).begin(),
                                      piece.part(Role::kChords).end(), [&](const Note& note) {
                                        return note.onset_ticks == onset && note.pitch == pitch &&
                                               end_of(note) > context.onset(bar + 1);
                                      });
        if (!held) continue;
        ++early;
        EXPECT_TRUE(contains(context.chord(context.onset(bar + 1)), pitch));
      }
    }
  }
  EXPECT_GT(early, 0);
}

}  // namespace
}  // namespace undersong
