#include <gtest/gtest.h>

#include "plan/plan.h"
#include "support/test_style.h"

namespace undersong {
namespace {

TEST(Describe, TellsTempoKeyFormAndWhoPlays) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = 18.0;
  request.bpm = 120.0;
  request.tonic = 0;
  request.mode = Mode::kMajor;
  Plan piece = plan(request, make_test_style());
  for (PlannedBar& bar : piece.bars) bar.chords = {{0, parse_chord_symbol("C")}};
  const std::string text = describe(piece, make_test_style());
  EXPECT_NE(text.find("A style for tests, C major, 4/4, 120.0 BPM: 9 bars, 0:18, the last chord "
                      "rings 2.00 s; seed 0\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("C | C | C | C || again"), std::string::npos) << text;
  EXPECT_NE(text.find("ending           9       0:16"), std::string::npos) << text;
  EXPECT_NE(text.find("lead: "), std::string::npos) << text;
}

}  // namespace
}  // namespace undersong
