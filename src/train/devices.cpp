#include "train/devices.h"

#include "train/torch_compat.h"

namespace undersong {

std::string describe_devices() {
  return "LibTorch " + torch_version() +
         (at::hasCUDA() ? ", trains on the CPU and with CUDA" : ", trains on the CPU");
}

}  // namespace undersong
