#pragma once
// Independent tasks on all processors.

#include <cstddef>
#include <functional>

#include "base/progress.h"

namespace undersong {

// Calls `task` once for each of 0 … count-1, in any order, on as many threads as there are
// processors (the caller's among them), and returns when all are done. Results that go to places of
// their own by the index are the same for any number of threads.
//
// `progress`, which the caller begins and ends, moves by one a task. After a task throws no new
// ones begin; of those that threw the first by index is rethrown.
void for_each_in_parallel(std::size_t count, const std::function<void(std::size_t)>& task,
                          Progress& progress = silent_progress());

}  // namespace undersong
