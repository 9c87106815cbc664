#pragma once
// What no note has explained yet: the likelihoods of the keys, less those that notes took, and
// where the largest of them stands.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "transcribe/pitch_activations.h"

namespace undersong {

class RemainingEnergy {
 public:
  struct Place {
    std::size_t frame = 0;
    std::size_t key = 0;
  };

  // `notes` [frames][kPitchKeys], at least one frame; must outlive this.
  explicit RemainingEnergy(const RowTable<float>& notes);

  // 0 once it was taken.
  float at(std::size_t frame, std::size_t key) const {
    return taken_[frame * kPitchKeys + key] != 0 ? 0.0F : (*notes_).row(frame)[key];
  }
  void take(std::size_t frame, std::size_t key);
  // The key and its neighbours.
  void take_around(std::size_t frame, std::size_t key);

  // From here on take() keeps largest() up to date.
  void watch_largest();
  // The largest: in the first frame that has it, the highest key (the reference's order; in the
  // recording's first frame the lowest key comes before all if it has it). O(1).
  Place largest() const;

 private:
  void find_row_best(std::size_t frame);
  std::size_t better(std::size_t a, std::size_t b) const;

  const RowTable<float>* notes_;
  std::vector<std::uint8_t> taken_;
  // A tournament: leaves are frames, and each node the better of two.
  std::vector<float> row_best_;
  std::vector<std::uint8_t> row_key_;
  std::vector<std::uint32_t> winners_;  // [2 * leaves_]
  std::size_t leaves_ = 0;
};

}  // namespace undersong
