#include "train/frames_measure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/cancel.h"
#include "base/check.h"

namespace undersong {
namespace {

constexpr std::int64_t kRows = 16;  // measured at once
constexpr std::int32_t kOff = frame_token::kOffTheKeyboard;

class Measurement {
 public:
  Measurement(DecoderEngine& engine, const DecoderSpec& spec) : engine_(engine), spec_(spec) {}

  void add_piece(const FrameSteps& piece, int shift) {
    const std::int64_t half = spec_.context / 2;
    for (std::int64_t counted = 0; counted < piece.steps();) {
      // As if the piece went on: where a window begins must not tell where the piece ends.
      const std::int64_t reach = counted == 0 ? spec_.context : counted + half;
      std::int64_t first = piece.frame_start(reach - spec_.context);
      if (reach - first > spec_.context) first = piece.next_frame_start(first);
      UNDERSONG_CHECK(first <= counted);
      const std::int64_t end = std::min(piece.steps(), reach);
      piece.append_row(first, counted, end, shift, spec_, batch_);
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
    const std::vector<std::int32_t> targets = batch_.targets;
    std::replace(batch_.targets.begin(), batch_.targets.end(), kOff, std::int32_t{-1});
    std::vector<float> here(static_cast<std::size_t>(batch_.rows * batch_.steps));
    engine_.evaluate(batch_, &here);
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (targets[i] == kOff) {
        nats_.push_back(std::numeric_limits<float>::infinity());
      } else if (targets[i] >= 0) {
        nats_.push_back(here[i]);
      }
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

std::vector<float> mixed_steps(const std::vector<std::vector<float>>& of_each) {
  UNDERSONG_CHECK(!of_each.empty());
  std::vector<float> mixed;
  mixed.reserve(of_each.front().size());
  for (std::size_t i = 0; i < of_each.front().size(); ++i) {
    // Beside the most likely one, so that nothing becomes 0.
    float least = of_each.front()[i];
    for (const auto& nats : of_each) least = std::min(least, nats[i]);
    double likelihood = 0.0;
    for (const auto& nats : of_each) likelihood += std::exp(static_cast<double>(least - nats[i]));
    const double mean = likelihood / static_cast<double>(of_each.size());
    mixed.push_back(static_cast<float>(static_cast<double>(least) - std::log(mean)));
  }
  return mixed;
}

double mixed_nats(const std::vector<std::vector<float>>& of_each) {
  const std::vector<float> mixed = mixed_steps(of_each);
  return std::accumulate(mixed.begin(), mixed.end(), 0.0);
}

FrameMeans frame_means(const std::vector<float>& nats, std::span<const FrameSteps> pieces) {
  double total = 0.0;
  double total_of_means = 0.0;
  std::int64_t frames = 0;
  auto at = nats.begin();
  for (const FrameSteps& piece : pieces) {
    const double here = std::accumulate(at, at + piece.steps(), 0.0);
    at += piece.steps();
    total += here;
    total_of_means += here / static_cast<double>(piece.frames());
    frames += piece.frames();
  }
  UNDERSONG_CHECK(at == nats.end() && frames > 0);
  return {total / static_cast<double>(frames), total_of_means / static_cast<double>(pieces.size())};
}

}  // namespace undersong
