#pragma once
// Baselines that count. Order 0 is the frequency of each symbol; order n predicts from the n
// symbols before, and backs off to fewer of them by Witten and Bell's method C: a context seen c
// times, with t different successors, trusts its own counts with the weight c / (c + t) and the
// next shorter context with t / (c + t). The shortest context backs off to a uniform distribution,
// so every symbol keeps a probability and they sum to 1. Source: Witten & Bell 1991,
// doi:10.1109/18.87000.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"

namespace undersong {

// What counting counts.
struct CountingSettings {
  int order = 0;  // symbols of context at most, 0..8
  TokenId vocab_size = 0;
};

// Counts every n-gram up to the order in `pieces`, none across two pieces, into the tensors of a
// weight file; its metadata is the caller's.
//
// Tensors: for every order k = 0..order, `counts.<k>.grams` [grams, k+1] I32, contexts and their
// successors in lexicographic order, and `counts.<k>.values` [grams] I32.
// Errors: kUsage for an order out of range.
WeightFile train_counts(std::span<const std::vector<TokenId>> pieces,
                        const CountingSettings& settings);

// The order of such tensors; -1 when there are none.
int order_of_counts(const WeightFile& weights);

// The model of such tensors. Errors: kMismatch when they are missing, out of order, or speak of ids
// beyond the vocabulary.
std::shared_ptr<const Model> make_counting_model(const WeightFile& weights,
                                                 const CountingSettings& settings);

}  // namespace undersong
