#pragma once
// Runs a DecoderSpec on a CPU: int8 weights with a scale a row, int16 activations with a scale a
// vector, int32 sums. Integer sums have no order, so any vector width and number of threads gives
// the same bits; what remains in float has one order (nn/kernels.h).
//
// Cost: a step reads all weights once, whatever the number of sequences that step together, so
// candidates are cheap. Keys and values are kept as int16 with a scale for each head and step, in
// blocks that sequences share after clone() until one of them writes.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "nn/decoder_spec.h"
#include "nn/weight_file.h"

namespace undersong {

class DecoderState;

// What one step tells the network.
struct DecoderStep {
  std::vector<std::int32_t> features;  // rows of the table, the token's own first; -1: none
  std::vector<std::int32_t> anchors;   // one a relative head, -1: none
};

class Decoder {
 public:
  // Weights F32, or I8 with `NAME.scale` F32 [rows] beside it (value = int8 * scale of its row).
  // `threads`: 0: one a processor, at most 4. Errors: kMismatch, naming the tensor.
  Decoder(DecoderSpec spec, const WeightFile& weights, int threads = 0);
  ~Decoder();

  const DecoderSpec& spec() const;
  std::size_t weight_bytes() const;  // that a step reads

  std::unique_ptr<DecoderState> start() const;

  // Feeds steps and writes the logits of what follows the last. One by one or all at once gives the
  // same bits; all at once reads the weights once for many steps.
  //
  // Shapes: steps [n], n >= 1; logits [vocab_size].
  // Errors: kUsage beyond the context.
  void feed(DecoderState& state, std::span<const DecoderStep> steps, std::span<float> logits) const;

  // One step for each of several sequences; the same bits as each by itself.
  //
  // Shapes: states [b], steps [b], logits [b, vocab_size].
  void feed_together(std::span<DecoderState* const> states, std::span<const DecoderStep> steps,
                     std::span<float> logits) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// A sequence so far. Made by Decoder::start.
class DecoderState {
 public:
  ~DecoderState();
  std::unique_ptr<DecoderState> clone() const;  // cheap: shares what both have heard
  int steps() const;

 private:
  friend class Decoder;
  DecoderState();
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace undersong
