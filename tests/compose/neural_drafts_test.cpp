#include "compose/neural_drafts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "compose/neural_drums.h"
#include "random_drafts.h"

namespace undersong {
namespace {

namespace token = composer_token;

TEST(BlockGuide, LetsTheLastToneOfARangeBeTheLast) {
  const BlockRules rules{.role = Role::kChords, .pitches = {60, 62}, .drums = {}, .most_tones = 3};
  BlockGuide guide(rules);
  EXPECT_FALSE(guide.allows(token::kVelocity.of(8)));
  EXPECT_FALSE(guide.may_end());
  guide.advance(token::kPosition.of(0));
  EXPECT_TRUE(guide.allows(token::kVelocity.of(8)));
  EXPECT_FALSE(guide.allows(token::kPitch.of(59 - kLowestPitch)));
  guide.advance(token::kPitch.of(62 - kLowestPitch));
  // Nothing is left above it, so neither a duration nor a velocity leads anywhere.
  EXPECT_FALSE(guide.allows(token::kDuration.of(3)));
  EXPECT_FALSE(guide.allows(token::kPitch.of(63 - kLowestPitch)));
  EXPECT_TRUE(guide.allows(token::kPosition.of(6)));
  EXPECT_TRUE(guide.may_end());
}

TEST(BlockGuide, CountsTonesAndOnsets) {
  const BlockRules rules{.role = Role::kLead,
                         .pitches = {60, 72},
                         .drums = {},
                         .most_tones = 1,
                         .fewest_onsets = 2,
                         .most_onsets = 2,
                         .on_downbeat = true};
  BlockGuide guide(rules);
  EXPECT_FALSE(guide.allows(token::kPosition.of(3)));
  guide.advance(token::kPosition.of(0));
  guide.advance(token::kPitch.of(60 - kLowestPitch));
  EXPECT_FALSE(guide.allows(token::kPitch.of(64 - kLowestPitch)));
  EXPECT_FALSE(guide.may_end());
  guide.advance(token::kPosition.of(12));
  guide.advance(token::kPitch.of(62 - kLowestPitch));
  EXPECT_TRUE(guide.may_end());
  EXPECT_FALSE(guide.allows(token::kPosition.of(24)));
}

TEST(BlockGuide, OfDrumsKnowsTheirInstrumentsAlone) {
  const BlockRules rules{
      .role = Role::kDrums, .pitches = {0, 127}, .drums = {36, 42}, .most_tones = 2};
  BlockGuide guide(rules);
  guide.advance(token::kPosition.of(0));
  EXPECT_TRUE(guide.allows(token::kDrum.of(36 - kLowestDrum)));
  EXPECT_FALSE(guide.allows(token::kDrum.of(38 - kLowestDrum)));
  EXPECT_FALSE(guide.allows(token::kPitch.of(40)));
}

// A whole bar of one role from dice.
std::vector<GridNote> random_bar(const BlockRules& rules, std::uint64_t seed) {
  const RandomSource source;
  const std::vector<TokenId> prompt = {token::kBegin,
                                       token::kStyle.of(1),
                                       token::kMode.of(0),
                                       token::kMeter.of(2),
                                       token::kTempo.of(12),
                                       token::kBar,
                                       token::kRole.of(static_cast<int>(index_of(rules.role)))};
  const auto drafts = source.begin(prompt, 1);
  std::vector<Rng> chances = {Rng(seed)};
  const auto blocks = drafts->draw(rules, chances, [](auto, auto) { return true; });
  return notes_of_block(blocks.at(0), rules.role);
}

TEST(BlockGuide, LeavesEveryDraftAWayThatObeys) {
  rc::check([](std::uint64_t seed) {
    const int low = *rc::gen::inRange(30, 80);
    const BlockRules rules{.role = *rc::gen::element(Role::kLead, Role::kChords, Role::kBass),
                           .pitches = {low, low + *rc::gen::inRange(0, 24)},
                           .drums = {},
                           .most_tones = *rc::gen::inRange(1, 5),
                           .fewest_onsets = *rc::gen::inRange(1, 4),
                           .most_onsets = *rc::gen::inRange(4, 12)};
    const std::vector<GridNote> notes = random_bar(rules, seed);
    RC_ASSERT(!notes.empty());
    std::map<int, int> tones;
    for (const GridNote& note : notes) {
      RC_ASSERT(note.role == rules.role);
      RC_ASSERT(note.pitch >= rules.pitches.low && note.pitch <= rules.pitches.high);
      RC_ASSERT(note.position < 48);
      ++tones[note.position];
    }
    RC_ASSERT(static_cast<int>(tones.size()) <= rules.most_onsets);
    for (const auto& [position, count] : tones) RC_ASSERT(count <= rules.most_tones);
  });
}

TEST(NeuralDrums, AClapThatStandsForTheSnareIsTheNetworksSnare) {
  RolePack pack;
  pack.grooves.push_back({.name = "",
                          .voices = {{36, "x"}, {39, "x"}, {42, "x"}},
                          .steps_per_beat = 4,
                          .energy = {},
                          .weight = 1.0});
  const DrumKit kit(pack);
  EXPECT_EQ(kit.key_of(38), 39);
  EXPECT_EQ(kit.instrument_of(39), 38);
  EXPECT_EQ(kit.key_of(35), 36);
  EXPECT_EQ(kit.instrument_of(42), 42);
  EXPECT_EQ(kit.drawn(), (std::vector<int>{35, 36, 38, 40, 42}));
  pack.crash = true;
  EXPECT_EQ(DrumKit(pack).key_of(57), 49);
}

}  // namespace
}  // namespace undersong
