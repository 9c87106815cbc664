#include "transcribe/onset_strength.h"

#include <kiss_fftr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

constexpr std::size_t kWindow = kLevelWindowSamples;
constexpr std::size_t kHop = kLevelHopSamples;
constexpr std::size_t kBins = kWindow / 2 + 1;
constexpr std::size_t kBands = BandLevels::kBands;

// Hann. The cosine by turning a unit vector, since std::cos differs between C libraries.
std::array<float, kWindow> window_shape() {
  constexpr double kTurnCosine = 0.99998117528260110909;  // of 2 pi / 1024
  constexpr double kTurnSine = 0.0061358846491544753597;
  static_assert(kWindow == 1024);
  std::array<float, kWindow> shape{};
  double cosine = 1.0;
  double sine = 0.0;
  for (float& value : shape) {
    value = static_cast<float>(0.5 - 0.5 * cosine);
    const double turned = cosine * kTurnCosine - sine * kTurnSine;
    sine = sine * kTurnCosine + cosine * kTurnSine;
    cosine = turned;
  }
  return shape;
}

// The triangle of a band: its first bin and the weights from there.
struct Band {
  std::size_t first_bin = 0;
  std::vector<float> weights;
};

std::vector<Band> band_shapes() {
  constexpr auto kCentres = detail::level_band_centres();
  std::vector<Band> bands(kBands);
  for (std::size_t b = 0; b < kBands; ++b) {
    const double low = kCentres[b];
    const double centre = kCentres[b + 1];
    const double high = kCentres[b + 2];
    for (std::size_t bin = static_cast<std::size_t>(low) + 1; static_cast<double>(bin) < high;
         ++bin) {
      const double at = static_cast<double>(bin);
      if (bands[b].weights.empty()) bands[b].first_bin = bin;
      bands[b].weights.push_back(static_cast<float>(at <= centre ? (at - low) / (centre - low)
                                                                 : (high - at) / (high - centre)));
    }
  }
  return bands;
}

std::uint8_t level_of(float power) {
  constexpr double kDecibelsPerNat = 4.3429448190325183;  // 10 / ln 10
  const double decibels =
      kDecibelsPerNat * portable_log(std::max(static_cast<double>(power), 1e-20));
  const double level = (decibels - kQuietestLevelDecibels) / kDecibelsPerLevel;
  return static_cast<std::uint8_t>(std::clamp(level + 0.5, 0.0, 255.0));
}

struct FreePlan {
  void operator()(kiss_fftr_cfg plan) const { kiss_fftr_free(plan); }
};

}  // namespace

struct OnsetStrength::State {
  std::unique_ptr<std::remove_pointer_t<kiss_fftr_cfg>, FreePlan> plan{
      kiss_fftr_alloc(static_cast<int>(kWindow), 0, nullptr, nullptr)};
  std::array<float, kWindow> shape = window_shape();
  std::vector<Band> bands = band_shapes();
  std::array<float, kWindow> heard{};  // the last half window and what came since
  std::size_t filled = kWindow / 2;    // the first frame stands on the first sample
  std::size_t samples = 0;
  bool finished = false;
  BandLevels levels;

  void frame();
};

void OnsetStrength::State::frame() {
  std::array<float, kWindow> weighted;
  for (std::size_t i = 0; i < kWindow; ++i) weighted[i] = heard[i] * shape[i];
  std::array<kiss_fft_cpx, kBins> bins;
  kiss_fftr(plan.get(), weighted.data(), bins.data());
  // A full-scale sine on a bin has a quarter of the window there.
  constexpr float kFullScale = 1.0F / (kWindow / 4.0F * (kWindow / 4.0F));
  std::array<float, kBins> power;
  for (std::size_t i = 0; i < kBins; ++i) {
    power[i] = (bins[i].r * bins[i].r + bins[i].i * bins[i].i) * kFullScale;
  }
  std::array<std::uint8_t, kBands> row{};
  for (std::size_t b = 0; b < kBands; ++b) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < bands[b].weights.size(); ++i) {
      sum += bands[b].weights[i] * power[bands[b].first_bin + i];
    }
    row[b] = level_of(sum);
  }
  levels.push(row);
  std::copy(heard.begin() + kHop, heard.end(), heard.begin());
  filled = kWindow - kHop;
}

OnsetStrength::OnsetStrength() : state_(std::make_unique<State>()) {}
OnsetStrength::~OnsetStrength() = default;
OnsetStrength::OnsetStrength(OnsetStrength&&) noexcept = default;
OnsetStrength& OnsetStrength::operator=(OnsetStrength&&) noexcept = default;

void OnsetStrength::hear(std::span<const float> samples) {
  UNDERSONG_CHECK(!state_->finished);
  state_->samples += samples.size();
  // Beyond this a sample is damage; its square must stay finite.
  constexpr float kLoudest = 1e6F;
  for (const float sample : samples) {
    state_->heard[state_->filled] =
        std::isfinite(sample) ? std::clamp(sample, -kLoudest, kLoudest) : 0.0F;
    if (++state_->filled == kWindow) state_->frame();
  }
}

BandLevels OnsetStrength::finish() {
  UNDERSONG_CHECK(!state_->finished);
  const std::size_t frames = state_->samples == 0 ? 0 : 1 + state_->samples / kHop;
  while (state_->levels.frames() < frames) {
    std::fill(state_->heard.begin() + static_cast<std::ptrdiff_t>(state_->filled),
              state_->heard.end(), 0.0F);
    state_->frame();
  }
  state_->finished = true;
  return std::move(state_->levels);
}

int loud_level(const BandLevels& levels) {
  std::array<std::size_t, 256> counts{};
  for (std::size_t i = 0; i < levels.frames(); ++i) {
    ++counts[*std::ranges::max_element(levels.frame(i))];
  }
  std::size_t above = 0;
  int level = 255;
  while (level > 0 && (above += counts[static_cast<std::size_t>(level)]) * 50 <= levels.frames()) {
    --level;
  }
  return level;
}

std::vector<float> onset_curve(const BandLevels& levels, BandRange bands) {
  UNDERSONG_CHECK(bands.first >= 0 && bands.first <= bands.last &&
                  bands.last <= BandLevels::kBands);
  // Loudness by level: log(1 + a), a the amplitude over that of 40 dB below the loud frames.
  std::array<float, 256> loudness{};
  constexpr double kNatsPerDecibel = 0.11512925464970229;  // ln 10 / 20, of amplitude
  const int loud = loud_level(levels);
  for (int level = 0; level < 256; ++level) {
    const double decibels = (level - loud) * kDecibelsPerLevel + 40.0;
    loudness[static_cast<std::size_t>(level)] =
        static_cast<float>(portable_log(1.0 + portable_exp(decibels * kNatsPerDecibel)));
  }
  constexpr std::size_t kLag = 2;
  std::vector<float> curve(levels.frames(), 0.0F);
  for (std::size_t i = kLag; i < levels.frames(); ++i) {
    const auto now = levels.frame(i);
    const auto before = levels.frame(i - kLag);
    float sum = 0.0F;
    for (int b = bands.first; b < bands.last; ++b) {
      const auto at = static_cast<std::size_t>(b);
      const std::uint8_t highest = std::max({before[at], before[b > 0 ? at - 1 : at],
                                             before[b + 1 < BandLevels::kBands ? at + 1 : at]});
      if (now[at] > highest) sum += loudness[now[at]] - loudness[highest];
    }
    curve[i] = sum;
  }
  return curve;
}

}  // namespace undersong
