#include "evaluate/recognisability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/rng.h"
#include "evaluate/discriminants.h"

namespace undersong {
namespace {

constexpr double kWilsonDeviations = 1.959963984540054;  // 95 % of a Gaussian

// The tracks of each label, those of a single track left out.
std::map<std::string, std::vector<std::size_t>> by_label(std::span<const LabelledFeatures> tracks) {
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    UNDERSONG_CHECK(tracks[i].features.size() == tracks.front().features.size());
    members[tracks[i].label].push_back(i);
  }
  std::erase_if(members, [](const auto& entry) { return entry.second.size() < 2; });
  return members;
}

// Deals each label's tracks out in turn, where the label before left off, so that folds are of
// nearly one size.
std::vector<std::size_t> deal_folds(std::span<const std::vector<std::size_t>> members,
                                    std::span<const std::string> labels, std::size_t tracks,
                                    std::size_t folds, std::uint64_t seed) {
  std::vector<std::size_t> fold_of(tracks, 0);
  std::size_t next = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::vector<std::size_t> shuffled = members[i];
    Rng rng = Rng(seed).fork(labels[i]);
    rng.shuffle(std::span<std::size_t>(shuffled));
    for (const std::size_t track : shuffled) fold_of[track] = next++ % folds;
  }
  return fold_of;
}

// Learns from all folds but one, and guesses that one.
void judge_fold(std::span<const LabelledFeatures> tracks,
                std::span<const std::vector<std::size_t>> members,
                std::span<const std::size_t> fold_of, std::size_t fold, Recognisability& result) {
  LabelledRows training;
  for (std::size_t label = 0; label < members.size(); ++label) {
    for (const std::size_t track : members[label]) {
      if (fold_of[track] == fold) continue;
      training.rows.push_back(tracks[track].features);
      training.classes.push_back(label);
    }
  }
  const Discriminants discriminants(training, members.size());
  for (std::size_t label = 0; label < members.size(); ++label) {
    for (const std::size_t track : members[label]) {
      if (fold_of[track] != fold) continue;
      ++result.confusion[label][discriminants.classify(tracks[track].features)];
    }
  }
}

void add_interval(Recognisability& result) {
  std::int64_t right = 0;
  std::int64_t total = 0;
  std::int64_t most = 0;
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    right += result.confusion[i][i];
    total += result.counts[i];
    most = std::max(most, result.counts[i]);
  }
  const auto n = static_cast<double>(total);
  const double share = static_cast<double>(right) / n;
  const double z = kWilsonDeviations;
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half =
      z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  result.accuracy = share;
  result.accuracy_low = std::max(0.0, middle - half);
  result.accuracy_high = std::min(1.0, middle + half);
  result.chance = static_cast<double>(most) / n;
}

}  // namespace

Recognisability measure_recognisability(std::span<const LabelledFeatures> tracks, int folds,
                                        std::uint64_t seed) {
  if (folds < 2) {
    throw Error(ErrorKind::kUsage,
                fmt::format("recognising styles needs at least 2 folds, not {}", folds));
  }
  Recognisability result;
  std::vector<std::vector<std::size_t>> members;
  for (auto& [label, indices] : by_label(tracks)) {
    result.labels.push_back(label);
    result.counts.push_back(static_cast<std::int64_t>(indices.size()));
    members.push_back(indices);
  }
  if (members.size() < 2) {
    throw Error(ErrorKind::kUsage,
                fmt::format("recognising styles needs at least two styles of two tracks or more; "
                            "among the {} tracks there {}",
                            tracks.size(),
                            members.empty() ? "is none" : "is only " + result.labels.front()));
  }
  result.confusion.assign(members.size(), std::vector<std::int64_t>(members.size(), 0));
  const auto fold_of =
      deal_folds(members, result.labels, tracks.size(), static_cast<std::size_t>(folds), seed);
  for (std::size_t fold = 0; fold < static_cast<std::size_t>(folds); ++fold) {
    throw_if_cancelled();
    judge_fold(tracks, members, fold_of, fold, result);
  }
  add_interval(result);
  return result;
}

}  // namespace undersong
