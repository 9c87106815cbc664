#pragma once
// What a composer in training foretells of music that it has not heard, in nats a note by style.

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "train/composer_samples.h"
#include "train/decoder_engine.h"

namespace undersong {

struct StyleLoss {
  GridStyle style = GridStyle::kOwn;
  double nats = 0.0;          // of all tokens but controls
  double control_nats = 0.0;  // of controls
  std::int64_t notes = 0;

  double per_note() const { return notes == 0 ? 0.0 : nats / static_cast<double>(notes); }
};

// Sum over styles, whose style means nothing.
StyleLoss total_of(const std::vector<StyleLoss>& losses);

// Styles with a note, in their order.
std::vector<StyleLoss> evaluate_windows(DecoderEngine& engine,
                                        const std::vector<MeasuredWindow>& windows, int context,
                                        Progress& progress);

}  // namespace undersong
