#include "sample/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

constexpr double kHottest = 10.0;  // beyond it every vocabulary is drawn evenly

TokenId likeliest(std::span<const float> logits) {
  return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

// How many of the sorted weights are needed to reach the share `top_p`; at least one.
std::size_t nucleus_size(const std::vector<double>& weights, double top_p) {
  const double wanted = top_p * std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    if (sum >= wanted) return i + 1;
  }
  return weights.size();
}

}  // namespace

void check_options(const SamplingOptions& options) {
  if (!(options.temperature > 0.0 && options.temperature <= kHottest)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--temperature is {}; it must lie above 0 and at most at {} (for the "
                            "likeliest note every time use --greedy)",
                            options.temperature, kHottest));
  }
  if (options.top_k < 0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--top-k is {}; it must be 0 (all) or more", options.top_k));
  }
  if (!(options.top_p > 0.0 && options.top_p <= 1.0)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--top-p is {}; it must lie above 0 and at most at 1", options.top_p));
  }
}

Sampler::Sampler(SamplingOptions options) : options_(options) { check_options(options_); }

TokenId Sampler::choose(std::span<const float> logits, Rng& rng) {
  UNDERSONG_CHECK(!logits.empty());
  const TokenId best = likeliest(logits);
  const auto best_logit = static_cast<double>(logits[static_cast<std::size_t>(best)]);
  UNDERSONG_CHECK(std::isfinite(best_logit));
  if (options_.method == SamplingOptions::Method::kGreedy) return best;

  order_.resize(logits.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (options_.top_k > 0 || options_.top_p < 1.0) {
    // Stable: ids of equal logits keep their order whatever the library sorts with.
    std::stable_sort(order_.begin(), order_.end(), [&](TokenId a, TokenId b) {
      return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
  }
  if (options_.top_k > 0 && order_.size() > static_cast<std::size_t>(options_.top_k)) {
    order_.resize(static_cast<std::size_t>(options_.top_k));
  }
  weights_.clear();
  for (const TokenId id : order_) {
    const auto logit = static_cast<double>(logits[static_cast<std::size_t>(id)]);
    weights_.push_back(portable_exp((logit - best_logit) / options_.temperature));
  }
  if (options_.top_p < 1.0) weights_.resize(nucleus_size(weights_, options_.top_p));
  return order_[rng.weighted(weights_)];
}

}  // namespace undersong
