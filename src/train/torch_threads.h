#pragma once
// Where the engines compute.

#include "train/engine.h"

namespace undersong {

// The work is split over our own threads, so everything below them runs on one: LibTorch's loops
// and the BLAS that it calls. Values too small for a normal float become 0.
void use_one_thread_inside();

// kAuto becomes CUDA where there is some. Errors: kUsage when CUDA is wanted and missing.
Device chosen_device(Device wanted);

// 0 becomes one a processor.
int chosen_threads(int wanted);

}  // namespace undersong
