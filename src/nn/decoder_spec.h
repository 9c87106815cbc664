#pragma once
// A transformer decoder as plain values: trainer and inference build from this one description.
//
// Input of a step is the sum of several rows of one table: the token's own row and rows for
// what is known of its place ("features"). Each layer: RMSNorm (epsilon 1e-6), causal attention
// with rotary positions (base 10000, the halves of a head rotated against each other: dimension i
// with i + head/2) in which `heads` / `kv_heads` queries share a key, RMSNorm, SwiGLU (silu(x*gate)
// * (x*up)) * down; both added to the stream. No biases. After the last RMSNorm, h:
//
//   logits[v] = h . table[v]  +  sum over heads r with an anchor a_r >= 0, for v in the head's run:
//               h . relative.r[(v - first) - a_r]
//
// where the row of distance d is d + count-1, or d modulo `period` where the head has one. So a
// network learns an interval, or a chord tone, once and not once a pitch.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nn/network_spec.h"

namespace undersong {

struct RelativeHead {
  int first = 0;   // first token of its run
  int count = 0;   // tokens of the run
  int period = 0;  // 0: a row a distance; -1: that, and tokens up to the anchor cannot come

  int rows() const { return period > 0 ? period : 2 * count - 1; }
  int row_of(int distance) const {
    return period > 0 ? (distance % period + period) % period : distance + count - 1;
  }
  bool operator==(const RelativeHead&) const = default;
};

struct DecoderSpec {
  int vocab_size = 0;
  int feature_count = 0;      // rows of the table; the first vocab_size are the tokens
  int features_per_step = 1;  // at most; -1 stands for none
  int width = 512;
  int layers = 8;
  int heads = 8;  // of width / heads dimensions, an even number
  int kv_heads = 2;
  int hidden = 1408;   // of the SwiGLU
  int context = 2048;  // steps at most
  std::vector<RelativeHead> relative_heads;

  int head_width() const { return width / heads; }
  bool operator==(const DecoderSpec&) const = default;
};

// Names and shapes, [out, in] row after row: `table` [feature_count, width], `layers.<i>.norm1`
// [width], `.qkv` [(heads + 2*kv_heads) * head, width] (queries, keys, values), `.out` [width,
// width], `.norm2` [width], `.gate_up` [2*hidden, width] (gates, then ups), `.down` [width,
// hidden], `norm` [width], `relative.<r>` [rows, width].
std::vector<TensorSpec> tensors_of(const DecoderSpec& spec);

std::int64_t parameter_count(const DecoderSpec& spec);

// Errors: kFormat for numbers that make no network (heads that do not divide, zero, beyond a
// million; more than 2^31 parameters in all).
void check_spec(const DecoderSpec& spec);

// {"vocab_size": …} for weight files. Errors of from_json: kFormat, also what check_spec refuses.
std::string to_json(const DecoderSpec& spec);
DecoderSpec decoder_spec_from_json(std::string_view json);

}  // namespace undersong
