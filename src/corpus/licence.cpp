#include "corpus/licence.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/suggestion.h"

namespace undersong {
namespace {

// Lower case, words joined by single hyphens, no brackets: "CC BY 4.0" becomes "cc-by-4.0".
std::string normalised(std::string_view licence) {
  std::string text;
  for (const char c : lower_case(licence)) {
    if (c == '(' || c == ')') continue;
    const bool is_gap = c == ' ' || c == '_' || c == '-' || c == '\t';
    if (!is_gap) {
      text += c;
    } else if (!text.empty() && text.back() != '-') {
      text += '-';
    }
  }
  while (!text.empty() && text.back() == '-') text.pop_back();
  return text;
}

// `name` itself, or followed by a version: "cc-by" takes "cc-by-4.0" and "cc-by-3.0-de", not
// "cc-by-sa-4.0".
bool is_version_of(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return false;
  const std::string_view rest = text.substr(name.size());
  return rest.empty() || (rest.size() >= 2 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9');
}

// Of an address like https://creativecommons.org/licenses/by-nc/4.0/ the name "cc-by-nc-4.0"; of
// other texts themselves.
std::string without_address(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFolders = {{
      {"creativecommons.org/licenses/", "cc-"},
      {"creativecommons.org/publicdomain/zero/", "cc0-"},
      {"creativecommons.org/publicdomain/mark/", "cc-pdm-"},
  }};
  for (const auto& [folder, name] : kFolders) {
    const std::size_t at = text.find(folder);
    if (at == text.npos) continue;
    std::string found = std::string(name) + std::string(text.substr(at + folder.size()));
    std::replace(found.begin(), found.end(), '/', '-');
    while (found.ends_with('-')) found.pop_back();
    return found;
  }
  return std::string(text);
}

// "creative-commons-attribution-license-reuse-allowed", "attribution-4.0-international": as
// platforms and the deeds themselves write CC-BY. Any word more may be a condition more.
bool is_attribution_alone(std::string_view text) {
  constexpr std::array<std::string_view, 12> kHarmless = {
      "creative", "commons", "cc",  "by",  "license",       "licence",
      "reuse",    "allowed", "4.0", "3.0", "international", "unported"};
  bool has_attribution = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('-'), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "attribution") {
      has_attribution = true;
    } else if (std::find(kHarmless.begin(), kHarmless.end(), word) == kHarmless.end()) {
      return false;
    }
  }
  return has_attribution;
}

WeightTerms terms_of_one(std::string_view written) {
  const std::string text = without_address(written);
  constexpr std::array<std::string_view, 9> kFree = {"cc0",           "cc-pddc",      "pddl",
                                                     "public-domain", "publicdomain", "pd",
                                                     "unlicense",     "0bsd",         "cc-pdm"};
  constexpr std::array<std::string_view, 7> kWithCredits = {"cc-by", "bsd",    "mit", "isc",
                                                            "zlib",  "apache", "x11"};
  const auto matches = [&](std::string_view name) { return is_version_of(text, name); };
  if (std::any_of(kFree.begin(), kFree.end(), matches)) return WeightTerms::kPublishable;
  if (std::any_of(kWithCredits.begin(), kWithCredits.end(), matches))
    return WeightTerms::kPublishableWithCredits;
  if (is_attribution_alone(text)) return WeightTerms::kPublishableWithCredits;
  return WeightTerms::kPrivate;
}

// The best or the worst of the parts between `word`; WeightTerms is ordered best first.
template <typename Part, typename Choose>
WeightTerms combined(std::string_view text, std::string_view word, Part part, Choose choose) {
  const std::size_t at = text.find(word);
  if (at == text.npos) return part(text);
  return choose(part(text.substr(0, at)),
                combined(text.substr(at + word.size()), word, part, choose));
}

}  // namespace

WeightTerms weight_terms(std::string_view licence) {
  const auto better = [](WeightTerms a, WeightTerms b) { return std::min(a, b); };
  const auto worse = [](WeightTerms a, WeightTerms b) { return std::max(a, b); };
  const std::string text = normalised(licence);
  return combined(
      text, "-or-",
      [&](std::string_view any) { return combined(any, "-and-", terms_of_one, worse); }, better);
}

bool is_publishable(std::string_view licence) {
  return weight_terms(licence) != WeightTerms::kPrivate;
}

}  // namespace undersong
