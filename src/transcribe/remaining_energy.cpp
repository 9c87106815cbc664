#include "transcribe/remaining_energy.h"

#include "base/check.h"

namespace undersong {
namespace {

constexpr std::size_t kHighestKey = kPitchKeys - 1;

}  // namespace

RemainingEnergy::RemainingEnergy(const RowTable<float>& notes)
    : notes_(&notes), taken_(notes.rows() * kPitchKeys, 0) {
  UNDERSONG_CHECK(notes.rows() > 0);
}

void RemainingEnergy::take(std::size_t frame, std::size_t key) {
  std::uint8_t& taken = taken_[frame * kPitchKeys + key];
  if (taken != 0) return;
  taken = 1;
  if (leaves_ == 0 || row_key_[frame] != key) return;
  find_row_best(frame);
  for (std::size_t node = (leaves_ + frame) / 2; node > 0; node /= 2)
    winners_[node] = static_cast<std::uint32_t>(better(winners_[2 * node], winners_[2 * node + 1]));
}

void RemainingEnergy::take_around(std::size_t frame, std::size_t key) {
  take(frame, key);
  if (key < kHighestKey) take(frame, key + 1);
  if (key > 0) take(frame, key - 1);
}

void RemainingEnergy::watch_largest() {
  const std::size_t frames = notes_->rows();
  row_best_.assign(frames, 0.0F);
  row_key_.assign(frames, 0);
  for (std::size_t frame = 0; frame < frames; ++frame) find_row_best(frame);
  leaves_ = 1;
  while (leaves_ < frames) leaves_ *= 2;
  winners_.assign(2 * leaves_, 0);
  // Leaves without a frame lose to the last frame by standing for it.
  for (std::size_t i = 0; i < leaves_; ++i)
    winners_[leaves_ + i] = static_cast<std::uint32_t>(i < frames ? i : frames - 1);
  for (std::size_t node = leaves_ - 1; node > 0; --node)
    winners_[node] = static_cast<std::uint32_t>(better(winners_[2 * node], winners_[2 * node + 1]));
}

RemainingEnergy::Place RemainingEnergy::largest() const {
  const std::size_t frame = winners_[1];
  if (frame == 0 && at(0, 0) == row_best_[0]) return {};
  return {frame, row_key_[frame]};
}

void RemainingEnergy::find_row_best(std::size_t frame) {
  std::size_t best = 0;
  for (std::size_t key = 1; key < kPitchKeys; ++key)
    if (at(frame, key) >= at(frame, best)) best = key;
  row_best_[frame] = at(frame, best);
  row_key_[frame] = static_cast<std::uint8_t>(best);
}

// The earlier of two frames unless the later one has more.
std::size_t RemainingEnergy::better(std::size_t a, std::size_t b) const {
  return row_best_[b] > row_best_[a] ? b : a;
}

}  // namespace undersong
