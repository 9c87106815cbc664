#pragma once
// What process_group.h needs of LibTorch's c10d, behind one face. Which kinds there are depends on
// the headers found when this was built (CMakeLists.txt): Gloo's, or NCCL's and CUDA's.

#include <memory>
#include <span>
#include <string>

#include "train/process_group.h"

namespace undersong {

class Collective {
 public:
  virtual ~Collective() = default;
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
};

// Waits for all others. `address`: this process', for Gloo.
//
// Errors: Error kUnsupported when built without what it takes; LibTorch's own exceptions otherwise.
std::unique_ptr<Collective> make_collective(const GroupPlace& place, const std::string& address,
                                            bool cuda, const GroupPatience& patience);

// Makes `index` the GPU that this thread's tensors live on. Errors: kUsage when it is not there.
void use_gpu(int index);

}  // namespace undersong
