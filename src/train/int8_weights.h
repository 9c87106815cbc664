#pragma once
// Weights as decoders ship them: matrices in int8 with a scale a row (nn/decoder.h).

#include <map>
#include <string>
#include <vector>

#include "nn/weight_file.h"

namespace undersong {

// Each matrix NAME becomes I8, rounded to nearest with scale = largest magnitude of the row / 127
// in NAME.scale; vectors stay F32. Rounding again what was rounded changes nothing but the last
// bits of the scales.
std::map<std::string, WeightTensor> to_int8(const std::map<std::string, WeightTensor>& weights);

// The values of tensor `name`, F32 or I8 with scales. Errors: kMismatch, naming the tensor.
std::vector<float> whole_floats(const WeightFile& weights, const std::string& name,
                                const std::vector<std::int64_t>& shape);

}  // namespace undersong
