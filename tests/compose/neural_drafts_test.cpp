#include "compose/neural_drafts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "compose/neural_drums.h"
#include "random_drafts.h"

namespace undersong {
namespace {

namespace token = composer_token;

// A whole bar of one role from dice.
std::vector<GridNote> random_bar(const BlockLimits& limits, std::uint64_t seed) {
  const RandomSource source;
  const std::vector<TokenId> prompt = {token::kBegin,
                                       token::kStyle.of(1),
                                       token::kMode.of(0),
                                       token::kMeter.of(2),
                                       token::kTempo.of(12),
                                       token::kBar,
                                       token::kRole.of(static_cast<int>(index_of(limits.role)))};
  const auto drafts = source.begin(prompt, {Rng(seed)});
  return notes_of_block(drafts->draw(block_task(limits)).at(0), limits.role);
}

TEST(NeuralDrafts, EveryDraftHasAWayThatObeys) {
  rc::check([](std::uint64_t seed) {
    const int low = *rc::gen::inRange(30, 80);
    const int high = low + *rc::gen::inRange(0, 24);
    const BlockLimits limits{
        .role = *rc::gen::element(Role::kLead, Role::kChords, Role::kBass),
        .latest_first = *rc::gen::element(0, 12, kLongestGridBar),
        .fewest_onsets = *rc::gen::inRange(1, 4),
        .most_onsets = *rc::gen::inRange(4, 12),
        .most_at_once = *rc::gen::inRange(1, 5),
        .takes = [=](int, int pitch) { return pitch >= low && pitch <= high; }};
    const std::vector<GridNote> notes = random_bar(limits, seed);
    RC_ASSERT(!notes.empty());
    RC_ASSERT(notes.front().position <= limits.latest_first);
    std::map<int, int> tones;
    for (const GridNote& note : notes) {
      RC_ASSERT(note.role == limits.role);
      RC_ASSERT(limits.takes(note.position, note.pitch));
      RC_ASSERT(note.position < 48);
      ++tones[note.position];
    }
    RC_ASSERT(static_cast<int>(tones.size()) >= limits.fewest_onsets);
    RC_ASSERT(static_cast<int>(tones.size()) <= limits.most_onsets);
    for (const auto& [position, count] : tones) RC_ASSERT(count <= limits.most_at_once);
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

TEST(NeuralDrums, KnowNoHandPercussion) {
  const auto kit_of = [](std::initializer_list<int> keys) {
    RolePack pack;
    Groove groove;
    for (const int key : keys) groove.voices.push_back({key, "x"});
    pack.grooves = {groove};
    return DrumKit(pack);
  };
  EXPECT_TRUE(kit_of({36, 39, 42, 56}).is_mostly_known());
  EXPECT_FALSE(kit_of({60, 61, 82}).is_mostly_known());
  EXPECT_FALSE(kit_of({54}).is_mostly_known());
}

}  // namespace
}  // namespace undersong
