#include "render/limiter.h"

#include <algorithm>

#include "base/portable_math.h"

namespace undersong::detail {
namespace {

constexpr double kLookAheadSeconds = 0.005;
constexpr double kReleaseSeconds = 0.080;

// Replaces each value by the highest within `reach` before and after, in linear time: blocks as
// wide as the window, the maximum run forward and backward inside each. Source: van Herk 1992,
// doi:10.1016/0167-8655(92)90069-C.
void hold_maxima(std::vector<float>& values, std::size_t reach) {
  const std::size_t width = 2 * reach + 1;
  const std::size_t padded_size = (values.size() + 2 * reach + width - 1) / width * width;
  std::vector<float> forward(padded_size, 0.0F);
  std::copy(values.begin(), values.end(), forward.begin() + static_cast<std::ptrdiff_t>(reach));
  std::vector<float> backward = forward;
  for (std::size_t block = 0; block < padded_size; block += width) {
    for (std::size_t i = block + 1; i < block + width; ++i)
      forward[i] = std::max(forward[i], forward[i - 1]);
    for (std::size_t i = block + width - 1; i-- > block;)
      backward[i] = std::max(backward[i], backward[i + 1]);
  }
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::max(backward[i], forward[i + 2 * reach]);
}

// Replaces each value by the mean of those within `reach` before and after; beyond the ends the
// first and last value go on. Sums in double are exact here: fewer than 2^12 floats near 1.
void smooth(std::vector<float>& values, std::size_t reach) {
  if (values.empty()) return;
  const std::size_t size = values.size();
  const std::size_t width = 2 * reach + 1;
  const float last = values.back();
  std::vector<float> window(width, values.front());  // a ring of what was there before
  double sum = static_cast<double>(values.front()) * static_cast<double>(width);
  const auto slide_in = [&](float value, std::size_t slot) {
    sum += static_cast<double>(value) - static_cast<double>(window[slot]);
    window[slot] = value;
  };
  std::size_t slot = 0;
  const auto value_at = [&](std::size_t i) { return i < size ? values[i] : last; };
  for (std::size_t i = 1; i <= reach; ++i) slide_in(value_at(i), slot++);
  const double share = 1.0 / static_cast<double>(width);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(sum * share);
    if (slot == width) slot = 0;
    slide_in(value_at(i + reach + 1), slot++);
  }
}

}  // namespace

void GainCurve::apply(std::size_t first, std::size_t channels, float gain,
                      std::span<float> samples) const {
  const std::size_t frames = samples.size() / channels;
  const float share = 1.0F / static_cast<float>(cell_frames);
  for (std::size_t i = 0; i < frames;) {
    const std::size_t cell = (first + i) / cell_frames;
    const std::size_t begin = (first + i) % cell_frames;
    const std::size_t count = std::min(frames - i, cell_frames - begin);
    const float from = at_bounds[cell];
    const float slope = (at_bounds[cell + 1] - from) * share;
    float* const frame = samples.data() + i * channels;
    for (std::size_t j = 0; j < count; ++j) {
      const float factor = gain * (from + slope * static_cast<float>(begin + j));
      for (std::size_t c = 0; c < channels; ++c) frame[j * channels + c] *= factor;
    }
    i += count;
  }
}

Limiter::Limiter(std::vector<float> peaks, double cells_per_second)
    : held_peaks_(std::move(peaks)),
      reach_(std::max<std::size_t>(
          1, static_cast<std::size_t>(kLookAheadSeconds * cells_per_second / 2.0 + 0.5))),
      release_step_(1.0 - portable_exp(-1.0 / (kReleaseSeconds * cells_per_second))) {
  for (const float peak : held_peaks_) highest_peak_ = std::max(highest_peak_, peak);
  // From cells to their bounds: each bound minds the cells on both sides.
  held_peaks_.push_back(0.0F);
  for (std::size_t i = held_peaks_.size() - 1; i > 0; --i)
    held_peaks_[i] = std::max(held_peaks_[i], held_peaks_[i - 1]);
  // Two smoothings follow, each as wide as `reach_`.
  hold_maxima(held_peaks_, 2 * reach_);
}

std::span<const float> Limiter::curve(double gain, double ceiling) {
  curve_.resize(held_peaks_.size());
  const auto allowed = static_cast<float>(ceiling / gain);
  const auto step = static_cast<float>(release_step_);
  float current = 1.0F;
  for (std::size_t i = 0; i < curve_.size(); ++i) {
    const float peak = held_peaks_[i];
    const float limit = peak > allowed ? allowed / peak : 1.0F;
    current = std::min(limit, current + (1.0F - current) * step);
    curve_[i] = current;
  }
  smooth(curve_, reach_);
  smooth(curve_, reach_);
  return curve_;
}

}  // namespace undersong::detail
