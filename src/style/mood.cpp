#include "style/mood.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

struct MoodTraits {
  std::string_view name;
  Affect affect;
};

// By ear: which word is gladder or more stirred than which.
constexpr std::array<MoodTraits, kMoods.size()> kTraits = {{
    {"neutral", {0.0, 0.5}},
    {"happy", {0.8, 0.65}},
    {"hopeful", {0.5, 0.5}},
    {"calm", {0.3, 0.15}},
    {"dreamy", {0.2, 0.25}},
    {"romantic", {0.35, 0.35}},
    {"nostalgic", {-0.15, 0.3}},
    {"sad", {-0.7, 0.2}},
    {"dark", {-0.6, 0.5}},
    {"tense", {-0.5, 0.75}},
    {"mysterious", {-0.3, 0.4}},
    {"epic", {0.1, 0.9}},
    {"playful", {0.65, 0.7}},
    {"energetic", {0.5, 0.95}},
    {"cool", {0.15, 0.45}},
}};

const MoodTraits& traits_of(Mood mood) { return kTraits.at(static_cast<std::size_t>(mood)); }

}  // namespace

std::string_view name_of(Mood mood) { return traits_of(mood).name; }

Mood parse_mood(std::string_view text) {
  const std::string wanted = lower_case(text);
  std::vector<std::string> names;
  for (const Mood mood : kMoods) {
    if (wanted == name_of(mood)) return mood;
    names.emplace_back(name_of(mood));
  }
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no mood '{}'{}", text, suggestion(text, names)));
}

Affect affect_of(Mood mood) { return traits_of(mood).affect; }

}  // namespace undersong
