#pragma once
// Threads that share the stages of one computation. A stage has a part for each thread, but
// whoever is free takes what is left, so a thread that has lost its processor holds up nobody who
// does not need its part. Threads spin between stages, for a moment after the last one too, give
// way to others when that lasts, and sleep while there is nothing to do.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace undersong {

class Team {
 public:
  static constexpr int kMost = 16;

  // `threads`: 1 … kMost, the caller's among them.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t parts() const { return static_cast<std::size_t>(threads_); }

  // Calls job(stage, part) once for each part of each stage; a stage begins when the one before it
  // is done. The job must not throw. One caller at a time: hold `in_use()`.
  template <typename Job>
  void run(std::size_t stages, const Job& job) {
    call_ = [](const void* object, std::size_t stage, std::size_t part) {
      (*static_cast<const Job*>(object))(stage, part);
    };
    object_ = &job;
    run_all(stages);
  }

  std::mutex& in_use() { return in_use_; }

 private:
  void run_all(std::size_t stages);
  bool take_part(int thread);
  void finish_part(std::uint64_t stage);
  void work(int thread);

  int threads_;
  std::mutex in_use_;
  void (*call_)(const void*, std::size_t, std::size_t) = nullptr;
  const void* object_ = nullptr;
  std::uint64_t first_ = 0;  // number of the computation's first stage; numbers are used once
  std::uint64_t end_ = 0;
  // The stage's number, and a bit for each part that nobody has taken.
  alignas(64) std::atomic<std::uint64_t> open_{0};
  alignas(64) std::atomic<int> done_{0};
  alignas(64) std::atomic<std::uint32_t> woken_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> others_;
};

}  // namespace undersong
