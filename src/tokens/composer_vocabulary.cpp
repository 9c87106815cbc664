#include "tokens/composer_vocabulary.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "score/role.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr std::array<std::string_view, kChordQualityCount> kQualityNames = {
    "maj", "m", "dim", "aug", "sus4", "7", "maj7", "m7", "m7b5", "dim7"};
constexpr std::array<std::string_view, kBarRelationCount> kRelationNames = {"new", "varied",
                                                                            "copy"};

std::string chord_name(int chord) {
  if (chord == 0) return "chord.none";
  const int quality = (chord - 1) / 12;
  return fmt::format("chord.{}:{}", (chord - 1) % 12,
                     kQualityNames.at(static_cast<std::size_t>(quality)));
}

std::string meter_name(int meter) {
  const GridMeter& value = kGridMeters.at(static_cast<std::size_t>(meter));
  return fmt::format("meter.{}/{}", value.numerator, value.denominator);
}

// In the order of the ids.
std::vector<std::string> all_names() {
  std::vector<std::string> names = {"pad", "begin", "continue", "end", "bar", "future", "past"};
  const auto add = [&](const Range& range, const auto& name) {
    UNDERSONG_CHECK(static_cast<TokenId>(names.size()) == range.first);
    for (int value = 0; value < range.count; ++value) names.push_back(name(value));
  };
  const auto numbered = [](std::string_view kind, int first) {
    return [kind, first](int value) { return fmt::format("{}.{}", kind, value + first); };
  };
  add(kStyle,
      [](int value) { return fmt::format("style.{}", name_of(static_cast<GridStyle>(value))); });
  add(kMode, [](int value) { return std::string(value == 0 ? "mode.major" : "mode.minor"); });
  add(kMeter, meter_name);
  add(kTempo, numbered("tempo", 0));
  add(kChord, chord_name);
  add(kEnergy, numbered("energy", 0));
  add(kRelation, [](int value) {
    return fmt::format("relation.{}", kRelationNames.at(static_cast<std::size_t>(value)));
  });
  add(kLeft, numbered("left", 0));
  add(kRole, [](int value) {
    return fmt::format("role.{}", name_of(kRoles.at(static_cast<std::size_t>(value))));
  });
  add(kDensity, numbered("density", 0));
  add(kPosition, numbered("position", 0));
  add(kVelocity, numbered("velocity", 0));
  add(kDuration, [](int value) {
    return fmt::format("duration.{}", kGridDurations.at(static_cast<std::size_t>(value)));
  });
  add(kPitch, numbered("pitch", kLowestPitch));
  add(kDrum, numbered("drum", kLowestDrum));
  UNDERSONG_CHECK(static_cast<TokenId>(names.size()) == kCount);
  return names;
}

Vocabulary make_vocabulary() {
  std::vector<std::string> names = all_names();
  std::vector<std::int64_t> counts(names.size(), 0);
  return {std::move(names), std::move(counts)};
}

}  // namespace

const Vocabulary& composer_vocabulary() {
  static const Vocabulary vocabulary = make_vocabulary();
  return vocabulary;
}

}  // namespace undersong
