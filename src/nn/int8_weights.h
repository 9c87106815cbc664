#pragma once
// Matrices of a decoder as int8 with a scale a row: value = whole number * scale of its row.

#include <cstdint>
#include <string>
#include <vector>

#include "nn/decoder_spec.h"
#include "nn/weight_file.h"

namespace undersong {

struct Int8Matrix {
  std::size_t rows = 0;
  std::size_t in = 0;
  std::vector<std::int8_t> values;  // [rows, in]
  std::vector<float> scales;        // [rows]
};

// The matrix `name` [rows, in], as the file has it or made from F32: the largest of a row becomes
// 127, the others are rounded half to even. Errors: kMismatch, naming the tensor, when it or its
// scale is missing, misshapen, not a number, or beyond 1000 in size.
Int8Matrix int8_matrix(const WeightFile& weights, const std::string& name, std::int64_t rows,
                       std::int64_t in);

// A vector of the file, with the same errors.
std::vector<float> float_vector(const WeightFile& weights, const std::string& name,
                                std::int64_t count);

// The file with every F32 matrix of `spec` as I8 and `NAME.scale`, all else as it was. A decoder
// gives the same bits from either. Errors: as int8_matrix.
WeightFile with_int8_matrices(const DecoderSpec& spec, WeightFile weights);

}  // namespace undersong
