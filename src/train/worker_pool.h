#pragma once
// A fixed set of threads that run one task together, each knowing its number. Threads stay alive
// between tasks: a step of training is too short to start them anew.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace undersong {

class WorkerPool {
 public:
  // `prepare` runs once in each thread before any task.
  WorkerPool(int size, const std::function<void()>& prepare);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int size() const { return static_cast<int>(threads_.size()); }

  // Runs task(0) … task(size-1), each in its own thread, and waits for all. The exception of the
  // lowest worker that threw one leaves here.
  void run(const std::function<void(int)>& task);

 private:
  void work(int number, const std::function<void()>& prepare);

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  const std::function<void(int)>* task_ = nullptr;
  std::uint64_t round_ = 0;
  int running_ = 0;
  bool stopping_ = false;
  std::vector<std::exception_ptr> failures_;
  std::vector<std::thread> threads_;
};

}  // namespace undersong
