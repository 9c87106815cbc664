#include "corpus/training_split.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.h"

namespace undersong {
namespace {

struct Candidate {
  std::uint64_t order;
  std::size_t unit;
};

// Takes units for one held-out split out of `left`.
void hold_out(Split split, double wanted, const std::vector<SplitUnit>& units,
              std::vector<Candidate>& left, std::vector<Split>& splits) {
  constexpr double kTooMuch = 1.5;
  double taken = 0.0;
  const auto take = [&](std::vector<Candidate>::iterator at) {
    splits[at->unit] = split;
    taken += static_cast<double>(units[at->unit].notes);
    return left.erase(at);
  };
  for (auto at = left.begin(); at != left.end() && taken < wanted;) {
    const auto notes = static_cast<double>(units[at->unit].notes);
    at = taken + notes <= kTooMuch * wanted ? take(at) : at + 1;
  }
  if (taken > 0.0 || left.empty()) return;
  take(std::min_element(left.begin(), left.end(), [&](const Candidate& a, const Candidate& b) {
    return units[a.unit].notes < units[b.unit].notes;
  }));
}

}  // namespace

std::vector<Split> split_by_stratum(const std::vector<SplitUnit>& units, double share) {
  std::vector<Split> splits(units.size(), Split::kTrain);
  std::map<std::string, std::vector<Candidate>> strata;
  for (std::size_t i = 0; i < units.size(); ++i)
    strata[units[i].stratum].push_back({hash64(units[i].id), i});
  for (auto& [name, candidates] : strata) {
    if (candidates.size() < 3) continue;
    double notes = 0.0;
    for (const auto& candidate : candidates)
      notes += static_cast<double>(units[candidate.unit].notes);
    std::stable_sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
      return a.order != b.order ? a.order < b.order : units[a.unit].id < units[b.unit].id;
    });
    hold_out(Split::kValid, share * notes, units, candidates, splits);
    hold_out(Split::kTest, share * notes, units, candidates, splits);
  }
  return splits;
}

}  // namespace undersong
