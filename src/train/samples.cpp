#include "train/samples.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/cancel.h"
#include "base/check.h"

namespace undersong {
namespace {

constexpr std::int32_t kNotCounted = -1;
constexpr std::size_t kEvaluationRows = 1024;   // windows at once
constexpr std::size_t kEvaluationPieces = 16;   // pieces side by side
constexpr std::int64_t kEvaluationSteps = 256;  // of them at once
constexpr std::int64_t kShortestUsefulCrop = 2;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace

std::int64_t Cutter::columns() const {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(spec_.column_sizes.size()));
}

std::int64_t Cutter::length(std::int32_t piece) const {
  return static_cast<std::int64_t>(pieces_[at(piece)].size()) / columns();
}

std::vector<Sample> Cutter::every_sample() const {
  const bool windows = spec_.reading == Reading::kWindow;
  std::vector<Sample> samples;
  for (std::int32_t piece = 0; piece < static_cast<std::int32_t>(pieces_.size()); ++piece) {
    const std::int64_t last = length(piece) - (windows ? spec_.window + 1 : kShortestUsefulCrop);
    for (std::int64_t start = 0; start <= last; start += windows ? 1 : spec_.window) {
      samples.push_back({piece, static_cast<std::int32_t>(start)});
    }
  }
  return samples;
}

std::vector<Sample> Cutter::epoch(std::span<const Sample> samples, const Rng& rng) const {
  Rng own = rng;
  std::vector<Sample> order = spec_.reading == Reading::kWindow
                                  ? std::vector<Sample>(samples.begin(), samples.end())
                                  : moved_crops(samples, own);
  own.shuffle(std::span<Sample>(order));
  return order;
}

// All crops of a piece move together; the first stays, so that starts of pieces are learned too.
std::vector<Sample> Cutter::moved_crops(std::span<const Sample> samples, Rng& rng) const {
  std::vector<Sample> moved;
  std::int32_t piece = -1;
  std::int64_t shift = 0;
  for (const Sample& sample : samples) {
    if (sample.piece != piece) {
      piece = sample.piece;
      shift = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(spec_.window)));
      if (sample.start == 0) moved.push_back(sample);
    }
    const std::int64_t start = sample.start + shift;
    if (start > 0 && start + kShortestUsefulCrop <= length(piece)) {
      moved.push_back({piece, static_cast<std::int32_t>(start)});
    }
  }
  return moved;
}

Batch Cutter::empty_batch(std::int64_t rows, std::int64_t steps) const {
  Batch batch{.steps = steps, .rows = rows, .columns = columns(), .inputs = {}, .targets = {}};
  const std::int64_t target_steps = steps + (spec_.column_sizes.empty() ? 0 : 1);
  batch.inputs.assign(at(steps * rows * columns()), 0);
  batch.targets.assign(at(target_steps * rows * columns()), kNotCounted);
  return batch;
}

// Feeds from `start` on; the target of a step is what follows it. The note matrix also predicts the
// first row of a piece, which nothing precedes.
void Cutter::fill_row(Batch& batch, std::int64_t row, std::int32_t piece, std::int64_t start,
                      std::int64_t count_from) const {
  const Ids& ids = pieces_[at(piece)];
  const std::int64_t width = columns();
  const std::int64_t left = length(piece) - start;
  const auto copy = [&](std::int64_t from, std::vector<std::int32_t>& to, std::int64_t step) {
    const auto first = ids.begin() + from * width;
    std::copy(first, first + width, to.begin() + (step * batch.rows + row) * width);
  };
  for (std::int64_t t = 0; t < std::min(batch.steps, left); ++t) {
    copy(start + t, batch.inputs, t);
  }
  const std::int64_t lead = spec_.column_sizes.empty() ? 0 : 1;
  if (lead == 1 && start == 0 && left > 0 && count_from <= 0) copy(0, batch.targets, 0);
  for (std::int64_t t = 0; t < std::min(batch.steps, left - 1); ++t) {
    if (start + t + 1 >= count_from) copy(start + t + 1, batch.targets, t + lead);
  }
}

Batch Cutter::window_batch(std::span<const Sample> samples) const {
  const auto rows = static_cast<std::int64_t>(samples.size());
  Batch batch{.steps = spec_.window, .rows = rows, .columns = 1, .inputs = {}, .targets = {}};
  batch.inputs.resize(at(batch.steps * rows));
  batch.targets.resize(at(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    const Sample& sample = samples[at(row)];
    const TokenId* ids = pieces_[at(sample.piece)].data() + sample.start;
    for (std::int64_t t = 0; t < batch.steps; ++t) batch.inputs[at(t * rows + row)] = ids[t];
    batch.targets[at(row)] = ids[batch.steps];
  }
  return batch;
}

Batch Cutter::batch(std::span<const Sample> samples, std::int64_t count_from) const {
  if (spec_.reading == Reading::kWindow) return window_batch(samples);
  Batch batch = empty_batch(static_cast<std::int64_t>(samples.size()), spec_.window);
  for (std::size_t row = 0; row < samples.size(); ++row) {
    fill_row(batch, static_cast<std::int64_t>(row), samples[row].piece, samples[row].start,
             count_from);
  }
  return batch;
}

Batch Cutter::stretch(std::span<const std::int32_t> chosen, std::int64_t first_step,
                      std::int64_t steps, std::int64_t count_from) const {
  Batch batch = empty_batch(static_cast<std::int64_t>(chosen.size()), steps);
  for (std::size_t row = 0; row < chosen.size(); ++row) {
    if (first_step < length(chosen[row])) {
      fill_row(batch, static_cast<std::int64_t>(row), chosen[row], first_step, count_from);
    }
  }
  return batch;
}

LossSum evaluate_samples(Engine& engine, const Cutter& cutter, std::span<const Sample> samples) {
  LossSum loss;
  for (std::size_t first = 0; first < samples.size(); first += kEvaluationRows) {
    throw_if_cancelled();
    const std::size_t count = std::min(kEvaluationRows, samples.size() - first);
    loss += engine.evaluate(cutter.batch(samples.subspan(first, count), 0), Carry::kStart);
  }
  return loss;
}

LossSum evaluate_pieces(Engine& engine, const NetworkSpec& spec, std::span<const Ids> pieces) {
  const Cutter cutter(spec, pieces);
  if (spec.reading == Reading::kWindow) {
    std::vector<Sample> samples = cutter.every_sample();
    std::erase_if(samples, [&](const Sample& s) { return s.start + spec.window < kFirstCounted; });
    return evaluate_samples(engine, cutter, samples);
  }
  std::vector<std::int32_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return cutter.length(a) > cutter.length(b);
  });
  LossSum loss;
  for (std::size_t first = 0; first < order.size(); first += kEvaluationPieces) {
    const std::size_t count = std::min(kEvaluationPieces, order.size() - first);
    const auto group = std::span<const std::int32_t>(order).subspan(first, count);
    const std::int64_t longest = cutter.length(group.front());
    for (std::int64_t step = 0; step < longest; step += kEvaluationSteps) {
      throw_if_cancelled();
      const std::int64_t steps = std::min(kEvaluationSteps, longest - step);
      const Batch batch = cutter.stretch(group, step, steps, kFirstCounted);
      loss += engine.evaluate(batch, step == 0 ? Carry::kStart : Carry::kContinue);
    }
  }
  return loss;
}

LossSum frequency_loss(const NetworkSpec& spec, std::span<const Ids> training,
                       std::span<const Ids> pieces) {
  // The note matrix has a table of its own for each column.
  const std::vector<int> sizes =
      spec.column_sizes.empty() ? std::vector<int>{spec.vocab_size} : spec.column_sizes;
  std::vector<double> counts(at(spec.vocab_size), 0.0);
  for (const Ids& ids : training) {
    for (const TokenId id : ids) counts[at(id)] += 1.0;
  }
  std::vector<double> costs(counts.size());
  auto first = counts.begin();
  for (const int size : sizes) {
    const auto last = first + size;
    const double seen = std::accumulate(first, last, 0.0);
    const auto kinds = static_cast<double>(size - std::count(first, last, 0.0));
    std::transform(first, last, costs.begin() + (first - counts.begin()), [&](double count) {
      return -std::log((count + kinds / size) / (seen + kinds));
    });
    first = last;
  }
  LossSum loss;
  const auto from = kFirstCounted * static_cast<std::int64_t>(sizes.size());
  for (const Ids& ids : pieces) {
    for (auto i = from; i < static_cast<std::int64_t>(ids.size()); ++i) {
      loss += LossSum{costs[at(ids[at(i)])], 1};
    }
  }
  return loss;
}

}  // namespace undersong
