#include "pipeline/request_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/check.h"
#include "base/error.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMark = "undersong: request ";
constexpr int kFormat = 1;

bool is_ours(const TextEvent& event) { return event.text.starts_with(kMark); }

CompositionOrigin read_origin(const Json& json) {
  if (!json.is_object() || !json.contains("format") || !json["format"].is_number_integer())
    throw Error(ErrorKind::kFormat, "it says no format");
  if (json["format"] != kFormat) {
    throw Error(ErrorKind::kFormat, fmt::format("it is of format {}, and this version reads {}; "
                                                "update undersong",
                                                json["format"].dump(), kFormat));
  }
  if (!json.contains("request")) throw Error(ErrorKind::kFormat, "it holds no request");
  CompositionOrigin origin;
  const auto text = [&](const char* key) {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
  };
  origin.program_version = text("version");
  origin.style_sha256 = text("style_sha256");
  origin.request = composition_request_from_json(json["request"]);
  if (json.contains("plan")) origin.plan = json["plan"].dump();
  return origin;
}

}  // namespace

void note_composition(const CompositionOrigin& origin, Score& score) {
  UNDERSONG_CHECK(!score.tracks.empty());
  score = without_composition(std::move(score));
  Json json = {{"format", kFormat},
               {"version", origin.program_version},
               {"style_sha256", origin.style_sha256},
               {"request", to_json(origin.request)}};
  if (origin.plan) json["plan"] = Json::parse(*origin.plan);
  auto& texts = score.tracks.front().texts;
  texts.insert(texts.begin(), {0, TextEvent::Kind::kText, std::string(kMark) + json.dump()});
}

std::optional<CompositionOrigin> composition_of(const Score& score) {
  for (const Track& track : score.tracks) {
    for (const TextEvent& event : track.texts) {
      if (!is_ours(event)) continue;
      return with_context("the request inside it", [&] {
        const Json json = Json::parse(event.text.substr(kMark.size()), nullptr, false);
        if (json.is_discarded()) throw Error(ErrorKind::kFormat, "it is damaged: it is no JSON");
        return read_origin(json);
      });
    }
  }
  return std::nullopt;
}

Score without_composition(Score score) {
  for (Track& track : score.tracks) std::erase_if(track.texts, is_ours);
  return score;
}

}  // namespace undersong
