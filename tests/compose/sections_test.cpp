#include <gtest/gtest.h>

#include "compose/compose.h"
#include "compose/variation.h"
#include "dice_writer.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

const std::vector<Note>& part_of(const Parts& parts, Role role) { return parts[index_of(role)]; }

// Notes of a bar, from its own first tick on.
std::vector<Note> bar_of(const WriterContext& context, const Parts& parts, Role role, int bar) {
  std::vector<Note> notes =
      notes_within(part_of(parts, role), {context.onset(bar), context.onset(bar + 1)});
  for (Note& note : notes) note.onset_ticks -= context.onset(bar);
  return notes;
}

struct Piece {
  explicit Piece(std::vector<TestSection> sections = usual_sections(), std::uint64_t seed = 1)
      : plan(make_test_plan(style, sections, seed)) {}

  Parts dice() const { return write_parts(plan, style, DiceWriter(plan, style)); }

  Style style = make_test_style();
  Plan plan;
};

TEST(Sections, OfTheSameSeedAreTheSame) {
  const Piece piece;
  EXPECT_EQ(piece.dice(), piece.dice());
  EXPECT_NE(piece.dice(), Piece(usual_sections(), 2).dice());
}

TEST(Sections, AreCopiedToTheBar) {
  const Piece piece;
  const WriterContext context(piece.plan, piece.style);
  const Parts parts = piece.dice();
  for (const Role role : kRoles) {
    // A is bars 4-11, its copy bars 28-35. The last bass note leads to another chord.
    for (int bar = 0; bar < 7; ++bar) {
      EXPECT_EQ(bar_of(context, parts, role, 4 + bar), bar_of(context, parts, role, 28 + bar))
          << name_of(role) << " in bar " << bar;
    }
    EXPECT_NE(bar_of(context, parts, role, 4), bar_of(context, parts, role, 20));
  }
}

TEST(Sections, AreVariedInOneOrTwoRolesAndInTheirFill) {
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    const Piece piece(usual_sections(), seed);
    const WriterContext context(piece.plan, piece.style);
    const Parts parts = piece.dice();
    int changed_roles = 0;
    bool lead_changed = false;
    for (const Role role : kRoles) {
      int changed = 0;
      for (int bar = 0; bar < 7; ++bar) {
        changed +=
            bar_of(context, parts, role, 4 + bar) != bar_of(context, parts, role, 12 + bar) ? 1 : 0;
      }
      if (role == Role::kLead) lead_changed = changed > 0;
      // A counter-melody goes along with its lead.
      if (changed > 0 && !(role == Role::kCounter && lead_changed)) ++changed_roles;
    }
    EXPECT_GE(changed_roles, 1);
    EXPECT_LE(changed_roles, 2);
    EXPECT_NE(bar_of(context, parts, Role::kDrums, 11), bar_of(context, parts, Role::kDrums, 19));
  }
}

TEST(Sections, ARolePlaysOnlyWhereThePlanHasIt) {
  Piece piece;
  piece.plan.bars[6].roles.erase(Role::kLead);
  piece.plan.bars[30].roles.erase(Role::kBass);
  const WriterContext context(piece.plan, piece.style);
  const Parts parts = piece.dice();
  for (const Role role : kRoles) {
    for (int bar = 0; bar < context.bar_count(); ++bar)
      EXPECT_EQ(bar_of(context, parts, role, bar).empty(), !context.plays(role, bar));
  }
  // What the original lacks is written, the rest is still a copy.
  EXPECT_EQ(bar_of(context, parts, Role::kLead, 5), bar_of(context, parts, Role::kLead, 29));
  EXPECT_FALSE(bar_of(context, parts, Role::kLead, 30).empty());
}

TEST(Sections, WithOtherChordsAreWrittenAnewInThoseBars) {
  Piece piece;
  piece.plan.bars[34].chords = {{0, parse_chord_symbol("Dm7")}};
  const WriterContext context(piece.plan, piece.style);
  const Parts parts = piece.dice();
  EXPECT_NE(bar_of(context, parts, Role::kChords, 10), bar_of(context, parts, Role::kChords, 34));
  EXPECT_EQ(bar_of(context, parts, Role::kChords, 9), bar_of(context, parts, Role::kChords, 33));
  // The bass leads to the new chord already.
  EXPECT_NE(bar_of(context, parts, Role::kBass, 9), bar_of(context, parts, Role::kBass, 33));
  EXPECT_EQ(bar_of(context, parts, Role::kDrums, 10), bar_of(context, parts, Role::kDrums, 34));
}

TEST(Sections, InAnotherKeyAreTransposed) {
  std::vector<TestSection> sections = usual_sections();
  sections.back().transposed = 2;
  const Piece piece(sections);
  const WriterContext context(piece.plan, piece.style);
  const Parts parts = piece.dice();
  const std::vector<Note> original = bar_of(context, parts, Role::kLead, 4);
  const std::vector<Note> copy = bar_of(context, parts, Role::kLead, 28);
  ASSERT_EQ(original.size(), copy.size());
  const PitchRange range = piece.style.role(Role::kLead)->range;
  for (std::size_t i = 0; i < copy.size(); ++i) {
    EXPECT_EQ((copy[i].pitch - original[i].pitch + 24) % 12, 2);
    EXPECT_TRUE(copy[i].pitch >= range.low && copy[i].pitch <= range.high);
  }
  EXPECT_EQ(bar_of(context, parts, Role::kDrums, 4), bar_of(context, parts, Role::kDrums, 28));
}

TEST(Sections, ARewriteChangesWhatItNamesAndNothingElse) {
  Piece piece;
  const WriterContext context(piece.plan, piece.style);
  const Parts before = piece.dice();
  piece.plan.request.rewrites = {
      {.first_bar = 9, .last_bar = 10, .roles = {Role::kLead}, .seed = 7}};
  const Parts after = piece.dice();
  for (const Role role : kRoles) {
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      const bool named = role == Role::kLead && (bar == 8 || bar == 9);
      EXPECT_EQ(bar_of(context, before, role, bar) != bar_of(context, after, role, bar), named)
          << name_of(role) << " in bar " << bar;
    }
  }
}

TEST(Sections, ARewriteOfACopyAndItsOriginalKeepsThemAlike) {
  Piece piece;
  const Parts before = piece.dice();
  piece.plan.request.rewrites = {
      {.first_bar = 1, .last_bar = 1000, .roles = {Role::kLead}, .seed = 7}};
  const WriterContext context(piece.plan, piece.style);
  const Parts after = piece.dice();
  EXPECT_NE(bar_of(context, before, Role::kLead, 5), bar_of(context, after, Role::kLead, 5));
  EXPECT_EQ(bar_of(context, after, Role::kLead, 5), bar_of(context, after, Role::kLead, 29));
}

// One tone a run: the same one, or in bars that are written again its octave.
class OctaveWriter final : public PartWriter {
 public:
  OctaveWriter(const Plan& plan, const Style& style) : context_(plan, style) {}

  std::vector<Note> write(const PartRequest& request, Rng) const override {
    const bool again = request.bars.last - request.bars.first <= 2;
    return {make_note(context_.onset(request.bars.first), context_.onset(request.bars.last),
                      again ? 72 : 60, 80)};
  }

 private:
  WriterContext context_;
};

TEST(Sections, ARewriteThatMovesByAnOctaveStrikesNoKeyThatStillSounds) {
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    Piece piece(usual_sections(), seed);
    // In A', which is varied.
    piece.plan.request.rewrites = {
        {.first_bar = 16, .last_bar = 17, .roles = RoleSet::all(), .seed = seed}};
    const OctaveWriter writer(piece.plan, piece.style);
    const Parts parts = write_parts(piece.plan, piece.style, writer);
    for (const Role role : {Role::kPad, Role::kArpeggio, Role::kLead}) {
      Ticks held = 0;
      for (const Note& note : part_of(parts, role)) {
        if (note.pitch != 60) continue;
        EXPECT_GE(note.onset_ticks, held) << name_of(role) << ", seed " << seed;
        held = note.onset_ticks + note.duration_ticks;
      }
    }
  }
}

TEST(Sections, ACopyThatBeginsWithinAHeldChordStrikesIt) {
  Piece piece;
  // The copy of A begins with another chord, so its first bar is written anew.
  piece.plan.bars[28].chords.front().symbol.root += 1;
  const WriterContext context(piece.plan, piece.style);
  const Parts parts = write_parts(piece.plan, piece.style, OctaveWriter(piece.plan, piece.style));
  for (const Role role : {Role::kChords, Role::kPad, Role::kCounter}) {
    const auto notes = notes_within(part_of(parts, role), {context.onset(29), context.onset(36)});
    ASSERT_EQ(notes.size(), 1U) << name_of(role);
    EXPECT_EQ(notes.front().onset_ticks, context.onset(29));
    EXPECT_EQ(notes.front().duration_ticks, context.onset(36) - context.onset(29));
  }
  EXPECT_TRUE(
      notes_within(part_of(parts, Role::kLead), {context.onset(29), context.onset(36)}).empty());
}

TEST(Variations, AreOfDifferentRolesThatPlay) {
  Rng chance(4);
  for (int i = 0; i < 100; ++i) {
    const auto variations = choose_variations({Role::kLead, Role::kBass}, chance);
    ASSERT_GE(variations.size(), 1U);
    ASSERT_LE(variations.size(), 2U);
    for (const Variation& variation : variations)
      EXPECT_TRUE(variation.role == Role::kLead || variation.role == Role::kBass);
    if (variations.size() == 2) {
      EXPECT_NE(variations[0].role, variations[1].role);
    }
  }
  EXPECT_TRUE(choose_variations({}, chance).empty());
}

TEST(Variations, FindTheNearestWayBetweenTwoKeys) {
  EXPECT_EQ(nearest_shift(0), 0);
  EXPECT_EQ(nearest_shift(2), 2);
  EXPECT_EQ(nearest_shift(-2), -2);
  EXPECT_EQ(nearest_shift(11), -1);
  EXPECT_EQ(nearest_shift(-11), 1);
  EXPECT_EQ(nearest_shift(6), 6);
}

TEST(Variations, TransposeByAnOctaveMoreOrLessWhereThatFits) {
  std::vector<Note> notes = {make_note(0, 10, 70, 80), make_note(10, 20, 72, 80)};
  transpose(notes, 5, {60, 74});
  EXPECT_EQ(notes[0].pitch, 63);
  EXPECT_EQ(notes[1].pitch, 65);
}

}  // namespace
}  // namespace undersong
