#include "tokens/composer_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/composer_words.h"
#include "support/random_grid_piece.h"
#include "support/thrown_error.h"
#include "tokens/composer_cursor.h"

namespace undersong {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr GridChord kCMajor = grid_chord(0, ChordQuality::kMajor);
constexpr GridChord kG7 = grid_chord(7, ChordQuality::kDominant7);

// Two drums, a bass of two notes, a lead that plays a third.
GridBar full_bar() {
  GridBar bar;
  bar.tempo = 5;
  bar.chords = {kCMajor, kG7};
  bar.energy = 3;
  bar.notes = {{Role::kDrums, 0, 36, 0, 9}, {Role::kDrums, 0, 42, 0, 5},
               {Role::kBass, 0, 40, 5, 9},  {Role::kBass, 12, 43, 5, 9},
               {Role::kLead, 6, 60, 3, 9},  {Role::kLead, 6, 64, 5, 9}};
  return bar;
}

GridPiece piece_of(int bars, const GridBar& bar = full_bar()) {
  GridPiece piece;
  piece.style = GridStyle::kLied;
  piece.minor = true;
  piece.bars.assign(static_cast<std::size_t>(bars), bar);
  return piece;
}

std::string told(const GridPiece& piece, const TextLayout& layout) {
  return composer_words(to_composer_text(piece, layout));
}

TEST(ComposerText, TellsABarBlockByBlock) {
  const GridPiece piece = piece_of(1);
  EXPECT_EQ(
      told(piece, TextLayout::whole(piece)),
      "begin style.lied mode.minor meter.4/4 tempo.5 "
      "bar chord.0:maj chord.7:7 energy.3 relation.new left.0 "
      "role.drums density.0 position.0 velocity.9 drum.36 velocity.5 drum.42 "
      "role.bass density.1 position.0 velocity.9 duration.6 pitch.40 position.12 pitch.43 "
      "role.lead density.0 position.6 velocity.9 duration.4 pitch.60 duration.6 pitch.64 end");
}

TEST(ComposerText, LeavesOutControlsThatAreNotChosen) {
  const GridPiece piece = piece_of(1);
  TextLayout layout = TextLayout::whole(piece);
  layout.controls = ControlChoice::none();
  for (const TokenId id : to_composer_text(piece, layout)) {
    EXPECT_FALSE(composer_token::is_control(id)) << composer_vocabulary().symbol(id);
  }
  layout.controls.energy = true;
  EXPECT_THAT(told(piece, layout), HasSubstr("bar energy.3 role.drums position.0"));
}

TEST(ComposerText, TellsRolesInTheLayoutsOrderAndNoOthers) {
  const GridPiece piece = piece_of(1);
  TextLayout layout = TextLayout::whole(piece);
  layout.roles = {Role::kLead, Role::kPad, Role::kDrums};
  const std::string words = told(piece, layout);
  EXPECT_THAT(words, Not(HasSubstr("role.bass")));
  EXPECT_THAT(words, Not(HasSubstr("role.pad")));
  EXPECT_LT(words.find("role.lead"), words.find("role.drums"));
}

TEST(ComposerText, TellsOneChordWhereOneHolds) {
  GridPiece piece = piece_of(1);
  piece.bars[0].chords = {kG7, kG7};
  EXPECT_THAT(told(piece, TextLayout::whole(piece)), HasSubstr("bar chord.7:7 energy.3"));
}

TEST(ComposerText, TellsMeterAndTempoWhereTheyChange) {
  GridPiece piece = piece_of(3, GridBar{});
  piece.bars[1].meter = piece.bars[2].meter = 1;
  piece.bars[2].tempo = 9;
  TextLayout layout = TextLayout::whole(piece);
  layout.controls = ControlChoice::none();
  EXPECT_EQ(told(piece, layout),
            "begin style.lied mode.minor meter.4/4 tempo.0 bar bar meter.3/4 bar tempo.9 end");
}

TEST(ComposerText, CountsDownTheLastEightBars) {
  const GridPiece piece = piece_of(10, GridBar{});
  TextLayout layout = TextLayout::whole(piece);
  layout.controls = ControlChoice::none();
  layout.controls.left = true;
  EXPECT_THAT(
      told(piece, layout),
      HasSubstr("tempo.0 bar bar bar left.7 bar left.6 bar left.5 bar left.4 bar left.3 bar "
                "left.2 bar left.1 bar left.0 end"));
}

TEST(ComposerText, BeginsACropWithWhatHoldsThere) {
  GridPiece piece = piece_of(12, GridBar{});
  for (std::size_t i = 4; i < 12; ++i) piece.bars[i].meter = 5;
  TextLayout layout = TextLayout::whole(piece);
  layout.first_bar = 5;
  layout.last_bar = 7;
  layout.controls = ControlChoice::none();
  EXPECT_EQ(told(piece, layout), "continue style.lied mode.minor meter.6/8 tempo.0 bar bar");
}

TEST(ComposerText, LeavesOutRelationsToBarsThatItDoesNotTell) {
  GridPiece piece = piece_of(4, GridBar{});
  for (std::size_t i = 2; i < 4; ++i) {
    piece.bars[i].relation = BarRelation::kCopy;
    piece.bars[i].relation_distance = 2;
  }
  TextLayout layout = TextLayout::whole(piece);
  layout.first_bar = 1;
  layout.controls = ControlChoice::none();
  layout.controls.relation = true;
  EXPECT_THAT(told(piece, layout), HasSubstr("tempo.0 bar relation.new bar bar relation.copy end"));
}

TEST(ComposerText, TellsARelationWhoseDistanceIsNotKnown) {
  GridPiece piece = piece_of(2, GridBar{});
  piece.bars[1].relation = BarRelation::kVaried;
  EXPECT_THAT(told(piece, TextLayout::whole(piece)), HasSubstr("relation.varied left.0"));
}

TEST(ComposerText, TellsTheFutureBetweenHeaderAndPast) {
  GridPiece piece = piece_of(6, GridBar{});
  piece.bars[4].tempo = 7;
  piece.bars[4].relation = BarRelation::kCopy;
  TextLayout layout;
  layout.first_bar = 1;
  layout.last_bar = 3;
  layout.future_first = 4;
  layout.future_last = 6;
  layout.controls = ControlChoice::none();
  layout.controls.relation = layout.controls.left = true;
  EXPECT_EQ(told(piece, layout),
            "continue style.lied mode.minor meter.4/4 tempo.0 "
            "future bar tempo.7 left.1 bar tempo.0 left.0 past "
            "bar relation.new left.4 bar relation.new left.3");
}

TEST(ComposerText, LeavesOutTheFutureOnReading) {
  GridPiece piece = piece_of(6);
  piece.bars[4].tempo = 7;
  TextLayout layout = TextLayout::whole(piece);
  layout.last_bar = 3;
  layout.future_first = 4;
  layout.future_last = 6;
  const GridPiece read = from_composer_text(to_composer_text(piece, layout));
  EXPECT_EQ(read.bars, std::vector(piece.bars.begin(), piece.bars.begin() + 3));
}

TEST(ComposerText, IsTheSameInParts) {
  const GridPiece piece = piece_of(3);
  const TextLayout layout = TextLayout::whole(piece);
  std::vector<TokenId> ids;
  append_header(piece, layout, ids);
  for (int bar = 0; bar < 3; ++bar) {
    append_bar_start(piece, bar, layout, ids);
    for (const Role role : layout.roles) append_block(piece.bars[0], role, layout.controls, ids);
  }
  ids.push_back(composer_token::kEnd);
  EXPECT_EQ(ids, to_composer_text(piece, layout));
}

TEST(ComposerText, TellsADoubledNoteOnce) {
  GridPiece piece = piece_of(1, GridBar{});
  piece.bars[0].notes = {{Role::kLead, 6, 60, 3, 9}, {Role::kLead, 6, 60, 5, 9}};
  EXPECT_THAT(told(piece, TextLayout::whole(piece)),
              testing::EndsWith("density.0 position.6 velocity.9 duration.4 pitch.60 end"));
}

TEST(ComposerText, RefusesNotesOutsideTheirBar) {
  GridPiece piece = piece_of(1, GridBar{});
  piece.bars[0].notes = {{Role::kLead, 48, 60, 3, 9}};
  EXPECT_THROW(to_composer_text(piece, TextLayout::whole(piece)), std::logic_error);
}

TEST(ComposerText, CountsDistinctPositionsAsOnsets) {
  EXPECT_EQ(onsets_of(full_bar(), Role::kDrums), 1);
  EXPECT_EQ(onsets_of(full_bar(), Role::kBass), 2);
  EXPECT_EQ(onsets_of(full_bar(), Role::kPad), 0);
}

// The piece as reading gives it back.
GridPiece without_distances(GridPiece piece) {
  piece.shift = 0;
  for (GridBar& bar : piece.bars) bar.relation_distance = 0;
  return piece;
}

GridPiece any_piece() {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  return random_grid_piece(rng, *rc::gen::inRange(0, 20));
}

TEST(ComposerText, ReadsBackEveryPiece) {
  const bool holds = rc::check("round trip", [] {
    GridPiece piece = any_piece();
    piece.shift = *rc::gen::inRange(-6, 7);
    const auto ids = to_composer_text(piece, TextLayout::whole(piece));
    RC_ASSERT(from_composer_text(ids) == without_distances(piece));
  });
  EXPECT_TRUE(holds);
}

TextLayout any_layout(const GridPiece& piece) {
  const int bars = static_cast<int>(piece.bars.size());
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const auto between = [&](int low, int high) {
    return low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  TextLayout layout;
  layout.first_bar = between(0, bars);
  layout.last_bar = between(layout.first_bar, bars);
  layout.future_first = between(layout.last_bar, bars);
  layout.future_last = between(layout.future_first, bars);
  rng.shuffle(std::span(layout.roles));
  layout.roles.resize(rng.below(kRoleCount + 1));
  layout.controls = {rng.below(2) == 0, rng.below(2) == 0, rng.below(2) == 0, rng.below(2) == 0,
                     rng.below(2) == 0};
  return layout;
}

TEST(ComposerText, ReadsTheNotesOfEveryLayout) {
  const bool holds = rc::check("layouts", [] {
    const GridPiece piece = any_piece();
    const TextLayout layout = any_layout(piece);
    const GridPiece read = from_composer_text(to_composer_text(piece, layout));
    RC_ASSERT(static_cast<int>(read.bars.size()) == layout.last_bar - layout.first_bar);
    for (std::size_t i = 0; i < read.bars.size(); ++i) {
      const GridBar& bar = piece.bars[i + static_cast<std::size_t>(layout.first_bar)];
      std::vector<GridNote> notes;
      for (const GridNote& note : bar.notes) {
        if (std::count(layout.roles.begin(), layout.roles.end(), note.role) > 0) {
          notes.push_back(note);
        }
      }
      RC_ASSERT(read.bars[i].notes == notes);
      RC_ASSERT(read.bars[i].meter == bar.meter);
      RC_ASSERT(read.bars[i].tempo == bar.tempo);
    }
  });
  EXPECT_TRUE(holds);
}

TEST(ComposerText, RefusesChangedTextsOrReadsThemForGood) {
  const bool holds = rc::check("mutations", [] {
    const GridPiece piece = any_piece();
    auto ids = to_composer_text(piece, any_layout(piece));
    for (int hits = *rc::gen::inRange(1, 4); hits > 0; --hits) {
      const auto place = *rc::gen::inRange<std::size_t>(0, ids.size());
      ids[place] = *rc::gen::inRange<TokenId>(-2, composer_token::kCount + 2);
    }
    try {
      const GridPiece read = from_composer_text(ids);
      RC_ASSERT(from_composer_text(to_composer_text(read, TextLayout::whole(read))) == read);
    } catch (const Error& error) {
      RC_ASSERT(error.kind() == ErrorKind::kFormat);
    }
  });
  EXPECT_TRUE(holds);
}

TEST(ComposerText, EndsWhereTheIdsEnd) {
  const std::string header = "begin style.pop mode.major meter.4/4 tempo.3 ";
  EXPECT_TRUE(from_composer_text(composer_ids(header)).bars.empty());
  const std::string block = "bar role.lead position.0 velocity.3 duration.6 pitch.60 position.6 ";
  for (const char* unfinished : {"", "velocity.4", "velocity.4 duration.5"}) {
    const GridPiece piece = from_composer_text(composer_ids(header + block + unfinished));
    ASSERT_EQ(piece.bars.size(), 1u);
    EXPECT_EQ(piece.bars[0].notes, (std::vector<GridNote>{{Role::kLead, 0, 60, 5, 3}}));
  }
}

TEST(ComposerText, ReadsNothingBehindTheEnd) {
  const auto ids = composer_ids("begin style.pop mode.major meter.4/4 tempo.3 bar end pad pad");
  EXPECT_EQ(from_composer_text(ids).bars.size(), 1u);
}

std::string refusal(const std::string& words) {
  const Error error = thrown_error([&] { from_composer_text(composer_ids(words)); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  return error.message();
}

TEST(ComposerText, SaysWhereTheGrammarIsBroken) {
  const std::string header = "begin style.pop mode.major meter.3/4 tempo.3 ";
  EXPECT_EQ(refusal("bar"),
            "the composer's text begins with 'bar'; it has to begin with 'begin' or 'continue'");
  EXPECT_EQ(refusal(header + "bar role.bass position.36"),
            "id 7 of the composer's text: 'position.36' may not follow 'role.bass' there (bar 1)");
  EXPECT_THAT(refusal(header + "bar meter.3/4"), StartsWith("id 6"));
  EXPECT_THAT(refusal(header + "future past"), HasSubstr("'past' may not follow 'future'"));
  EXPECT_THAT(refusal(header + "bar chord.none chord.none"), StartsWith("id 7"));
}

TEST(ComposerText, RefusesIdsOfAnotherVocabulary) {
  for (const TokenId id : {-1, 511, 100000}) {
    const std::vector<TokenId> ids = {composer_token::kBegin, id};
    const Error error = thrown_error([&] { from_composer_text(ids); });
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_THAT(error.message(), HasSubstr("the vocabulary has 0 to 510"));
  }
}

}  // namespace
}  // namespace undersong
