#pragma once
// Where each tensor of a decoder stands in one vector of all its parameters, and what they start
// from. One vector makes sums over threads and processes, clipping and steps loops of one line.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nn/decoder_spec.h"

namespace undersong {

struct DecoderParameter {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;
  std::int64_t count = 0;
};

struct DecoderLayout {
  std::vector<DecoderParameter> parameters;  // the layers' matrices first
  std::int64_t matrices = 0;                 // how many of them are that
  std::int64_t decayed = 0;                  // floats of those, which weight decay pulls
  std::int64_t total = 0;

  explicit DecoderLayout(const DecoderSpec& spec);
  // Precondition: there is one of that name.
  const DecoderParameter& find(std::string_view name) const;
};

// Normal with deviation 0.02; `out` and `down`, whose sums grow with the layers, divided by
// sqrt(2 * layers); gains 1.
std::vector<float> initial_parameters(const DecoderSpec& spec, const DecoderLayout& layout,
                                      std::uint64_t seed);

}  // namespace undersong
