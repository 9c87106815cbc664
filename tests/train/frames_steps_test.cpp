#include "train/frames_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "train/frames_measure.h"

namespace undersong {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

constexpr int kMostKeys = 4;

DecoderSpec tiny_spec() { return frame_spec({.width = 32, .layers = 1, .context = 64}, kMostKeys); }

FramePiece random_piece(std::uint64_t seed, int frames) {
  Rng rng(seed);
  FramePiece piece;
  for (int t = 0; t < frames; ++t) {
    Frame frame;
    for (std::uint64_t n = rng.below(kMostKeys + 1); n > 0; --n)
      frame.push_back(static_cast<std::uint8_t>(20 + rng.below(12)));
    std::sort(frame.begin(), frame.end());
    frame.erase(std::unique(frame.begin(), frame.end()), frame.end());
    piece.push_back(frame);
  }
  return piece;
}

DecoderBatch whole(const FramePiece& piece, int shift = 0) {
  const FrameSteps steps{piece};
  DecoderBatch batch;
  steps.append_row(0, 0, steps.steps(), shift, tiny_spec(), batch);
  return batch;
}

std::vector<int> features_at(const DecoderBatch& batch, std::size_t step) {
  const auto per = static_cast<std::ptrdiff_t>(tiny_spec().features_per_step);
  const auto first = batch.features.begin() + static_cast<std::ptrdiff_t>(step) * per;
  std::vector<int> some(first, first + per);
  some.erase(std::remove(some.begin(), some.end(), -1), some.end());
  return some;
}

std::vector<int> anchors_at(const DecoderBatch& batch, std::size_t step) {
  const auto first = batch.anchors.begin() + static_cast<std::ptrdiff_t>(4 * step);
  return {first, first + 4};
}

TEST(FrameSteps, AreTheKeysAscendingAndTheEnd) {
  const DecoderBatch batch = whole({{40, 47}, {}, {41}});
  EXPECT_EQ(batch.rows, 1);
  EXPECT_EQ(batch.steps, 64);
  EXPECT_EQ(std::vector<int>(batch.targets.begin(), batch.targets.begin() + 7),
            (std::vector<int>{40, 47, 88, 88, 41, 88, -1}));
}

TEST(FrameSteps, AreAnchoredAtTheLastKeyAndAtTheFrameBefore) {
  const DecoderBatch batch = whole({{40, 47}, {42, 50}, {40, 47}});
  // The last key, the lowest before, the next one up before, the next one up of what is recalled.
  EXPECT_THAT(anchors_at(batch, 0), ElementsAre(-1, 40, -1, -1));
  EXPECT_THAT(anchors_at(batch, 1), ElementsAre(40, 40, -1, -1));
  EXPECT_THAT(anchors_at(batch, 3), ElementsAre(-1, 40, 40, -1));
  EXPECT_THAT(anchors_at(batch, 4), ElementsAre(42, 40, 47, -1));
  EXPECT_THAT(anchors_at(batch, 5), ElementsAre(50, 40, -1, -1));
}

TEST(FrameSteps, RecallWhatFollowedTheLastTime) {
  // 1 2 3 | 1 2 ?: three came after 1 2.
  const FramePiece piece = {{30}, {32}, {33, 37}, {30}, {32}, {33}};
  const DecoderBatch batch = whole(piece);
  const std::size_t last_frame = 2 + 2 + 3 + 2 + 2;
  EXPECT_EQ(anchors_at(batch, last_frame)[3], 33);
  EXPECT_EQ(anchors_at(batch, last_frame + 1)[3], 37);
  EXPECT_EQ(anchors_at(batch, 4)[3], -1);
}

TEST(FrameSteps, HearNothingOfWhatIsToCome) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    FramePiece piece = random_piece(seed, 12);
    const DecoderBatch before = whole(piece);
    const FrameSteps steps{piece};
    Rng rng(seed + 1000);
    const auto changed = static_cast<std::size_t>(rng.below(12));
    std::size_t first_step = 0;
    for (std::size_t t = 0; t < changed; ++t) first_step += piece[t].size() + 1;
    for (std::size_t t = changed; t < piece.size(); ++t) piece[t] = {60, 61};
    const DecoderBatch after = whole(piece);
    for (std::size_t step = 0; step <= first_step; ++step) {
      EXPECT_EQ(features_at(before, step), features_at(after, step));
      EXPECT_EQ(anchors_at(before, step), anchors_at(after, step));
    }
  }
}

TEST(FrameSteps, OfAMovedPieceAreThoseOfAPieceWrittenThere) {
  FramePiece piece = random_piece(5, 14);
  const DecoderBatch moved = whole(piece, 3);
  for (Frame& frame : piece) {
    for (std::uint8_t& key : frame) key = static_cast<std::uint8_t>(key + 3);
  }
  const DecoderBatch written = whole(piece);
  EXPECT_EQ(moved.features, written.features);
  EXPECT_EQ(moved.anchors, written.anchors);
  EXPECT_EQ(moved.targets, written.targets);
}

TEST(FrameSteps, ACropTellsWhatTheWholeTells) {
  const FramePiece piece = random_piece(7, 14);
  const FrameSteps steps{piece};
  const DecoderBatch all = whole(piece);
  const std::int64_t first = steps.frame_start(steps.steps() / 2);
  DecoderBatch crop;
  steps.append_row(first, first + 2, steps.steps(), 0, tiny_spec(), crop);
  EXPECT_THAT(std::vector<int>(crop.targets.begin(), crop.targets.begin() + 2),
              ElementsAre(-1, -1));
  for (std::int64_t step = 0; step < steps.steps() - first; ++step) {
    const auto there = static_cast<std::size_t>(first + step);
    EXPECT_EQ(features_at(crop, static_cast<std::size_t>(step)), features_at(all, there));
  }
}

// All likelihoods of a frame of keys 0-2 after a given beginning are heard one by one: they and the
// frames that hold other keys make 1, so no key comes twice and none out of order.
TEST(FrameMeasure, IsALikelihoodOfFrames) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  double sum = 0.0;
  std::vector<FrameSteps> pieces;
  for (int low = 0; low < kFrameKeys; ++low) {
    pieces.emplace_back(FramePiece{{static_cast<std::uint8_t>(low)}});
    for (int high = low + 1; high < kFrameKeys; ++high)
      pieces.emplace_back(
          FramePiece{{static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high)}});
  }
  pieces.emplace_back(FramePiece{{}});
  // Of the frames with more than two keys: what is left of the end after two.
  const std::vector<float> nats = nats_of_steps(engine, spec, pieces, 0);
  std::size_t at = 0;
  for (const FrameSteps& piece : pieces) {
    double total = 0.0;
    double without_end = 0.0;
    for (std::int64_t step = 0; step < piece.steps(); ++step) {
      without_end = total;
      total += static_cast<double>(nats[at++]);
    }
    // A frame of two stands for all that begin with it.
    sum += std::exp(-(piece.steps() == 3 ? without_end : total));
  }
  EXPECT_NEAR(sum, 1.0, 0.02);  // products are in bfloat16 where the processor has it
}

TEST(FrameMeasure, CountsEveryStepOfLongPiecesOnce) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  std::vector<FrameSteps> pieces;
  std::int64_t steps = 0;
  for (const int frames : {1, 20, 21, 22, 23, 60, 100}) {
    pieces.emplace_back(random_piece(static_cast<std::uint64_t>(frames), frames));
    steps += pieces.back().steps();
  }
  EXPECT_EQ(static_cast<std::int64_t>(nats_of_steps(engine, spec, pieces, 0).size()), steps);
  EXPECT_EQ(static_cast<std::int64_t>(nats_of_steps(engine, spec, pieces, 2).size()), steps);
}

TEST(FrameMeasure, MixesDistributionsNotLosses) {
  const float likely = -std::log(0.9F);
  const float unlikely = -std::log(0.1F);
  EXPECT_NEAR(mixed_nats({{likely, unlikely}}), -std::log(0.09), 1e-6);
  EXPECT_NEAR(mixed_nats({{likely}, {unlikely}}), -std::log(0.5), 1e-6);
  EXPECT_NEAR(mixed_nats({{2000.0F}, {2000.0F}}), 2000.0, 1e-3);
}

}  // namespace
}  // namespace undersong
