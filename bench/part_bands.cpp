#include "part_bands.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/quantile.h"
#include "compose/part_texture.h"
#include "composer_passages.h"
#include "role_measures.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

constexpr int kBars = 4;
constexpr std::size_t kPassages = 200;
constexpr std::size_t kFewestParts = 20;
constexpr double kLow = 0.1;
constexpr double kHigh = 0.9;

std::string band_of(std::vector<double> values) {
  std::ranges::sort(values);
  return fmt::format("{{{:.2f}, {:.2f}}}", quantile(values, kLow), quantile(values, kHigh));
}

// kDrumsHipHop for "drums-hiphop".
std::string enumerator_of(std::string_view name) {
  if (name == "drums-hiphop") return "kDrumsHipHop";
  std::string word = "k";
  bool capital = true;
  for (const char letter : name) {
    if (letter != '-')
      word += capital && letter >= 'a' ? static_cast<char>(letter - 'a' + 'A') : letter;
    capital = letter == '-';
  }
  return word;
}

void print_row(GridStyle style, Role role, const std::vector<PartTexture>& parts) {
  std::vector<double> intervals;
  std::vector<double> tones;
  std::vector<double> lengths;
  for (const PartTexture& part : parts) {
    if (part.interval) intervals.push_back(*part.interval);
    tones.push_back(part.tones);
    lengths.push_back(part.length);
  }
  if (parts.size() < kFewestParts || intervals.size() < kFewestParts) return;
  fmt::print("StyleTexture{{GridStyle::{}, Role::{}, {{{}, {}, {}}}}},\n",
             enumerator_of(name_of(style)), enumerator_of(name_of(role)), band_of(intervals),
             band_of(tones), is_percussive(role) ? "kAny" : band_of(lengths));
}

}  // namespace

void print_part_bands(const TrainingFile& file) {
  for (int number = 0; number < kGridStyleCount; ++number) {
    const auto style = static_cast<GridStyle>(number);
    const auto passages = passages_of(file, style, From::kEverywhere, kPassages, kBars,
                                      Rng(1).fork("bands").fork(name_of(style)));
    for (const Role role : kRoles) {
      std::vector<PartTexture> parts;
      for (const RealPassage& passage : passages) {
        const Score score = from_grid(only(cut_out(passage), {role}));
        if (!score.tracks.empty()) parts.push_back(texture_of(score.tracks.front().notes));
      }
      print_row(style, role, parts);
    }
  }
}

}  // namespace undersong
