#include "train/frames_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

TEST(FrameSteps, HearNothingOfTheKeysAboveInTheirFrame) {
  const FramePiece piece = {{30, 40}, {31}, {30, 40}, {33, 45, 50, 60}, {31}};
  const DecoderBatch before = whole(piece);
  FramePiece other = piece;
  other[3] = {33, 45, 70};
  const DecoderBatch after = whole(other);
  const std::size_t told = 3 + 2 + 3 + 2;  // 33 and 45, so the step that foretells the third key
  for (std::size_t step = 0; step <= told; ++step) {
    EXPECT_EQ(features_at(before, step), features_at(after, step));
    EXPECT_EQ(anchors_at(before, step), anchors_at(after, step));
  }
  EXPECT_NE(features_at(before, told + 1), features_at(after, told + 1));
}

TEST(FrameSteps, HearAndTellNoKeyThatAShiftMovesOffTheKeyboard) {
  const DecoderBatch batch = whole({{1, 86}, {86}, {40}}, 2);
  const int off = frame_token::kOffTheKeyboard;
  EXPECT_EQ(std::vector<int>(batch.targets.begin(), batch.targets.begin() + 7),
            (std::vector<int>{3, off, 88, off, 88, 42, 88}));
  EXPECT_EQ(anchors_at(batch, 2)[0], 3);
  EXPECT_EQ(anchors_at(batch, 4)[0], -1);
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

// A network that has learned something, so that what it is told matters to it.
void teach(DecoderEngine& engine, const DecoderSpec& spec) {
  for (std::uint64_t step = 0; step < 30; ++step) {
    const FrameSteps steps{random_piece(step, 12)};
    DecoderBatch batch;
    steps.append_row(0, 0, steps.steps(), 0, spec, batch);
    engine.accumulate(batch, steps.steps());
    engine.step(1e-2);
  }
}

FramePiece joined(FramePiece piece, const FramePiece& more) {
  piece.insert(piece.end(), more.begin(), more.end());
  return piece;
}

std::vector<FrameSteps> one(FramePiece piece) {
  std::vector<FrameSteps> pieces;
  pieces.emplace_back(std::move(piece));
  return pieces;
}

std::int64_t steps_in(const FramePiece& piece) { return FrameSteps{piece}.steps(); }

TEST(FrameMeasure, WhatComesLaterChangesNoLikelihoodBeforeIt) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  teach(engine, spec);
  for (const int heard : {3, 20, 45, 70}) {  // below and beyond the context
    const auto seed = static_cast<std::uint64_t>(heard);
    const FramePiece before = random_piece(seed, heard);
    const FramePiece futures[] = {FramePiece{},
                                  FramePiece{Frame{}},
                                  random_piece(seed + 1, 1),
                                  random_piece(seed + 2, 9),
                                  random_piece(seed + 3, 60),
                                  {{0, 1, 86, 87}, {87}}};
    const auto count = static_cast<std::size_t>(steps_in(before));
    for (const int shift : {0, 2, -2}) {
      const std::vector<float> alone = nats_of_steps(engine, spec, one(before), shift);
      ASSERT_EQ(alone.size(), count);
      for (const FramePiece& future : futures) {
        // A piece in front of it in the same batch changes nothing either.
        std::vector<FrameSteps> pieces = one(random_piece(seed + 4, 5));
        const auto skipped = static_cast<std::ptrdiff_t>(pieces.front().steps());
        pieces.emplace_back(joined(before, future));
        const std::vector<float> all = nats_of_steps(engine, spec, pieces, shift);
        EXPECT_EQ(alone, std::vector<float>(all.begin() + skipped,
                                            all.begin() + skipped + static_cast<int>(count)))
            << heard << " frames, then " << future.size() << ", moved by " << shift;
      }
    }
  }
}

TEST(FrameMeasure, AKeyChangesNoLikelihoodBelowItInItsFrame) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  teach(engine, spec);
  const FramePiece before = random_piece(3, 30);
  const auto nats = [&](const Frame& frame) {
    return nats_of_steps(engine, spec, one(joined(before, {frame, {25}})), 0);
  };
  const std::vector<float> some = nats({22, 25, 29, 31});
  const std::vector<float> other = nats({22, 25, 30});
  const auto same = static_cast<std::ptrdiff_t>(steps_in(before) + 2);
  EXPECT_TRUE(std::equal(some.begin(), some.begin() + same, other.begin()));
  EXPECT_NE(some[static_cast<std::size_t>(same)], other[static_cast<std::size_t>(same)]);
}

// Nats of `frame` and, last, of its end after what was heard, in each of `keys`, mixed.
std::vector<float> nats_of_frame(DecoderEngine& engine, const DecoderSpec& spec,
                                 const FramePiece& before, const Frame& frame,
                                 const std::vector<int>& keys) {
  std::vector<std::vector<float>> of_each;
  for (const int shift : keys)
    of_each.push_back(nats_of_steps(engine, spec, one(joined(before, {frame})), shift));
  const std::vector<float> mixed = mixed_steps(of_each);
  return {mixed.end() - static_cast<std::ptrdiff_t>(frame.size()) - 1, mixed.end()};
}

// The likelihood of all frames after `before`: those whose lowest key is below 84 by that key, the
// sixteen above it one by one, and one of them through the whole frame 84-87.
double likelihood_of_all(DecoderEngine& engine, const DecoderSpec& spec, const FramePiece& before,
                         const std::vector<int>& keys) {
  constexpr int kLow = 84;
  double sum = 0.0;
  for (std::uint8_t key = 0; key < kLow; ++key)
    sum += std::exp(-static_cast<double>(nats_of_frame(engine, spec, before, {key}, keys).front()));
  for (int subset = 0; subset < 16; ++subset) {
    Frame frame;
    for (int k = 0; k < 4; ++k) {
      if ((subset >> k) % 2 == 1) frame.push_back(static_cast<std::uint8_t>(kLow + k));
    }
    double total = 0.0;
    for (const float nats : nats_of_frame(engine, spec, before, frame, keys))
      total += static_cast<double>(nats);
    sum += std::exp(-total);
  }
  return sum;
}

TEST(FrameMeasure, TheLikelihoodsOfAllFramesThatMayComeMakeOne) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  teach(engine, spec);
  const FramePiece heights = {{84, 86}, {85, 87}, {84, 86}};  // the recalled frame is among them
  for (const FramePiece& before : {FramePiece{}, heights, random_piece(9, 30)})
    EXPECT_NEAR(likelihood_of_all(engine, spec, before, {0}), 1.0, 1e-4);
  // In other keys a few frames would lie off the keyboard: never more than all.
  const double mixed = likelihood_of_all(engine, spec, random_piece(9, 30), {0, 1, -1, 2, -2});
  EXPECT_LE(mixed, 1.0 + 1e-4);
  EXPECT_GT(mixed, 0.9);
}

// The logits are LibTorch's operators', in float32; the measure is of the passes that are written
// out, whose products are in bfloat16 where the processor has it.
TEST(FrameMeasure, IsTheSoftmaxOfWhatAnotherDecoderForetells) {
  const DecoderSpec spec = tiny_spec();
  DecoderEngine engine(spec, {.device = Device::kCpu, .threads = 1});
  teach(engine, spec);
  const FrameSteps steps{random_piece(4, 12)};
  DecoderBatch batch;
  steps.append_row(0, 0, steps.steps(), 0, spec, batch);
  const std::vector<float> nats = nats_of_steps(engine, spec, one(random_piece(4, 12)), 0);
  const std::vector<float> logits = engine.logits(batch);
  for (std::size_t step = 0; step < nats.size(); ++step) {
    const float* row = logits.data() + step * frame_token::kCount;
    double sum = 0.0;
    for (int token = 0; token < frame_token::kCount; ++token)
      sum += std::exp(static_cast<double>(row[token]));
    const double expected = std::log(sum) - static_cast<double>(row[batch.targets[step]]);
    EXPECT_NEAR(static_cast<double>(nats[step]), expected, 0.01);
  }
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
  const float never = std::numeric_limits<float>::infinity();
  EXPECT_NEAR(mixed_nats({{likely}, {never}}), -std::log(0.45), 1e-6);
}

TEST(FrameMeasure, TellsTheMeanOfAllFramesAndThatOfThePieces) {
  std::vector<FrameSteps> pieces;
  pieces.emplace_back(FramePiece{{1}, {}, {2}});  // five steps, three frames
  pieces.emplace_back(FramePiece{{3}});           // two steps
  const FrameMeans means = frame_means({1, 1, 1, 2, 1, 0.5F, 1.5F}, pieces);
  EXPECT_NEAR(means.of_frames, 8.0 / 4.0, 1e-9);
  EXPECT_NEAR(means.of_pieces, (6.0 / 3.0 + 2.0) / 2.0, 1e-9);
}

}  // namespace
}  // namespace undersong
