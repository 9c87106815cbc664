#pragma once
// What the pitch network heard in a whole recording, frame by frame: all that notes are decided
// from, so that thresholds move without hearing again.
//
// Goals: any length through two-second windows, 283 MB at most for an hour; the same answers
// whatever the blocks of the reader and the number of threads. Non-goals: deciding
// (note_decisions.h).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/sample_reader.h"
#include "base/progress.h"
#include "transcribe/pitch_network.h"

namespace undersong {

// Rows of one width, appended; memory grows a piece at a time and never moves.
template <typename T>
class RowTable {
 public:
  explicit RowTable(std::size_t width) : width_(width) {}

  std::size_t rows() const { return rows_; }
  std::span<const T> row(std::size_t index) const {
    const std::vector<T>& piece = pieces_[index / kPieceRows];
    return std::span(piece).subspan(index % kPieceRows * width_, width_);
  }
  // Shapes: values [width].
  void push(std::span<const T> values) {
    if (rows_ % kPieceRows == 0) {
      pieces_.emplace_back();
      pieces_.back().reserve(kPieceRows * width_);
    }
    pieces_.back().insert(pieces_.back().end(), values.begin(), values.end());
    ++rows_;
  }
  // Forgets what stands behind the first `rows`. Nothing is pushed after it.
  void truncate(std::size_t rows) { rows_ = std::min(rows_, rows); }

 private:
  static constexpr std::size_t kPieceRows = 4096;  // 48 seconds

  std::size_t width_;
  std::size_t rows_ = 0;
  std::vector<std::vector<T>> pieces_;
};

// Frame i of every table stands for the same moment.
struct PitchActivations {
  RowTable<float> notes{kPitchKeys};          // how likely a key sounds, in [0, 1]
  RowTable<float> onsets{kPitchKeys};         // how likely it begins
  RowTable<float> contours{kPitchContours};   // empty unless asked for
  RowTable<std::uint8_t> levels{kPitchKeys};  // how loud it is, in kDecibelsPerPitchLevel
  double length_seconds = 0.0;                // of the recording

  std::size_t frames() const { return notes.rows(); }
  void truncate(std::size_t frames) {
    notes.truncate(frames);
    onsets.truncate(frames);
    contours.truncate(frames);
    levels.truncate(frames);
  }
};

// When frame `frame` was heard. Windows lie 188 samples closer than their frames add up to, so
// frames are not evenly spaced.
double pitch_frame_seconds(std::size_t frame);

enum class Contours { kForget, kKeep };

struct PitchHearingOptions {
  Contours contours = Contours::kForget;
  // Of the recording where it is known; for the progress alone.
  std::optional<double> length_seconds = std::nullopt;
};

// Hears a recording to its end, on all processors.
//
// Shapes: what `read` gives is mono at kHeardSampleRate. What is not finite counts as silence.
// Errors: what `read` throws; kCancelled.
// Source: the windows are those of @spotify/basic-pitch 1.0.1, src/inference.ts.
PitchActivations hear_pitches(const PitchNetwork& network, const SampleReader& read,
                              const PitchHearingOptions& options = {},
                              Progress& progress = silent_progress());

}  // namespace undersong
