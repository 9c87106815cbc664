#pragma once
// The part of a decoder's training that computes, on a CPU's threads or on CUDA in bfloat16 with
// LibTorch's fused attention: parameters, gradients, steps (Muon for the layers' matrices, Adam for
// the rest). No type of LibTorch leaves it.
// Non-goals: what is learned from, for how long, and what is written.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/decoder_spec.h"
#include "nn/weight_file.h"
#include "train/engine.h"

namespace undersong {

struct DecoderEngineOptions {
  Device device = Device::kAuto;
  int threads = 0;  // 0: one a processor
  std::uint64_t seed = 1;
  double dropout = 0.1;
  int process = 0;  // of those that train together: each drops other elements
  double weight_decay = 0.1;  // of the layers' matrices
  double beta2 = 0.95;        // Adam; the first is 0.9
  double clip = 1.0;          // of the norm of all gradients
  int low_rank = 0;  // > 0: weights stay, and a product of this rank is learned beside each matrix
};

// Rows of equal length, sequence-major.
struct DecoderBatch {
  std::int64_t rows = 0;
  std::int64_t steps = 0;
  std::vector<std::int32_t> features;  // [rows, steps, features_per_step]; -1: none
  std::vector<std::int32_t> anchors;   // [rows, steps, relative heads]; -1: none
  std::vector<std::int32_t> targets;   // [rows, steps]; -1: not counted
};

class DecoderEngine {
 public:
  // Errors: kUsage when CUDA is asked for and this LibTorch or machine has none.
  DecoderEngine(const DecoderSpec& spec, const DecoderEngineOptions& options);
  ~DecoderEngine();
  DecoderEngine(const DecoderEngine&) = delete;
  DecoderEngine& operator=(const DecoderEngine&) = delete;

  std::string device_line() const;
  bool on_cuda() const;

  // Gradients of the sum of losses / `count` are added up over calls, so that a step may be larger
  // than what fits into memory; `count` is the number of targets of the whole step, over all
  // processes. Returns the sum of losses in nats, without dropout's correction. Errors: kUsage when
  // the loss is no longer a number.
  LossSum accumulate(const DecoderBatch& batch, std::int64_t count);
  // The gradients so far as one vector on the CPU, for summing over processes, and put back.
  std::vector<float> gradients() const;
  void set_gradients(std::span<const float> gradients);
  // Steps with the clipped gradients, which are then 0 again. Returns their norm before clipping.
  // `learning_rate`: Adam's; the matrices' is twice that.
  double step(double learning_rate);

  // Sums without dropout, and for each target its nats where `nats` is wanted [rows, steps].
  LossSum evaluate(const DecoderBatch& batch, std::vector<float>* nats = nullptr);
  // [rows, steps, vocab] without dropout, in float32.
  std::vector<float> logits(const DecoderBatch& batch);

  std::int64_t steps_done() const;
  // Whole weights by name (low-rank products multiplied out), F32.
  std::map<std::string, WeightTensor> weights() const;
  void set_weights(const WeightFile& weights);  // to start from; moments become 0
  // Everything that the next step depends on.
  std::map<std::string, WeightTensor> state() const;
  void restore(const std::map<std::string, WeightTensor>& state, std::int64_t steps_done);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace undersong
