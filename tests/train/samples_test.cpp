#include "train/samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace undersong {
namespace {

NetworkSpec windows_of(int window) {
  NetworkSpec spec;
  spec.reading = Reading::kWindow;
  spec.window = window;
  spec.vocab_size = 100;
  return spec;
}

NetworkSpec crops_of(int window) {
  NetworkSpec spec = windows_of(window);
  spec.reading = Reading::kRecurrent;
  return spec;
}

TEST(Samples, AWindowStaysInsideItsPiece) {
  const std::vector<Ids> pieces = {{1, 2, 3, 4}, {5, 6, 7}, {8, 9, 10, 11, 12}};
  const Cutter cutter(windows_of(3), pieces);
  const std::vector<Sample> samples = cutter.every_sample();
  ASSERT_EQ(samples.size(), 3U);  // the piece of three has no fourth symbol to predict
  const Batch batch = cutter.batch(samples, 0);
  EXPECT_EQ(batch.targets, (std::vector<std::int32_t>{4, 11, 12}));
  EXPECT_EQ(batch.inputs, (std::vector<std::int32_t>{1, 8, 9, 2, 9, 10, 3, 10, 11}));
}

TEST(Samples, ACropPredictsEachNextSymbolAndPadsItsEnd) {
  const std::vector<Ids> pieces = {{1, 2, 3, 4, 5, 6}};
  const Cutter cutter(crops_of(4), pieces);
  const std::vector<Sample> samples = cutter.every_sample();
  ASSERT_EQ(samples.size(), 2U);
  const Batch batch = cutter.batch(samples, 0);
  EXPECT_EQ(batch.inputs, (std::vector<std::int32_t>{1, 5, 2, 6, 3, 0, 4, 0}));
  EXPECT_EQ(batch.targets, (std::vector<std::int32_t>{2, 6, 3, -1, 4, -1, 5, -1}));
}

TEST(Samples, CropsOfTheNoteMatrixPredictThePiecesFirstRowToo) {
  NetworkSpec spec = crops_of(2);
  spec.column_sizes = {50, 50};
  const std::vector<Ids> pieces = {{1, 51, 2, 52, 3, 53}};
  const Cutter cutter(spec, pieces);
  EXPECT_EQ(cutter.length(0), 3);
  const Batch first = cutter.batch(std::vector<Sample>{{0, 0}}, 0);
  EXPECT_EQ(first.inputs, (std::vector<std::int32_t>{1, 51, 2, 52}));
  EXPECT_EQ(first.targets, (std::vector<std::int32_t>{1, 51, 2, 52, 3, 53}));
  const Batch later = cutter.batch(std::vector<Sample>{{0, 1}}, 0);
  EXPECT_EQ(later.targets, (std::vector<std::int32_t>{-1, -1, 3, 53, -1, -1}));
}

TEST(Samples, MovedCropsCoverEverySymbolOfThePiece) {
  Ids piece(101);
  for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = static_cast<TokenId>(i);
  const std::vector<Ids> pieces = {piece};
  const Cutter cutter(crops_of(16), pieces);
  const std::vector<Sample> samples = cutter.every_sample();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::set<std::int32_t> predicted;
    for (const Sample& sample : cutter.epoch(samples, Rng(seed))) {
      const Batch batch = cutter.batch(std::vector<Sample>{sample}, 0);
      predicted.insert(batch.targets.begin(), batch.targets.end());
    }
    predicted.erase(-1);
    EXPECT_EQ(predicted.size(), 100U) << "seed " << seed;
  }
}

TEST(Samples, AnEpochIsAPureFunctionOfItsGenerator) {
  const std::vector<Ids> pieces = {Ids(300, 1)};
  const Cutter cutter(windows_of(10), pieces);
  const std::vector<Sample> samples = cutter.every_sample();
  const auto starts = [&](std::uint64_t seed) {
    std::vector<std::int32_t> order;
    for (const Sample& sample : cutter.epoch(samples, Rng(seed))) order.push_back(sample.start);
    return order;
  };
  EXPECT_EQ(starts(1), starts(1));
  EXPECT_NE(starts(1), starts(2));
}

TEST(Samples, FrequenciesAreJudgedFromTheEleventhSymbolOn) {
  NetworkSpec spec = windows_of(10);
  spec.vocab_size = 3;
  const std::vector<Ids> training = {{0, 0, 0, 1}};  // id 2 was never seen
  Ids heard(12, 0);
  heard[10] = 1;
  heard[11] = 2;
  const std::vector<Ids> pieces = {heard};
  const LossSum loss = frequency_loss(spec, training, pieces);
  EXPECT_EQ(loss.count, 2);
  // 4 ids of 2 kinds: a third of the probability is spread over all three.
  const double one = (1.0 + 2.0 / 3.0) / 6.0;
  const double unseen = (2.0 / 3.0) / 6.0;
  EXPECT_NEAR(loss.nats, -std::log(one) - std::log(unseen), 1e-12);
}

}  // namespace
}  // namespace undersong
