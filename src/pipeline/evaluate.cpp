#include "pipeline/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "pipeline/evaluate_copying.h"
#include "pipeline/evaluate_model.h"
#include "pipeline/evaluate_subjects.h"
#include "sample/sampler.h"

namespace undersong {
namespace {

// More are no longer a comparison that somebody reads.
constexpr std::size_t kMostSetsInPairs = 4;
constexpr int kFolds = 10;

void check_number(const char* flag, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("{} is {}; it must lie between {} and {}", flag, value, low, high));
}

void check_request(const EvaluateRequest& request) {
  if (request.subjects.empty()) {
    throw Error(ErrorKind::kUsage,
                "name what to evaluate: a weight file, a folder of MIDI files, or a corpus");
  }
  check_number("--tracks", request.tracks, 1, 10'000);
  check_number("--notes", request.notes, 1, 1'000'000);
  check_number("--pieces", request.pieces, 1, 1'000'000);
  SamplingOptions sampling;
  sampling.temperature = request.temperature;
  check_options(sampling);
}

// Fingerprints and an index hold no pieces that could be measured: copying alone is told by them.
bool is_reference_alone(const std::string& against) {
  return against.ends_with(".fingerprints") || against.ends_with(".index");
}

std::vector<Subject> find_subjects(const EvaluateRequest& request) {
  std::vector<std::string> names = request.subjects;
  if (!request.against.empty() && !is_reference_alone(request.against))
    names.push_back(request.against);
  std::vector<Subject> subjects;
  std::map<std::string, int> labels;
  for (const auto& name : names) {
    Subject subject = find_subject(name, request);
    const int nth = ++labels[subject.label];
    if (nth > 1) subject.label += fmt::format(" ({})", nth);
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

bool can_be_reference(const Subject& subject) { return subject.kind != SubjectKind::kFiles; }

std::vector<CopyReference> describe(const LearnedMusic& references) {
  std::vector<CopyReference> described;
  for (const auto& reference : references) {
    described.push_back({reference->name(), reference->pieces().size(), reference->baseline(),
                         limits_of(reference->baseline())});
  }
  return described;
}

std::vector<FeatureVector> features_of(const SetReport& set) {
  std::vector<FeatureVector> features;
  for (const auto& track : set.tracks) features.push_back(track.features);
  return features;
}

std::vector<std::vector<double>> styles_of(const SetReport& set) {
  std::vector<std::vector<double>> styles;
  for (const auto& track : set.tracks) styles.push_back(track.style);
  return styles;
}

void measure_varieties(EvaluateReport& report) {
  std::vector<std::vector<double>> yardstick;
  if (report.yardstick) yardstick = styles_of(report.sets[*report.yardstick]);
  for (auto& set : report.sets) set.variety = measure_variety(styles_of(set), yardstick);
}

void compare_pairs(EvaluateReport& report) {
  const auto add = [&](std::size_t a, std::size_t b) {
    report.comparisons.push_back(
        {a, b, compare_sets(features_of(report.sets[a]), features_of(report.sets[b]))});
  };
  if (report.yardstick) {
    for (std::size_t i = 0; i < *report.yardstick; ++i) add(i, *report.yardstick);
    return;
  }
  if (report.sets.size() > kMostSetsInPairs) {
    report.remarks.push_back(
        fmt::format("{} sets are too many to compare every two; name one of them with --against.",
                    report.sets.size()));
    return;
  }
  for (std::size_t a = 0; a < report.sets.size(); ++a) {
    for (std::size_t b = a + 1; b < report.sets.size(); ++b) add(a, b);
  }
}

// Every track under the style that it is to be recognised by.
std::vector<LabelledFeatures> labelled_tracks(const EvaluateReport& report) {
  std::vector<LabelledFeatures> tracks;
  const std::size_t sets =
      report.request.by_group ? report.yardstick.value_or(report.sets.size()) : report.sets.size();
  for (std::size_t i = 0; i < sets; ++i) {
    const SetReport& set = report.sets[i];
    for (const auto& track : set.tracks) {
      const std::string& label = report.request.by_group ? track.group : set.label;
      if (!label.empty()) tracks.push_back({label, track.style});
    }
  }
  return tracks;
}

void recognise(EvaluateReport& report) {
  const auto tracks = labelled_tracks(report);
  std::map<std::string, std::size_t> counts;
  for (const auto& track : tracks) ++counts[track.label];
  const auto labels = std::count_if(counts.begin(), counts.end(),
                                    [](const auto& entry) { return entry.second >= 2; });
  if (labels >= 2) {
    report.recognisability = measure_recognisability(tracks, kFolds, report.request.seed);
  } else if (report.request.by_group) {
    report.remarks.emplace_back(
        "There is no telling styles apart: fewer than two groups have two tracks or more.");
  }
}

bool has_something(const SetReport& set) {
  return !set.tracks.empty() || (set.model && !set.model->by_piece.empty());
}

// What a set without a track is to blame on.
std::string reason_of(const SetReport& set) {
  if (set.unreadable.empty()) return "it has none";
  return fmt::format("the first, {}: {}", display(set.unreadable[0].path),
                     set.unreadable[0].reason);
}

void require_a_track(EvaluateReport& report) {
  // The yardstick is not what was asked about.
  const std::size_t subjects = report.yardstick.value_or(report.sets.size());
  const auto last = report.sets.begin() + static_cast<std::ptrdiff_t>(subjects);
  if (std::none_of(report.sets.begin(), last, has_something)) {
    const SetReport& set = report.sets.front();
    throw Error(ErrorKind::kFormat, fmt::format("not one track of {} can be evaluated; {}",
                                                display(set.source), reason_of(set)));
  }
  for (const auto& set : report.sets) {
    if (set.tracks.empty())
      report.remarks.push_back(
          fmt::format("Not one track of {} can be evaluated; {}.", set.label, reason_of(set)));
  }
}

}  // namespace

EvaluateReport evaluate(const EvaluateRequest& request, Progress& progress) {
  check_request(request);
  EvaluateReport report;
  report.request = request;
  const std::vector<Subject> subjects = find_subjects(request);
  std::string against_corpus, against_reference;
  if (is_reference_alone(request.against)) {
    against_reference = request.against;
  } else if (!request.against.empty()) {
    report.yardstick = subjects.size() - 1;
    against_corpus = subjects.back().corpus;
    if (can_be_reference(subjects.back())) against_reference = request.against;
  }
  const auto references = references_for(against_reference, progress, report.remarks);
  report.references = describe(references);
  for (const Subject& subject : subjects) {
    SetReport set = measure_subject(subject, references, progress);
    if (subject.model) {
      set.model = measure_model(*subject.model, subject.weights, against_corpus, request, progress);
    }
    report.sets.push_back(std::move(set));
  }
  require_a_track(report);
  measure_varieties(report);
  compare_pairs(report);
  recognise(report);
  return report;
}

}  // namespace undersong
