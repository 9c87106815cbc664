#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/network_spec.h"

namespace undersong {

// Every shape of network that the program has, small, and with sizes that fill no vector.
struct TinyNetwork {
  std::string name;
  NetworkSpec spec;
};

inline std::vector<TinyNetwork> tiny_networks() {
  using enum LayerKind;
  const auto window = [](std::vector<LayerSpec> layers) {
    return NetworkSpec{std::move(layers), Reading::kWindow, 10, 23, {}};
  };
  NetworkSpec embedding{{{.kind = kEmbedding, .units = 7},
                         {.kind = kDropout, .rate = 0.4},
                         {.kind = kLstm, .units = 17},
                         {.kind = kDense, .units = kVocabulary}},
                        Reading::kRecurrent,
                        64,
                        29,
                        {}};
  NetworkSpec matrix{{{.kind = kColumnEmbedding, .units = 9},
                      {.kind = kLstm, .units = 13},
                      {.kind = kDropout, .rate = 0.75},
                      {.kind = kLstm, .units = 5},
                      {.kind = kColumnHead}},
                     Reading::kRecurrent,
                     64,
                     27,
                     {11, 3, 6, 7}};
  return {
      {"lstm", window({{.kind = kScaledIndex},
                       {.kind = kLstm, .units = 21},
                       {.kind = kDropout, .rate = 0.1},
                       {.kind = kLstm, .units = 18},
                       {.kind = kLastStep},
                       {.kind = kDense, .units = 70},
                       {.kind = kDense, .units = kVocabulary}})},
      {"conv1d", window({{.kind = kScaledIndex},
                         {.kind = kConv1d, .units = 19, .kernel_size = 3},
                         {.kind = kDense, .units = 6},
                         {.kind = kDense, .units = kVocabulary},
                         {.kind = kSoftmaxMaxOverTime}})},
      {"merge", window({{.kind = kScaledIndex},
                        {.kind = kConv1d, .units = 19, .kernel_size = 3},
                        {.kind = kLstm, .units = 11},
                        {.kind = kLastStep},
                        {.kind = kDense, .units = 8},
                        {.kind = kDense, .units = kVocabulary}})},
      {"embedding", embedding},
      {"matrix", matrix},
  };
}

// Ids that the network may be fed: of the column whose turn it is, where there are columns.
inline std::vector<std::int32_t> random_ids(const NetworkSpec& spec, std::size_t count,
                                            std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::int32_t> ids;
  std::int32_t start = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t size = spec.vocab_size;
    if (!spec.column_sizes.empty()) {
      const std::size_t column = i % spec.column_sizes.size();
      if (column == 0) start = 0;
      size = spec.column_sizes[column];
    }
    ids.push_back(start + static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(size))));
    if (!spec.column_sizes.empty()) start += size;
  }
  return ids;
}

}  // namespace undersong
