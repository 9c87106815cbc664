#include "evaluate/note_matching.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "base/check.h"

namespace undersong {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// For each true thing the detected ones that it may be paired with.
using Candidates = std::vector<std::vector<std::size_t>>;

// mir_eval compares differences rounded to four decimals.
bool is_within(double left, double right, double tolerance) {
  return std::round(std::abs(left - right) * 1e4) / 1e4 <= tolerance;
}

// A largest matching by augmenting paths (Berge 1957). Each search is breadth first and stays
// within the notes that the true one's candidates touch, which are few in music.
class Matcher {
 public:
  Matcher(const Candidates& candidates, std::size_t estimated_count)
      : candidates_(candidates),
        estimated_of_(candidates.size(), kNone),
        reference_of_(estimated_count, kNone),
        found_by_(estimated_count, kNone),
        seen_in_(estimated_count, kNone) {}

  std::vector<MatchedPair> match() {
    for (std::size_t reference = 0; reference < candidates_.size(); ++reference) {
      const std::size_t free_one = free_end_of_path(reference);
      if (free_one != kNone) turn_path(reference, free_one);
    }
    std::vector<MatchedPair> pairs;
    for (std::size_t reference = 0; reference < estimated_of_.size(); ++reference) {
      if (estimated_of_[reference] != kNone) pairs.push_back({reference, estimated_of_[reference]});
    }
    return pairs;
  }

 private:
  // The detected one, still free, at which a path of alternating pairs from `root` ends.
  std::size_t free_end_of_path(std::size_t root) {
    queue_.assign(1, root);
    for (std::size_t at = 0; at < queue_.size(); ++at) {
      for (const std::size_t estimated : candidates_[queue_[at]]) {
        if (seen_in_[estimated] == root) continue;
        seen_in_[estimated] = root;
        found_by_[estimated] = queue_[at];
        if (reference_of_[estimated] == kNone) return estimated;
        queue_.push_back(reference_of_[estimated]);
      }
    }
    return kNone;
  }

  void turn_path(std::size_t root, std::size_t estimated) {
    while (true) {
      const std::size_t reference = found_by_[estimated];
      const std::size_t before = estimated_of_[reference];
      estimated_of_[reference] = estimated;
      reference_of_[estimated] = reference;
      if (reference == root) return;
      estimated = before;
    }
  }

  const Candidates& candidates_;
  std::vector<std::size_t> estimated_of_;
  std::vector<std::size_t> reference_of_;
  std::vector<std::size_t> found_by_;  // the true one from which a search came
  std::vector<std::size_t> seen_in_;   // the last search that came by, named by its root
  std::vector<std::size_t> queue_;
};

bool agrees(const NoteInSeconds& reference, const NoteInSeconds& estimated, NoteRule rule,
            const NoteTolerances& tolerances) {
  if (reference.pitch != estimated.pitch) return false;
  if (!is_within(reference.onset_seconds, estimated.onset_seconds, tolerances.onset_seconds)) {
    return false;
  }
  if (rule == NoteRule::kOnset) return true;
  const double duration = reference.offset_seconds - reference.onset_seconds;
  return is_within(reference.offset_seconds, estimated.offset_seconds,
                   std::max(tolerances.offset_seconds, tolerances.offset_share * duration));
}

std::vector<std::size_t> order_of(std::span<const NoteInSeconds> notes) {
  std::vector<std::size_t> order(notes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return std::pair(notes[left].pitch, notes[left].onset_seconds) <
           std::pair(notes[right].pitch, notes[right].onset_seconds);
  });
  return order;
}

Candidates candidates_of(std::span<const NoteInSeconds> reference,
                         std::span<const NoteInSeconds> estimated, NoteRule rule,
                         const NoteTolerances& tolerances) {
  const std::vector<std::size_t> order = order_of(estimated);
  // One decimal more than the comparison has, so that nothing it would take is left out.
  const double reach = tolerances.onset_seconds + 1e-3;
  Candidates candidates(reference.size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto first = std::pair(reference[i].pitch, reference[i].onset_seconds - reach);
    auto at = std::lower_bound(order.begin(), order.end(), first,
                               [&](std::size_t index, const std::pair<int, double>& key) {
                                 return std::pair(estimated[index].pitch,
                                                  estimated[index].onset_seconds) < key;
                               });
    for (; at != order.end() && estimated[*at].pitch == reference[i].pitch &&
           estimated[*at].onset_seconds <= reference[i].onset_seconds + reach;
         ++at) {
      if (agrees(reference[i], estimated[*at], rule, tolerances)) candidates[i].push_back(*at);
    }
  }
  return candidates;
}

double share_of(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<NoteInSeconds> as_notes(std::span<const double> times) {
  std::vector<NoteInSeconds> notes;
  notes.reserve(times.size());
  for (const double time : times) notes.push_back({time, time, 0});
  return notes;
}

std::vector<double> times_of(std::span<const HitInSeconds> hits, int kind) {
  std::vector<double> times;
  for (const HitInSeconds& hit : hits) {
    if (hit.kind == kind) times.push_back(hit.seconds);
  }
  return times;
}

}  // namespace

double MatchCounts::precision() const {
  if (estimated == 0) return reference == 0 ? 1.0 : 0.0;
  return share_of(matched, estimated);
}

double MatchCounts::recall() const {
  if (reference == 0) return estimated == 0 ? 1.0 : 0.0;
  return share_of(matched, reference);
}

double MatchCounts::f1() const {
  if (reference + estimated == 0) return 1.0;
  return share_of(2 * matched, reference + estimated);
}

MatchCounts& MatchCounts::operator+=(const MatchCounts& other) {
  reference += other.reference;
  estimated += other.estimated;
  matched += other.matched;
  return *this;
}

std::vector<MatchedPair> match_notes(std::span<const NoteInSeconds> reference,
                                     std::span<const NoteInSeconds> estimated, NoteRule rule,
                                     const NoteTolerances& tolerances) {
  const Candidates candidates = candidates_of(reference, estimated, rule, tolerances);
  return Matcher(candidates, estimated.size()).match();
}

MatchCounts count_notes(std::span<const NoteInSeconds> reference,
                        std::span<const NoteInSeconds> estimated, NoteRule rule,
                        const NoteTolerances& tolerances) {
  return {reference.size(), estimated.size(),
          match_notes(reference, estimated, rule, tolerances).size()};
}

MatchCounts count_beats(std::span<const double> reference, std::span<const double> estimated,
                        double tolerance_seconds) {
  return count_notes(as_notes(reference), as_notes(estimated), NoteRule::kOnset,
                     {.onset_seconds = tolerance_seconds});
}

bool is_right_tempo(double reference_bpm, double estimated_bpm, double share, TempoRule rule) {
  UNDERSONG_CHECK(reference_bpm > 0.0 && estimated_bpm > 0.0);
  const auto agrees_with = [&](double bpm) {
    return std::abs(estimated_bpm - bpm) <= share * bpm * (1.0 + 1e-9);
  };
  if (agrees_with(reference_bpm)) return true;
  return rule == TempoRule::kOrOctave &&
         (agrees_with(reference_bpm / 2.0) || agrees_with(reference_bpm * 2.0));
}

std::map<int, MatchCounts> count_hits(std::span<const HitInSeconds> reference,
                                      std::span<const HitInSeconds> estimated,
                                      double tolerance_seconds) {
  std::set<int> kinds;
  for (const HitInSeconds& hit : reference) kinds.insert(hit.kind);
  for (const HitInSeconds& hit : estimated) kinds.insert(hit.kind);
  std::map<int, MatchCounts> counts;
  for (const int kind : kinds) {
    counts[kind] =
        count_beats(times_of(reference, kind), times_of(estimated, kind), tolerance_seconds);
  }
  return counts;
}

}  // namespace undersong
