#include "sample/composer_piece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/composer_words.h"
#include "support/random_grid_piece.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

class ComposerPieceTest : public testing::Test {
 protected:
  GridPiece write(const ComposerPieceRequest& request, std::uint64_t seed = 1) const {
    return write_piece(composer_of(loaded_), request, Rng(seed), silent_progress());
  }

  LoadedModel loaded_ = tiny_composer(256);
};

TEST_F(ComposerPieceTest, HasExactlyTheBarsThatWereAsked) {
  for (const int bars : {1, 3, 10}) {
    ComposerPieceRequest request;
    request.bars = bars;
    EXPECT_EQ(write(request).bars.size(), static_cast<std::size_t>(bars));
  }
}

TEST_F(ComposerPieceTest, HasTheHeaderThatWasAsked) {
  ComposerPieceRequest request;
  request.bars = 1;
  request.style = GridStyle::kQuartet;
  request.minor = true;
  request.meter = std::uint8_t{1};
  request.tempo = std::uint8_t{12};
  // A bar may change both; of the style and the mode there is one.
  const GridPiece piece = write(request);
  EXPECT_EQ(piece.style, GridStyle::kQuartet);
  EXPECT_TRUE(piece.minor);
  EXPECT_EQ(piece.shift, 0);
}

TEST_F(ComposerPieceTest, IsTheSameForTheSameSeed) {
  ComposerPieceRequest request;
  request.bars = 4;
  EXPECT_EQ(write(request, 3), write(request, 3));
  EXPECT_NE(write(request, 3), write(request, 4));
}

// Nobody taught this network when to stop.
TEST_F(ComposerPieceTest, HasAboutTheNotesThatWereAsked) {
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    ComposerPieceRequest request;
    request.notes = 400;
    std::size_t notes = 0;
    std::size_t most = 0;
    for (const GridBar& bar : write(request, seed).bars) {
      notes += bar.notes.size();
      most = std::max(most, bar.notes.size());
    }
    EXPECT_GT(notes, 200U);
    EXPECT_LT(notes, 400U + 8 * most);
  }
}

TEST_F(ComposerPieceTest, LeavesOutThePromptAndGoesOnInItsMeter) {
  Rng rng(5);
  GridPiece heard = random_grid_piece(rng, 6);
  heard.style = GridStyle::kPiano;
  ComposerPieceRequest request;
  const TextLayout layout = TextLayout::whole(heard);
  request.prompt = to_composer_text(heard, layout);
  request.prompt.pop_back();
  request.bars = 5;
  const GridPiece piece = write(request);
  EXPECT_EQ(piece.bars.size(), 5U);
  EXPECT_EQ(piece.style, GridStyle::kPiano);
  EXPECT_EQ(piece.minor, heard.minor);
}

TEST_F(ComposerPieceTest, RefusesAStyleThatItNeverHeard) {
  ComposerKnowledge knowledge;
  knowledge.density_shares.assign(kGridStyleCount,
                                  std::vector(kRoleCount, std::vector<double>(kDensitySteps, 0.0)));
  for (const GridStyle style : {GridStyle::kLied, GridStyle::kPop})
    knowledge.density_shares[static_cast<std::size_t>(style)][0][0] = 1.0;
  WeightFile weights = tiny_composer_weights(256);
  weights.metadata["undersong.composer"] = to_json(knowledge);
  loaded_ = model_from_weights(std::move(weights));
  ComposerPieceRequest request;
  request.style = GridStyle::kMetal;
  request.bars = 1;
  EXPECT_EQ(thrown_error([&] { write(request); }).message(),
            "this composer never heard music of the style metal; it knows lied, pop");
  request.style.reset();
  for (std::uint64_t seed = 0; seed < 6; ++seed)
    EXPECT_THAT(write(request, seed).style, testing::AnyOf(GridStyle::kLied, GridStyle::kPop));
}

}  // namespace
}  // namespace undersong
