#pragma once
// Training without LibTorch: the baselines that count. Networks are undersong-train's
// (pipeline/trainer.h).

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/progress.h"
#include "corpus/dataset.h"

namespace undersong {

struct CountingRequest {
  std::string architecture;  // frequency or markov
  std::string corpus;
  DatasetOptions dataset;    // its representation is the architecture's
  std::optional<int> order;  // symbols of context; unset: the architecture's
  std::filesystem::path output;
  Overwrite overwrite = Overwrite::kRefuse;
};

struct CountingReport {
  std::filesystem::path path;
  std::string architecture;
  std::string corpus;
  int order = 0;
  TokenId vocab_size = 0;
  std::int64_t pieces = 0;  // learned from
  // Per split, "train", "valid" and "test": nats a symbol of whole pieces. A split without symbols
  // is left out.
  std::map<std::string, double> nats_per_symbol;
};

// Counts the training split of a corpus and writes a weight file.
// Errors: kUsage for an architecture that is a network, and those of Corpus::open, load_dataset,
// train_counts and save_weights.
CountingReport train_counting(const CountingRequest& request, Progress& progress);

}  // namespace undersong
