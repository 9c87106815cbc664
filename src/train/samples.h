#pragma once
// What a network learns from and is judged on: positions in pieces, cut into batches. Pure
// functions of the pieces, the settings and a seed; no LibTorch.

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "nn/network_spec.h"
#include "tokens/vocabulary.h"
#include "train/engine.h"

namespace undersong {

using Ids = std::vector<TokenId>;

// Losses count targets from this place in their piece on, so that architectures of different reach
// are judged on the same symbols: the seed's window of 10 predicts nothing earlier.
inline constexpr std::int64_t kFirstCounted = 10;

// A window or crop: ids (rows, for the note matrix) from `start` on.
struct Sample {
  std::int32_t piece = 0;
  std::int32_t start = 0;
};

// Cuts pieces for one network.
class Cutter {
 public:
  Cutter(const NetworkSpec& spec, std::span<const Ids> pieces) : spec_(spec), pieces_(pieces) {}

  // Every window that has a target, or crops side by side from each piece's start on.
  std::vector<Sample> every_sample() const;

  // What one epoch trains on, in its order: all windows shuffled, or crops whose borders are moved
  // by a chance of their own in every epoch.
  std::vector<Sample> epoch(std::span<const Sample> samples, const Rng& rng) const;

  // `count_from`: targets before this place of their piece are not counted.
  Batch batch(std::span<const Sample> samples, std::int64_t count_from) const;

  // Steps first_step … first_step+steps-1 of whole pieces, one a row; those that have ended count
  // nothing. For recurrent networks.
  Batch stretch(std::span<const std::int32_t> chosen, std::int64_t first_step, std::int64_t steps,
                std::int64_t count_from) const;

  // In ids, or in rows for the note matrix.
  std::int64_t length(std::int32_t piece) const;

 private:
  std::int64_t columns() const;
  Batch window_batch(std::span<const Sample> samples) const;
  std::vector<Sample> moved_crops(std::span<const Sample> samples, Rng& rng) const;
  void fill_row(Batch& batch, std::int64_t row, std::int32_t piece, std::int64_t start,
                std::int64_t count_from) const;
  Batch empty_batch(std::int64_t rows, std::int64_t steps) const;

  NetworkSpec spec_;
  std::span<const Ids> pieces_;
};

// Loss over samples, and over whole pieces from their starts on.
LossSum evaluate_samples(Engine& engine, const Cutter& cutter, std::span<const Sample> samples);
LossSum evaluate_pieces(Engine& engine, const NetworkSpec& spec, std::span<const Ids> pieces);

// What a table of frequencies would lose on the targets that evaluate_pieces() counts: counts of
// `training`, with the share t / (n + t) of n ids of t kinds left for all alike (Witten & Bell
// 1991, method C).
LossSum frequency_loss(const NetworkSpec& spec, std::span<const Ids> training,
                       std::span<const Ids> pieces);

}  // namespace undersong
