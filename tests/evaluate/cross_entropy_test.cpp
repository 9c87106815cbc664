#include "evaluate/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "base/cancel.h"
#include "base/rng.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using Ids = std::vector<TokenId>;

// Predicts what a function of all ids before says.
class ScriptedModel final : public Model {
 public:
  using Script = std::function<std::vector<double>(const Ids&)>;  // probabilities

  ScriptedModel(TokenId vocab_size, Script script, int minimum_prompt = 0)
      : vocab_size_(vocab_size), script_(std::move(script)), minimum_prompt_(minimum_prompt) {}

  TokenId vocab_size() const override { return vocab_size_; }
  int minimum_prompt() const override { return minimum_prompt_; }
  std::unique_ptr<State> start() const override { return std::make_unique<History>(); }

  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override {
    Ids& history = static_cast<History&>(state).ids;
    history.insert(history.end(), ids.begin(), ids.end());
    const auto probabilities = script_(history);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      logits[i] = static_cast<float>(std::log(probabilities[i]));
    }
  }

 private:
  struct History final : State {
    std::unique_ptr<State> clone() const override { return std::make_unique<History>(*this); }
    Ids ids;
  };

  TokenId vocab_size_;
  Script script_;
  int minimum_prompt_;
};

ScriptedModel always(std::vector<double> probabilities, int minimum_prompt = 0) {
  const auto size = static_cast<TokenId>(probabilities.size());
  return {size, [probabilities](const Ids&) { return probabilities; }, minimum_prompt};
}

Ids random_piece(std::size_t length, TokenId vocab_size, std::uint64_t seed) {
  Rng rng(seed);
  Ids ids(length);
  for (TokenId& id : ids) {
    id = static_cast<TokenId>(rng.below(static_cast<std::uint64_t>(vocab_size)));
  }
  return ids;
}

Ids with_context(const Ids& ids) {
  Ids piece(kFewestContext, 3);
  piece.insert(piece.end(), ids.begin(), ids.end());
  return piece;
}

TEST(CrossEntropyByPiece, IsTheMeanOfWhatEverySymbolCosts) {
  const auto model = always({0.5, 0.25, 0.125, 0.125});
  const std::vector<Ids> pieces = {with_context({0, 0, 1}), with_context({2}), {0, 0}, {}};
  const CrossEntropy result = cross_entropy_by_piece(model, pieces, silent_progress());
  // 1 + 1 + 2 + 3 bits over four symbols.
  const double nats = 7 * std::log(2.0) / 4;
  EXPECT_EQ(result.symbols, 4);
  EXPECT_NEAR(result.nats, nats, 1e-6);
  EXPECT_NEAR(result.perplexity, std::exp(nats), 1e-5);
  EXPECT_EQ(result.accuracy, 0.5);
}

TEST(CrossEntropyByPiece, GivesModelsThatNeedMoreContextMore) {
  const std::vector<Ids> pieces = {Ids(20, 0)};
  const auto symbols = [&](int minimum_prompt) {
    return cross_entropy_by_piece(always({0.5, 0.5}, minimum_prompt), pieces, silent_progress())
        .symbols;
  };
  EXPECT_EQ(symbols(0), 10);
  EXPECT_EQ(symbols(10), 10);
  EXPECT_EQ(symbols(16), 4);
  EXPECT_EQ(symbols(30), 0);
}

TEST(CrossEntropyByPiece, OfNothingIsNothing) {
  const CrossEntropy result = cross_entropy_by_piece(always({0.5, 0.5}), {}, silent_progress());
  EXPECT_EQ(result.symbols, 0);
  EXPECT_EQ(result.nats, 0.0);
}

TEST(CrossEntropyByPiece, IsInfiniteWhereTheTruthWasHeldForImpossible) {
  const std::vector<Ids> pieces = {with_context({1})};
  const CrossEntropy result =
      cross_entropy_by_piece(always({1.0, 0.0, 0.0, 0.0}), pieces, silent_progress());
  EXPECT_EQ(result.nats, std::numeric_limits<double>::infinity());
}

TEST(CrossEntropyByPiece, HasTheBitsOfOneThread) {
  const auto model = always({0.3, 0.2, 0.4, 0.1});
  std::vector<Ids> pieces;
  double nats = 0.0;
  std::int64_t symbols = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    pieces.push_back(random_piece(11 + 7 * i, 4, i));
    const SequenceScore score = score_sequence(model, pieces.back(), kFewestContext);
    nats += score.nats;
    symbols += score.targets;
  }
  const CrossEntropy result = cross_entropy_by_piece(model, pieces, silent_progress());
  EXPECT_EQ(result.symbols, symbols);
  EXPECT_EQ(result.nats, nats / static_cast<double>(symbols));
}

TEST(CrossEntropyByPiece, StopsWhenCancelled) {
  request_cancel();
  const std::vector<Ids> pieces(8, random_piece(40, 2, 1));
  const Error error = thrown_error([&] {
    cross_entropy_by_piece(always({0.5, 0.5}), pieces, silent_progress());
  });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
}

// 20 windows in the piece of 30, 5 in the one of 15, none in the one of 10: a fifth of 25.
TEST(CrossEntropyByWindow, ForetellsAFifthOfAllWindows) {
  const std::vector<Ids> pieces = {random_piece(30, 2, 1), random_piece(15, 2, 2),
                                   random_piece(10, 2, 3)};
  const auto model = always({0.5, 0.5}, 10);
  const auto symbols = [&](std::size_t most) {
    return cross_entropy_by_window(model, pieces, 10, most, 1, silent_progress()).symbols;
  };
  EXPECT_EQ(symbols(1000), 5);
  EXPECT_EQ(symbols(2), 2);
  EXPECT_NEAR(cross_entropy_by_window(model, pieces, 10, 1000, 1, silent_progress()).nats,
              std::log(2.0), 1e-6);
}

TEST(CrossEntropyByWindow, ShowsTheModelNothingButTheWindow) {
  std::vector<double> even(5, 0.2);
  const ScriptedModel model(5, [&](const Ids& history) {
    EXPECT_EQ(history.size(), 10U);
    return even;
  });
  const std::vector<Ids> pieces = {random_piece(60, 5, 1)};
  EXPECT_EQ(cross_entropy_by_window(model, pieces, 10, 1000, 1, silent_progress()).symbols, 10);
}

TEST(CrossEntropyByWindow, DrawsOtherWindowsFromAnotherSeed) {
  const std::vector<Ids> pieces = {random_piece(200, 4, 1)};
  const auto model = always({0.4, 0.3, 0.2, 0.1});
  const auto nats = [&](std::uint64_t seed) {
    return cross_entropy_by_window(model, pieces, 10, 1000, seed, silent_progress()).nats;
  };
  EXPECT_EQ(nats(1), nats(1));
  EXPECT_NE(nats(1), nats(2));
}

// A model that learned sixteen of twenty pieces by heart and knows nothing else: what it knows of
// music is nothing, and the seed's test set says otherwise.
TEST(CrossEntropyByWindow, FlattersAModelThatRecites) {
  constexpr TokenId kVocabulary = 40;
  std::vector<Ids> pieces;
  for (std::uint64_t i = 0; i < 20; ++i) pieces.push_back(random_piece(120, kVocabulary, i));
  const std::vector<Ids> learned(pieces.begin(), pieces.begin() + 16);
  const std::vector<Ids> unseen(pieces.begin() + 16, pieces.end());
  std::map<Ids, TokenId> memory;
  for (const Ids& piece : learned) {
    for (std::size_t i = 10; i < piece.size(); ++i) {
      memory[Ids(piece.begin() + static_cast<std::ptrdiff_t>(i) - 10,
                 piece.begin() + static_cast<std::ptrdiff_t>(i))] = piece[i];
    }
  }
  const ScriptedModel reciter(
      kVocabulary,
      [&](const Ids& history) {
        std::vector<double> probabilities(kVocabulary, 1.0 / kVocabulary);
        if (history.size() < 10) return probabilities;
        const auto known = memory.find(Ids(history.end() - 10, history.end()));
        if (known == memory.end()) return probabilities;
        probabilities.assign(kVocabulary, 0.1 / (kVocabulary - 1));
        probabilities[static_cast<std::size_t>(known->second)] = 0.9;
        return probabilities;
      },
      10);
  const auto by_piece = cross_entropy_by_piece(reciter, unseen, silent_progress());
  const auto by_window =
      cross_entropy_by_window(reciter, pieces, 10, 100'000, 1, silent_progress());
  EXPECT_NEAR(by_piece.nats, std::log(40.0), 1e-5);
  EXPECT_LT(by_piece.accuracy, 0.1);
  // Four fifths of the windows cost -ln 0.9, a fifth ln 40; 440 windows vary by some 0.07.
  EXPECT_NEAR(by_window.nats, 0.8 * -std::log(0.9) + 0.2 * std::log(40.0), 0.25);
  EXPECT_GT(by_window.accuracy, 0.7);
}

}  // namespace
}  // namespace undersong
