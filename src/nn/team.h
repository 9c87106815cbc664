#pragma once
// Threads that work on one product at a time. They spin between the parts of a job, for a moment
// after it too, give way to others when that lasts, and sleep while there is nothing to do.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace undersong {

class Team {
 public:
  // `threads`: the caller's among them.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return threads_; }

  // Calls job(thread) on every thread at once, thread 0 being the caller, and returns when all are
  // done. The job must not throw. Not for two callers at a time: hold `in_use()`.
  template <typename Job>
  void run(Job& job) {
    call_ = [](void* object, int thread) { (*static_cast<Job*>(object))(thread); };
    object_ = &job;
    run_all();
  }

  // Within a job: returns once every thread has come here.
  void wait_for_all();

  std::mutex& in_use() { return in_use_; }

 private:
  void run_all();
  void work(int thread);

  int threads_;
  void (*call_)(void*, int) = nullptr;
  void* object_ = nullptr;
  std::mutex in_use_;
  alignas(64) std::atomic<std::uint32_t> job_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<int> arrived_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> others_;
};

}  // namespace undersong
