#include "train/torch_threads.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "train/torch_compat.h"

namespace undersong {

// OpenBLAS has a setting of its own, which is looked up at run time
// since other BLAS libraries lack it. Values too small for a normal float: the moments of
// parameters that are out of use decay into them, where arithmetic is slow on some processors.
void use_one_thread_inside() {
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
  using Setter = void (*)(int);
  void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (found != nullptr) reinterpret_cast<Setter>(found)(1);
}

Device chosen_device(Device wanted) {
  const bool cuda = at::hasCUDA();
  if (wanted == Device::kAuto) return cuda ? Device::kCuda : Device::kCpu;
  if (wanted == Device::kCuda && !cuda) {
    throw Error(ErrorKind::kUsage,
                fmt::format("no CUDA device: LibTorch {} finds none here; use --device cpu, or "
                            "build against a PyTorch with CUDA (docs/training.md)",
                            torch_version()));
  }
  return wanted;
}

int chosen_threads(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace undersong
