#include "nn/team.h"

#include <hwy/cache_control.h>

namespace undersong {
namespace {

constexpr int kSpins = 4000;  // about 0.1 ms
constexpr int kYields = 100;

// Returns once `value` is no longer `old`.
void wait_while(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    hwy::Pause();
  }
  // The partner has lost its processor; this one may be what it waits for.
  for (int i = 0; i < kYields; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    std::this_thread::yield();
  }
  value.wait(old, std::memory_order_acquire);
}

void change(std::atomic<std::uint32_t>& value) {
  value.fetch_add(1, std::memory_order_acq_rel);
  value.notify_all();
}

}  // namespace

Team::Team(int threads) : threads_(threads) {
  for (int i = 1; i < threads_; ++i) others_.emplace_back([this, i] { work(i); });
}

Team::~Team() {
  stop_ = true;
  change(job_);
  for (std::thread& other : others_) other.join();
}

void Team::wait_for_all() {
  if (threads_ == 1) return;
  const std::uint32_t round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == threads_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    change(round_);
  } else {
    wait_while(round_, round);
  }
}

void Team::run_all() {
  if (threads_ > 1) change(job_);
  call_(object_, 0);
  wait_for_all();
}

void Team::work(int thread) {
  std::uint32_t seen = 0;
  while (true) {
    wait_while(job_, seen);
    ++seen;
    if (stop_) return;
    call_(object_, thread);
    wait_for_all();
  }
}

}  // namespace undersong
