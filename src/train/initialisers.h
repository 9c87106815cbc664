#pragma once
// Keras' starting values, drawn from our own generator so that every machine starts alike.

#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/network_spec.h"

namespace undersong {

// A parameter of a network before training.
struct InitialTensor {
  std::string name;  // layers.<i>.<part>
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

// Uniform in +-sqrt(6 / (fan_in + fan_out)). Source: Glorot & Bengio 2010, equation 16.
std::vector<float> glorot_uniform(Rng& rng, std::int64_t count, std::int64_t fan_in,
                                  std::int64_t fan_out);

// Rows [rows, columns], rows <= columns, of length one and at right angles to each other.
// Source: Saxe et al. 2013, arXiv:1312.6120.
std::vector<float> orthogonal_rows(Rng& rng, std::int64_t rows, std::int64_t columns);

// Every parameter of `spec` in the order of its layers: Glorot uniform kernels, orthogonal
// recurrent kernels, biases of 0 (1 for the forget gate), tables uniform in +-0.05.
std::vector<InitialTensor> initial_tensors(const NetworkSpec& spec, std::uint64_t seed);

}  // namespace undersong
