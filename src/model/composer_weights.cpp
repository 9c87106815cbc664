#include "model/composer_weights.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/suggestion.h"
#include "model/model_metadata.h"
#include "tokens/composer_cursor.h"

namespace undersong {
namespace {

constexpr std::string_view kDecoderKey = "undersong.decoder";
constexpr std::string_view kKnowledgeKey = "undersong.composer";
constexpr int kShortestContext = 128;  // a few bars; a header and what slides need some of it

// Pitches by their distance from the role's last one, and from the chord's root (composer_head).
std::vector<RelativeHead> composer_heads() {
  constexpr int kOctave = 12;
  const int first = composer_token::kPitch.first;
  return {{first, kPitchCount, 0}, {first, kPitchCount, kOctave}};
}

const std::string& value_of(const std::map<std::string, std::string>& metadata,
                            std::string_view key) {
  const auto found = metadata.find(std::string(key));
  if (found == metadata.end()) {
    throw Error(ErrorKind::kFormat, "the weight file is of a composer and does not say \"" +
                                        std::string(key) + "\"; train the model again");
  }
  return found->second;
}

void check_shares(const ComposerKnowledge& knowledge) {
  const auto& styles = knowledge.density_shares;
  bool fits = styles.empty() || styles.size() == static_cast<std::size_t>(kGridStyleCount);
  for (const auto& roles : styles) {
    fits = fits && roles.size() == kRoleCount;
    for (const auto& shares : roles)
      fits = fits && shares.size() == static_cast<std::size_t>(kDensitySteps);
  }
  if (!fits) {
    throw Error(ErrorKind::kFormat,
                "the weight file's undersong.composer has not one share for each style, role and "
                "density; train the model again");
  }
}

void require_our_tokens(const DecoderSpec& spec) {
  const DecoderSpec ours = composer_spec(composer_sizes().front(), spec.context);
  if (spec.context < kShortestContext) {
    throw Error(ErrorKind::kFormat, "the weight file's context is " + std::to_string(spec.context) +
                                        " tokens; at least " + std::to_string(kShortestContext) +
                                        " make sense");
  }
  if (spec.vocab_size != ours.vocab_size) {
    throw Error(ErrorKind::kMismatch,
                "the weight file speaks " + std::to_string(spec.vocab_size) +
                    " tokens and this version's composer " + std::to_string(ours.vocab_size) +
                    ": it was trained on another vocabulary; train the model again");
  }
  if (spec.feature_count != ours.feature_count ||
      spec.features_per_step != ours.features_per_step ||
      spec.relative_heads != ours.relative_heads) {
    throw Error(ErrorKind::kMismatch,
                "the weight file's network is told other things than this version's composer "
                "tells; train the model again");
  }
}

bool is_known(const ComposerKnowledge& knowledge, std::size_t style) {
  const auto plays = [](const std::vector<double>& shares) {
    return std::ranges::any_of(shares, [](double share) { return share > 0.0; });
  };
  return knowledge.density_shares.empty() ||
         std::ranges::any_of(knowledge.density_shares.at(style), plays);
}

}  // namespace

std::string to_json(const ComposerKnowledge& knowledge) {
  return nlohmann::json(
             {{"density_shares", knowledge.density_shares}, {"based_on", knowledge.based_on}})
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ComposerKnowledge composer_knowledge_from_json(std::string_view json) {
  ComposerKnowledge knowledge;
  try {
    const auto parsed = nlohmann::json::parse(json);
    parsed.at("density_shares").get_to(knowledge.density_shares);
    parsed.at("based_on").get_to(knowledge.based_on);
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorKind::kFormat,
                std::string("the weight file's undersong.composer cannot be read: ") +
                    failure.what() + "; train the model again");
  }
  check_shares(knowledge);
  return knowledge;
}

std::vector<GridStyle> known_styles(const ComposerKnowledge& knowledge) {
  std::vector<GridStyle> styles;
  for (int i = 0; i < kGridStyleCount; ++i) {
    if (is_known(knowledge, static_cast<std::size_t>(i)))
      styles.push_back(static_cast<GridStyle>(i));
  }
  return styles;
}

ComposerKnowledge adapted(ComposerKnowledge base, const ComposerKnowledge& learned) {
  if (base.density_shares.empty() || learned.density_shares.empty()) {
    base.density_shares = learned.density_shares;
    return base;
  }
  for (std::size_t style = 0; style < base.density_shares.size(); ++style) {
    if (is_known(learned, style)) base.density_shares[style] = learned.density_shares[style];
  }
  return base;
}

const std::vector<ComposerSize>& composer_sizes() {
  static const std::vector<ComposerSize> sizes = {
      {"tiny", 64, 2, 2, 1, 160},      // a sixth of a million parameters
      {"small", 256, 4, 4, 2, 704},    // 3 million
      {"medium", 384, 6, 6, 2, 1056},  // 10 million
      {"full", 512, 8, 8, 2, 1408},    // 23 million
  };
  return sizes;
}

const ComposerSize& find_composer_size(std::string_view name) {
  std::vector<std::string> names;
  for (const ComposerSize& size : composer_sizes()) {
    if (size.name == name) return size;
    names.push_back(size.name);
  }
  throw Error(ErrorKind::kUsage, "there is no size " + std::string(name) + suggestion(name, names));
}

DecoderSpec composer_spec(const ComposerSize& size, int context) {
  DecoderSpec spec;
  spec.vocab_size = composer_token::kCount;
  spec.feature_count = composer_feature::kCount;
  spec.features_per_step = composer_feature::kPerToken;
  spec.width = size.width;
  spec.layers = size.layers;
  spec.heads = size.heads;
  spec.kv_heads = size.kv_heads;
  spec.hidden = size.hidden;
  spec.context = context;
  spec.relative_heads = composer_heads();
  return spec;
}

std::map<std::string, std::string> composer_metadata(const DecoderSpec& spec,
                                                     const ComposerKnowledge& knowledge,
                                                     ModelInfo info) {
  info.architecture = "composer";
  info.representation = Representation::kComposer;
  info.window = spec.context;
  info.column_sizes.clear();
  auto metadata = weight_metadata(info, composer_vocabulary());
  metadata.emplace(kDecoderKey, to_json(spec));
  metadata.emplace(kKnowledgeKey, to_json(knowledge));
  return metadata;
}

ComposerDescription composer_from_metadata(const std::map<std::string, std::string>& metadata) {
  ComposerDescription description;
  description.spec = decoder_spec_from_json(value_of(metadata, kDecoderKey));
  require_our_tokens(description.spec);
  // As many tokens may still be others.
  if (!(vocabulary_from_metadata(metadata) == composer_vocabulary())) {
    throw Error(ErrorKind::kMismatch,
                "the weight file's tokens have other names than this version's composer gives "
                "them: it was trained on another vocabulary; train the model again");
  }
  description.knowledge = composer_knowledge_from_json(value_of(metadata, kKnowledgeKey));
  return description;
}

}  // namespace undersong
