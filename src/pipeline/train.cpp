#include "pipeline/train.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"
#include "corpus/corpus.h"
#include "corpus/licence.h"
#include "model/architecture.h"
#include "model/counting_model.h"
#include "model/model_metadata.h"
#include "model/score_sequence.h"

namespace undersong {
namespace {

constexpr Split kSplits[] = {Split::kTrain, Split::kValid, Split::kTest};

std::map<std::string, double> losses(const Model& model, const Dataset& dataset,
                                     Progress& progress) {
  std::map<std::string, double> nats_per_symbol;
  std::int64_t done = 0;
  progress.begin("judging", static_cast<std::int64_t>(dataset.pieces.size()), "pieces");
  for (const Split split : kSplits) {
    SequenceScore sum;
    for (const DatasetPiece* piece : dataset.of(split)) {
      throw_if_cancelled();
      const SequenceScore score = score_sequence(model, piece->ids, 0);
      sum.nats += score.nats;
      sum.targets += score.targets;
      progress.update(++done, "");
    }
    if (sum.targets > 0) nats_per_symbol.emplace(name_of(split), sum.nats_per_target());
  }
  progress.end();
  return nats_per_symbol;
}

const Architecture& counting_architecture(const std::string& name) {
  const Architecture& architecture = find_architecture(name);
  if (!architecture.is_counted()) {
    throw Error(ErrorKind::kUsage, name + " is a network: undersong-train trains it");
  }
  return architecture;
}

std::string settings_json(const CountingRequest& request, int order) {
  return nlohmann::json({{"order", order},
                         {"minimum_count", request.dataset.minimum_count},
                         {"groups", request.dataset.groups},
                         {"track_name", request.dataset.track_name},
                         {"held_out", request.dataset.held_out}})
      .dump();
}

// The weight file without what judging finds out.
WeightFile count(const Dataset& dataset, int order) {
  std::vector<std::vector<TokenId>> pieces;
  for (const DatasetPiece* piece : dataset.of(Split::kTrain)) pieces.push_back(piece->ids);
  WeightFile weights = train_counts(pieces, {order, dataset.vocabulary.size()});
  const std::vector<std::int32_t> rows = dataset.rhythm.to_rows();
  constexpr auto kRow = static_cast<std::int64_t>(RhythmTable::kRowLength);
  weights.tensors["rhythm"] = {{static_cast<std::int64_t>(rows.size()) / kRow, kRow}, rows};
  return weights;
}

}  // namespace

CountingReport train_counting(const CountingRequest& request, Progress& progress) {
  check_output(request.output, request.overwrite);
  const Architecture& architecture = counting_architecture(request.architecture);
  if (request.order && architecture.order == 0 && *request.order != 0) {
    throw Error(ErrorKind::kUsage,
                architecture.name + " looks at no context; --order is for markov");
  }
  const int order = request.order.value_or(architecture.order);
  DatasetOptions options = request.dataset;
  options.representation = architecture.representation;
  const Dataset dataset = load_dataset(Corpus::open(request.corpus), options);
  WeightFile weights = count(dataset, order);

  CountingReport report{.path = request.output,
                        .architecture = architecture.name,
                        .corpus = dataset.corpus,
                        .order = order,
                        .vocab_size = dataset.vocabulary.size(),
                        .pieces = static_cast<std::int64_t>(dataset.of(Split::kTrain).size()),
                        .nats_per_symbol = {}};
  const auto model = make_counting_model(weights, {order, dataset.vocabulary.size()});
  report.nats_per_symbol = losses(*model, dataset, progress);

  ModelInfo info;
  info.architecture = architecture.name;
  info.representation = architecture.representation;
  info.window = order;
  info.corpus = dataset.corpus;
  info.corpus_sha256 = dataset.corpus_sha256;
  info.settings_json = settings_json(request, order);
  const std::vector<std::string> licences = dataset.licences();
  info.training_json =
      nlohmann::json({{"nats_per_symbol", report.nats_per_symbol},
                      {"pieces", report.pieces},
                      {"licences", licences},
                      {"publishable", std::ranges::all_of(licences, is_publishable)}})
          .dump();
  weights.metadata = weight_metadata(info, dataset.vocabulary);
  save_weights(request.output, weights, request.overwrite);
  return report;
}

}  // namespace undersong
