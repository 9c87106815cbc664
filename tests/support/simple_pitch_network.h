#pragma once
// Weights, made by hand, of a pitch network that hears pure tones: a key sounds where its bin is
// among the loudest of the window, and begins where it did not sound the frame before.

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "nn/weight_file.h"

namespace undersong {

namespace detail {

inline std::vector<float>& put_zeros(WeightFile& file, const std::string& name,
                                     const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
  file.tensors[name] = {shape, std::vector<float>(count, 0.0F)};
  return std::get<std::vector<float>>(file.tensors[name].values);
}

// Windowed waves of the highest octave, and a low-pass that halves the rate.
inline void put_spectrum(WeightFile& file) {
  constexpr std::size_t kSamples = 256;
  constexpr std::size_t kBins = 36;
  const double lowest_hertz = 27.5 * std::exp2(273.0 / 36.0);  // of 309 bins, 36 an octave
  auto& real = put_zeros(file, "cqt.kernel_real", {kSamples, kBins});
  auto& imaginary = put_zeros(file, "cqt.kernel_imaginary", {kSamples, kBins});
  auto& low_pass = put_zeros(file, "cqt.low_pass", {kSamples});
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double x = static_cast<double>(i) - 127.5;
    const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / 128.0);
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double hertz = lowest_hertz * std::exp2(static_cast<double>(bin) / 36.0);
      const double angle = 2.0 * std::numbers::pi * hertz * x / 22050.0;
      real[i * kBins + bin] = static_cast<float>(window * std::cos(angle) / 128.0);
      imaginary[i * kBins + bin] = static_cast<float>(window * std::sin(angle) / 128.0);
    }
    low_pass[i] =
        static_cast<float>(window * std::sin(std::numbers::pi * x / 2.0) / (std::numbers::pi * x));
  }
  for (float& scale : put_zeros(file, "cqt.scale", {309})) scale = 1.0F;
}

}  // namespace detail

inline WeightFile simple_pitch_network() {
  using detail::put_zeros;
  WeightFile file;
  detail::put_spectrum(file);
  put_zeros(file, "normalisation.scale", {1})[0] = 1.0F;
  put_zeros(file, "normalisation.offset", {1});
  // The centre of a kernel, from channel 1 of the overtones (the pitch itself) to feature 0.
  put_zeros(file, "contour1.weight", {3, 39, 8, 8})[((1 * 39 + 19) * 8 + 1) * 8] = 1.0F;
  put_zeros(file, "contour1.bias", {8});
  put_zeros(file, "contour2.weight", {5, 5, 8, 1})[(2 * 5 + 2) * 8] = 400.0F;
  put_zeros(file, "contour2.bias", {1})[0] = -392.0F;  // within a fiftieth of the window's range
  put_zeros(file, "note1.weight", {7, 7, 1, 32})[(3 * 7 + 2) * 32] = 1.0F;
  put_zeros(file, "note1.bias", {32});
  put_zeros(file, "note2.weight", {7, 3, 32, 1})[(3 * 3 + 1) * 32] = 10.0F;
  put_zeros(file, "note2.bias", {1})[0] = -5.0F;
  put_zeros(file, "onset1.weight", {5, 5, 8, 32});
  put_zeros(file, "onset1.bias", {32});
  auto& onset = put_zeros(file, "onset2.weight", {3, 3, 33, 1});
  onset[(1 * 3 + 1) * 33] = 10.0F;
  onset[(0 * 3 + 1) * 33] = -10.0F;
  put_zeros(file, "onset2.bias", {1})[0] = -5.0F;
  return file;
}

}  // namespace undersong
