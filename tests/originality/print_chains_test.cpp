#include "originality/print_chains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Positions 0 … of hashes 100, 101, …, none dull, `per_bar` of them a bar.
TimedRuns voice_of(std::size_t positions, std::int64_t per_bar) {
  TimedRuns voice;
  for (std::size_t i = 0; i < positions; ++i) {
    voice.runs.hashes.push_back(100 + i);
    voice.runs.dull.push_back(false);
    voice.bars_passed.push_back(static_cast<std::int64_t>(i) / per_bar);
  }
  return voice;
}

// {first position, last position, first bar, last bar} of each chain, by their first positions.
std::vector<std::vector<std::size_t>> chains_of(const TimedRuns& voice,
                                                const std::vector<Print>& prints,
                                                const std::vector<bool>& skip = {}) {
  std::vector<std::vector<std::size_t>> chains;
  for_each_chain(voice, prints, skip, [&chains](const PrintChain& chain) {
    chains.push_back({chain.first, chain.last, chain.first_bar, chain.last_bar});
  });
  std::sort(chains.begin(), chains.end());
  return chains;
}

TEST(PrintChains, GoOnOverGapsOfFour) {
  EXPECT_THAT(chains_of(voice_of(10, 2), {{100, 0, 5}, {104, 0, 7}, {108, 0, 9}}),
              ElementsAre(ElementsAre(0, 8, 5, 9)));
  EXPECT_THAT(chains_of(voice_of(10, 2), {{100, 0, 5}, {105, 0, 7}}),
              ElementsAre(ElementsAre(0, 0, 5, 5), ElementsAre(5, 5, 7, 7)));
}

TEST(PrintChains, DoNotCountDullRunsAsAGap) {
  TimedRuns voice = voice_of(10, 2);
  for (const std::size_t dull : {2U, 3U}) voice.runs.dull[dull] = true;
  EXPECT_THAT(chains_of(voice, {{100, 0, 5}, {106, 0, 8}}), ElementsAre(ElementsAre(0, 6, 5, 8)));
}

TEST(PrintChains, StayInOnePiece) {
  EXPECT_THAT(chains_of(voice_of(10, 2), {{100, 0, 5}, {101, 1, 5}, {102, 0, 6}}),
              ElementsAre(ElementsAre(0, 2, 5, 6), ElementsAre(1, 1, 5, 5)));
  EXPECT_THAT(chains_of(voice_of(10, 2), {{100, 0, 5}, {101, 1, 5}, {102, 0, 6}}, {true, false}),
              ElementsAre(ElementsAre(1, 1, 5, 5)));
}

TEST(PrintChains, GoOnAsTheBarsOfBothDo) {
  // Backwards, and too far ahead: three bars for half a bar of the track.
  EXPECT_THAT(chains_of(voice_of(10, 4), {{100, 0, 5}, {102, 0, 4}}),
              ElementsAre(ElementsAre(0, 0, 5, 5), ElementsAre(2, 2, 4, 4)));
  EXPECT_THAT(chains_of(voice_of(10, 4), {{100, 0, 5}, {102, 0, 8}}),
              ElementsAre(ElementsAre(0, 0, 5, 5), ElementsAre(2, 2, 8, 8)));
  // Four bars of the track may be one learned bar line, not less.
  EXPECT_THAT(chains_of(voice_of(10, 1), {{100, 0, 5}, {104, 0, 6}}),
              ElementsAre(ElementsAre(0, 4, 5, 6)));
  EXPECT_THAT(chains_of(voice_of(10, 1), {{100, 0, 5}, {104, 0, 5}}),
              ElementsAre(ElementsAre(0, 0, 5, 5), ElementsAre(4, 4, 5, 5)));
}

TEST(PrintChains, DoNotRunAwayBarByBar) {
  // Each step could be a bar line, all of them together could not.
  EXPECT_THAT(chains_of(voice_of(10, 16), {{100, 0, 5}, {101, 0, 6}, {102, 0, 7}}),
              ElementsAre(ElementsAre(0, 1, 5, 6), ElementsAre(2, 2, 7, 7)));
}

TEST(PrintChains, AreNoneWithoutHits) {
  EXPECT_THAT(chains_of(voice_of(10, 2), {{7, 0, 5}}), IsEmpty());
  EXPECT_THAT(chains_of(voice_of(0, 2), {{7, 0, 5}}), IsEmpty());
}

}  // namespace
}  // namespace undersong
