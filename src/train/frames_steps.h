#pragma once
// Frames as steps of a decoder: the keys of a frame ascending, then its end. The sum of the losses
// of a frame's steps is the negative log-likelihood of the frame, exactly: a key at or below the
// one before it cannot come.
//
// What each step is told beside its token: the frame so far, the two frames before it and the frame
// that followed when the piece was last heard as it is now ("recalled"), as keys and as distances
// from a reference (the frame's last key, or the lowest of the frame before); the step within 16.
// All are functions of what was heard, so the likelihood stays one.

#include <cstdint>
#include <vector>

#include "nn/decoder_spec.h"
#include "train/decoder_engine.h"
#include "train/frames_text.h"

namespace undersong {

namespace frame_token {
inline constexpr int kEnd = kFrameKeys;  // of the frame
inline constexpr int kCount = kEnd + 1;
// As a target: a key that cannot be told. Whoever measures takes its likelihood for 0.
inline constexpr int kOffTheKeyboard = -2;
}  // namespace frame_token

struct FrameNetworkSize {
  int width = 96;
  int layers = 2;
  int context = 256;  // steps
};

// For frames of at most `most_keys`.
DecoderSpec frame_spec(const FrameNetworkSize& size, int most_keys);

// A piece, ready to be cut.
class FrameSteps {
 public:
  explicit FrameSteps(FramePiece piece);

  std::int64_t steps() const { return starts_.back(); }
  std::int64_t frames() const { return static_cast<std::int64_t>(piece_.size()); }
  // The first step of the frame that `step` belongs to.
  std::int64_t frame_start(std::int64_t step) const;
  std::int64_t next_frame_start(std::int64_t step) const;
  // By how many semitones it may be moved.
  int lowest_shift() const { return -lowest_; }
  int highest_shift() const { return kFrameKeys - 1 - highest_; }

  // Appends a row of spec.context steps from `first` (where a frame begins) on, padded. Steps
  // before `counted` are heard, not counted. A key that `shift` moves off the keyboard is not
  // heard, and as a target it is kOffTheKeyboard.
  void append_row(std::int64_t first, std::int64_t counted, std::int64_t end, int shift,
                  const DecoderSpec& spec, DecoderBatch& batch) const;

 private:
  struct Recall {
    std::int32_t frame = -1;  // that followed then
    std::int32_t length = 0;  // frames that were the same before it, up to a limit
  };
  void recall_all();
  Frame moved(std::int64_t frame, int shift) const;  // what of it is on the keyboard

  FramePiece piece_;
  std::vector<std::int64_t> starts_;  // first step of each frame, and the end
  std::vector<Recall> recalls_;       // for each frame
  int lowest_ = kFrameKeys - 1;
  int highest_ = 0;
};

std::vector<FrameSteps> steps_of(const std::vector<FramePiece>& pieces);

}  // namespace undersong
