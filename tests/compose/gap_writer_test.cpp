#include "compose/gap_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "random_drafts.h"
#include "support/thrown_error.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

GridNote note(Role role, int position, int pitch, int steps) {
  return {.role = role,
          .position = static_cast<std::uint8_t>(position),
          .pitch = static_cast<std::uint8_t>(pitch),
          .duration = duration_step(steps),
          .velocity = 8};
}

// Twelve bars of a bass and a tune; the tune rests in bars 4 and 5.
GridPiece tune() {
  GridPiece piece;
  piece.style = GridStyle::kPiano;
  piece.shift = 2;
  for (int i = 0; i < 12; ++i) {
    GridBar bar;
    bar.tempo = 10;
    bar.chords = {1, 1};
    bar.notes.push_back(note(Role::kBass, 0, 36 + i % 3, 48));
    if (i != 4 && i != 5) {
      for (int beat = 0; beat < 4; ++beat)
        bar.notes.push_back(note(Role::kLead, 12 * beat, 72 + (i + beat) % 5, 12));
    }
    piece.bars.push_back(bar);
  }
  return piece;
}

std::vector<GridNote> notes_of(const GridPiece& piece, int bar, RoleSet roles) {
  std::vector<GridNote> notes = piece.bars[static_cast<std::size_t>(bar)].notes;
  std::erase_if(notes, [&](const GridNote& each) { return !roles.contains(each.role); });
  return notes;
}

GridPiece rewritten(const GapRequest& request, const RandomSource& source, std::uint64_t seed = 1) {
  return rewrite_gap(tune(), request, source, Rng(seed), silent_progress());
}

TEST(GapWriter, KeepsEverythingThatIsNotAskedFor) {
  const RandomSource source;
  const GridPiece before = tune();
  const GridPiece after = rewritten({.bars = {6, 9}, .roles = {Role::kLead}}, source);
  ASSERT_EQ(after.bars.size(), before.bars.size());
  EXPECT_EQ(after.shift, before.shift);
  for (int bar = 0; bar < 12; ++bar) {
    const bool inside = bar >= 6 && bar < 9;
    EXPECT_EQ(notes_of(after, bar, {Role::kBass}), notes_of(before, bar, {Role::kBass}));
    EXPECT_EQ(notes_of(after, bar, {Role::kLead}) == notes_of(before, bar, {Role::kLead}), !inside)
        << "bar " << bar;
    EXPECT_FALSE(notes_of(after, bar, {Role::kLead}).empty() && inside);
    EXPECT_EQ(after.bars[static_cast<std::size_t>(bar)].meter,
              before.bars[static_cast<std::size_t>(bar)].meter);
  }
}

TEST(GapWriter, WritesForThoseThatPlayThereOrAround) {
  const RandomSource source;
  const GridPiece after = rewritten({.bars = {4, 6}}, source);
  for (const int bar : {4, 5}) {
    EXPECT_FALSE(notes_of(after, bar, {Role::kLead}).empty()) << "it rested there";
    EXPECT_NE(notes_of(after, bar, {Role::kBass}), notes_of(tune(), bar, {Role::kBass}));
    EXPECT_TRUE(notes_of(after, bar, {Role::kPad, Role::kDrums, Role::kChords}).empty());
  }
}

TEST(GapWriter, WritesARoleThatNobodyPlayedWhereItIsNamed) {
  const RandomSource source;
  const GridPiece after = rewritten({.bars = {2, 4}, .roles = {Role::kPad}}, source);
  EXPECT_FALSE(notes_of(after, 2, {Role::kPad}).empty());
  EXPECT_EQ(notes_of(after, 2, {Role::kLead}), notes_of(tune(), 2, {Role::kLead}));
}

TEST(GapWriter, HearsBothSides) {
  const RandomSource source;
  rewritten({.bars = {6, 8}, .roles = {Role::kLead}}, source);
  ASSERT_FALSE(source.prompts.empty());
  const auto& prompt = source.prompts.front();
  EXPECT_EQ(std::ranges::count(prompt, composer_token::kFuture), 1);
  EXPECT_EQ(std::ranges::count(prompt, composer_token::kPast), 1);
  // Six bars before and four behind, and the one that is being written is told later.
  EXPECT_EQ(std::ranges::count(prompt, composer_token::kBar), 10);
}

TEST(GapWriter, TheSameSeedIsTheSameMusicAndAnotherIsNot) {
  const RandomSource source;
  const GapRequest request{.bars = {6, 9}};
  EXPECT_EQ(rewritten(request, source), rewritten(request, source));
  EXPECT_NE(rewritten(request, source), rewritten(request, source, 2));
}

TEST(GapWriter, BeginsAnewWhereTheContextIsFull) {
  const RandomSource source(RoleSet::all(), 256);
  const GridPiece after = rewritten({.bars = {1, 11}}, source);
  EXPECT_GT(source.prompts.size(), 2U);
  for (int bar = 1; bar < 11; ++bar) EXPECT_FALSE(notes_of(after, bar, {Role::kLead}).empty());
}

TEST(GapWriter, SaysWhatItCannotWrite) {
  const RandomSource source;
  for (const BarSpan& bars : {BarSpan{12, 13}, BarSpan{3, 3}, BarSpan{-1, 2}}) {
    EXPECT_THAT(thrown_error([&] { rewritten({.bars = bars}, source); }).message(),
                testing::HasSubstr("bars 1 to 12"));
  }
  GridPiece silent = tune();
  for (GridBar& bar : silent.bars) bar.notes.clear();
  EXPECT_THAT(thrown_error([&] {
                rewrite_gap(silent, {.bars = {2, 4}}, source, Rng(1), silent_progress());
              }).message(),
              testing::HasSubstr("nobody plays"));
  const RandomSource narrow(RoleSet::all(), 40);
  EXPECT_THAT(thrown_error([&] {
                rewritten({.bars = {2, 4}}, narrow);
              }).message(),
              testing::HasSubstr("more notes than these weights hear"));
}

}  // namespace
}  // namespace undersong
