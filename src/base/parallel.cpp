#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace undersong {
namespace {

// What the threads share.
struct Tasks {
  std::size_t count;
  const std::function<void(std::size_t)>& task;
  Progress& progress;
  std::atomic<std::size_t> next{0};
  std::mutex mutex{};  // of what follows
  std::int64_t done = 0;
  std::size_t failed = 0;
  std::exception_ptr failure{};

  void tell() {
    const std::lock_guard lock(mutex);
    progress.update(++done, "");
  }

  void fail(std::size_t index) {
    const std::lock_guard lock(mutex);
    next = count;
    if (failure && failed < index) return;
    failed = index;
    failure = std::current_exception();
  }

  void work() {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        task(i);
        tell();
      } catch (...) {
        fail(i);
      }
    }
  }
};

}  // namespace

void for_each_in_parallel(std::size_t count, const std::function<void(std::size_t)>& task,
                          Progress& progress) {
  Tasks tasks{.count = count, .task = task, .progress = progress};
  const std::size_t threads =
      std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([&tasks] { tasks.work(); });
  tasks.work();
  for (std::thread& helper : helpers) helper.join();
  if (tasks.failure) std::rethrow_exception(tasks.failure);
}

}  // namespace undersong
