#include "originality/symbol_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown_error.h"

namespace undersong {
namespace {

using testing::IsEmpty;
using Texts = std::vector<std::string>;

std::vector<std::uint64_t> steps_of(const Texts& symbols) { return symbol_steps(symbols); }

TEST(SymbolSteps, AreTheSameInEveryKey) {
  EXPECT_EQ(steps_of({"C4", "0.4.7", "E4", "G4", "7.11.2"}),
            steps_of({"D4", "2.6.9", "F#4", "A4", "9.1.4"}));
}

TEST(SymbolSteps, TellOctavesOfNotesAndShapesOfChordsApart) {
  EXPECT_NE(steps_of({"C4", "E4"}), steps_of({"C4", "E5"}));
  EXPECT_NE(steps_of({"C4", "0.4.7"}), steps_of({"C4", "0.3.7"}));
  EXPECT_NE(steps_of({"0.4.7", "C4"}), steps_of({"C4", "0.4.7"}));
  // A chord has lost its octave.
  EXPECT_EQ(steps_of({"C3", "0.4.7"}), steps_of({"C5", "0.4.7"}));
}

TEST(SymbolSteps, AreNoneOfOneSymbol) {
  EXPECT_THAT(steps_of({}), IsEmpty());
  EXPECT_THAT(steps_of({"C4"}), IsEmpty());
}

TEST(SymbolSteps, RefuseWhatIsNoSymbol) {
  EXPECT_EQ(thrown_error([] { steps_of({"C4", "x"}); }).kind(), ErrorKind::kFormat);
}

TEST(RecitalOf, FindsTheLongestRunAndItsPiece) {
  const std::vector<std::vector<std::uint64_t>> pieces = {
      steps_of({"C4", "D4", "F4"}), steps_of({"A3", "C4", "D4", "F4", "B4", "0.3.7", "C4"})};
  // A semitone higher, between other notes: five symbols.
  const auto track = steps_of({"C#2", "C#4", "E-4", "F#4", "C5", "1.4.8", "A6"});
  const SymbolRecital recital = recital_of(track, pieces);
  EXPECT_EQ(recital.symbols, 5);
  EXPECT_EQ(recital.piece, 1U);
  // One of the three runs of five symbols.
  EXPECT_DOUBLE_EQ(recital.coverage[0], 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(recital.coverage[1], 0.0);
  EXPECT_EQ(recital_of(track, pieces, 1).symbols, 3);
}

TEST(RecitalOf, IsEverythingOfAPieceItself) {
  Texts symbols;
  for (int i = 0; i < 20; ++i) symbols.push_back(i % 3 == 0 ? "E4" : i % 2 == 0 ? "0.4" : "G5");
  const auto steps = steps_of(symbols);
  const SymbolRecital recital = recital_of(steps, std::vector<std::vector<std::uint64_t>>{steps});
  EXPECT_EQ(recital.symbols, 20);
  for (const double coverage : recital.coverage) EXPECT_DOUBLE_EQ(coverage, 1.0);
}

TEST(RecitalOf, IsNothingOfNothing) {
  const SymbolRecital recital = recital_of({}, {});
  EXPECT_EQ(recital.symbols, 0);
  EXPECT_DOUBLE_EQ(recital.coverage[0], 0.0);
}

}  // namespace
}  // namespace undersong
