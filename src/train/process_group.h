#pragma once
// Several processes that train as one: sums over all of them, through LibTorch's c10d (Gloo on
// CPUs, NCCL on CUDA). Who takes part is told by the environment, as torchrun and Slurm's wrappers
// set it: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT. Without WORLD_SIZE there is one.

#include <memory>
#include <span>
#include <vector>

namespace undersong {

class ProcessGroup {
 public:
  // Errors: kUsage for an environment that makes no sense, or when the others do not answer.
  static ProcessGroup from_environment(bool cuda);
  ~ProcessGroup();
  ProcessGroup(ProcessGroup&&) noexcept;
  ProcessGroup& operator=(ProcessGroup&&) noexcept;

  int rank() const;
  int size() const;
  bool first() const { return rank() == 0; }

  // In place, the same bits in every process. Nothing happens in a group of one.
  void sum(std::span<float> values);
  void sum(std::span<double> values);
  void wait();  // until all are here

 private:
  struct Inside;
  explicit ProcessGroup(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace undersong
