// A request as JSON: the keys are the fields, what is unset is left out.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/suggestion.h"
#include "plan/json_fields.h"
#include "plan/request.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kRequestKeys = {
    "style",       "length_seconds", "seed",         "tonic",      "mode",       "bpm",
    "mood",        "energy",         "hits_seconds", "intro_bars", "outro_bars", "ending",
    "instruments", "only",           "without",      "rewrites",   "writer"};

Json energy_json(const std::vector<EnergyPoint>& points) {
  Json list = Json::array();
  for (const auto& point : points) list.push_back({point.seconds, point.energy});
  return list;
}

Json writer_json(const WriterChoice& writer) {
  Json json = {{"kind", name_of(writer.kind)}};
  if (writer.kind == WriterKind::kPattern) return json;
  json["roles"] = detail::roles_json(writer.roles);
  json["drafts"] = writer.drafts;
  if (!writer.weights_sha256.empty()) json["weights_sha256"] = writer.weights_sha256;
  if (!writer.fingerprints_sha256.empty()) json["fingerprints_sha256"] = writer.fingerprints_sha256;
  return json;
}

Json rewrites_json(const std::vector<Rewrite>& rewrites) {
  Json list = Json::array();
  for (const auto& rewrite : rewrites) {
    Json entry = {{"first_bar", rewrite.first_bar},
                  {"last_bar", rewrite.last_bar},
                  {"roles", detail::roles_json(rewrite.roles)},
                  {"seed", rewrite.seed}};
    if (rewrite.writer) entry["writer"] = writer_json(*rewrite.writer);
    list.push_back(std::move(entry));
  }
  return list;
}

std::string hash_text(const nlohmann::json& json) {
  std::string text = detail::text(json);
  const bool is_hash =
      text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash) throw Error(ErrorKind::kFormat, "this is no SHA-256 (64 digits 0-9 and a-f)");
  return text;
}

WriterChoice writer_from(const nlohmann::json& json) {
  detail::refuse_unknown_keys(json,
                              {"kind", "roles", "drafts", "weights_sha256", "fingerprints_sha256"});
  WriterChoice writer;
  detail::in_key(
      "kind", [&] { writer.kind = parse_writer_kind(detail::text(detail::field(json, "kind"))); });
  const auto read = [&](const char* key, auto&& take) { detail::optional_field(json, key, take); };
  read("roles", [&](const auto& value) { writer.roles = detail::roles_from(value); });
  read("drafts",
       [&](const auto& value) { writer.drafts = detail::integer(value, 1, kMostDrafts); });
  read("weights_sha256", [&](const auto& value) { writer.weights_sha256 = hash_text(value); });
  read("fingerprints_sha256",
       [&](const auto& value) { writer.fingerprints_sha256 = hash_text(value); });
  return writer;
}

void read_energy(const nlohmann::json& json, CompositionRequest& request) {
  detail::each(json, "energy", [&](const nlohmann::json& point) {
    if (!point.is_array() || point.size() != 2)
      throw Error(ErrorKind::kFormat, "a point is a pair: [seconds, energy]");
    request.energy.push_back({detail::number(point[0]), detail::number(point[1])});
  });
}

void read_instruments(const nlohmann::json& json, CompositionRequest& request) {
  detail::each(json, "instruments", [&](const nlohmann::json& entry) {
    request.instruments.emplace_back(parse_role(detail::text(detail::field(entry, "role"))),
                                     detail::integer(detail::field(entry, "program"), 0, 127));
  });
}

void read_rewrites(const nlohmann::json& json, CompositionRequest& request) {
  detail::each(json, "rewrites", [&](const nlohmann::json& entry) {
    Rewrite rewrite;
    rewrite.first_bar = detail::integer(detail::field(entry, "first_bar"), 1, detail::kMostBars);
    rewrite.last_bar = detail::integer(detail::field(entry, "last_bar"), 1, detail::kMostBars);
    rewrite.roles = detail::roles_from(detail::field(entry, "roles"));
    rewrite.seed = detail::seed(detail::field(entry, "seed"));
    detail::optional_field(entry, "writer",
                           [&](const auto& value) { rewrite.writer = writer_from(value); });
    request.rewrites.push_back(std::move(rewrite));
  });
}

}  // namespace

nlohmann::ordered_json to_json(const CompositionRequest& request) {
  Json json;
  json["style"] = request.style;
  json["length_seconds"] = request.length_seconds;
  json["seed"] = request.seed;
  if (request.tonic) json["tonic"] = spell(*request.tonic, {*request.tonic, Mode::kMajor});
  if (request.mode) json["mode"] = name_of(*request.mode);
  if (request.bpm) json["bpm"] = *request.bpm;
  if (request.mood) json["mood"] = name_of(*request.mood);
  if (!request.energy.empty()) json["energy"] = energy_json(request.energy);
  if (!request.hits_seconds.empty()) json["hits_seconds"] = request.hits_seconds;
  if (request.intro_bars) json["intro_bars"] = *request.intro_bars;
  if (request.outro_bars) json["outro_bars"] = *request.outro_bars;
  json["ending"] = name_of(request.ending);
  if (!request.instruments.empty()) {
    json["instruments"] = Json::array();
    for (const auto& [role, program] : request.instruments)
      json["instruments"].push_back({{"role", name_of(role)}, {"program", program}});
  }
  if (request.only) json["only"] = detail::roles_json(*request.only);
  if (!request.without.empty()) json["without"] = detail::roles_json(request.without);
  if (!request.rewrites.empty()) json["rewrites"] = rewrites_json(request.rewrites);
  if (request.writer) json["writer"] = writer_json(*request.writer);
  return json;
}

CompositionRequest composition_request_from_json(const nlohmann::json& json) {
  using detail::integer;
  using detail::number;
  using detail::optional_field;
  detail::refuse_unknown_keys(json, kRequestKeys);
  CompositionRequest request;
  const auto read = [&](const char* key, auto&& take) { optional_field(json, key, take); };
  request.style =
      detail::in_key("style", [&] { return detail::text(detail::field(json, "style")); });
  read("length_seconds", [&](const auto& value) { request.length_seconds = number(value); });
  read("seed", [&](const auto& value) { request.seed = detail::seed(value); });
  read("tonic", [&](const auto& value) { request.tonic = parse_pitch_class(detail::text(value)); });
  read("mode", [&](const auto& value) { request.mode = parse_mode(detail::text(value)); });
  read("bpm", [&](const auto& value) { request.bpm = number(value); });
  read("mood", [&](const auto& value) { request.mood = parse_mood(detail::text(value)); });
  read_energy(json, request);
  detail::each(json, "hits_seconds",
               [&](const auto& value) { request.hits_seconds.push_back(number(value)); });
  read("intro_bars", [&](const auto& value) { request.intro_bars = integer(value, 0, 1000); });
  read("outro_bars", [&](const auto& value) { request.outro_bars = integer(value, 0, 1000); });
  read("ending", [&](const auto& value) { request.ending = parse_ending(detail::text(value)); });
  read_instruments(json, request);
  read("only", [&](const auto& value) { request.only = detail::roles_from(value); });
  read("without", [&](const auto& value) { request.without = detail::roles_from(value); });
  read_rewrites(json, request);
  read("writer", [&](const auto& value) { request.writer = writer_from(value); });
  return request;
}

}  // namespace undersong
