// What holds of every piece, whatever the request.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/hash.h"
#include "compose/compose.h"
#include "compose/variation.h"
#include "compose/writer_context.h"
#include "midi/midi_file.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

constexpr std::array kEndings = {Ending::kRing, Ending::kFade, Ending::kCut, Ending::kLoop};

struct Piece {
  Style style;
  Plan plan;
  Parts parts;
  Score score;
};

Piece any_piece() {
  Piece piece;
  piece.style = *rc::gen::arbitrary<bool>() ? make_test_style() : make_test_waltz();
  piece.style.swing = *rc::gen::element(0.5, 0.58, 0.66);
  for (auto& pack : piece.style.roles) pack->feel = {4.0, 8.0, 8.0};
  CompositionRequest request;
  request.style = piece.style.name;
  request.seed = *rc::gen::arbitrary<std::uint64_t>();
  request.length_seconds = *rc::gen::inRange(20, 90) + 0.25;
  request.ending = kEndings[*rc::gen::inRange<std::size_t>(0, kEndings.size())];
  if (*rc::gen::arbitrary<bool>()) request.hits_seconds = {request.length_seconds * 0.45};
  piece.plan = plan(request, piece.style);
  const auto writer = make_pattern_writer(piece.plan, piece.style);
  piece.parts = write_parts(piece.plan, piece.style, *writer);
  piece.score = compose(piece.plan, piece.style, *writer);
  return piece;
}

bool begins_at(const std::vector<Note>& notes, Ticks onset) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const Note& note) { return note.onset_ticks == onset; });
}

RC_GTEST_PROP(Pieces, PlayWhereThePlanSaysAndInTheirRanges, ()) {
  const Piece piece = any_piece();
  const WriterContext context(piece.plan, piece.style);
  for (const Role role : kRoles) {
    const PitchRange range = is_percussive(role) ? PitchRange{} : context.pack(role).range;
    for (const Note& note : piece.parts[index_of(role)]) {
      RC_ASSERT(context.plays(role, context.bar_at(note.onset_ticks)));
      RC_ASSERT(note.pitch >= range.low && note.pitch <= range.high);
    }
  }
}

RC_GTEST_PROP(Pieces, MeetTheirHitsAndTheFinalChordToTheTick, ()) {
  const Piece piece = any_piece();
  const WriterContext context(piece.plan, piece.style);
  for (const Track& track : piece.score.tracks) {
    const Role role = *role_of(track);
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      const bool wanted = context.bar(bar).hit || context.is_final(bar);
      if (wanted && context.plays(role, bar)) {
        RC_ASSERT(begins_at(track.notes, context.onset(bar)));
      }
    }
  }
}

RC_GTEST_PROP(Pieces, HaveABassUnderEveryChord, ()) {
  const Piece piece = any_piece();
  const WriterContext context(piece.plan, piece.style);
  for (const Note& note : piece.parts[index_of(Role::kBass)]) {
    const ChordStretch& stretch = context.stretch(note.onset_ticks);
    if (note.onset_ticks == stretch.begin) {
      RC_ASSERT(note.pitch % 12 == stretch.symbol.bass);
    }
    if (!context.is_final(context.bar_at(note.onset_ticks))) {
      RC_ASSERT(note.onset_ticks + note.duration_ticks <= stretch.end);
    }
  }
}

RC_GTEST_PROP(Pieces, LoseNothingInAMidiFile, ()) {
  const Piece piece = any_piece();
  RC_ASSERT(read_midi(write_midi(piece.score)).score == piece.score);
  if (piece.plan.request.ending != Ending::kRing) {
    RC_ASSERT(end_ticks(piece.score) <= WriterContext(piece.plan, piece.style).end());
  }
}

// Of bars of a note or more: how much is played, how hard, by how many.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto mean = [](const std::vector<double>& x) {
    double sum = 0.0;
    for (const double value : x) sum += value;
    return sum / static_cast<double>(x.size());
  };
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(Pieces, SoundAsEnergeticAsTheyAreAsked) {
  const Style style = make_test_style();
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CompositionRequest request;
    request.style = style.name;
    request.seed = seed;
    request.length_seconds = 90.0;
    request.energy = {{0.0, 0.15}, {30.0, 0.6}, {50.0, 0.95}, {65.0, 0.3}, {90.0, 0.8}};
    const Plan planned = plan(request, style);
    const WriterContext context(planned, style);
    const Score score = compose(planned, style, *make_pattern_writer(planned, style));
    std::vector<double> asked;
    std::vector<double> realised;
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      if (context.is_final(bar)) continue;
      double velocities = 0.0;
      for (const Track& track : score.tracks) {
        for (const Note& note :
             notes_within(track.notes, {context.onset(bar), context.onset(bar + 1)}))
          velocities += note.velocity;
      }
      asked.push_back(context.bar(bar).energy);
      realised.push_back(std::sqrt(velocities / context.bar(bar).beats));
    }
    EXPECT_GT(correlation(asked, realised), 0.8) << "seed " << seed;
  }
}

// One number for all that drums, percussion and bass decide: a change of it is a change of what
// people hear from a seed that they have kept. Then say so in CHANGELOG.md.
TEST(Pieces, OfASeedStayWhatTheyAre) {
  const Style style = make_test_style();
  std::vector<TestSection> sections = usual_sections();
  for (TestSection& section : sections)
    section.roles = section.roles & RoleSet{Role::kDrums, Role::kPercussion, Role::kBass};
  const Plan plan = make_test_plan(style, sections, 1, Ending::kCut);
  const std::vector<std::uint8_t> bytes =
      write_midi(compose(plan, style, *make_pattern_writer(plan, style)));
  EXPECT_EQ(hash64(std::string(bytes.begin(), bytes.end())), 1136210185770227429U);
}

}  // namespace
}  // namespace undersong
