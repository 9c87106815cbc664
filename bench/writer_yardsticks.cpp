#include "writer_yardsticks.h"

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "composer_passages.h"
#include "style/style_library.h"

namespace undersong {
namespace {

Yardstick measure_real(const TrainingFile& file, GridStyle style, Half half, int bars) {
  const auto passages = passages_of(file, style, From::kEverywhere, kYardstickPassages, bars,
                                    Rng(1).fork("yardstick").fork(name_of(style)));
  Yardstick yardstick;
  yardstick.passages.resize(passages.size());
  std::vector<std::vector<Measures>> roles(kRoleCount, std::vector<Measures>(passages.size()));
  for_each_in_parallel(passages.size(), [&](std::size_t i) {
    const GridPiece real = cut_out(passages[i]);
    yardstick.passages[i] = measure_half(real, half);
    for (const Role role : kRoles) roles[index_of(role)][i] = role_measures(real, role);
  });
  std::vector<Measures> textures;
  for (const HalfMeasures& each : yardstick.passages) textures.push_back(each.textures);
  yardstick.textures = bands_of(textures);
  for (const std::vector<Measures>& parts : roles) {
    const std::size_t played =
        static_cast<std::size_t>(std::ranges::count_if(parts, [](const Measures& part) {
          return std::ranges::any_of(part, [](const auto& value) { return value.has_value(); });
        }));
    yardstick.parts.push_back(played);
    yardstick.roles.push_back(played < kFewestRealParts ? Bands{} : bands_of(parts));
  }
  return yardstick;
}

}  // namespace

const Yardstick& Yardsticks::of(GridStyle style, Half half, int bars) {
  const auto key = std::tuple(style, half, bars);
  const auto found = made_.find(key);
  if (found != made_.end()) return found->second;
  return made_.emplace(key, measure_real(file_, style, half, bars)).first->second;
}

int PackPieces::bars() const {
  std::vector<int> all;
  for (const MeasuredPiece& piece : by_writer.at(WriterKind::kPattern)) all.push_back(piece.bars);
  std::ranges::sort(all);
  return all.at(all.size() / 2);
}

std::vector<PackPieces> packs_of(const std::vector<MeasuredPiece>& pieces,
                                 const WriterNetwork& network) {
  std::map<std::string, std::map<WriterKind, std::map<std::uint64_t, const MeasuredPiece*>>> all;
  for (const MeasuredPiece& piece : pieces) {
    if (piece.weights == network.sha256) all[piece.style][piece.writer][piece.seed] = &piece;
  }
  std::vector<PackPieces> packs;
  for (auto& [name, writers] : all) {
    PackPieces pack;
    for (const auto& [seed, piece] : writers[WriterKind::kPattern]) {
      const auto other = writers[WriterKind::kNeural].find(seed);
      if (other == writers[WriterKind::kNeural].end()) continue;
      pack.by_writer[WriterKind::kPattern].push_back(*piece);
      pack.by_writer[WriterKind::kNeural].push_back(*other->second);
    }
    if (pack.by_writer.empty()) continue;
    pack.style = find_style(name).style;
    packs.push_back(std::move(pack));
  }
  return packs;
}

}  // namespace undersong
