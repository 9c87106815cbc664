#include "tokens/score_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "support/hand_made.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

GridResult grid_of(const Score& score) { return to_grid(score, GridOptions{}); }

// "0:60/12 12:62/12": positions, pitches and lengths in steps.
std::string bar_text(const GridBar& bar) {
  std::string text;
  for (const GridNote& note : bar.notes)
    text += (text.empty() ? "" : " ") + std::to_string(note.position) + ":" +
            std::to_string(note.pitch) + "/" + std::to_string(kGridDurations[note.duration]);
  return text;
}

// A line whose roles and key are as the file says, so that pitches stay.
Score named(Score score) {
  score.tracks[0].name = "Lead";
  score.keys = {{.tick = 0, .sharps = 0, .minor = false}};
  return score;
}

// ---- Notes and bars ----

TEST(ScoreGrid, NotesStandOnTwelfthsOfAQuarter) {
  const GridResult result = grid_of(named(HandMade()
                                              .note(0.0, 1.0, 60)
                                              .note(1.0 / 3.0, 0.5, 64)
                                              .note(3.96, 0.2, 67)
                                              .note(4.5, 8.0, 72)
                                              .score()));
  ASSERT_EQ(result.piece.bars.size(), 2U);
  EXPECT_EQ(bar_text(result.piece.bars[0]), "0:60/12 4:64/6");
  EXPECT_EQ(bar_text(result.piece.bars[1]), "0:67/2 6:72/96");
  EXPECT_EQ(result.losses.notes, 4);
}

TEST(ScoreGrid, ANoteThatRoundsPastTheLastBarStaysInIt) {
  const GridResult result =
      grid_of(named(HandMade().note(0.0, 1.0, 60).note(3.98, 0.2, 67).score()));
  ASSERT_EQ(result.piece.bars.size(), 1U);
  EXPECT_EQ(bar_text(result.piece.bars[0]), "0:60/12 47:67/2");
}

TEST(ScoreGrid, SilenceAroundTheMusicIsLeftOut) {
  const GridResult result =
      grid_of(named(HandMade().note(9.0, 1.0, 60).note(12.0, 20.0, 64).score()));
  ASSERT_EQ(result.piece.bars.size(), 2U);
  EXPECT_EQ(bar_text(result.piece.bars[0]), "12:60/12");
  EXPECT_EQ(result.losses.silent_bars, 0);
}

TEST(ScoreGrid, OfALongSilenceTwoBarsStay) {
  const GridResult result =
      grid_of(named(HandMade().note(0.0, 1.0, 60).note(28.0, 1.0, 64).score()));
  EXPECT_EQ(result.piece.bars.size(), 4U);
  EXPECT_EQ(result.losses.silent_bars, 4);
  EXPECT_EQ(bar_text(result.piece.bars[3]), "0:64/12");
}

TEST(ScoreGrid, ABarUnderALongNoteIsNotSilent) {
  const GridResult result =
      grid_of(named(HandMade().note(0.0, 12.0, 60).note(24.0, 1.0, 64).score()));
  EXPECT_EQ(result.piece.bars.size(), 6U);  // three that sound, two of three silent ones, the last
  EXPECT_EQ(result.losses.silent_bars, 1);
}

TEST(ScoreGrid, PickupsAndChangesOfMeterKeepTheirBars) {
  const GridResult result = grid_of(named(HandMade()
                                              .meter(0.0, 1, 4)
                                              .meter(1.0, 6, 8)
                                              .meter(4.0, 2, 2)
                                              .note(0.0, 1.0, 60)
                                              .note(1.0, 1.0, 62)
                                              .note(4.0, 1.0, 64)
                                              .score()));
  ASSERT_EQ(result.piece.bars.size(), 3U);
  EXPECT_EQ(kGridMeters[result.piece.bars[0].meter].length(), 12);
  EXPECT_EQ(kGridMeters[result.piece.bars[1].meter].numerator, 6);
  EXPECT_EQ(kGridMeters[result.piece.bars[1].meter].denominator, 8);
  EXPECT_EQ(kGridMeters[result.piece.bars[2].meter].denominator, 2);
}

TEST(ScoreGrid, AMeterWithoutATokenHasTheShortestThatIsLongEnough) {
  const GridResult result = grid_of(named(HandMade().meter(0.0, 3, 16).note(0.0, 0.5, 60).score()));
  EXPECT_EQ(kGridMeters[result.piece.bars[0].meter].length(), 12);  // 1/4 for nine steps
}

TEST(ScoreGrid, ABarOfMoreThanTwoWholesIsDivided) {
  const GridResult result =
      grid_of(named(HandMade().meter(0.0, 12, 4).note(0.0, 1.0, 60).note(11.0, 1.0, 62).score()));
  EXPECT_EQ(result.losses.shortened_bars, 1);
  ASSERT_EQ(result.piece.bars.size(), 2U);
  EXPECT_EQ(kGridMeters[result.piece.bars[0].meter].length(), 96);
  EXPECT_EQ(kGridMeters[result.piece.bars[1].meter].length(), 48);
  EXPECT_EQ(bar_text(result.piece.bars[1]), "36:62/12");
}

TEST(ScoreGrid, DoubledNotesAreOneAndRepeatedOnesEndInTime) {
  const GridResult result = grid_of(
      named(HandMade().note(0.0, 1.0, 60).note(0.01, 2.0, 60).note(7.0 / 12.0, 1.0, 60).score()));
  EXPECT_EQ(result.losses.doubled, 1);
  EXPECT_EQ(bar_text(result.piece.bars[0]), "0:60/6 7:60/12");
}

TEST(ScoreGrid, PitchesOutsideThePianoMoveByOctaves) {
  const GridResult result =
      grid_of(named(HandMade().note(0.0, 1.0, 12).note(1.0, 1.0, 120).note(2.0, 1.0, 60).score()));
  EXPECT_EQ(bar_text(result.piece.bars[0]), "0:24/12 12:108/12 24:60/12");
  EXPECT_EQ(result.losses.moved_octaves, 2);
}

TEST(ScoreGrid, DrumsOutsideTheMapAreTheNearest) {
  const GridResult result = grid_of(
      HandMade().note(0.0, 1.0, 10, kDrumChannel).note(1.0, 1.0, 127, kDrumChannel).score());
  std::vector<int> pitches;
  for (const GridNote& note : result.piece.bars[0].notes) {
    pitches.push_back(note.pitch);
    EXPECT_EQ(note.duration, 0);
    EXPECT_TRUE(is_percussive(note.role));
  }
  std::sort(pitches.begin(), pitches.end());
  EXPECT_EQ(pitches, (std::vector<int>{27, 87}));
}

TEST(ScoreGrid, AScoreWithoutNotesIsNoMusic) {
  const Error error = thrown_error([] { grid_of(Score{}); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.what(), HasSubstr("no notes"));
}

// ---- Key, tempo, chords ----

TEST(ScoreGrid, MusicInDMajorMovesToC) {
  HandMade piece;
  const std::vector<std::vector<int>> chords = {
      {50, 66, 69, 74}, {55, 67, 71, 74}, {57, 67, 69, 73}, {50, 66, 69, 74}};
  for (std::size_t i = 0; i < chords.size(); ++i)
    piece.chord(4.0 * static_cast<double>(i), 4.0, chords[i]);
  const GridPiece grid = grid_of(piece.score()).piece;
  EXPECT_EQ(grid.shift, -2);
  EXPECT_FALSE(grid.minor);
  const std::vector<GridChord> expected = {
      grid_chord(0, ChordQuality::kMajor), grid_chord(5, ChordQuality::kMajor),
      grid_chord(7, ChordQuality::kDominant7), grid_chord(0, ChordQuality::kMajor)};
  for (std::size_t i = 0; i < chords.size(); ++i) {
    EXPECT_EQ(grid.bars[i].chords[0], expected[i]) << i;
    EXPECT_EQ(grid.bars[i].chords[1], expected[i]) << i;
  }
}

TEST(ScoreGrid, ChordsChangeInTheMiddleOfABarAndSilentHalvesTakeTheOthers) {
  const GridPiece grid = grid_of(named(HandMade()
                                           .chord(0.0, 2.0, {48, 64, 67})
                                           .chord(2.0, 2.0, {53, 65, 69})
                                           .chord(4.0, 2.0, {55, 62, 71})
                                           .note(9.0, 0.1, 36, kDrumChannel)
                                           .note(12.0, 0.1, 60)
                                           .score()))
                             .piece;
  EXPECT_EQ(grid.bars[0].chords[0], grid_chord(0, ChordQuality::kMajor));
  EXPECT_EQ(grid.bars[0].chords[1], grid_chord(5, ChordQuality::kMajor));
  EXPECT_EQ(grid.bars[1].chords[0], grid_chord(7, ChordQuality::kMajor));
  EXPECT_EQ(grid.bars[1].chords[1], grid_chord(7, ChordQuality::kMajor));
  EXPECT_EQ(grid.bars[2].chords, (std::array<GridChord, 2>{0, 0}));
}

TEST(ScoreGrid, ATempoThatWaversHoldsItsStep) {
  HandMade piece;
  for (int bar = 0; bar < 8; ++bar)
    piece.note(4.0 * bar, 4.0, 60)
        .bpm(4.0 * bar, tempo_of(12) * (bar == 0       ? 1.0
                                        : bar % 2 == 0 ? 1.05
                                                       : 0.95));
  for (const GridBar& bar : grid_of(piece.score()).piece.bars) EXPECT_EQ(bar.tempo, 12);
}

TEST(ScoreGrid, ATempoThatChangesTakesAnotherStep) {
  const GridPiece grid = grid_of(HandMade()
                                     .note(0.0, 4.0, 60)
                                     .note(4.0, 4.0, 60)
                                     .bpm(0.0, tempo_of(12))
                                     .bpm(4.0, tempo_of(13))
                                     .score())
                             .piece;
  EXPECT_EQ(grid.bars[0].tempo, 12);
  EXPECT_EQ(grid.bars[1].tempo, 13);
}

// ---- Energy and relations ----

GridBar bar_of(int notes, std::uint8_t velocity, std::uint8_t pitch = 60) {
  GridBar bar;
  for (int i = 0; i < notes; ++i)
    bar.notes.push_back({Role::kLead, static_cast<std::uint8_t>(i), pitch, 3, velocity});
  return bar;
}

TEST(ScoreGrid, ActivityIsLoudnessAQuarter) {
  EXPECT_DOUBLE_EQ(activity_of(bar_of(4, 8)), 68.0);
  GridBar shorter = bar_of(4, 8);
  shorter.meter = 0;  // 2/4
  EXPECT_DOUBLE_EQ(activity_of(shorter), 136.0);
  EXPECT_DOUBLE_EQ(activity_of(GridBar{}), 0.0);
}

TEST(ScoreGrid, EnergiesAreEighthsOfTheirStyle) {
  GridPiece piece;
  for (int notes = 0; notes < 32; ++notes) piece.bars.push_back(bar_of(notes, 8));
  const std::vector<double> borders = energy_borders({&piece});
  EXPECT_EQ(borders.size(), 7U);
  set_energies(piece, borders);
  for (std::size_t i = 0; i < piece.bars.size(); ++i) EXPECT_EQ(piece.bars[i].energy, i / 4);
  EXPECT_TRUE(energy_borders({}).empty());
}

TEST(ScoreGrid, BarsAreRelatedToTheNearestCopyOrTheMostAlike) {
  GridPiece piece;
  GridBar varied = bar_of(9, 8);
  varied.notes[0].pitch = 62;
  std::sort(varied.notes.begin(), varied.notes.end());
  piece.bars = {bar_of(9, 8), bar_of(9, 3), varied, bar_of(9, 8, 70), GridBar{}, bar_of(9, 8)};
  set_relations(piece);
  const auto expect = [&](std::size_t bar, BarRelation relation, int distance) {
    EXPECT_EQ(piece.bars[bar].relation, relation) << bar;
    EXPECT_EQ(piece.bars[bar].relation_distance, distance) << bar;
  };
  expect(0, BarRelation::kNew, 0);
  expect(1, BarRelation::kCopy, 1);  // louder or softer, the same notes
  expect(2, BarRelation::kVaried, 1);
  expect(3, BarRelation::kNew, 0);
  expect(4, BarRelation::kNew, 0);
  expect(5, BarRelation::kCopy, 4);
}

TEST(ScoreGrid, WhatIsFartherThanThirtyTwoBarsIsForgotten) {
  GridPiece piece;
  piece.bars.resize(34);
  piece.bars[0] = piece.bars[32] = bar_of(5, 8);
  piece.bars[33] = bar_of(5, 8, 70);
  set_relations(piece);
  EXPECT_EQ(piece.bars[32].relation_distance, 32);
  piece.bars[32].notes.clear();
  piece.bars[33] = bar_of(5, 8);
  set_relations(piece);
  EXPECT_EQ(piece.bars[33].relation, BarRelation::kNew);
}

// ---- Back ----

// A number below `count`.
int draw(int count) { return *rc::gen::inRange(0, count); }

GridNote drawn_note(int bar_length) {
  GridNote note;
  note.role = kRoles[static_cast<std::size_t>(draw(kRoleCount))];
  note.position = static_cast<std::uint8_t>(draw(bar_length));
  note.velocity = static_cast<std::uint8_t>(draw(kGridVelocities));
  if (is_percussive(note.role)) {
    note.pitch = static_cast<std::uint8_t>(kLowestDrum + draw(kDrumCount));
  } else {
    note.pitch = static_cast<std::uint8_t>(kLowestPitch + draw(kPitchCount));
    note.duration = static_cast<std::uint8_t>(draw(static_cast<int>(kGridDurations.size())));
  }
  return note;
}

// Any piece: bars with notes but for single ones between, no key struck twice while it sounds.
GridPiece drawn_piece() {
  GridPiece piece;
  piece.minor = draw(2) == 1;
  piece.shift = draw(12) - 5;
  const int bars = 1 + draw(8);
  for (int i = 0; i < bars; ++i) {
    GridBar bar;
    bar.meter = static_cast<std::uint8_t>(draw(static_cast<int>(kGridMeters.size())));
    bar.tempo = static_cast<std::uint8_t>(draw(kGridTempos));
    const bool may_rest = i % 2 == 1 && i + 1 < bars;
    const int notes = draw(12) + (may_rest ? 0 : 1);
    for (int n = 0; n < notes; ++n)
      bar.notes.push_back(drawn_note(kGridMeters[bar.meter].length()));
    piece.bars.push_back(bar);
  }
  // Each key of each role sounds once.
  std::set<std::tuple<Role, int, int>> struck;
  for (std::size_t i = 0; i < piece.bars.size(); ++i) {
    auto& notes = piece.bars[i].notes;
    std::erase_if(notes, [&](const GridNote& note) {
      const bool pitched = !is_percussive(note.role);
      const int place = pitched ? 0 : static_cast<int>(i) * 100 + note.position;
      return !struck.emplace(note.role, note.pitch, place).second;
    });
    if (notes.empty() && !(i % 2 == 1 && i + 1 < piece.bars.size()))
      notes.push_back({Role::kDrums, 0, 36, 0, 8});
    std::sort(notes.begin(), notes.end());
  }
  return piece;
}

TEST(ScoreGrid, WhatWasOnTheGridComesBackExactly) {
  EXPECT_TRUE(rc::check([] {
    const GridPiece piece = drawn_piece();
    const GridPiece back = grid_of(from_grid(piece)).piece;
    RC_ASSERT(back.bars.size() == piece.bars.size());
    RC_ASSERT(back.shift == piece.shift);
    RC_ASSERT(back.minor == piece.minor);
    for (std::size_t i = 0; i < piece.bars.size(); ++i) {
      RC_ASSERT(back.bars[i].notes == piece.bars[i].notes);
      RC_ASSERT(back.bars[i].meter == piece.bars[i].meter);
      RC_ASSERT(back.bars[i].tempo == piece.bars[i].tempo);
    }
  }));
}

TEST(ScoreGrid, AnyScoreIsTheSameTheSecondTime) {
  EXPECT_TRUE(rc::check([] {
    HandMade piece;
    const int notes = 1 + draw(40);
    for (int i = 0; i < notes; ++i)
      piece.note(draw(4000) / 100.0, (1 + draw(900)) / 100.0, draw(128),
                 draw(3) == 0 ? 9 : draw(4));
    if (draw(2) == 1) piece.meter(draw(20), 1 + draw(15), 1 << draw(5));
    GridResult first = grid_of(piece.score());
    const GridPiece again = grid_of(from_grid(first.piece)).piece;
    RC_ASSERT(again.bars.size() == first.piece.bars.size());
    for (std::size_t i = 0; i < again.bars.size(); ++i) {
      RC_ASSERT(again.bars[i].notes == first.piece.bars[i].notes);
      RC_ASSERT(again.bars[i].meter == first.piece.bars[i].meter);
    }
    std::size_t kept = 0;
    for (const GridBar& bar : again.bars) kept += bar.notes.size();
    RC_ASSERT(static_cast<std::int64_t>(kept) + first.losses.doubled == first.losses.notes);
  }));
}

TEST(ScoreGrid, ARoleIsATrackInTheKeyItCameFrom) {
  GridPiece piece;
  piece.shift = -2;
  piece.bars = {bar_of(2, 8)};
  piece.bars[0].notes.push_back({Role::kDrums, 0, 36, 0, 15});
  std::sort(piece.bars[0].notes.begin(), piece.bars[0].notes.end());
  const Score score = from_grid(piece);
  ASSERT_EQ(score.tracks.size(), 2U);
  EXPECT_EQ(score.tracks[0].name, "Drums");
  EXPECT_EQ(score.tracks[0].notes[0].channel, kDrumChannel);
  EXPECT_EQ(score.tracks[0].notes[0].pitch, 36);
  EXPECT_EQ(score.tracks[0].notes[0].velocity, 124);
  EXPECT_EQ(score.tracks[1].name, "Lead");
  EXPECT_EQ(score.tracks[1].notes[0].pitch, 62);
  EXPECT_EQ(score.keys[0].sharps, 2);
}

}  // namespace
}  // namespace undersong
