#include "originality/index_description.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace undersong::detail {
namespace {

using Json = nlohmann::ordered_json;

Json to_json_value(const Band& band) {
  return {{"mean", band.mean},
          {"mean_low", band.mean_low},
          {"mean_high", band.mean_high},
          {"low", band.low},
          {"high", band.high}};
}

Band band_from(const Json& json) {
  Band band;
  json.at("mean").get_to(band.mean);
  json.at("mean_low").get_to(band.mean_low);
  json.at("mean_high").get_to(band.mean_high);
  json.at("low").get_to(band.low);
  json.at("high").get_to(band.high);
  return band;
}

Json to_json_value(const Baseline& baseline) {
  Json coverage = Json::array();
  for (const Band& band : baseline.coverage) coverage.push_back(to_json_value(band));
  return {{"pieces", baseline.pieces},
          {"run_notes", to_json_value(baseline.run_notes)},
          {"distinctive_notes", to_json_value(baseline.distinctive_notes)},
          {"distinctive_symbols", to_json_value(baseline.distinctive_symbols)},
          {"coverage", coverage},
          {"highest_overlap", to_json_value(baseline.highest_overlap)},
          {"mean_originality", to_json_value(baseline.mean_originality)}};
}

Baseline baseline_from(const Json& json) {
  Baseline baseline;
  json.at("pieces").get_to(baseline.pieces);
  baseline.run_notes = band_from(json.at("run_notes"));
  baseline.distinctive_notes = band_from(json.at("distinctive_notes"));
  baseline.distinctive_symbols = band_from(json.at("distinctive_symbols"));
  for (std::size_t i = 0; i < baseline.coverage.size(); ++i)
    baseline.coverage[i] = band_from(json.at("coverage").at(i));
  baseline.highest_overlap = band_from(json.at("highest_overlap"));
  baseline.mean_originality = band_from(json.at("mean_originality"));
  return baseline;
}

Json to_json_value(const LearnedPiece& piece) {
  return {{"id", piece.id},           {"title", piece.title},   {"path", piece.path},
          {"licence", piece.licence}, {"source", piece.source}, {"family", piece.family}};
}

LearnedPiece piece_from(const Json& json) {
  LearnedPiece piece;
  json.at("id").get_to(piece.id);
  json.at("title").get_to(piece.title);
  json.at("path").get_to(piece.path);
  json.at("licence").get_to(piece.licence);
  json.at("source").get_to(piece.source);
  json.at("family").get_to(piece.family);
  return piece;
}

}  // namespace

std::string to_json(const IndexDescription& description) {
  Json json = {{"corpus", description.corpus},
               {"corpus_sha256", description.corpus_sha256},
               {"notes", description.notes},
               {"baseline", to_json_value(description.baseline)}};
  json["pieces"] = Json::array();
  for (const LearnedPiece& piece : description.pieces)
    json["pieces"].push_back(to_json_value(piece));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

IndexDescription description_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    IndexDescription description;
    json.at("corpus").get_to(description.corpus);
    json.at("corpus_sha256").get_to(description.corpus_sha256);
    json.at("notes").get_to(description.notes);
    description.baseline = baseline_from(json.at("baseline"));
    for (const Json& piece : json.at("pieces")) description.pieces.push_back(piece_from(piece));
    return description;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kFormat, std::string("its description cannot be read: ") + error.what());
  }
}

}  // namespace undersong::detail
