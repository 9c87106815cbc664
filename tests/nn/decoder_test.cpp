#include "nn/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "nn/int8_weights.h"
#include "nn/kernels.h"
#include "nn/reference_decoder.h"

namespace undersong {
namespace {

using Steps = std::span<const DecoderStep>;

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

std::vector<float> feed(const Decoder& decoder, DecoderState& state, Steps steps) {
  std::vector<float> logits(static_cast<std::size_t>(decoder.spec().vocab_size));
  decoder.feed(state, steps, logits);
  return logits;
}

std::vector<std::vector<float>> one_by_one(const Decoder& decoder, Steps steps) {
  const auto state = decoder.start();
  std::vector<std::vector<float>> all;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    all.push_back(feed(decoder, *state, steps.subspan(i, 1)));
  }
  return all;
}

TEST(Decoder, GivesNoLogitToWhatIsNotAboveTheAnchorOfARunThatAscends) {
  DecoderSpec spec = tiny_decoders()[1].spec;
  const WeightFile weights = random_decoder_weights(spec, 7);
  const auto steps = random_steps(spec, 40, 3);
  const auto plain = one_by_one(Decoder(spec, weights, 1), steps);
  spec.relative_heads[0].period = -1;
  const auto rising = one_by_one(Decoder(spec, weights, 1), steps);
  const RelativeHead& head = spec.relative_heads[0];
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const int last = steps[i].anchors[0] < 0 ? -1 : head.first + steps[i].anchors[0];
    for (int v = 0; v < spec.vocab_size; ++v) {
      const auto at = static_cast<std::size_t>(v);
      if (v >= head.first && v <= last) {
        EXPECT_EQ(rising[i][at], -std::numeric_limits<float>::infinity());
      } else {
        EXPECT_EQ(rising[i][at], plain[i][at]);
      }
    }
  }
}

class EveryDecoder : public testing::TestWithParam<TinyDecoder> {
 protected:
  const DecoderSpec& spec() const { return GetParam().spec; }
  WeightFile weights() const { return random_decoder_weights(spec(), 7); }
  std::vector<DecoderStep> steps(std::size_t count = 140) const {
    return random_steps(spec(), count, 3);
  }
};

INSTANTIATE_TEST_SUITE_P(Tiny, EveryDecoder, testing::ValuesIn(tiny_decoders()),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(EveryDecoder, AgreesWithAPlainReferenceInDoublePrecision) {
  const Decoder decoder(spec(), weights(), 1);
  const WeightFile same = dequantised(spec(), weights());
  const auto fed = steps();
  const auto all = one_by_one(decoder, fed);
  // docs/decisions/0018-integers-in-the-decoder.md
  constexpr double kTolerance = 6e-4;
  for (const std::size_t i : {0U, 1U, 2U, 14U, 62U, 63U, 64U, 65U, 100U, 139U}) {
    const auto expected = reference_decoder_logits(spec(), same, Steps(fed).first(i + 1));
    double size = 0.0;
    double error = 0.0;
    double largest = 0.0;
    for (std::size_t v = 0; v < expected.size(); ++v) {
      const double difference = static_cast<double>(all[i][v]) - expected[v];
      size += expected[v] * expected[v];
      error += difference * difference;
      largest = std::max(largest, std::abs(difference));
    }
    const auto count = static_cast<double>(expected.size());
    EXPECT_LE(std::sqrt(error / size), kTolerance) << "after step " << i;
    EXPECT_LE(largest / std::sqrt(size / count), 5 * kTolerance) << "after step " << i;
  }
}

TEST_P(EveryDecoder, GivesTheSameBitsOneByOneAndAllAtOnce) {
  const Decoder decoder(spec(), weights(), 2);
  const auto fed = steps();
  const auto all = one_by_one(decoder, fed);
  for (const std::size_t count : {1U, 2U, 23U, 24U, 25U, 64U, 90U, 140U}) {
    const auto state = decoder.start();
    EXPECT_EQ(bits(feed(decoder, *state, Steps(fed).first(count))), bits(all[count - 1])) << count;
  }
  const auto state = decoder.start();
  std::size_t at = 0;
  for (const std::size_t count : {3U, 1U, 30U, 7U, 60U, 39U}) {
    at += count;
    EXPECT_EQ(bits(feed(decoder, *state, Steps(fed).subspan(at - count, count))),
              bits(all[at - 1]));
  }
}

TEST_P(EveryDecoder, GivesTheSameBitsOnEveryVectorTargetAndNumberOfThreads) {
  const auto fed = steps(70);
  const auto expected = bits(one_by_one(Decoder(spec(), weights(), 1), fed).back());
  for (const std::int64_t target : vector_targets()) {
    SCOPED_TRACE(target_name(target));
    force_target(target);
    for (const int threads : {1, 2, 3}) {
      const Decoder decoder(spec(), weights(), threads);
      const auto state = decoder.start();
      feed(decoder, *state, Steps(fed).first(60));
      for (std::size_t i = 60; i < 69; ++i) feed(decoder, *state, Steps(fed).subspan(i, 1));
      EXPECT_EQ(bits(feed(decoder, *state, Steps(fed).last(1))), expected) << threads;
    }
  }
  choose_best_target();
}

TEST_P(EveryDecoder, StepsSequencesTogetherAsEachByItself) {
  const Decoder decoder(spec(), weights(), 2);
  constexpr std::size_t kCount = 27;  // more than one pass takes
  const auto vocab = static_cast<std::size_t>(spec().vocab_size);
  std::vector<std::unique_ptr<DecoderState>> states;
  std::vector<std::vector<DecoderStep>> fed;
  for (std::size_t i = 0; i < kCount; ++i) {
    states.push_back(decoder.start());
    fed.push_back(random_steps(spec(), 72, 100 + i));
    feed(decoder, *states[i], Steps(fed[i]).first(i + 45));  // of different lengths
  }
  std::vector<DecoderState*> together;
  std::vector<DecoderStep> next;
  for (std::size_t i = 0; i < kCount; ++i) {
    together.push_back(states[i].get());
    next.push_back(fed[i][i + 45]);
  }
  std::vector<float> logits(kCount * vocab);
  decoder.feed_together(together, next, logits);
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto alone = decoder.start();
    feed(decoder, *alone, Steps(fed[i]).first(i + 45));
    const auto expected = feed(decoder, *alone, {&next[i], 1});
    const std::vector<float> got(logits.begin() + static_cast<long>(i * vocab),
                                 logits.begin() + static_cast<long>((i + 1) * vocab));
    EXPECT_EQ(bits(got), bits(expected)) << i;
    EXPECT_EQ(states[i]->steps(), alone->steps());
  }
}

TEST_P(EveryDecoder, ClonesGoTheirOwnWay) {
  const Decoder decoder(spec(), weights(), 2);
  const auto fed = steps();
  const auto other = random_steps(spec(), 40, 9);
  for (const std::size_t shared : {1U, 63U, 64U, 65U, 80U}) {
    const auto state = decoder.start();
    feed(decoder, *state, Steps(fed).first(shared));
    const auto clone = state->clone();
    EXPECT_EQ(clone->steps(), static_cast<int>(shared));
    const auto from_clone = feed(decoder, *clone, other);
    const auto from_first = feed(decoder, *state, Steps(fed).subspan(shared, 40));
    const auto apart = decoder.start();
    feed(decoder, *apart, Steps(fed).first(shared));
    EXPECT_EQ(bits(from_clone), bits(feed(decoder, *apart, other)));
    const auto whole = decoder.start();
    EXPECT_EQ(bits(from_first), bits(feed(decoder, *whole, Steps(fed).first(shared + 40))));
  }
}

TEST_P(EveryDecoder, GivesTheSameBitsFromFloatsAndFromTheirInt8) {
  const auto fed = steps(30);
  const Decoder floats(spec(), weights(), 1);
  const Decoder ints(spec(), with_int8_matrices(spec(), weights()), 1);
  EXPECT_EQ(bits(one_by_one(floats, fed).back()), bits(one_by_one(ints, fed).back()));
}

TEST_P(EveryDecoder, ServesSeveralCallersAtOnce) {
  const Decoder decoder(spec(), weights(), 2);
  const auto fed = steps(60);
  const auto expected = bits(one_by_one(decoder, fed).back());
  std::vector<std::vector<std::uint32_t>> got(3);
  std::vector<std::thread> callers;
  for (auto& result : got) {
    callers.emplace_back([&] { result = bits(one_by_one(decoder, fed).back()); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const auto& result : got) EXPECT_EQ(result, expected);
}

DecoderSpec first_spec() { return tiny_decoders().front().spec; }

// Every output of every target in any version: another hash is other music for everybody.
TEST(Decoder, WritesWhatItAlwaysWrote) {
  const DecoderSpec spec = first_spec();
  const Decoder decoder(spec, random_decoder_weights(spec, 1), 2);
  const auto state = decoder.start();
  const auto logits = feed(decoder, *state, random_steps(spec, 100, 2));
  std::uint64_t hash = 0;
  for (const std::uint32_t word : bits(logits)) hash = (hash ^ word) * 0x100000001B3ULL;
  EXPECT_EQ(hash, 5949939256262937238ULL);
}

template <typename Action>
std::string mismatch(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    return error.message();
  }
  return "nothing was thrown";
}

TEST(Decoder, NamesTheTensorThatDoesNotFit) {
  const DecoderSpec spec = first_spec();
  const auto with = [&](auto&& change) {
    WeightFile weights = with_int8_matrices(spec, random_decoder_weights(spec, 1));
    change(weights.tensors);
    return mismatch([&] { Decoder(spec, weights, 1); });
  };
  const std::string missing = "\"; it was written for another architecture, or by another version";
  const std::string damaged = "; the training went wrong or the file is damaged: train again";
  EXPECT_EQ(with([](auto& t) { t.erase("layers.1.qkv"); }),
            "the weight file has no tensor \"layers.1.qkv" + missing);
  EXPECT_EQ(with([](auto& t) { t.erase("relative.1"); }),
            "the weight file has no tensor \"relative.1" + missing);
  EXPECT_EQ(with([](auto& t) { t.erase("table.scale"); }),
            "the weight file has no tensor \"table.scale" + missing);
  EXPECT_EQ(with([](auto& t) {
              t["layers.0.down"].shape = {160, 128};
            }),
            "tensor \"layers.0.down\" has the shape [160, 128] where [128, 160] is needed");
  EXPECT_EQ(with([](auto& t) {
              t["layers.0.out.scale"].shape = {1, 128};
            }),
            "tensor \"layers.0.out.scale\" has the shape [1, 128] where [128] is needed");
  EXPECT_EQ(with([](auto& t) { std::get<0>(t["layers.0.out.scale"].values)[3] = NAN; }),
            "tensor \"layers.0.out.scale\" holds what is not a number" + damaged);
  EXPECT_EQ(with([](auto& t) { std::get<0>(t["norm"].values)[3] = -1e9F; }),
            "tensor \"norm\" holds values beyond 1000" + damaged);
  EXPECT_EQ(with([](auto& t) { std::get<0>(t["table.scale"].values)[3] = 8.0F; }),
            "tensor \"table.scale\" holds values beyond 1000" + damaged);
  EXPECT_EQ(with([](auto& t) { t["norm"].values = std::vector<std::int8_t>(128); }),
            "tensor \"norm\" is of type I8 where F32 is needed");
}

TEST(Decoder, RefusesADescriptionThatMakesNoNetwork) {
  DecoderSpec spec = first_spec();
  spec.kv_heads = 3;
  try {
    Decoder(spec, {}, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_EQ(error.message(),
              "the description of the decoder makes no network: 4 heads cannot share 3 keys "
              "evenly");
  }
}

TEST(Decoder, SaysWhenItCannotHearMore) {
  const DecoderSpec spec = first_spec();
  const Decoder decoder(spec, random_decoder_weights(spec, 1), 1);
  const auto state = decoder.start();
  const auto fed = random_steps(spec, 151, 2);
  feed(decoder, *state, Steps(fed).first(150));
  try {
    feed(decoder, *state, Steps(fed).last(1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.message(),
              "the network was trained for 150 steps and cannot hear 151; give it less to begin "
              "with, or begin anew");
  }
  EXPECT_EQ(state->steps(), 150);
}

// The largest weights that are let in keep every sum within the range of float and of int32.
TEST(Decoder, StaysFiniteWithTheLargestWeights) {
  const DecoderSpec spec = first_spec();
  WeightFile weights = random_decoder_weights(spec, 1);
  for (auto& [name, tensor] : weights.tensors) {
    for (float& value : std::get<0>(tensor.values)) value = value < 0 ? -1000.0F : 1000.0F;
  }
  const Decoder decoder(spec, weights, 1);
  const auto state = decoder.start();
  for (const float logit : feed(decoder, *state, random_steps(spec, 70, 2))) {
    EXPECT_TRUE(std::isfinite(logit));
  }
}

}  // namespace
}  // namespace undersong
