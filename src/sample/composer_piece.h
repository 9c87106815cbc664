#pragma once
// A composer alone writes a whole piece: what `undersong generate` does. Everything that a plan
// would decide the network decides too, but for what is asked here.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/rng.h"
#include "sample/composer_draw.h"
#include "tokens/composer_grid.h"

namespace undersong {

struct ComposerPieceRequest {
  // Of the header; what is not asked for the network draws, given what stands before it: a style,
  // then a mode, meter and tempo that this style has.
  std::optional<GridStyle> style;
  std::optional<bool> minor;
  std::optional<std::uint8_t> meter;  // index into kGridMeters
  std::optional<std::uint8_t> tempo;  // a step of tokens/composer_grid.h
  // Bars to go on from, with their header and without END; then the header asks nothing.
  std::vector<TokenId> prompt;
  int bars = 0;              // exactly; 0: by notes
  std::int64_t notes = 300;  // then about so many, to the end of a bar
  DrawOptions draw;
};

// Errors: kUsage for a style that the model never heard and for options.
void check_piece(const ComposerModel& model, const ComposerPieceRequest& request);

// The bars that were written, without those of the prompt; its shift is 0. The piece always ends:
// the bars left are told as the network heard them in training, and END comes after the last.
// Errors: those of check_piece; kCancelled.
GridPiece write_piece(const ComposerModel& model, const ComposerPieceRequest& request,
                      const Rng& rng, Progress& progress);

}  // namespace undersong
