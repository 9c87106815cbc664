#include "corpus/licence.h"

#include <algorithm>
#include <array>
#include <string>

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

WeightTerms terms_of_one(std::string_view text) {
  constexpr std::array<std::string_view, 9> kFree = {"cc0",           "cc-pddc",      "pddl",
                                                     "public-domain", "publicdomain", "pd",
                                                     "unlicense",     "0bsd",         "cc-pdm"};
  constexpr std::array<std::string_view, 7> kWithCredits = {"cc-by", "bsd",    "mit", "isc",
                                                            "zlib",  "apache", "x11"};
  const auto matches = [&](std::string_view name) { return is_version_of(text, name); };
  if (std::any_of(kFree.begin(), kFree.end(), matches)) return WeightTerms::kPublishable;
  if (std::any_of(kWithCredits.begin(), kWithCredits.end(), matches))
    return WeightTerms::kPublishableWithCredits;
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
