#pragma once
// The network that hears pitches: two seconds of sound in, for each frame (86 a second) and key of
// the piano how likely it sounds and how likely it begins. It is Basic Pitch, whose weights come
// from the package @spotify/basic-pitch (transcribe/basic_pitch_import.h).
//
// Source: Bittner, Bosch, Rubinstein, Meseguer-Brocal and Ewert 2022, "A lightweight
// instrument-agnostic model for polyphonic note transcription and multipitch estimation",
// arXiv:2203.09893.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/convolution.h"
#include "nn/weight_file.h"

namespace undersong {

inline constexpr std::size_t kPitchWindowSamples = 43844;  // at kHeardSampleRate
inline constexpr std::size_t kPitchWindowFrames = 172;
inline constexpr std::size_t kPitchFrameSamples = 256;  // from one frame to the next
inline constexpr std::size_t kPitchKeys = 88;           // from A0, a semitone each
inline constexpr std::size_t kPitchContours = 264;      // three a semitone
inline constexpr int kLowestKey = 21;                   // MIDI pitch of A0

// How loud a key sounds, as kept beside the network's answers: steps of half a decibel.
inline constexpr double kDecibelsPerPitchLevel = 0.5;

// What the network says of a window, frame by frame; likelihoods are in [0, 1].
struct PitchWindow {
  std::vector<float> contours;       // [kPitchWindowFrames][kPitchContours]
  std::vector<float> notes;          // [kPitchWindowFrames][kPitchKeys]
  std::vector<float> onsets;         // [kPitchWindowFrames][kPitchKeys]
  std::vector<std::uint8_t> levels;  // [kPitchWindowFrames][kPitchKeys], kDecibelsPerPitchLevel
};

class PitchNetwork {
 public:
  // Errors: kMismatch, naming the tensor, when `weights` are not this network's.
  explicit PitchNetwork(const WeightFile& weights);

  // Shapes: samples [kPitchWindowSamples].
  // Cost:   about 530 million multiply-adds. May run on several threads.
  PitchWindow hear(std::span<const float> samples) const;

 private:
  std::vector<float> bin_power(std::span<const float> samples) const;

  std::vector<float> bin_scales_;  // [309], squared
  Convolution spectrum_;           // an octave: 36 real parts, 36 imaginary ones
  Convolution halve_;              // the low-pass between octaves
  float scale_ = 1.0F;
  float offset_ = 0.0F;
  Convolution contour_features_;
  Convolution contour_;
  Convolution note_features_;
  Convolution note_;
  Convolution onset_features_;
  Convolution onset_;
};

}  // namespace undersong
