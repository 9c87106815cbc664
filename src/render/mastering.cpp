#include "render/mastering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "audio/loudness.h"
#include "audio/loudness_profile.h"
#include "audio/true_peak.h"
#include "base/cancel.h"
#include "base/error.h"
#include "render/limiter.h"

namespace undersong {
namespace {

constexpr std::size_t kBlockFrames = 16384;
constexpr int kMostPasses = 4;
constexpr int kMostGuesses = 20;
constexpr double kGuessTolerance = 0.005;    // LU; a guess costs little
constexpr double kGatingBlockSeconds = 0.4;  // BS.1770-4: nothing shorter has a loudness
constexpr double kNothing = -std::numeric_limits<double>::infinity();

// The limiter aims this far below the ceiling, so that what passes between samples mostly stays
// under it and nothing has to be scaled afterwards.
constexpr double kMarginDb = 0.03;

// Calls use(first frame, samples) for one block of the sound after the other.
template <typename Use>
void for_each_block(const SoundSource& source, const Use& use) {
  const auto channels = static_cast<std::size_t>(source.channels);
  const auto frames = static_cast<std::size_t>(source.frames);
  std::vector<float> block(std::min(kBlockFrames, frames) * channels);
  for (std::size_t first = 0; first < frames; first += kBlockFrames) {
    throw_if_cancelled();
    const std::size_t count = std::min(kBlockFrames, frames - first);
    const std::span<float> samples = std::span(block).first(count * channels);
    source.read(static_cast<std::int64_t>(first), samples);
    use(static_cast<std::int64_t>(first), samples);
  }
}

// What is kept of the sound: a peak and a power for each cell.
struct Analysis {
  LoudnessProfile loudness;
  std::vector<float> peaks;
};

// Adds to the highest of each cell; `frames` counts those that came before.
void add_to_cells(std::span<const float> of_frames, std::size_t cell_frames, std::size_t& frames,
                  std::vector<float>& cells) {
  for (const float peak : of_frames) {
    if (frames++ % cell_frames == 0) cells.push_back(peak);
    cells.back() = std::max(cells.back(), peak);
  }
}

Analysis analyse(const SoundSource& source) {
  Analysis analysis{.loudness = LoudnessProfile(source.sample_rate, source.channels), .peaks = {}};
  const std::size_t cell_frames = LoudnessProfile::cell_frames(source.sample_rate);
  analysis.peaks.reserve(static_cast<std::size_t>(source.frames) / cell_frames + 2);
  TruePeakDetector detector(source.channels);
  std::vector<float> peaks;
  std::size_t frames = 0;
  const auto take_peaks = [&] {
    add_to_cells(peaks, cell_frames, frames, analysis.peaks);
    peaks.clear();
  };
  for_each_block(source, [&](std::int64_t, std::span<const float> samples) {
    detector.add(samples, peaks);
    take_peaks();
    analysis.loudness.add(samples);
  });
  detector.finish(peaks);
  take_peaks();
  analysis.loudness.finish();
  return analysis;
}

// What stands before and after a loop is the loop: so much of it that the limiter's gain has come
// to rest.
constexpr double kLoopMarginSeconds = 1.0;

std::vector<float> with_margins(const std::vector<float>& peaks, std::size_t margin) {
  std::vector<float> all;
  all.reserve(peaks.size() + 2 * margin);
  const std::size_t start = peaks.size() - margin % peaks.size();
  for (std::size_t i = 0; i < peaks.size() + 2 * margin; ++i)
    all.push_back(peaks[(start + i) % peaks.size()]);
  return all;
}

// The search for the gain that gives the wanted loudness behind the limiter, by what the analysis
// kept: the sound itself is not looked at.
class GainSearch {
 public:
  GainSearch(const Analysis& analysis, double cells_per_second, SoundSource::End end,
             const MasteringOptions& options)
      : loudness_(analysis.loudness),
        margin_(end == SoundSource::End::kLoop
                    ? static_cast<std::size_t>(kLoopMarginSeconds * cells_per_second)
                    : 0),
        limiter_(with_margins(analysis.peaks, margin_), cells_per_second),
        options_(options),
        peak_db_(db_from_linear(static_cast<double>(limiter_.highest_peak()))),
        most_gain_db_(options.ceiling_dbtp + options.most_reduction_db - peak_db_),
        // The first guess brings the peaks to the ceiling, where nothing is limited and quiet sound
        // is not lost to the gate at -70 LUFS.
        gain_db_(options.ceiling_dbtp - kMarginDb - peak_db_) {}

  bool is_silent() const { return limiter_.highest_peak() <= 0.0F; }

  // Goes to the gain whose guessed loudness comes closest to `lufs`.
  void seek(double lufs) {
    guess();
    double slope = 1.0;  // dB of gain for one LU; more than 1 where the limiter eats a part
    for (int guesses = 0; std::isfinite(guessed_lufs_) && guesses < kMostGuesses; ++guesses) {
      throw_if_cancelled();
      const double missing = lufs - guessed_lufs_;
      const double next = std::min(gain_db_ + slope * missing, most_gain_db_);
      if (std::abs(missing) <= kGuessTolerance || std::abs(next - gain_db_) < 1e-4) break;
      const double previous_gain_db = gain_db_;
      const double previous_lufs = guessed_lufs_;
      gain_db_ = next;
      guess();
      const double risen = guessed_lufs_ - previous_lufs;
      if (std::abs(risen) > 1e-6)
        slope = std::clamp((gain_db_ - previous_gain_db) / risen, 1.0, 6.0);
    }
  }

  std::span<const float> curve() const { return curve_; }
  double gain_db() const { return gain_db_; }
  double guessed_lufs() const { return guessed_lufs_; }
  bool is_at_limit() const { return gain_db_ >= most_gain_db_; }

 private:
  void guess() {
    const double gain = linear_from_db(gain_db_);
    curve_ = limiter_.curve(gain, linear_from_db(options_.ceiling_dbtp - kMarginDb))
                 .subspan(margin_, loudness_.cells() + 1);
    guessed_lufs_ = loudness_.integrated_lufs(curve_, gain);
  }

  LoudnessProfile loudness_;
  std::size_t margin_;  // cells of a loop on either side
  detail::Limiter limiter_;
  const MasteringOptions& options_;
  double peak_db_;
  double most_gain_db_;
  double gain_db_;
  double guessed_lufs_ = kNothing;
  std::span<const float> curve_{};
};

// Measures what `mastered` makes of the sound, into its report.
void measure(const SoundSource& source, Mastered& mastered) {
  LoudnessMeter meter(source.sample_rate, source.channels);
  TruePeakDetector detector(source.channels);
  std::vector<float> peaks;
  float highest = 0.0F;
  const auto take_peaks = [&] {
    for (const float peak : peaks) highest = std::max(highest, peak);
    peaks.clear();
  };
  for_each_block(source, [&](std::int64_t first, std::span<float> samples) {
    mastered.apply(first, source.channels, samples);
    meter.add(samples);
    detector.add(samples, peaks);
    take_peaks();
  });
  detector.finish(peaks);
  take_peaks();
  const auto least = static_cast<std::int64_t>(std::ceil(kGatingBlockSeconds * source.sample_rate));
  if (source.frames < least) {
    meter.add(std::vector<float>(
        static_cast<std::size_t>(least - source.frames) * static_cast<std::size_t>(source.channels),
        0.0F));
  }
  mastered.report.loudness_lufs = meter.integrated_lufs();
  mastered.report.range_lu = meter.range_lu();
  mastered.report.true_peak_dbtp = db_from_linear(static_cast<double>(highest));
  ++mastered.report.passes;
}

// Takes away what still reaches over the ceiling.
void hold_to_ceiling(double ceiling_dbtp, Mastered& mastered) {
  MasteringReport& report = mastered.report;
  if (report.true_peak_dbtp <= ceiling_dbtp) return;
  constexpr double kRoundingDb = 1e-4;  // so that rounded samples do not reach over it again
  const double change_db = ceiling_dbtp - kRoundingDb - report.true_peak_dbtp;
  mastered.gain *= static_cast<float>(linear_from_db(change_db));
  report.gain_db += change_db;
  report.true_peak_dbtp += change_db;
  report.loudness_lufs += change_db;
}

void use_gain(const GainSearch& search, Mastered& mastered) {
  mastered.gain = static_cast<float>(linear_from_db(search.gain_db()));
  mastered.curve.at_bounds.assign(search.curve().begin(), search.curve().end());
  const float lowest = *std::min_element(search.curve().begin(), search.curve().end());
  mastered.report.gain_db = search.gain_db();
  mastered.report.reduction_db = std::max(0.0, -db_from_linear(static_cast<double>(lowest)));
}

}  // namespace

void Mastered::apply(std::int64_t first, int channels, std::span<float> samples) const {
  if (curve.at_bounds.empty()) return;
  curve.apply(static_cast<std::size_t>(first), static_cast<std::size_t>(channels), gain, samples);
}

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

Mastered find_mastering(const SoundSource& source, const MasteringOptions& options) {
  check_options(options);
  Mastered mastered;
  mastered.report.loudness_lufs = kNothing;
  mastered.report.target_lufs = options.target_lufs;
  mastered.report.true_peak_dbtp = kNothing;
  if (source.frames == 0) return mastered;
  mastered.curve.cell_frames = LoudnessProfile::cell_frames(source.sample_rate);
  const double cells_per_second =
      static_cast<double>(source.sample_rate) / static_cast<double>(mastered.curve.cell_frames);
  GainSearch search(analyse(source), cells_per_second, source.end, options);
  if (search.is_silent()) return mastered;
  double wanted = options.target_lufs;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    search.seek(wanted);
    use_gain(search, mastered);
    measure(source, mastered);
    const double missing = options.target_lufs - mastered.report.loudness_lufs;
    if (!std::isfinite(missing) || std::abs(missing) <= options.tolerance_lu) break;
    if (missing > 0.0 && search.is_at_limit()) break;
    wanted = search.guessed_lufs() + missing;
  }
  hold_to_ceiling(options.ceiling_dbtp, mastered);
  return mastered;
}

MasteringReport master(AudioBuffer& audio, const MasteringOptions& options) {
  const auto channels = static_cast<std::size_t>(audio.channels);
  const SoundSource source{
      .sample_rate = audio.sample_rate,
      .channels = audio.channels,
      .frames = static_cast<std::int64_t>(audio.frames()),
      .read = [&](std::int64_t first, std::span<float> samples) {
        const auto from = std::span(audio.samples)
                              .subspan(static_cast<std::size_t>(first) * channels, samples.size());
        std::copy(from.begin(), from.end(), samples.begin());
      }};
  const Mastered mastered = find_mastering(source, options);
  mastered.apply(0, audio.channels, audio.samples);
  return mastered.report;
}

}  // namespace undersong
