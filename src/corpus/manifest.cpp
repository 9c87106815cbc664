#include "corpus/manifest.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "undersong-corpus";
constexpr int kVersion = 1;
constexpr std::array<std::string_view, 3> kSplitNames = {"train", "valid", "test"};

// Ids become file names, so nothing but a digest may pass.
bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

Split split_named(const std::string& name) {
  const auto found = std::find(kSplitNames.begin(), kSplitNames.end(), name);
  if (found == kSplitNames.end())
    throw Error(ErrorKind::kFormat, "'" + name + "' is not a split (train, valid or test)");
  return static_cast<Split>(found - kSplitNames.begin());
}

// Only pieces that came as recordings or from links say so: manifests of MIDI files stay as they
// were.
void add_origin(const Piece& piece, Json& json) {
  if (!piece.uploader.empty()) json["uploader"] = piece.uploader;
  if (!piece.address.empty()) json["address"] = piece.address;
  const TranscriptionNote& transcribed = piece.transcribed;
  if (transcribed.recording_sha256.empty()) return;
  json["transcribed"] = {{"recording_sha256", transcribed.recording_sha256},
                         {"by", transcribed.by},
                         {"confidence", transcribed.confidence}};
}

Json to_json_value(const Piece& piece) {
  Json json = {{"id", piece.id},
               {"path", piece.path},
               {"group", piece.group},
               {"title", piece.title},
               {"licence", piece.licence},
               {"source", piece.source},
               {"notes", piece.notes},
               {"seconds", piece.seconds},
               {"repairs", piece.repairs},
               {"note_digest", piece.note_digest},
               {"reference_pitch", piece.reference_pitch},
               {"duplicate_of", piece.duplicate_of},
               {"transposed_by", piece.transposed_by},
               {"split", name_of(piece.split)}};
  add_origin(piece, json);
  return json;
}

Piece piece_from(const Json& json) {
  Piece piece;
  json.at("id").get_to(piece.id);
  json.at("path").get_to(piece.path);
  json.at("group").get_to(piece.group);
  json.at("title").get_to(piece.title);
  json.at("licence").get_to(piece.licence);
  json.at("source").get_to(piece.source);
  json.at("notes").get_to(piece.notes);
  json.at("seconds").get_to(piece.seconds);
  json.at("repairs").get_to(piece.repairs);
  json.at("note_digest").get_to(piece.note_digest);
  json.at("reference_pitch").get_to(piece.reference_pitch);
  json.at("duplicate_of").get_to(piece.duplicate_of);
  json.at("transposed_by").get_to(piece.transposed_by);
  piece.split = split_named(json.at("split").get<std::string>());
  piece.uploader = json.value("uploader", "");
  piece.address = json.value("address", "");
  if (const auto transcribed = json.find("transcribed"); transcribed != json.end()) {
    transcribed->at("recording_sha256").get_to(piece.transcribed.recording_sha256);
    transcribed->at("by").get_to(piece.transcribed.by);
    transcribed->at("confidence").get_to(piece.transcribed.confidence);
  }
  if (!is_sha256(piece.id))
    throw Error(ErrorKind::kFormat, "'" + piece.id + "' is not the id of a piece");
  return piece;
}

void check_header(const Json& json) {
  if (json.at("format").get<std::string>() != kFormat)
    throw Error(ErrorKind::kFormat, "this is not the manifest of a corpus");
  if (json.at("version").get<int>() > kVersion) {
    throw Error(ErrorKind::kUnsupported,
                "the corpus was written by a newer undersong; use that version, or add it again");
  }
}

// Every id once, and every duplicate after its original.
void check_ids(const std::vector<Piece>& pieces) {
  std::set<std::string_view> seen;
  for (const auto& piece : pieces) {
    if (!piece.duplicate_of.empty() && !seen.contains(piece.duplicate_of))
      throw Error(ErrorKind::kFormat, "piece " + piece.id + " doubles one that is not there");
    if (!seen.insert(piece.id).second)
      throw Error(ErrorKind::kFormat, "piece " + piece.id + " stands there twice");
  }
}

}  // namespace

std::string_view name_of(Split split) {
  const auto index = static_cast<std::size_t>(split);
  UNDERSONG_CHECK(index < kSplitNames.size());
  return kSplitNames[index];
}

std::string Manifest::to_json() const {
  Json json = {{"format", kFormat}, {"version", kVersion}, {"name", name}};
  json["pieces"] = Json::array();
  for (const auto& piece : pieces) json["pieces"].push_back(to_json_value(piece));
  json["rejections"] = Json::array();
  for (const auto& rejection : rejections) {
    json["rejections"].push_back(
        {{"path", rejection.path}, {"origin", rejection.origin}, {"reason", rejection.reason}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Manifest Manifest::from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    check_header(json);
    Manifest manifest;
    json.at("name").get_to(manifest.name);
    for (const auto& piece : json.at("pieces")) manifest.pieces.push_back(piece_from(piece));
    check_ids(manifest.pieces);
    for (const auto& rejection : json.at("rejections")) {
      manifest.rejections.push_back({rejection.at("path").get<std::string>(),
                                     rejection.at("origin").get<std::string>(),
                                     rejection.at("reason").get<std::string>()});
    }
    return manifest;
  } catch (const Json::exception& failure) {
    throw Error(ErrorKind::kFormat,
                std::string("the manifest of the corpus is damaged: ") + failure.what());
  }
}

std::string Manifest::sha256() const {
  Sha256 digest;
  for (const auto& piece : pieces) {
    const Json line = {piece.id, piece.group, piece.licence, piece.source, name_of(piece.split)};
    digest.update(line.dump(-1, ' ', false, Json::error_handler_t::replace));
    digest.update("\n");
  }
  return digest.finish_hex();
}

}  // namespace undersong
