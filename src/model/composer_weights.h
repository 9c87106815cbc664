#pragma once
// What a weight file of the composer says beside its tensors, and the sizes it comes in. Apart from
// model/composer_model.h, as the trainer needs this and runs nothing.
//
// Metadata: `undersong.decoder`, the DecoderSpec, and `undersong.composer`, the ComposerKnowledge,
// both JSON, beside the keys that every weight file has (model/model_metadata.h).

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"
#include "nn/decoder_spec.h"
#include "tokens/composer_grid.h"

namespace undersong {

// What weights of the composer know beside their tensors.
struct ComposerKnowledge {
  // How dense music of a style is where a role plays: shares of bars, [style][role][density]; a
  // role that a style lacks is all 0. Empty: nothing is known.
  std::vector<std::vector<std::vector<double>>> density_shares;
  std::vector<std::string> based_on;  // weights that it was adapted from, as "NAME SHA-256"

  bool operator==(const ComposerKnowledge&) const = default;
};

// What weights know that were adapted to other music: of styles that this music lacks, what the
// base knew. `based_on` stays the base's.
ComposerKnowledge adapted(ComposerKnowledge base, const ComposerKnowledge& learned);

std::string to_json(const ComposerKnowledge& knowledge);
// Errors: kFormat for what is no JSON or has other fields or other numbers of styles, roles and
// steps.
ComposerKnowledge composer_knowledge_from_json(std::string_view json);

// Styles of which there was music to learn from; all of them when nothing is known.
std::vector<GridStyle> known_styles(const ComposerKnowledge& knowledge);

struct ComposerSize {
  std::string name;  // "tiny", "small", "medium", "full"
  int width = 0;
  int layers = 0;
  int heads = 0;
  int kv_heads = 0;
  int hidden = 0;
};

// From the smallest on. "tiny" is for tests and first tries.
const std::vector<ComposerSize>& composer_sizes();
// Errors: kUsage, with the nearest name and all of them.
const ComposerSize& find_composer_size(std::string_view name);

// The spec of the composer's vocabulary, features and relative heads at a size.
DecoderSpec composer_spec(const ComposerSize& size, int context);

// The whole metadata of a weight file. Architecture, representation and window of `info` are the
// composer's, whatever they were.
std::map<std::string, std::string> composer_metadata(const DecoderSpec& spec,
                                                     const ComposerKnowledge& knowledge,
                                                     ModelInfo info);

// Back again. Errors: kFormat where a key is missing or cannot be read; kMismatch when the weights
// were trained on another vocabulary, other features or other heads than this version has.
struct ComposerDescription {
  DecoderSpec spec;
  ComposerKnowledge knowledge;
};
ComposerDescription composer_from_metadata(const std::map<std::string, std::string>& metadata);

}  // namespace undersong
