#pragma once
// How loud a sound would be under any gain that moves slowly, without touching the sound again.
//
// Integrated loudness is a gated mean of K-weighted power. A gain that hardly moves within a
// millisecond passes the K weighting as it is, so the power in short cells, kept once, tells the
// loudness behind any curve of gains within hundredths of a LU. LoudnessMeter has the last word.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace undersong {

class LoudnessProfile {
 public:
  // A cell is 1/1500 s, rounded down to whole frames: 32 at 48 kHz.
  static std::size_t cell_frames(int sample_rate);

  LoudnessProfile(int sample_rate, int channels);

  // Interleaved, whole frames. The channels weigh the same: mono or stereo.
  void add(std::span<const float> samples);
  // The last, shorter cell. Call it once, after all samples.
  void finish();

  std::size_t cells() const { return energy_.size(); }

  // LUFS by BS.1770-4 (400 ms blocks, gated at -70 LUFS and 10 LU under the rest) of the sound
  // times `gain` times the curve, which has a value for each bound of a cell: cells() + 1. Sound
  // shorter than a block is taken as followed by silence. Minus infinity when all is gated.
  // Cost: O(cells).
  double integrated_lufs(std::span<const float> curve, double gain) const;

 private:
  struct Section {  // a biquad, transposed direct form II
    double b0, b1, b2, a1, a2;
  };
  struct Memory {
    std::array<double, 4> z{};  // of both sections
  };

  std::size_t channels_;
  std::size_t cell_frames_;
  double frames_per_step_;  // of the 100 ms by which blocks follow each other
  std::array<Section, 2> sections_;
  std::vector<Memory> memory_;  // by channel
  double sum_ = 0.0;            // of the cell that is not full
  std::size_t fill_ = 0;        // frames in it
  std::vector<float> energy_;   // K-weighted, summed over frames and channels
};

}  // namespace undersong
