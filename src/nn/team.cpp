#include "nn/team.h"

#include <hwy/cache_control.h>

#include <bit>
#include <chrono>

#include "base/check.h"

namespace undersong {
namespace {

constexpr int kSpins = 4000;  // about 0.1 ms
constexpr int kYields = 50;
constexpr int kPartBits = Team::kMost;

std::uint64_t parts_of(std::uint64_t open) { return open & ((std::uint64_t{1} << kPartBits) - 1); }
std::uint64_t stage_of(std::uint64_t open) { return open >> kPartBits; }

// Whether `value` changed from `old` while it was worth to stay awake.
bool changes(const std::atomic<std::uint64_t>& value, std::uint64_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return true;
    hwy::Pause();
  }
  // Another thread has lost its processor; this one may be what it waits for.
  for (int i = 0; i < kYields; ++i) {
    if (value.load(std::memory_order_acquire) != old) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace

Team::Team(int threads) : threads_(threads) {
  UNDERSONG_CHECK(threads >= 1 && threads <= kMost);
  for (int i = 1; i < threads_; ++i) others_.emplace_back([this, i] { work(i); });
}

Team::~Team() {
  stop_ = true;
  ++woken_;
  woken_.notify_all();
  for (std::thread& other : others_) other.join();
}

void Team::run_all(std::size_t stages) {
  if (stages == 0) return;
  first_ = end_;
  end_ = first_ + stages;
  const std::uint64_t all = (std::uint64_t{1} << threads_) - 1;
  open_.store(first_ << kPartBits | all, std::memory_order_release);
  if (threads_ > 1) {
    ++woken_;
    woken_.notify_all();
  }
  while (true) {
    if (take_part(0)) continue;
    const std::uint64_t seen = open_.load(std::memory_order_acquire);
    if (stage_of(seen) == end_) return;
    if (parts_of(seen) == 0 && !changes(open_, seen)) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
}

// A part's own thread comes first, so that each reads on where it stopped.
bool Team::take_part(int thread) {
  std::uint64_t open = open_.load(std::memory_order_acquire);
  while (parts_of(open) != 0) {
    const std::uint64_t own = std::uint64_t{1} << thread;
    const std::uint64_t bit = (open & own) != 0 ? own : parts_of(open) & (~parts_of(open) + 1);
    if (!open_.compare_exchange_weak(open, open & ~bit, std::memory_order_acq_rel)) continue;
    const std::uint64_t stage = stage_of(open);
    call_(object_, static_cast<std::size_t>(stage - first_),
          static_cast<std::size_t>(std::countr_zero(bit)));
    finish_part(stage);
    return true;
  }
  return false;
}

void Team::finish_part(std::uint64_t stage) {
  // Once all are done the caller may begin anew: what is read here is read before.
  const std::uint64_t all = (std::uint64_t{1} << threads_) - 1;
  const std::uint64_t next = (stage + 1) << kPartBits | (stage + 1 < end_ ? all : 0);
  if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 < threads_) return;
  done_.store(0, std::memory_order_relaxed);
  open_.store(next, std::memory_order_release);
}

void Team::work(int thread) {
  while (!stop_) {
    const std::uint32_t woken = woken_.load(std::memory_order_acquire);
    if (take_part(thread)) continue;
    const std::uint64_t seen = open_.load(std::memory_order_acquire);
    if (parts_of(seen) != 0 || changes(open_, seen)) continue;
    woken_.wait(woken, std::memory_order_acquire);
  }
}

}  // namespace undersong
