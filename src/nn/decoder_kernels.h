#pragma once
// The arithmetic of the decoder, on the widest vectors that the machine has. The same bits on every
// vector target: products are sums of integers, which have no order; what is summed in float goes
// through sixteen partial sums (element i into sum i mod 16) that are added up in one order.
// docs/decisions/0018-integers-in-the-decoder.md derives what the rounding costs.

#include <cstddef>
#include <cstdint>

namespace undersong {

// Rows of a matrix that lie side by side, so that lanes are different outputs and nothing is added
// across a vector: packed as [panel][in / 2][kInt8Panel][2].
inline constexpr std::size_t kInt8Panel = 32;
inline constexpr std::size_t kInPadding = 16;  // inputs come in multiples of this, zeros behind

// A vector as whole numbers times a scale, several of them.
struct QuantisedRows {
  const std::int16_t* values = nullptr;  // [rows][stride]
  std::size_t stride = 0;
  const float* scales = nullptr;  // [rows]
  std::size_t rows = 0;
};

// Neighbouring panels of a matrix of int8 with a scale a row.
struct Int8Panels {
  const std::int8_t* values = nullptr;
  const float* scales = nullptr;  // of these panels' rows
  std::size_t panels = 0;
  std::size_t in = 0;  // padded
};

// y[r][o] = (sum over i of x[r][i] * w[o][i]) * scale of o * scale of r, or added to y[r][o].
void multiply_int8(const Int8Panels& w, const QuantisedRows& x, float* y, std::size_t y_stride);
void multiply_add_int8(const Int8Panels& w, const QuantisedRows& x, float* y, std::size_t y_stride);
// Panels take turns: gates g, then ups u of the same units. y[r][unit] = u * g / (1 + exp(-g)).
void multiply_gated_int8(const Int8Panels& w, const QuantisedRows& x, float* y,
                         std::size_t y_stride);

// values = q * scale with |q| <= levels, rounded half to even; returns the scale.
// Shapes: values and q [n], n a multiple of 16; q 16-byte aligned.
float quantise(const float* values, std::size_t n, int levels, std::int16_t* q);
// The same for values / sqrt(mean of squares + 1e-6) * weight, with the mean over `count` values.
float normalise_and_quantise(const float* values, const float* weight, std::size_t n,
                             std::size_t count, int levels, std::int16_t* q);

// sum[i] += row[i] * scale for n values, a multiple of 16.
void add_row(const std::int8_t* row, float scale, std::size_t n, float* sum);

// A block's keys and values of one head, for kBlockSteps steps. Keys are packed with steps as
// outputs, values with dimensions as outputs and steps as inputs.
inline constexpr std::size_t kBlockSteps = 64;

struct CachedHead {
  const std::int16_t* keys = nullptr;    // [2][in / 2][32][2]
  const std::int16_t* values = nullptr;  // [out / 32][kBlockSteps / 2][32][2]
  const float* key_scales = nullptr;     // [kBlockSteps]
  const float* value_scales = nullptr;   // [kBlockSteps]
};

struct Attention {
  const CachedHead* blocks = nullptr;
  std::size_t steps = 0;                  // that are heard
  const std::int16_t* queries = nullptr;  // [group][in]
  const float* query_scales = nullptr;    // [group]
  std::size_t group = 0;                  // queries that share the head
  std::size_t in = 0;                     // of a head, padded to kInPadding
  std::size_t out = 0;                    // of a head, padded to kInt8Panel
  float* scores = nullptr;                // scratch [group][steps, rounded up to a block]
  float* result = nullptr;                // [group][out]
};

// Levels of keys, queries, values and weights at which no sum of 32 bits overflows.
int cache_levels(std::size_t terms);

void attend(const Attention& attention);

}  // namespace undersong
