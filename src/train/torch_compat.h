#pragma once
// What of LibTorch the trainer uses, and the only place that may look at its version: Debian 12 has
// 1.13, a GPU machine's PyTorch wheel 2.x. ATen and custom functions are enough and compile in a
// third of the time that torch/torch.h takes.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/version.h>

#include <string>

namespace undersong {

inline std::string torch_version() { return TORCH_VERSION; }

}  // namespace undersong
