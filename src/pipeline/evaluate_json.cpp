// What `undersong evaluate --json` prints: docs/formats/evaluation.md.

#include <cmath>
#include <nlohmann/json.hpp>

#include "pipeline/comparison.h"
#include "pipeline/evaluate.h"
#include "pipeline/evaluate_measures.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity: what cannot be measured is null.
Json json_of(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json json_of(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(json_of(value));
  return list;
}

Json json_of(const CrossEntropy& loss) {
  return {{"nats", json_of(loss.nats)},
          {"perplexity", json_of(loss.perplexity)},
          {"accuracy", loss.accuracy},
          {"symbols", loss.symbols}};
}

Json json_of(const ModelMeasures& model) {
  Json json = {{"architecture", model.info.architecture},
               {"learned_from", model.info.corpus},
               {"judged_on", model.corpus.empty() ? Json() : Json(model.corpus)},
               {"by_piece", Json::object()},
               {"by_window", model.leaky ? json_of(*model.leaky) : Json()},
               {"remarks", model.remarks},
               {"epochs", Json::array()}};
  for (const auto& split : model.by_piece) {
    json["by_piece"][split.split] = json_of(split.loss);
    json["by_piece"][split.split].update({{"pieces", split.pieces}, {"of", split.of}});
    if (split.nats_per_note)
      json["by_piece"][split.split]["nats_per_note"] = json_of(*split.nats_per_note);
  }
  for (const auto& epoch : model.curve) {
    json["epochs"].push_back(
        {{"epoch", epoch.epoch}, {"train", json_of(epoch.train)}, {"valid", json_of(epoch.valid)}});
  }
  return json;
}

Json json_of(const std::optional<Statistics>& statistics) {
  if (!statistics) return nullptr;
  return {{"tracks", statistics->values},       {"mean", statistics->mean},
          {"deviation", statistics->deviation}, {"p5", statistics->quantiles[0]},
          {"p25", statistics->quantiles[1]},    {"median", statistics->quantiles[2]},
          {"p75", statistics->quantiles[3]},    {"p95", statistics->quantiles[4]}};
}

Json json_of(const TrackMeasures& track, const std::vector<CopyReference>& references) {
  Json json = {{"name", track.name}, {"group", track.group}, {"bars", track.bars}};
  for (const Measure& measure : measures()) json[measure.key] = json_of(measure.value(track));
  if (track.copying) {
    json["nearest"] = {{"reference", references[track.copying->reference].name},
                       {"piece", track.copying->nearest},
                       {"bars", track.copying->nearest_bars}};
    json["too_close"] = track.copying->too_close;
  } else {
    json["nearest"] = nullptr;
    json["too_close"] = nullptr;
  }
  return json;
}

Json json_of(const Variety& variety) {
  return {{"mean_distance", json_of(variety.mean_distance)},
          {"nearest_distance", json_of(variety.nearest_distance)},
          {"mean_ratio", json_of(variety.mean_ratio)},
          {"nearest_ratio", json_of(variety.nearest_ratio)}};
}

const char* name_of(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::kModel: return "model";
    case SubjectKind::kFiles: return "files";
    case SubjectKind::kCorpus: break;
  }
  return "corpus";
}

// Of features of one number; histograms have their own shape.
Json feature_statistics(const SetReport& set) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kFeatures; ++i) {
    const auto feature = static_cast<Feature>(i);
    if (!is_one_number(feature)) continue;
    std::vector<double> values;
    for (const auto& track : set.tracks) {
      if (!track.features[i].empty()) values.push_back(track.features[i][0]);
    }
    json[std::string(undersong::name_of(feature))] = json_of(statistics_of(std::move(values)));
  }
  return json;
}

Json json_of(const SetReport& set, const std::vector<CopyReference>& references) {
  Json json = {{"label", set.label},      {"kind", name_of(set.kind)},
               {"source", set.source},    {"at_hand", set.at_hand},
               {"tracks", Json::array()}, {"unreadable", Json::array()}};
  for (const auto& track : set.tracks) json["tracks"].push_back(json_of(track, references));
  for (const auto& track : set.unreadable)
    json["unreadable"].push_back({{"path", track.path}, {"reason", track.reason}});
  json["measures"] = Json::object();
  for (const Measure& measure : measures())
    json["measures"][measure.key] = json_of(statistics_of(set, measure));
  json["features"] = feature_statistics(set);
  json["variety"] = json_of(set.variety);
  json["model"] = set.model ? json_of(*set.model) : Json();
  return json;
}

Json json_of(const SetComparison& comparison, const std::vector<SetReport>& sets) {
  Json json = {{"a", sets[comparison.a].label},
               {"b", sets[comparison.b].label},
               {"features", Json::object()}};
  for (const auto& feature : comparison.features) {
    json["features"][std::string(undersong::name_of(feature.feature))] = {
        {"mean_a", json_of(feature.mean_a)},       {"deviation_a", json_of(feature.deviation_a)},
        {"mean_b", json_of(feature.mean_b)},       {"deviation_b", json_of(feature.deviation_b)},
        {"kl_a", json_of(feature.kl_a)},           {"kl_b", json_of(feature.kl_b)},
        {"overlap_a", json_of(feature.overlap_a)}, {"overlap_b", json_of(feature.overlap_b)}};
  }
  return json;
}

Json json_of(const Recognisability& r) {
  return {{"labels", r.labels},
          {"counts", r.counts},
          {"confusion", r.confusion},
          {"accuracy", r.accuracy},
          {"accuracy_low", r.accuracy_low},
          {"accuracy_high", r.accuracy_high},
          {"chance", r.chance}};
}

Json json_of(const CopyReference& reference) {
  Json json = {{"name", reference.name},
               {"pieces", reference.pieces},
               {"limits",
                {{"distinctive_run", reference.limits.distinctive_notes},
                 {"symbol_run", reference.limits.distinctive_symbols},
                 {"highest_overlap", json_of(reference.limits.overlap)}}}};
  const Baseline& baseline = reference.baseline;
  if (baseline.pieces == 0) {
    json["baseline"] = nullptr;
    return json;
  }
  json["baseline"] = {{"pieces", baseline.pieces},
                      {"longest_run", to_json(baseline.run_notes)},
                      {"distinctive_run", to_json(baseline.distinctive_notes)},
                      {"symbol_run", to_json(baseline.distinctive_symbols)},
                      {"highest_overlap", to_json(baseline.highest_overlap)},
                      {"mean_originality", to_json(baseline.mean_originality)},
                      {"coverage_5", to_json(baseline.coverage[0])},
                      {"coverage_8", to_json(baseline.coverage[1])},
                      {"coverage_12", to_json(baseline.coverage[2])}};
  return json;
}

Json json_of(const EvaluateRequest& request) {
  return {{"seed", request.seed},
          {"tracks", request.tracks},
          {"notes", request.notes},
          {"temperature", request.temperature},
          {"pieces", request.pieces},
          {"group", request.group},
          {"track_name", request.track_name},
          {"by_group", request.by_group}};
}

}  // namespace

std::string to_json(const EvaluateReport& report) {
  Json json = {{"format", "undersong-evaluation"},
               {"version", 1},
               {"request", json_of(report.request)},
               {"against", report.yardstick ? Json(report.sets[*report.yardstick].label) : Json()},
               {"sets", Json::array()},
               {"comparisons", Json::array()}};
  for (const auto& set : report.sets) json["sets"].push_back(json_of(set, report.references));
  for (const auto& comparison : report.comparisons)
    json["comparisons"].push_back(json_of(comparison, report.sets));
  json["recognisability"] = report.recognisability ? json_of(*report.recognisability) : Json();
  json["references"] = Json::array();
  for (const auto& reference : report.references) json["references"].push_back(json_of(reference));
  json["remarks"] = report.remarks;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace undersong
