#include "train/composer_evaluation.h"

#include <algorithm>
#include <array>

#include "base/cancel.h"
#include "tokens/composer_vocabulary.h"

namespace undersong {
namespace {

constexpr std::size_t kRowsAtOnce = 16;

void count(const DecoderBatch& batch, std::size_t row, const std::vector<float>& nats,
           StyleLoss& loss) {
  const auto steps = static_cast<std::size_t>(batch.steps);
  for (std::size_t i = row * steps; i < (row + 1) * steps; ++i) {
    const TokenId target = batch.targets[i];
    if (target < 0) continue;
    const bool control = composer_token::is_control(target);
    (control ? loss.control_nats : loss.nats) += static_cast<double>(nats[i]);
    loss.notes += composer_token::is_note(target) ? 1 : 0;
  }
}

}  // namespace

StyleLoss total_of(const std::vector<StyleLoss>& losses) {
  StyleLoss sum;
  for (const StyleLoss& loss : losses) {
    sum.nats += loss.nats;
    sum.control_nats += loss.control_nats;
    sum.notes += loss.notes;
  }
  return sum;
}

std::vector<StyleLoss> evaluate_windows(DecoderEngine& engine,
                                        const std::vector<MeasuredWindow>& windows, int context,
                                        Progress& progress) {
  std::array<StyleLoss, kGridStyleCount> losses;
  for (std::size_t first = 0; first < windows.size(); first += kRowsAtOnce) {
    throw_if_cancelled();
    const std::size_t last = std::min(windows.size(), first + kRowsAtOnce);
    DecoderBatch batch;
    for (std::size_t i = first; i < last; ++i) {
      append_row(windows[i].ids, windows[i].first_counted, context, batch);
    }
    std::vector<float> nats;
    engine.evaluate(batch, &nats);
    for (std::size_t i = first; i < last; ++i) {
      count(batch, i - first, nats, losses[static_cast<std::size_t>(windows[i].style)]);
    }
    progress.update(static_cast<std::int64_t>(last), "");
  }
  std::vector<StyleLoss> found;
  for (std::size_t s = 0; s < losses.size(); ++s) {
    losses[s].style = static_cast<GridStyle>(s);
    if (losses[s].notes > 0) found.push_back(losses[s]);
  }
  return found;
}

}  // namespace undersong
