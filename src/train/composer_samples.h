#pragma once
// Training samples for the composer: crops of pieces, told in changing ways.
//
// A crop begins at a bar. By chance: all roles in their order, some left out, or in another order
// with one of them last (writing a part to those that are there); bars behind a gap told first
// (infilling); controls left out, so that the network can also choose; velocities of scores
// without dynamics moved; another octave of the key without signature.

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "corpus/training_file.h"
#include "train/decoder_engine.h"

namespace undersong {

struct SampleOptions {
  int context = 1024;
  double drop_controls = 0.15;  // each kind, by crop; and all of them as often
  double infill = 0.25;
  double reorder = 0.3;   // another order of roles
  double leave_out = 0.2;  // a random subset of roles
  bool augment = true;     // off: the piece as it is, all controls
};

// Rows of `context` steps: several crops one after another where pieces are short, each from its
// own header. The same rng gives the same rows on every machine.
class ComposerSamples {
 public:
  ComposerSamples(const TrainingFile& file, Split split, SampleOptions options);

  // Row number `index` of the endless sequence of rows that `seed` decides: processes take turns.
  void add_row(std::uint64_t seed, std::uint64_t index, DecoderBatch& batch) const;

  std::int64_t notes() const;  // of the split

 private:
  const TrainingFile& file_;
  SampleOptions options_;
  std::vector<std::size_t> pieces_;
  std::vector<double> shares_;  // cumulative, by bars
};

// Whole pieces for measuring: windows that overlap by half, of which each target counts once.
struct MeasuredWindow {
  GridStyle style = GridStyle::kOwn;
  std::vector<TokenId> ids;
  std::size_t first_counted = 1;  // targets before it are context
};
enum class MeasuredControls { kNone, kAll };
std::vector<MeasuredWindow> measured_windows(const TrainingFile& file, Split split, int context,
                                             MeasuredControls controls);
// Features, anchors and targets of a sequence, as the cursor tells them. Appends one row, padded.
void append_row(std::span<const TokenId> ids, std::size_t first_counted, int steps,
                DecoderBatch& batch);

}  // namespace undersong
