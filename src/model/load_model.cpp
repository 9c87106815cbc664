#include <algorithm>
#include <utility>

#include "base/error.h"
#include "model/architecture.h"
#include "model/composer_model.h"
#include "model/counting_model.h"
#include "model/model.h"
#include "model/model_metadata.h"
#include "model/network_model.h"

namespace undersong {
namespace {

constexpr int kLongestWindow = 4096;  // beyond it a file is broken, not ambitious

// Unlike a name that is typed, one from a file may be of a version to come.
const Architecture& architecture_of(const ModelInfo& info) {
  for (const Architecture& known : architectures()) {
    if (known.name == info.architecture) return known;
  }
  throw Error(ErrorKind::kUnsupported,
              "the weight file is of the architecture \"" + info.architecture +
                  "\", which this version does not know; update undersong");
}

void check_info(const ModelInfo& info, const Architecture& architecture,
                const Vocabulary& vocabulary) {
  if (vocabulary.size() == 0) {
    throw Error(ErrorKind::kFormat, "the weight file's vocabulary is empty; train the model again");
  }
  if (info.representation != architecture.representation) {
    throw Error(ErrorKind::kMismatch,
                "the weight file speaks " + std::string(name_of(info.representation)) +
                    ", and its architecture " + architecture.name + " speaks " +
                    std::string(name_of(architecture.representation)) + "; train the model again");
  }
  if (architecture.kind == Architecture::Kind::kNetwork &&
      (info.window < 1 || info.window > kLongestWindow)) {
    throw Error(ErrorKind::kFormat, "the weight file has a window of " +
                                        std::to_string(info.window) + " symbols; 1 to " +
                                        std::to_string(kLongestWindow) + " make sense");
  }
}

std::shared_ptr<const Model> make_model(const ModelInfo& info, const Architecture& architecture,
                                        TokenId vocab_size, const WeightFile& weights) {
  if (architecture.kind == Architecture::Kind::kCounting) {
    // The trainer may have been asked for another order than the architecture's own.
    return make_counting_model(weights, {std::max(0, order_of_counts(weights)), vocab_size});
  }
  if (architecture.kind == Architecture::Kind::kDecoder) {
    return std::make_shared<ComposerModel>(composer_from_metadata(weights.metadata), weights);
  }
  return make_network_model(architecture.network(vocab_size, info.window, info.column_sizes),
                            weights);
}

}  // namespace

LoadedModel model_from_weights(WeightFile weights) {
  LoadedModel loaded;
  loaded.info = info_from_metadata(weights.metadata);
  loaded.vocabulary = vocabulary_from_metadata(weights.metadata);
  const Architecture& architecture = architecture_of(loaded.info);
  check_info(loaded.info, architecture, loaded.vocabulary);
  loaded.model = make_model(loaded.info, architecture, loaded.vocabulary.size(), weights);
  loaded.weights = std::move(weights);
  return loaded;
}

LoadedModel load_model(const std::filesystem::path& path) {
  WeightFile weights = load_weights(path);
  return with_context("loading " + display(path),
                      [&] { return model_from_weights(std::move(weights)); });
}

}  // namespace undersong
