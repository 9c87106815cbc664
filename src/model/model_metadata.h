#pragma once
// What a weight file says of itself: `undersong.*` keys in the metadata of the safetensors file,
// written by the trainer and read before generation. docs/formats/weights.md describes them.

#include <map>
#include <string>

#include "model/model.h"

namespace undersong {

// Raised when a weight file written by this version cannot be read by the one before it.
inline constexpr int kWeightFormat = 1;

// The metadata of a weight file: everything in `info`, and the vocabulary.
std::map<std::string, std::string> weight_metadata(const ModelInfo& info,
                                                   const Vocabulary& vocabulary);

// Errors: kFormat when the file is not one of ours or its metadata cannot be read; kUnsupported
// when a newer version wrote it.
ModelInfo info_from_metadata(const std::map<std::string, std::string>& metadata);
Vocabulary vocabulary_from_metadata(const std::map<std::string, std::string>& metadata);

}  // namespace undersong
