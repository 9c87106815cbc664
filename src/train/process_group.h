#pragma once
// Several processes that train as one: sums over all of them, through LibTorch's c10d (Gloo on
// CPUs, NCCL on CUDA). Who takes part is told by the environment, as torchrun and Slurm's wrappers
// set it. Without WORLD_SIZE there is one.
//
//   RANK, WORLD_SIZE          which of how many
//   MASTER_ADDR, MASTER_PORT  where the first one listens (29500)
//   LOCAL_RANK                which of the machine's GPUs (RANK)
//   GLOO_SOCKET_IFNAME        network interface; without it the one that leads to MASTER_ADDR
//
// No type of LibTorch in here.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace undersong {

// Where a process stands among those that train together.
struct GroupPlace {
  int rank = 0;
  int size = 1;
  int local_rank = 0;
  std::string address;  // of the first process
  int port = 29500;
  std::string interface;  // empty: the one that leads to `address`
};

// `variable` is std::getenv, or a table in its place. Errors: kUsage, naming the variable.
GroupPlace place_in_group(const std::function<const char*(const char*)>& variable);

// How long a process waits for the others before it gives up. One may be measuring what is held out
// while the rest wait for it.
struct GroupPatience {
  // Whole seconds: LibTorch 1.13 drops the rest.
  std::chrono::seconds joining = std::chrono::minutes(5);
  std::chrono::milliseconds summing = std::chrono::minutes(30);
};

class ProcessGroup {
 public:
  // Makes LOCAL_RANK the GPU that this process works on, so call it before anything else that does.
  //
  // Errors: kUsage for an environment that makes no sense; kIo when the others do not come in time;
  // kUnsupported when this LibTorch came without the headers of what it takes.
  static ProcessGroup from_environment(bool cuda);
  static ProcessGroup join(const GroupPlace& place, bool cuda, GroupPatience patience = {});
  ~ProcessGroup();
  ProcessGroup(ProcessGroup&&) noexcept;
  ProcessGroup& operator=(ProcessGroup&&) noexcept;

  int rank() const;
  int size() const;
  bool first() const { return rank() == 0; }

  // In place, the same bits in every process. Nothing happens in a group of one. Errors: kIo when
  // another process is gone or was waited for too long.
  void sum(std::span<float> values);
  void sum(std::span<double> values);
  void wait();  // until all are here

 private:
  struct Inside;
  explicit ProcessGroup(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace undersong
