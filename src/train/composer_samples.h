#pragma once
// Training samples for the composer: crops of pieces, told in changing ways.
//
// A crop begins at a bar. By chance: all roles in their order, some left out, or in another order
// with one of them last (writing a part to those that are there); bars behind a gap told first
// (infilling); controls left out, so that the network can also choose; velocities of scores
// without dynamics moved; another octave of the key without signature.
//
// A style's share of the crops is its notes to the power of kStyleFloor, so that a small one is
// heard too; inside a style pieces are drawn by their bars.

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "corpus/training_file.h"
#include "tokens/vocabulary.h"
#include "train/decoder_engine.h"

namespace undersong {

// 1: by notes alone; 0: all styles alike. With 0.7 a style of a hundredth of the notes has about a
// twenty-fifth of the crops.
inline constexpr double kStyleFloor = 0.7;

struct SampleOptions {
  int context = 1024;
  double drop_controls = 0.15;  // each kind, by crop; and all of them as often
  double infill = 0.25;
  double reorder = 0.3;    // another order of roles
  double leave_out = 0.2;  // a random subset of roles
  bool augment = true;     // off: crops of the piece as it is, with all controls
};

// Rows of `context` steps: several crops one after another where pieces are short, each from its
// own header. The same seed gives the same rows on every machine. Safe to ask from several threads
// at once.
class ComposerSamples {
 public:
  // `file` outlives it. Errors: kUsage when the split has no pieces.
  ComposerSamples(const TrainingFile& file, Split split, SampleOptions options);

  // Row number `index` of the endless sequence of rows that `seed` decides: processes take turns.
  void add_row(std::uint64_t seed, std::uint64_t index, DecoderBatch& batch) const;

  // The ids of that row, `context` + 1 of them: each crop from its header, the last one cut.
  std::vector<TokenId> row(std::uint64_t seed, std::uint64_t index) const;

  std::int64_t notes() const { return notes_; }  // of the split

 private:
  const TrainingFile& file_;
  SampleOptions options_;
  std::vector<std::size_t> pieces_;
  std::vector<double> shares_;  // cumulative, of the pieces
  std::int64_t notes_ = 0;
};

// Whole pieces for measuring: windows of at most `context` + 1 ids that overlap by about half, of
// which each token but the headers' is a counted target once. A window begins with a bar, after a
// header of what holds there. Rests of bars that are longer than a whole context are never counted.
struct MeasuredWindow {
  GridStyle style = GridStyle::kOwn;
  std::vector<TokenId> ids;
  std::size_t first_counted = 1;  // an index into ids: targets before it are context
};
enum class MeasuredControls { kNone, kAll };
std::vector<MeasuredWindow> measured_windows(const TrainingFile& file, Split split, int context,
                                             MeasuredControls controls);
// At most `count` windows (0: all), spread evenly over the styles and inside each.
std::vector<MeasuredWindow> spread_windows(std::vector<MeasuredWindow> windows, std::int64_t count);
// Features, anchors and targets of a sequence, as the cursor tells them. Appends one row of
// `steps`, padded with -1. The cursor begins anew at each header, and the header's first id is no
// target. Precondition: the ids keep to the grammar, and begin with a header.
void append_row(std::span<const TokenId> ids, std::size_t first_counted, int steps,
                DecoderBatch& batch);

}  // namespace undersong
