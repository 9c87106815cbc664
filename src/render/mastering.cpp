#include "render/mastering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "audio/loudness.h"
#include "audio/true_peak.h"
#include "base/cancel.h"
#include "base/error.h"
#include "render/limiter.h"

namespace undersong {
namespace {

constexpr std::size_t kBlockFrames = 4096;
constexpr int kMostPasses = 10;
constexpr double kGatingBlockSeconds = 0.4;  // BS.1770-4: nothing shorter has a loudness

// The limiter aims this far below the ceiling, so that what passes between samples mostly stays
// under it and nothing has to be scaled afterwards.
constexpr double kMarginDb = 0.03;

// to[i] = from[i] * gain * curve[frame of i]. `to` may be `from`.
void apply(std::span<const float> from, std::span<const float> curve, float gain,
           std::span<float> to) {
  const std::size_t channels = from.size() / curve.size();
  for (std::size_t frame = 0; frame < curve.size(); ++frame) {
    const float factor = gain * curve[frame];
    for (std::size_t c = 0; c < channels; ++c)
      to[frame * channels + c] = from[frame * channels + c] * factor;
  }
}

struct Measured {
  double lufs = 0.0;
  double range_lu = 0.0;
};

// What the sound would measure with this gain and curve. The sound itself stays as it is.
Measured measure_with(const AudioBuffer& audio, std::span<const float> curve, double gain) {
  const auto channels = static_cast<std::size_t>(audio.channels);
  LoudnessMeter meter(audio.sample_rate, audio.channels);
  std::vector<float> block(kBlockFrames * channels);
  const std::span<const float> samples(audio.samples);
  for (std::size_t first = 0; first < curve.size(); first += kBlockFrames) {
    throw_if_cancelled();
    const std::size_t count = std::min(kBlockFrames, curve.size() - first);
    const std::span<float> out = std::span(block).first(count * channels);
    apply(samples.subspan(first * channels, count * channels), curve.subspan(first, count),
          static_cast<float>(gain), out);
    meter.add(out);
  }
  const auto least = static_cast<std::size_t>(std::ceil(kGatingBlockSeconds * audio.sample_rate));
  if (curve.size() < least) meter.add(std::vector<float>((least - curve.size()) * channels, 0.0F));
  return {.lufs = meter.integrated_lufs(), .range_lu = meter.range_lu()};
}

// The search for the gain that gives the wanted loudness behind the limiter.
class LoudnessSearch {
 public:
  LoudnessSearch(const AudioBuffer& audio, const MasteringOptions& options)
      : audio_(audio), options_(options), limiter_(true_peak_envelope(audio), audio.sample_rate) {}

  bool is_silent() const { return limiter_.highest_peak() <= 0.0F; }

  // Leaves the curve and the gain that came closest.
  void run() {
    const double peak_db = db_from_linear(static_cast<double>(limiter_.highest_peak()));
    most_gain_db_ = options_.ceiling_dbtp + options_.most_reduction_db - peak_db;
    // The first measurement is taken with peaks at the ceiling, where nothing is limited and quiet
    // sound is not lost to the gate at -70 LUFS.
    gain_db_ = options_.ceiling_dbtp - kMarginDb - peak_db;
    measure();
    double slope = 1.0;  // dB of gain for one LU; more than 1 where the limiter eats a part
    while (std::isfinite(measured_.lufs) && passes_ < kMostPasses) {
      const double missing = options_.target_lufs - measured_.lufs;
      const double next = std::min(gain_db_ + slope * missing, most_gain_db_);
      if (std::abs(missing) <= options_.tolerance_lu || std::abs(next - gain_db_) < 1e-3) break;
      const double previous_gain_db = gain_db_;
      const double previous_lufs = measured_.lufs;
      gain_db_ = next;
      measure();
      const double risen = measured_.lufs - previous_lufs;
      if (std::abs(risen) > 1e-6)
        slope = std::clamp((gain_db_ - previous_gain_db) / risen, 1.0, 4.0);
    }
  }

  std::span<const float> curve() const { return curve_; }
  double gain_db() const { return gain_db_; }
  const Measured& measured() const { return measured_; }
  int passes() const { return passes_; }

 private:
  void measure() {
    const double gain = linear_from_db(gain_db_);
    curve_ = limiter_.curve(gain, linear_from_db(options_.ceiling_dbtp - kMarginDb));
    measured_ = measure_with(audio_, curve_, gain);
    ++passes_;
  }

  const AudioBuffer& audio_;
  const MasteringOptions& options_;
  detail::Limiter limiter_;
  std::span<const float> curve_;
  double gain_db_ = 0.0;
  double most_gain_db_ = 0.0;
  Measured measured_;
  int passes_ = 0;
};

// Scales what still reaches over the ceiling; returns the factor in dB, 0 or a little less.
double hold_to_ceiling(AudioBuffer& audio, double ceiling_dbtp, double& true_peak_dbtp) {
  true_peak_dbtp = db_from_linear(static_cast<double>(true_peak(audio)));
  if (true_peak_dbtp <= ceiling_dbtp) return 0.0;
  constexpr double kRoundingDb = 1e-4;  // so that rounded samples do not reach over it again
  const double change_db = ceiling_dbtp - kRoundingDb - true_peak_dbtp;
  const auto factor = static_cast<float>(linear_from_db(change_db));
  for (float& sample : audio.samples) sample *= factor;
  true_peak_dbtp += change_db;
  return change_db;
}

}  // namespace

void check_options(const MasteringOptions& options) {
  const auto require = [](bool in_range, const char* what, double value, const char* range) {
    if (!in_range) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("a {} of {} is out of range: give {}", what, value, range));
    }
  };
  require(options.target_lufs >= -70.0 && options.target_lufs <= -5.0, "loudness target",
          options.target_lufs, "-70 to -5 LUFS");
  require(options.ceiling_dbtp >= -20.0 && options.ceiling_dbtp <= 0.0, "peak ceiling",
          options.ceiling_dbtp, "-20 to 0 dBTP");
  require(options.tolerance_lu >= 0.01 && options.tolerance_lu <= 10.0, "loudness tolerance",
          options.tolerance_lu, "0.01 to 10 LU");
  require(options.most_reduction_db >= 0.0 && options.most_reduction_db <= 40.0,
          "most peak reduction", options.most_reduction_db, "0 to 40 dB");
}

MasteringReport master(AudioBuffer& audio, const MasteringOptions& options) {
  check_options(options);
  constexpr double kNothing = -std::numeric_limits<double>::infinity();
  MasteringReport report{.loudness_lufs = kNothing, .true_peak_dbtp = kNothing};
  if (audio.samples.empty()) return report;
  LoudnessSearch search(audio, options);
  if (search.is_silent()) return report;
  search.run();

  apply(audio.samples, search.curve(), static_cast<float>(linear_from_db(search.gain_db())),
        audio.samples);
  const double scaled_db = hold_to_ceiling(audio, options.ceiling_dbtp, report.true_peak_dbtp);
  const float lowest = *std::min_element(search.curve().begin(), search.curve().end());
  report.loudness_lufs = search.measured().lufs + scaled_db;
  report.range_lu = search.measured().range_lu;
  report.gain_db = search.gain_db() + scaled_db;
  report.reduction_db = std::max(0.0, -db_from_linear(static_cast<double>(lowest)));
  report.passes = search.passes();
  return report;
}

}  // namespace undersong
