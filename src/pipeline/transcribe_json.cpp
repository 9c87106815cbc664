#include "pipeline/transcribe_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

// Half a millisecond is less than anything heard; the text is shorter for it.
double rounded(double value) { return std::round(value * 10'000.0) / 10'000.0; }

std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const TranscribedFile& file) {
  Json json = {{"recording", file.recording.string()}, {"outputs", Json::array()}};
  for (const auto& output : file.outputs) json["outputs"].push_back(output.string());
  json["failure"] = file.failure;
  json["notes"] = file.notes;
  json["note_confidence"] = rounded(file.note_confidence);
  json["bpm"] = file.has_beat ? Json(rounded(file.bpm)) : Json();
  json["beat_confidence"] = rounded(file.beat_confidence);
  json["beats_per_bar"] = file.has_beat ? Json(file.beats_per_bar) : Json();
  json["length_seconds"] = rounded(file.length_seconds);
  json["times_real_time"] = rounded(file.times_real_time);
  json["ended_early"] = file.ended_early;
  return json;
}

}  // namespace

std::string notes_json(const Transcription& heard) {
  Json json = {{"length_seconds", rounded(heard.length_seconds)}};
  json["notes"] = Json::array();
  for (const DetectedNote& note : heard.notes)
    json["notes"].push_back({{"onset_seconds", rounded(note.onset_seconds)},
                             {"offset_seconds", rounded(note.offset_seconds)},
                             {"pitch", note.pitch},
                             {"velocity", note.velocity},
                             {"confidence", rounded(note.confidence)}});
  json["hits"] = Json::array();
  for (const DetectedHit& hit : heard.hits)
    json["hits"].push_back({{"seconds", rounded(hit.seconds)},
                            {"key", hit.key},
                            {"velocity", hit.velocity},
                            {"confidence", rounded(hit.confidence)}});
  json["beats"] = Json::array();
  for (const double beat : heard.beats.beats) json["beats"].push_back(rounded(beat));
  json["bpm"] = heard.beats.has_beat() ? Json(rounded(heard.beats.bpm)) : Json();
  json["beats_per_bar"] = heard.beats.beats_per_bar;
  json["first_beat_position"] = heard.beats.first_position;
  json["parts_of_a_beat"] = heard.beats.parts;
  json["beat_confidence"] = rounded(heard.beats.confidence);
  return text_of(json, 1);
}

std::string to_json(const TranscribeReport& report) {
  Json json = {{"failed", report.failed()}, {"files", Json::array()}};
  for (const TranscribedFile& file : report.files) json["files"].push_back(json_of(file));
  return text_of(json, 2);
}

}  // namespace undersong
