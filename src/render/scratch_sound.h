#pragma once
// Stereo sound on disk, while it is made.

#include <cstdint>
#include <span>

namespace undersong::detail {

// Frames of 32-bit floats in a file without a name, in $TMPDIR or the system's folder for temporary
// files: it goes with the object, or with the program, however that ends.
class ScratchSound {
 public:
  // Errors: kIo.
  ScratchSound();
  ~ScratchSound();
  ScratchSound(ScratchSound&& other) noexcept;
  ScratchSound& operator=(ScratchSound&&) = delete;
  ScratchSound(const ScratchSound&) = delete;
  ScratchSound& operator=(const ScratchSound&) = delete;

  // Interleaved, whole frames, the first of them at `first`. What was never written reads as
  // silence. Errors: kIo (no room, say).
  void write(std::int64_t first, std::span<const float> samples);
  void read(std::int64_t first, std::span<float> samples) const;

 private:
  int fd_ = -1;
};

// Adds what lies from `frames` up to `recorded` to the beginning, as often round as it takes: the
// tail of a loop. Errors: kIo; kCancelled.
void fold_tail(std::int64_t frames, std::int64_t recorded, ScratchSound& sound);

// to += from, over `frames`. Errors: kIo; kCancelled.
void add_sound(const ScratchSound& from, std::int64_t frames, ScratchSound& to);

}  // namespace undersong::detail
