#include "train/worker_pool.h"

#include "base/check.h"

namespace undersong {

WorkerPool::WorkerPool(int size, const std::function<void()>& prepare) {
  UNDERSONG_CHECK(size >= 1);
  failures_.resize(static_cast<std::size_t>(size));
  threads_.reserve(static_cast<std::size_t>(size));
  for (int number = 0; number < size; ++number) {
    threads_.emplace_back([this, number, prepare] { work(number, prepare); });
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void WorkerPool::run(const std::function<void(int)>& task) {
  std::unique_lock lock(mutex_);
  task_ = &task;
  running_ = size();
  ++round_;
  started_.notify_all();
  finished_.wait(lock, [this] { return running_ == 0; });
  task_ = nullptr;
  for (auto& failure : failures_) {
    if (!failure) continue;
    const std::exception_ptr first = failure;
    failures_.assign(failures_.size(), nullptr);
    std::rethrow_exception(first);
  }
}

void WorkerPool::work(int number, const std::function<void()>& prepare) {
  prepare();
  std::uint64_t seen = 0;
  while (true) {
    const std::function<void(int)>* task = nullptr;
    {
      std::unique_lock lock(mutex_);
      started_.wait(lock, [&] { return stopping_ || round_ != seen; });
      if (stopping_) return;
      seen = round_;
      task = task_;
    }
    std::exception_ptr failure;
    try {
      (*task)(number);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    failures_[static_cast<std::size_t>(number)] = failure;
    if (--running_ == 0) finished_.notify_one();
  }
}

}  // namespace undersong
