#include "train/frames_measure.h"

#include <algorithm>
#include <cmath>

#include "base/cancel.h"
#include "base/check.h"

namespace undersong {
namespace {

constexpr std::int64_t kRows = 16;  // measured at once

class Measurement {
 public:
  Measurement(DecoderEngine& engine, const DecoderSpec& spec) : engine_(engine), spec_(spec) {}

  void add_piece(const FrameSteps& piece, int shift) {
    const bool fits = shift >= piece.lowest_shift() && shift <= piece.highest_shift();
    const std::int64_t half = spec_.context / 2;
    for (std::int64_t counted = 0; counted < piece.steps();) {
      const std::int64_t end =
          std::min(piece.steps(), counted == 0 ? spec_.context : counted + half);
      std::int64_t first = piece.frame_start(std::max<std::int64_t>(0, end - spec_.context));
      if (end - first > spec_.context) first = piece.next_frame_start(first);
      piece.append_row(first, counted, end, fits ? shift : 0, spec_, batch_);
      if (batch_.rows == kRows) flush();
      counted = end;
    }
  }

  std::vector<float> finish() {
    if (batch_.rows > 0) flush();
    return std::move(nats_);
  }

 private:
  void flush() {
    throw_if_cancelled();
    std::vector<float> here(static_cast<std::size_t>(batch_.rows * batch_.steps));
    engine_.evaluate(batch_, &here);
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (batch_.targets[i] >= 0) nats_.push_back(here[i]);
    }
    batch_ = {};
  }

  DecoderEngine& engine_;
  const DecoderSpec& spec_;
  DecoderBatch batch_;
  std::vector<float> nats_;
};

}  // namespace

std::vector<float> nats_of_steps(DecoderEngine& engine, const DecoderSpec& spec,
                                 std::span<const FrameSteps> pieces, int shift) {
  Measurement measurement(engine, spec);
  for (const FrameSteps& piece : pieces) measurement.add_piece(piece, shift);
  return measurement.finish();
}

double mixed_nats(const std::vector<std::vector<float>>& of_each) {
  UNDERSONG_CHECK(!of_each.empty());
  double total = 0.0;
  for (std::size_t i = 0; i < of_each.front().size(); ++i) {
    double likelihood = 0.0;
    // Beside the most likely one, so that nothing becomes 0.
    float least = of_each.front()[i];
    for (const auto& nats : of_each) least = std::min(least, nats[i]);
    for (const auto& nats : of_each) likelihood += std::exp(static_cast<double>(least - nats[i]));
    total +=
        static_cast<double>(least) - std::log(likelihood / static_cast<double>(of_each.size()));
  }
  return total;
}

}  // namespace undersong
