#include "model/counting_model.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

constexpr int kHighestOrder = 8;  // beyond it nearly every context is seen once

std::string grams_name(int order) { return "counts." + std::to_string(order) + ".grams"; }
std::string values_name(int order) { return "counts." + std::to_string(order) + ".values"; }

void check_order(int order) {
  if (order < 0 || order > kHighestOrder) {
    throw Error(ErrorKind::kUsage, "the order " + std::to_string(order) +
                                       " is out of range; give 0 to " +
                                       std::to_string(kHighestOrder) + " symbols of context");
  }
}

// The n-grams of one order, one after another, sorted, each once.
struct GramTable {
  int length = 0;  // ids of a gram: the context and its successor
  std::vector<std::int32_t> grams;
  std::vector<std::int32_t> counts;

  std::size_t size() const { return counts.size(); }
  std::span<const std::int32_t> gram(std::size_t i) const {
    const auto n = static_cast<std::size_t>(length);
    return std::span(grams).subspan(i * n, n);
  }
};

GramTable count_grams(std::span<const std::vector<TokenId>> pieces, int length) {
  const auto n = static_cast<std::size_t>(length);
  std::vector<std::span<const TokenId>> all;
  for (const auto& piece : pieces) {
    for (std::size_t i = 0; i + n <= piece.size(); ++i) {
      all.push_back(std::span(piece).subspan(i, n));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  });
  GramTable table;
  table.length = length;
  for (const auto& gram : all) {
    if (table.size() > 0 && std::ranges::equal(gram, table.gram(table.size() - 1))) {
      ++table.counts.back();
    } else {
      table.grams.insert(table.grams.end(), gram.begin(), gram.end());
      table.counts.push_back(1);
    }
  }
  return table;
}

GramTable read_table(const WeightFile& weights, int order, TokenId vocab_size) {
  GramTable table;
  table.length = order + 1;
  table.grams = weights.ints(grams_name(order));
  table.counts = weights.ints(values_name(order));
  const std::string where = "tensor \"" + grams_name(order) + "\"";
  if (table.grams.size() != table.counts.size() * static_cast<std::size_t>(table.length)) {
    throw Error(ErrorKind::kMismatch, where + " and its counts differ in length");
  }
  for (const std::int32_t id : table.grams) {
    if (id < 0 || id >= vocab_size) {
      throw Error(ErrorKind::kMismatch, where + " speaks of symbol " + std::to_string(id) +
                                            ", and the vocabulary has " +
                                            std::to_string(vocab_size));
    }
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    const bool sorted =
        i == 0 || std::ranges::lexicographical_compare(table.gram(i - 1), table.gram(i));
    if (!sorted || table.counts[i] < 1) {
      throw Error(ErrorKind::kMismatch, where + " is not a sorted list of counts; train it again");
    }
  }
  return table;
}

class CountingState final : public Model::State {
 public:
  explicit CountingState(TokenId vocab_size)
      : probabilities(static_cast<std::size_t>(vocab_size)) {}

  std::unique_ptr<State> clone() const override { return std::make_unique<CountingState>(*this); }

  void push(TokenId id) {
    std::shift_left(recent.begin(), recent.end(), 1);
    recent.back() = id;
    seen = std::min(seen + 1, kHighestOrder);
  }

  std::span<const TokenId> last(int count) const {
    return std::span(recent).last(static_cast<std::size_t>(count));
  }

  std::array<TokenId, kHighestOrder> recent{};  // the newest last
  int seen = 0;
  std::vector<double> probabilities;  // scratch
};

class CountingModel final : public Model {
 public:
  CountingModel(std::vector<GramTable> tables, TokenId vocab_size)
      : tables_(std::move(tables)), vocab_size_(vocab_size) {}

  TokenId vocab_size() const override { return vocab_size_; }
  int minimum_prompt() const override { return 0; }
  std::unique_ptr<State> start() const override {
    return std::make_unique<CountingState>(vocab_size_);
  }

  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override {
    auto& counting = dynamic_cast<CountingState&>(state);
    UNDERSONG_CHECK(logits.size() == counting.probabilities.size());
    for (const TokenId id : ids) {
      UNDERSONG_CHECK(id >= 0 && id < vocab_size_);
      counting.push(id);
    }
    predict(counting);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      logits[i] = static_cast<float>(portable_log(counting.probabilities[i]));
    }
  }

 private:
  // From the uniform distribution to the longest context that was seen.
  void predict(CountingState& state) const {
    std::ranges::fill(state.probabilities, 1.0 / vocab_size_);
    for (const GramTable& table : tables_) {
      const int order = table.length - 1;
      if (order > state.seen || !interpolate(table, state.last(order), state.probabilities)) break;
    }
  }

  // Mixes in what followed `context`; false when it was never seen.
  static bool interpolate(const GramTable& table, std::span<const TokenId> context,
                          std::vector<double>& probabilities) {
    const std::size_t begin = first_at_least(table, context);
    std::size_t end = begin;
    std::int64_t total = 0;
    while (end < table.size() && follows(table.gram(end), context)) total += table.counts[end++];
    if (total == 0) return false;
    const auto kinds = static_cast<double>(end - begin);
    const double scale = 1.0 / (static_cast<double>(total) + kinds);
    for (double& probability : probabilities) probability *= kinds * scale;
    for (std::size_t i = begin; i < end; ++i) {
      probabilities[static_cast<std::size_t>(table.gram(i).back())] += table.counts[i] * scale;
    }
    return true;
  }

  static bool follows(std::span<const std::int32_t> gram, std::span<const TokenId> context) {
    return std::ranges::equal(gram.first(context.size()), context);
  }

  // The first gram whose context is not before `context`.
  static std::size_t first_at_least(const GramTable& table, std::span<const TokenId> context) {
    std::size_t low = 0;
    std::size_t high = table.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      const auto found = table.gram(middle).first(context.size());
      if (std::ranges::lexicographical_compare(found, context)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<GramTable> tables_;  // by order
  TokenId vocab_size_;
};

}  // namespace

WeightFile train_counts(std::span<const std::vector<TokenId>> pieces,
                        const CountingSettings& settings) {
  check_order(settings.order);
  for (const auto& piece : pieces) {
    for (const TokenId id : piece) UNDERSONG_CHECK(id >= 0 && id < settings.vocab_size);
  }
  WeightFile file;
  for (int order = 0; order <= settings.order; ++order) {
    throw_if_cancelled();
    GramTable table = count_grams(pieces, order + 1);
    const auto rows = static_cast<std::int64_t>(table.size());
    file.tensors[grams_name(order)] = {{rows, order + 1}, std::move(table.grams)};
    file.tensors[values_name(order)] = {{rows}, std::move(table.counts)};
  }
  return file;
}

int order_of_counts(const WeightFile& weights) {
  int order = -1;
  while (order < kHighestOrder && weights.tensors.contains(grams_name(order + 1))) ++order;
  return order;
}

std::shared_ptr<const Model> make_counting_model(const WeightFile& weights,
                                                 const CountingSettings& settings) {
  check_order(settings.order);
  std::vector<GramTable> tables;
  for (int order = 0; order <= settings.order; ++order) {
    tables.push_back(read_table(weights, order, settings.vocab_size));
  }
  return std::make_shared<CountingModel>(std::move(tables), settings.vocab_size);
}

}  // namespace undersong
