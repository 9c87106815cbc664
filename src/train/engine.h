#pragma once
// The part of training that computes: parameters, gradients, Adamax, on a CPU's threads or on CUDA.
// No type of LibTorch leaves it. Non-goals: what is learned from, for how long, and what is
// written.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/network_spec.h"
#include "nn/weight_file.h"

namespace undersong {

enum class Device { kAuto, kCpu, kCuda };

struct EngineOptions {
  Device device = Device::kAuto;
  int threads = 0;  // 0: one a processor
  std::uint64_t seed = 1;
  double learning_rate = 0.01;
};

// Samples side by side, time-major.
struct Batch {
  std::int64_t steps = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 1;           // ids a step: 1, or those of the note matrix
  std::vector<std::int32_t> inputs;   // [steps, rows, columns]
  std::vector<std::int32_t> targets;  // kWindow: [rows]; kRecurrent: as `inputs`; for the note
                                      // matrix [steps+1, rows, columns], the first row too; -1:
                                      // not counted
};

struct LossSum {
  double nats = 0.0;
  std::int64_t count = 0;

  double mean() const { return count == 0 ? 0.0 : nats / static_cast<double>(count); }
  LossSum& operator+=(const LossSum& more) {
    nats += more.nats;
    count += more.count;
    return *this;
  }
};

// Whether the sequence of the evaluate() before goes on.
enum class Carry { kStart, kContinue };

class Engine {
 public:
  // Errors: kUsage when CUDA is asked for and this LibTorch or machine has none.
  Engine(const NetworkSpec& spec, const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // A sentence about where it computes: `CPU, 2 threads, LibTorch 1.13.1`.
  std::string device_line() const;
  bool on_cuda() const;
  int threads() const;

  // One step of Adamax on the mean loss of the batch, which it returns in nats.
  //
  // The step's number decides the dropout masks; the results depend on it, on the state and on the
  // number of threads alone. Errors: kUsage when the loss is no longer a number.
  LossSum train(const Batch& batch);

  // The loss without dropout. Rows keep their state between calls with kContinue.
  LossSum evaluate(const Batch& batch, Carry carry);

  // Logits without dropout from a state of zeros: [rows, vocab] or [steps, rows, vocab].
  std::vector<float> logits(const Batch& batch);

  std::int64_t steps_done() const;

  // Parameters by name.
  std::map<std::string, WeightTensor> weights() const;

  // Everything that the next step depends on, to be kept and put back: parameters, and Adamax'
  // vectors as `moment.NAME` and `norm.NAME`.
  std::map<std::string, WeightTensor> state() const;
  void restore(const std::map<std::string, WeightTensor>& state, std::int64_t steps_done);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// What LibTorch is here, for `undersong doctor`: its version, and whether CUDA answers.
std::string torch_line();

}  // namespace undersong
