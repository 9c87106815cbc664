#include "tokens/composer_cursor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <stdexcept>

#include "support/composer_words.h"
#include "support/random_grid_piece.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using namespace composer_token;
using Mask = std::array<std::uint8_t, static_cast<std::size_t>(kCount)>;

// The grammar once more, as recursive descent over a beginning of a text: what is there must be
// right, and what is missing possible.
class Grammar {
 public:
  explicit Grammar(const std::vector<TokenId>& ids) : ids_(ids) {}

  bool allows_beginning() {
    try {
      piece();
      return at_ == ids_.size();
    } catch (const Ended&) {
      return true;
    } catch (const Broken&) {
      return false;
    }
  }

 private:
  struct Ended {};
  struct Broken {};

  static void require(bool holds) {
    if (!holds) throw Broken();
  }
  TokenId next() const {
    if (at_ == ids_.size()) throw Ended();
    return ids_[at_];
  }
  int take(const Range& range) {
    require(range.holds(next()));
    return range.value(ids_[at_++]);
  }
  void take(TokenId id) { take(Range{id, 1}); }
  void take_if(const Range& range) {
    if (range.holds(next())) ++at_;
  }

  void piece() {
    take(Range{kBegin, 2});
    take(kStyle);
    take(kMode);
    const int meter = meter_ = take(kMeter);
    const int tempo = tempo_ = take(kTempo);
    if (next() == kFuture) {
      take(kFuture);
      do bar(true);
      while (next() == kBar);
      take(kPast);
      meter_ = meter;
      tempo_ = tempo;
    }
    while (next() == kBar) bar(false);
    take(kEnd);
  }

  void change_if(const Range& range, int& value) {
    if (!range.holds(next())) return;
    const int other = take(range);
    require(other != value);
    value = other;
  }

  void bar(bool future) {
    take(kBar);
    change_if(kMeter, meter_);
    change_if(kTempo, tempo_);
    if (kChord.holds(next())) {
      int chord = take(kChord);
      change_if(kChord, chord);
    }
    take_if(kEnergy);
    if (!future) take_if(kRelation);
    take_if(kLeft);
    std::array<bool, kRoleCount> told = {};
    while (kRole.holds(next())) {
      const auto role = static_cast<std::size_t>(take(kRole));
      require(!told.at(role));
      told.at(role) = true;
      block(is_percussive(kRoles.at(role)) ? kDrum : kPitch);
    }
  }

  void block(const Range& notes) {
    velocity_ = duration_ = -1;
    take_if(kDensity);
    int position = -1;
    do {
      const int before = position;
      position = take(kPosition);
      require(position > before);
      require(position < kGridMeters.at(static_cast<std::size_t>(meter_)).length());
      group(notes);
    } while (kPosition.holds(next()));
  }

  void group(const Range& notes) {
    int pitch = -1;
    do {
      const int lower = pitch;
      require(lower < notes.count - 1);
      change_if(kVelocity, velocity_);
      next();
      require(velocity_ >= 0);
      if (notes.first == kPitch.first) {
        change_if(kDuration, duration_);
        next();
        require(duration_ >= 0);
      }
      pitch = take(notes);
      require(pitch > lower);
    } while (kVelocity.holds(next()) || kDuration.holds(next()) || is_note(next()));
  }

  const std::vector<TokenId>& ids_;
  std::size_t at_ = 0;
  int meter_ = 0;
  int tempo_ = 0;
  int velocity_ = -1;
  int duration_ = -1;
};

bool grammar_allows(std::vector<TokenId> ids, TokenId next) {
  ids.push_back(next);
  return Grammar(ids).allows_beginning();
}

Mask mask_of(const ComposerCursor& cursor) {
  Mask mask;
  cursor.allowed(mask);
  return mask;
}

// A first id of each kind, so that every kind is drawn often; END and PAST seldom.
constexpr std::array<TokenId, 20> kKinds = {
    kBegin,       kEnd,         kBar,           kFuture,         kPast,           kStyle.first,
    kMode.first,  kMeter.first, kTempo.first,   kChord.first,    kEnergy.first,   kRelation.first,
    kLeft.first,  kRole.first,  kDensity.first, kPosition.first, kVelocity.first, kDuration.first,
    kPitch.first, kDrum.first};

TokenId draw(const ComposerCursor& cursor, Rng& rng) {
  const Mask mask = mask_of(cursor);
  if (std::count(mask.begin(), mask.end(), 1) == 0) throw std::logic_error("a dead end");
  for (;;) {
    const std::size_t kind = rng.below(kKinds.size());
    if (kKinds[kind] == kEnd && rng.below(4) != 0) continue;
    const TokenId end = kind + 1 < kKinds.size() ? kKinds[kind + 1] : kCount;
    std::vector<TokenId> ids;
    for (TokenId id = kKinds[kind]; id < end; ++id) {
      if (mask[static_cast<std::size_t>(id)] != 0) ids.push_back(id);
    }
    if (ids.empty()) continue;
    return rng.below(4) == 0 ? ids.back() : ids[rng.below(ids.size())];
  }
}

struct Walk {
  ComposerCursor cursor;
  std::vector<TokenId> ids;

  void step(TokenId id) {
    cursor.advance(id);
    ids.push_back(id);
  }
};

Walk any_walk(int most_steps) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  Walk walk;
  for (int i = *rc::gen::inRange(0, most_steps); i > 0 && !walk.cursor.finished(); --i) {
    walk.step(draw(walk.cursor, rng));
  }
  return walk;
}

Walk walk_of(const std::string& words) {
  Walk walk;
  for (const TokenId id : composer_ids(words)) walk.step(id);
  return walk;
}

TEST(ComposerCursor, AllowsWhatTheGrammarAllowsAndNothingElse) {
  const bool holds = rc::check("exact", [] {
    const Walk walk = any_walk(300);
    const Mask mask = mask_of(walk.cursor);
    for (TokenId id = 0; id < kCount; ++id) {
      const bool allowed = walk.cursor.allows(id);
      RC_ASSERT(allowed == grammar_allows(walk.ids, id));
      RC_ASSERT(allowed == (mask[static_cast<std::size_t>(id)] == 1));
    }
    RC_ASSERT(!walk.cursor.allows(-1));
    RC_ASSERT(!walk.cursor.allows(kCount));
  });
  EXPECT_TRUE(holds);
}

// What leads out of every place, soonest first.
TokenId way_out(const ComposerCursor& cursor) {
  if (cursor.allows(kEnd)) return kEnd;
  if (cursor.allows(kPast)) return kPast;
  const Mask mask = mask_of(cursor);
  const auto last = std::find(mask.rbegin(), mask.rend(), 1);
  return static_cast<TokenId>(mask.rend() - last) - 1;
}

TEST(ComposerCursor, CanFinishFromEveryPlace) {
  const bool holds = rc::check("ways out", [] {
    Walk walk = any_walk(300);
    for (int i = 0; i < 12 && !walk.cursor.finished(); ++i) walk.step(way_out(walk.cursor));
    RC_ASSERT(walk.cursor.finished());
    RC_ASSERT(Grammar(walk.ids).allows_beginning());
    from_composer_text(walk.ids);
  });
  EXPECT_TRUE(holds);
}

TEST(ComposerCursor, AcceptsEveryTextOfAPiece) {
  const bool holds = rc::check("texts", [] {
    Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    const GridPiece piece = random_grid_piece(rng, 1 + static_cast<int>(rng.below(8)));
    ComposerCursor cursor;
    for (const TokenId id : to_composer_text(piece, TextLayout::whole(piece))) {
      RC_ASSERT(cursor.allows(id));
      cursor.advance(id);
    }
    RC_ASSERT(cursor.finished());
    RC_ASSERT(cursor.bar() == static_cast<int>(piece.bars.size()) - 1);
  });
  EXPECT_TRUE(holds);
}

const std::string kHeader = "begin style.pop mode.major meter.4/4 tempo.3 ";

TEST(ComposerCursor, AllowsNothingAfterTheEnd) {
  const Walk walk = walk_of(kHeader + "end");
  EXPECT_TRUE(walk.cursor.finished());
  const Mask mask = mask_of(walk.cursor);
  EXPECT_EQ(std::count(mask.begin(), mask.end(), 1), 0);
}

TEST(ComposerCursor, RefusesToGoWhereItDoesNotAllow) {
  ComposerCursor cursor;
  EXPECT_THROW(cursor.advance(kBar), std::logic_error);
  EXPECT_THROW(cursor.advance(kPad), std::logic_error);
}

TEST(ComposerCursor, ChangesNothingBehindTheHighestKey) {
  const Walk walk = walk_of(kHeader + "bar role.lead position.0 velocity.3 duration.6 pitch.108");
  EXPECT_FALSE(walk.cursor.allows(kVelocity.of(4)));
  EXPECT_FALSE(walk.cursor.allows(kDuration.of(4)));
  EXPECT_TRUE(walk.cursor.allows(kPosition.of(1)));
}

TEST(ComposerCursor, CountsBarsBehindThePast) {
  Walk walk = walk_of(kHeader);
  EXPECT_EQ(walk.cursor.bar(), -1);
  for (const TokenId id : composer_ids("future bar meter.3/4 bar")) walk.step(id);
  EXPECT_TRUE(walk.cursor.in_future());
  EXPECT_EQ(walk.cursor.bar(), -1);
  EXPECT_EQ(walk.cursor.meter(), 1);
  walk.step(kPast);
  EXPECT_FALSE(walk.cursor.in_future());
  EXPECT_EQ(walk.cursor.meter(), 2);
  walk.step(kBar);
  EXPECT_EQ(walk.cursor.bar(), 0);
}

TEST(ComposerCursor, SaysWhereItStands) {
  Walk walk = walk_of(kHeader + "bar role.lead density.3");
  EXPECT_EQ(walk.cursor.role(), static_cast<int>(index_of(Role::kLead)));
  EXPECT_EQ(walk.cursor.position(), -1);
  for (const TokenId id : composer_ids("position.6 velocity.3 duration.6")) walk.step(id);
  EXPECT_EQ(walk.cursor.position(), 6);
  EXPECT_EQ(walk.cursor.onsets(), 1);
  EXPECT_FALSE(walk.cursor.has_note());
  for (const TokenId id : composer_ids("pitch.60")) walk.step(id);
  EXPECT_TRUE(walk.cursor.has_note());
  for (const TokenId id : composer_ids("bar")) walk.step(id);
  EXPECT_EQ(walk.cursor.role(), -1);
  EXPECT_FALSE(walk.cursor.has_note());
}

// Values of the rows that are told beside the token: role, position, chord, duration, onsets.
std::array<int, 5> told_after(const std::string& words) {
  using namespace composer_feature;
  const Walk walk = walk_of(kHeader + words);
  const auto rows = walk.cursor.features();
  EXPECT_EQ(rows[0], walk.ids.back());
  return {kRoleHere.value(rows[1]), kPositionHere.value(rows[2]), kChordHere.value(rows[3]),
          kDurationHere.value(rows[4]), kOnsetsWanted.value(rows[5])};
}

TEST(ComposerCursor, TellsThePlaceBesideTheToken) {
  using Told = std::array<int, 5>;
  const int lead = static_cast<int>(index_of(Role::kLead));
  constexpr int kC = grid_chord(0, ChordQuality::kMajor);
  constexpr int kG = grid_chord(7, ChordQuality::kMajor);
  const std::string start = "bar chord.0:maj chord.7:maj role.lead ";
  EXPECT_EQ(told_after(""), (Told{8, 96, 121, 24, 17}));
  EXPECT_EQ(told_after("bar chord.none"), (Told{8, 96, 0, 24, 17}));
  EXPECT_EQ(told_after(start), (Told{lead, 96, kC, 24, 17}));
  EXPECT_EQ(told_after(start + "density.1"), (Told{lead, 96, kC, 24, 2}));
  const std::string note = start + "density.1 position.23 velocity.3 duration.4 ";
  EXPECT_EQ(told_after(note), (Told{lead, 23, kC, 3, 1}));
  EXPECT_EQ(told_after(note + "pitch.60 position.24"), (Told{lead, 24, kG, 3, 0}));
  EXPECT_EQ(told_after(note + "pitch.60 role.pad"), (Told{4, 96, kC, 24, 17}));
  EXPECT_EQ(told_after(note + "pitch.60 bar"), (Told{8, 96, 121, 24, 17}));
}

TEST(ComposerCursor, WantsTheMiddleOfADensitysOnsets) {
  std::vector<int> wanted;
  for (int step = 0; step < kDensitySteps; ++step) {
    wanted.push_back(told_after("bar role.drums density." + std::to_string(step))[4]);
  }
  EXPECT_EQ(wanted, (std::vector<int>{1, 2, 3, 4, 7, 11, 16, 16, 16, 16, 16}));
}

std::array<std::int32_t, 2> anchors_after(const std::string& words) {
  return walk_of(kHeader + words).cursor.anchors();
}

TEST(ComposerCursor, AnchorsPitchToTheRolesLastOneAndTheChordsRoot) {
  using Anchors = std::array<std::int32_t, 2>;
  const std::string note = "role.lead position.30 velocity.3 duration.6 ";
  EXPECT_EQ(anchors_after("bar " + note), (Anchors{-1, -1}));
  // Key 21 is an A, so C is 3 above it and G 10.
  EXPECT_EQ(anchors_after("bar chord.0:maj " + note), (Anchors{-1, 3}));
  EXPECT_EQ(anchors_after("bar chord.0:maj chord.7:m " + note), (Anchors{-1, 10}));
  EXPECT_EQ(anchors_after("bar chord.9:m " + note + "pitch.60"), (Anchors{39, 0}));
  const std::string later = "bar " + note + "pitch.60 bar bar ";
  EXPECT_EQ(anchors_after(later + note), (Anchors{39, -1}));
  EXPECT_EQ(anchors_after(later + "role.pad position.0 velocity.3 duration.6"), (Anchors{-1, -1}));
}

TEST(ComposerCursor, ForgetsTheFuturesPitches) {
  const std::string note = "bar role.lead position.30 velocity.3 duration.6 ";
  EXPECT_EQ(anchors_after("future " + note + "pitch.60 past " + note)[0], -1);
}

TEST(ComposerCursor, TellsRowsOfTheirRunsAndAnchorsWherePitchesMayCome) {
  const bool holds = rc::check("rows", [] {
    const Walk walk = any_walk(300);
    const auto rows = walk.cursor.features();
    RC_ASSERT(rows[0] >= 0 && rows[0] < kCount);
    RC_ASSERT(composer_feature::kRoleHere.holds(rows[1]));
    RC_ASSERT(composer_feature::kPositionHere.holds(rows[2]));
    RC_ASSERT(composer_feature::kChordHere.holds(rows[3]));
    RC_ASSERT(composer_feature::kDurationHere.holds(rows[4]));
    RC_ASSERT(composer_feature::kOnsetsWanted.holds(rows[5]));
    const auto anchors = walk.cursor.anchors();
    RC_ASSERT(anchors[0] >= -1 && anchors[0] < kPitchCount);
    RC_ASSERT(anchors[1] >= -1 && anchors[1] < 12);
    const bool pitch = walk.cursor.allows(kPitch.of(kPitchCount - 1));
    RC_ASSERT(pitch || (anchors[0] == -1 && anchors[1] == -1));
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace undersong
