#include "sample/sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/cancel.h"
#include "base/error.h"

namespace undersong {
namespace {

// Always prefers the id after the last one it heard, modulo its vocabulary of five.
class CountingUpModel final : public Model {
 public:
  class LastId final : public State {
   public:
    TokenId last = 4;
    std::unique_ptr<State> clone() const override { return std::make_unique<LastId>(*this); }
  };

  TokenId vocab_size() const override { return 5; }
  int minimum_prompt() const override { return 1; }
  std::unique_ptr<State> start() const override { return std::make_unique<LastId>(); }
  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override {
    auto& last = dynamic_cast<LastId&>(state).last;
    if (!ids.empty()) last = ids.back();
    for (std::size_t i = 0; i < 5; ++i)
      logits[i] = static_cast<TokenId>(i) == (last + 1) % 5 ? 3.0F : 0.0F;
  }
};

SequenceRequest greedy_request() {
  SequenceRequest request;
  request.prompt = {1, 2};
  request.count = 4;
  request.sampling.method = SamplingOptions::Method::kGreedy;
  return request;
}

TEST(WriteSequence, GoesOnFromThePromptAndLeavesItOut) {
  Rng rng(1);
  EXPECT_THAT(write_sequence(CountingUpModel(), greedy_request(), rng, silent_progress()),
              testing::ElementsAre(3, 4, 0, 1));
}

TEST(WriteSequence, RepeatsWithItsSeed) {
  SequenceRequest request = greedy_request();
  request.sampling = {};
  request.count = 50;
  Rng first(7);
  Rng second(7);
  Rng other(8);
  const auto ids = write_sequence(CountingUpModel(), request, first, silent_progress());
  EXPECT_EQ(write_sequence(CountingUpModel(), request, second, silent_progress()), ids);
  EXPECT_NE(write_sequence(CountingUpModel(), request, other, silent_progress()), ids);
}

TEST(WriteSequence, SaysWhenThePromptIsTooShort) {
  SequenceRequest request = greedy_request();
  request.prompt.clear();
  Rng rng(1);
  try {
    write_sequence(CountingUpModel(), request, rng, silent_progress());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_THAT(error.message(), testing::HasSubstr("needs 1"));
  }
}

TEST(WriteSequence, StopsOnRequest) {
  Rng rng(1);
  request_cancel();
  EXPECT_THROW(write_sequence(CountingUpModel(), greedy_request(), rng, silent_progress()), Error);
  clear_cancel();
}

}  // namespace
}  // namespace undersong
