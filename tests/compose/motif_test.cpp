#include "compose/motif.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <vector>

namespace undersong {
namespace {

Motif cell(const std::vector<MotifNote>& notes) { return {1920, 240, 480, notes}; }

std::vector<Motif> cells() {
  return {cell({{0, 720, 2, 0, false}, {720, 240, 1, 0, false}, {960, 960, 2, 0, false}}),
          cell({{240, 240, 2, 0, false}, {480, 480, 2, 0, false}, {960, 480, 3, 0, false}}),
          cell({{0, 480, 2, 0, false}, {480, 480, 2, 0, false}, {960, 720, 2, 0, false}})};
}

void expect_in_order(const Motif& motif) {
  Ticks end = 0;
  for (const MotifNote& note : motif.notes) {
    RC_ASSERT(note.onset_ticks >= end);
    RC_ASSERT(note.duration_ticks > 0);
    end = note.end_ticks();
  }
  RC_ASSERT(end <= motif.length_ticks);
}

RC_GTEST_PROP(Motif, IsInOrderWithinItsBars, ()) {
  const std::vector<Motif> from = cells();
  const int bars = *rc::gen::inRange(1, 5);
  const MotifOptions options{.cells = from, .bars = bars, .leaps = 0.4, .rests = 0.2, .unlike = {}};
  const Motif motif = make_motif(options, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  RC_ASSERT(motif.length_ticks == bars * 1920);
  RC_ASSERT(!motif.notes.empty());
  expect_in_order(motif);
}

RC_GTEST_PROP(Motif, SpansAnOctaveAtMostAndTurnsBackAfterLeaps, ()) {
  const std::vector<Motif> from = cells();
  const MotifOptions options{.cells = from, .bars = 2, .leaps = 0.6, .rests = 0.1, .unlike = {}};
  const Motif motif = make_motif(options, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  int low = 0;
  int high = 0;
  for (const MotifNote& note : motif.notes) {
    low = std::min(low, note.height);
    high = std::max(high, note.height);
  }
  RC_ASSERT(high <= 5 && low >= -5);
  for (std::size_t i = 1; i < motif.notes.size(); ++i)
    RC_ASSERT(std::abs(motif.notes[i].height - motif.notes[i - 1].height) <= 4);
}

TEST(Motif, TwoSeedsAreTwoRhythms) {
  const std::vector<Motif> from = cells();
  int same = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const MotifOptions options{.cells = from, .bars = 2, .leaps = 0.2, .rests = 0.2, .unlike = {}};
    const Motif a = make_motif(options, Rng(seed));
    const Motif b = make_motif(options, Rng(seed + 1000));
    bool alike = a.notes.size() == b.notes.size();
    for (std::size_t i = 0; alike && i < a.notes.size(); ++i)
      alike = a.notes[i].onset_ticks == b.notes[i].onset_ticks;
    same += alike ? 1 : 0;
  }
  EXPECT_LE(same, 5);
}

TEST(Motif, ContrastsWithTheMotifsThatItShouldBeUnlike) {
  const std::vector<Motif> from = cells();
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    MotifOptions options{.cells = from, .bars = 2, .leaps = 0.2, .rests = 0.2, .unlike = {}};
    const Motif first = make_motif(options, Rng(seed));
    options.unlike = {first};
    EXPECT_NE(make_motif(options, Rng(seed)), first);
  }
}

TEST(Motif, TheSameSeedIsTheSameMotif) {
  const std::vector<Motif> from = cells();
  const MotifOptions options{.cells = from, .bars = 2, .leaps = 0.2, .rests = 0.2, .unlike = {}};
  EXPECT_EQ(make_motif(options, Rng(7)), make_motif(options, Rng(7)));
}

TEST(Motif, UpsideDownTwiceIsItself) {
  Motif motif = cells()[0];
  motif.notes[1].height = 2;
  motif.notes[2].height = -1;
  EXPECT_EQ(inverted(motif).notes[1].height, -2);
  EXPECT_EQ(inverted(inverted(motif)), motif);
}

TEST(Motif, AugmentedIsTwiceAsLong) {
  const Motif slow = augmented(cells()[0]);
  EXPECT_EQ(slow.length_ticks, 3840);
  EXPECT_EQ(slow.notes[1].onset_ticks, 1440);
  EXPECT_EQ(slow.notes[1].duration_ticks, 480);
}

TEST(Motif, LiquidatedSaysItsFirstHalfTwice) {
  const Motif twice = liquidated(cells()[0], 2);
  ASSERT_EQ(twice.notes.size(), 4U);
  EXPECT_EQ(twice.notes[2].onset_ticks, 960);
  EXPECT_EQ(twice.notes[3].onset_ticks, 1680);
  EXPECT_EQ(twice.notes[2].height, twice.notes[0].height + 2);
}

TEST(Motif, IsDenserWithMoreEnergy) {
  const std::vector<Motif> from = cells();
  std::size_t quiet = 0;
  std::size_t plain = 0;
  std::size_t loud = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const MotifOptions options{.cells = from, .bars = 2, .leaps = 0.2, .rests = 0.2, .unlike = {}};
    const Motif motif = make_motif(options, Rng(seed));
    plain += motif.notes.size();
    quiet += at_energy(motif, 0.0, Rng(seed)).notes.size();
    loud += at_energy(motif, 1.0, Rng(seed)).notes.size();
  }
  EXPECT_LT(quiet, plain);
  EXPECT_LT(plain, loud);
}

TEST(Motif, BreathesAsMuchAsAsked) {
  const std::vector<Motif> from = cells();
  double legato = 0.0;
  double sparse = 0.0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    MotifOptions options{.cells = from, .bars = 2, .leaps = 0.2, .rests = 0.05, .unlike = {}};
    legato += sounding_share(make_motif(options, Rng(seed))) / 50;
    options.rests = 0.6;
    sparse += sounding_share(make_motif(options, Rng(seed))) / 50;
  }
  EXPECT_GT(legato, 0.75);
  EXPECT_LT(sparse, 0.6);
}

}  // namespace
}  // namespace undersong
