#include "transcribe/pitch_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/portable_math.h"
#include "nn/kernels.h"

namespace undersong {
namespace {

constexpr std::size_t kOctaves = 9;
constexpr std::size_t kBinsPerOctave = 36;
constexpr std::size_t kKernelSamples = 256;
constexpr std::size_t kBins = 309;
// The nine octaves have more bins than the network hears; the lowest are left out.
constexpr std::size_t kUnheardBins = kOctaves * kBinsPerOctave - kBins;
// Bins from a pitch to its overtones, after the octave below and itself: 36 log2(n).
constexpr std::array<int, 8> kOvertones = {-36, 0, 36, 57, 72, 84, 93, 101};
constexpr std::size_t kBinsPerKey = 3;

std::int64_t signed_size(std::size_t n) { return static_cast<std::int64_t>(n); }

Convolution convolution(const WeightFile& file, const std::string& name,
                        const ConvolutionShape& shape, Rectify rectify) {
  const auto& weights = file.floats(
      name + ".weight", {signed_size(shape.kernel_rows), signed_size(shape.kernel_columns),
                         signed_size(shape.in_channels), signed_size(shape.out_channels)});
  const auto& bias = file.floats(name + ".bias", {signed_size(shape.out_channels)});
  return {shape, weights, bias, rectify};
}

// Real kernels, then imaginary ones, side by side.
Convolution spectrum(const WeightFile& file) {
  const std::vector<std::int64_t> shape = {kKernelSamples, kBinsPerOctave};
  const auto& real = file.floats("cqt.kernel_real", shape);
  const auto& imaginary = file.floats("cqt.kernel_imaginary", shape);
  std::vector<float> weights;
  for (std::size_t i = 0; i < kKernelSamples; ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i * kBinsPerOctave);
    weights.insert(weights.end(), real.begin() + at, real.begin() + at + kBinsPerOctave);
    weights.insert(weights.end(), imaginary.begin() + at, imaginary.begin() + at + kBinsPerOctave);
  }
  const std::vector<float> bias(2 * kBinsPerOctave, 0.0F);
  return {{.kernel_columns = kKernelSamples, .out_channels = 2 * kBinsPerOctave},
          weights,
          bias,
          Rectify::kNo};
}

Convolution low_pass(const WeightFile& file) {
  const std::vector<float> bias = {0.0F};
  return {{.kernel_columns = kKernelSamples},
          file.floats("cqt.low_pass", {kKernelSamples}),
          bias,
          Rectify::kNo};
}

// `samples` with 128 more on either side, mirrored about its ends.
std::vector<float> mirrored(std::span<const float> samples) {
  constexpr std::size_t kMargin = kKernelSamples / 2;
  UNDERSONG_CHECK(samples.size() > kMargin);
  std::vector<float> padded;
  padded.reserve(samples.size() + 2 * kMargin);
  for (std::size_t i = kMargin; i > 0; --i) padded.push_back(samples[i]);
  padded.insert(padded.end(), samples.begin(), samples.end());
  for (std::size_t i = 0; i < kMargin; ++i) padded.push_back(samples[samples.size() - 2 - i]);
  return padded;
}

// Decibels above the window's quietest bin over the range of the window, in [0, 1].
std::vector<float> normalised(std::span<const float> decibels) {
  const auto [least, most] = std::minmax_element(decibels.begin(), decibels.end());
  const float floor = *least;
  const float range = *most - floor;
  std::vector<float> values(decibels.size(), 0.0F);
  if (range <= 0.0F) return values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = (decibels[i] - floor) / range;
  return values;
}

// [frame][key]: the loudest bin of the key or of its octave overtone.
std::vector<std::uint8_t> key_levels(std::span<const float> decibels) {
  constexpr double kQuietest = -100.0;  // dB: the network's floor
  constexpr std::size_t kOctave = kBinsPerOctave;
  std::vector<std::uint8_t> levels;
  levels.reserve(kPitchWindowFrames * kPitchKeys);
  for (std::size_t frame = 0; frame < kPitchWindowFrames; ++frame) {
    const auto bins = decibels.subspan(frame * kBins, kBins);
    for (std::size_t key = 0; key < kPitchKeys; ++key) {
      float loudest = bins[key * kBinsPerKey];
      for (std::size_t i = 0; i < kBinsPerKey; ++i) {
        const std::size_t bin = key * kBinsPerKey + i;
        loudest = std::max({loudest, bins[bin], bins[bin + kOctave]});
      }
      const double level = (static_cast<double>(loudest) - kQuietest) / kDecibelsPerPitchLevel;
      levels.push_back(static_cast<std::uint8_t>(std::clamp(level, 0.0, 255.0)));
    }
  }
  return levels;
}

// Zeros around `rows` x `columns` outputs as TensorFlow's SAME has them.
ConvolutionArea same_area(const ConvolutionShape& shape, std::size_t in_columns,
                          std::size_t column_stride) {
  const std::size_t columns = (in_columns + column_stride - 1) / column_stride;
  const std::size_t reach = (columns - 1) * column_stride + shape.kernel_columns;
  return {.rows = kPitchWindowFrames,
          .columns = columns,
          .column_stride = column_stride,
          .padding_top = (shape.kernel_rows - 1) / 2,
          .padding_left = reach > in_columns ? (reach - in_columns) / 2 : 0};
}

// Every plane and row of `from`, into the channels of `to` from `first_channel`.
void copy_planes(const ConvolutionOutput& from, std::size_t channels, std::size_t first_channel,
                 ConvolutionInput& to) {
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t row = 0; row < from.rows; ++row)
      to.set_row(first_channel + c, row, from.row(c, row));
  }
}

// Each pitch beside its overtones: channel h is the spectrum moved down by kOvertones[h] bins.
void stack_overtones(std::span<const float> bins, ConvolutionInput& to) {
  std::array<float, kPitchContours> moved{};
  for (std::size_t h = 0; h < kOvertones.size(); ++h) {
    for (std::size_t frame = 0; frame < kPitchWindowFrames; ++frame) {
      for (std::size_t i = 0; i < kPitchContours; ++i) {
        const int bin = static_cast<int>(i) + kOvertones[h];
        const bool is_heard = bin >= 0 && bin < static_cast<int>(kBins);
        moved[i] = is_heard ? bins[frame * kBins + static_cast<std::size_t>(bin)] : 0.0F;
      }
      to.set_row(h, frame, moved);
    }
  }
}

void squash(ConvolutionOutput& output) {
  sigmoid_in_place(output.values.data(), output.values.size());
}

// The only plane without what stands behind its rows.
std::vector<float> plane(const ConvolutionOutput& output) {
  std::vector<float> values;
  values.reserve(output.rows * output.columns);
  for (std::size_t row = 0; row < output.rows; ++row) {
    const auto from = output.row(0, row);
    values.insert(values.end(), from.begin(), from.end());
  }
  return values;
}

std::vector<float> squared(const std::vector<float>& values) {
  std::vector<float> result;
  for (const float value : values) result.push_back(value * value);
  return result;
}

}  // namespace

PitchNetwork::PitchNetwork(const WeightFile& weights)
    : bin_scales_(squared(weights.floats("cqt.scale", {kBins}))),
      spectrum_(spectrum(weights)),
      halve_(low_pass(weights)),
      scale_(weights.floats("normalisation.scale", {1}).front()),
      offset_(weights.floats("normalisation.offset", {1}).front()),
      contour_features_(convolution(weights, "contour1", {3, 39, 8, 8}, Rectify::kYes)),
      contour_(convolution(weights, "contour2", {5, 5, 8, 1}, Rectify::kNo)),
      note_features_(convolution(weights, "note1", {7, 7, 1, 32}, Rectify::kYes)),
      note_(convolution(weights, "note2", {7, 3, 32, 1}, Rectify::kNo)),
      onset_features_(convolution(weights, "onset1", {5, 5, 8, 32}, Rectify::kYes)),
      onset_(convolution(weights, "onset2", {3, 3, 33, 1}, Rectify::kNo)) {}

// [frame][bin]: an octave at a time from the highest, at half the rate each.
std::vector<float> PitchNetwork::bin_power(std::span<const float> samples) const {
  std::vector<float> power(kPitchWindowFrames * kBins);
  std::vector<float> signal(samples.begin(), samples.end());
  std::size_t hop = kPitchFrameSamples;
  for (std::size_t octave = 0; octave < kOctaves; ++octave, hop /= 2) {
    ConvolutionInput input(spectrum_.shape(),
                           {.columns = kPitchWindowFrames, .column_stride = hop});
    input.set_row(0, 0, mirrored(signal));
    const ConvolutionOutput parts = spectrum_.apply(input);
    const std::size_t base = (kOctaves - 1 - octave) * kBinsPerOctave;
    for (std::size_t i = 0; i < kBinsPerOctave; ++i) {
      if (base + i < kUnheardBins) continue;
      const std::size_t bin = base + i - kUnheardBins;
      const auto real = parts.row(i, 0);
      const auto imaginary = parts.row(i + kBinsPerOctave, 0);
      for (std::size_t frame = 0; frame < kPitchWindowFrames; ++frame)
        power[frame * kBins + bin] =
            (real[frame] * real[frame] + imaginary[frame] * imaginary[frame]) * bin_scales_[bin];
    }
    if (octave + 1 == kOctaves) break;
    ConvolutionInput whole(
        halve_.shape(),
        {.columns = signal.size() / 2, .column_stride = 2, .padding_left = kKernelSamples / 2 - 1});
    whole.set_row(0, 0, signal);
    const ConvolutionOutput half = halve_.apply(whole);
    signal.assign(half.row(0, 0).begin(), half.row(0, 0).end());
  }
  return power;
}

PitchWindow PitchNetwork::hear(std::span<const float> samples) const {
  UNDERSONG_CHECK(samples.size() == kPitchWindowSamples);
  PitchWindow window;
  std::vector<float> bins = bin_power(samples);
  constexpr double kDecibelsPerNeper = 4.342944622039795;  // 10 / ln 10, as the network has it
  constexpr double kLeastPower = 1e-10;
  for (float& bin : bins)
    bin = static_cast<float>(kDecibelsPerNeper *
                             portable_log(static_cast<double>(bin) + kLeastPower));
  window.levels = key_levels(bins);
  bins = normalised(bins);
  for (float& bin : bins) bin = bin * scale_ + offset_;

  ConvolutionInput overtones(contour_features_.shape(),
                             same_area(contour_features_.shape(), kPitchContours, 1));
  stack_overtones(bins, overtones);
  ConvolutionInput features(contour_.shape(), same_area(contour_.shape(), kPitchContours, 1));
  copy_planes(contour_features_.apply(overtones), 8, 0, features);
  ConvolutionOutput contour = contour_.apply(features);
  squash(contour);
  window.contours = plane(contour);

  ConvolutionInput contours(note_features_.shape(),
                            same_area(note_features_.shape(), kPitchContours, kBinsPerKey));
  copy_planes(contour, 1, 0, contours);
  ConvolutionInput note_features(note_.shape(), same_area(note_.shape(), kPitchKeys, 1));
  copy_planes(note_features_.apply(contours), 32, 0, note_features);
  ConvolutionOutput note = note_.apply(note_features);
  squash(note);
  window.notes = plane(note);

  ConvolutionInput key_overtones(onset_features_.shape(),
                                 same_area(onset_features_.shape(), kPitchContours, kBinsPerKey));
  stack_overtones(bins, key_overtones);
  ConvolutionInput onset_features(onset_.shape(), same_area(onset_.shape(), kPitchKeys, 1));
  copy_planes(note, 1, 0, onset_features);
  copy_planes(onset_features_.apply(key_overtones), 32, 1, onset_features);
  ConvolutionOutput onset = onset_.apply(onset_features);
  squash(onset);
  window.onsets = plane(onset);
  return window;
}

}  // namespace undersong
