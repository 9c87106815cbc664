#include "model/model_metadata.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace undersong {
namespace {

using Metadata = std::map<std::string, std::string>;

constexpr Representation kRepresentations[] = {
    Representation::kSymbols, Representation::kNoteMatrix, Representation::kComposer};

const std::string& value_of(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    throw Error(ErrorKind::kFormat,
                "the weight file does not say \"" + key +
                    "\"; it was not written by undersong train, so give a model "
                    "that was");
  }
  return found->second;
}

int whole_number(const Metadata& metadata, const std::string& key) {
  const std::string& text = value_of(metadata, key);
  int number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || number < 0) {
    throw Error(ErrorKind::kFormat,
                "the weight file says \"" + key + "\" is \"" + text + "\", which is not a number");
  }
  return number;
}

void check_format(const Metadata& metadata) {
  const int format = whole_number(metadata, "undersong.format");
  if (format > kWeightFormat) {
    throw Error(ErrorKind::kUnsupported,
                "the weight file has format " + std::to_string(format) +
                    " and this program reads up to " + std::to_string(kWeightFormat) +
                    "; update undersong, or train the model again with this version");
  }
}

Representation representation_of(const std::string& name) {
  for (const Representation known : kRepresentations) {
    if (name_of(known) == name) return known;
  }
  throw Error(ErrorKind::kUnsupported,
              "the weight file has the representation \"" + name +
                  "\", which this version does not know; update undersong");
}

std::vector<int> column_sizes_of(const std::string& json) {
  try {
    auto sizes = nlohmann::json::parse(json).get<std::vector<int>>();
    for (const int size : sizes) {
      if (size < 1) throw Error(ErrorKind::kFormat, "the weight file has a column without ids");
    }
    return sizes;
  } catch (const nlohmann::json::exception& failure) {
    throw Error(
        ErrorKind::kFormat,
        std::string("the weight file's undersong.columns is not readable: ") + failure.what());
  }
}

std::string or_empty(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

}  // namespace

Metadata weight_metadata(const ModelInfo& info, const Vocabulary& vocabulary) {
  Metadata metadata = {
      {"undersong.format", std::to_string(kWeightFormat)},
      {"undersong.architecture", info.architecture},
      {"undersong.representation", std::string(name_of(info.representation))},
      {"undersong.window", std::to_string(info.window)},
      {"undersong.vocabulary", vocabulary.to_json()},
      {"undersong.corpus", info.corpus},
      {"undersong.corpus_sha256", info.corpus_sha256},
      {"undersong.settings", info.settings_json},
      {"undersong.training", info.training_json},
  };
  if (!info.column_sizes.empty()) {
    metadata.emplace("undersong.columns", nlohmann::json(info.column_sizes).dump());
  }
  return metadata;
}

ModelInfo info_from_metadata(const Metadata& metadata) {
  check_format(metadata);
  ModelInfo info;
  info.architecture = value_of(metadata, "undersong.architecture");
  info.representation = representation_of(value_of(metadata, "undersong.representation"));
  info.window = whole_number(metadata, "undersong.window");
  if (metadata.contains("undersong.columns")) {
    info.column_sizes = column_sizes_of(metadata.at("undersong.columns"));
  }
  info.corpus = or_empty(metadata, "undersong.corpus");
  info.corpus_sha256 = or_empty(metadata, "undersong.corpus_sha256");
  info.settings_json = or_empty(metadata, "undersong.settings");
  info.training_json = or_empty(metadata, "undersong.training");
  return info;
}

Vocabulary vocabulary_from_metadata(const Metadata& metadata) {
  return Vocabulary::from_json(value_of(metadata, "undersong.vocabulary"));
}

}  // namespace undersong
