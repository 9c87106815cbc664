#pragma once
// What the arguments of `undersong evaluate` name, as tracks that can be read.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "model/model.h"
#include "pipeline/evaluate.h"
#include "pipeline/evaluate_copying.h"
#include "score/score.h"

namespace undersong {

struct TrackSource {
  std::string name;
  std::string group;
  std::string family;  // as LearnedPiece::family where the track is a piece of a corpus; else empty
  std::function<Score()> read;  // throws an Error; may be called on any thread
};

struct Subject {
  std::string label;
  SubjectKind kind = SubjectKind::kFiles;
  std::string source;
  std::string corpus;                        // its name, of a corpus
  std::filesystem::path weights;             // of a model
  std::shared_ptr<const LoadedModel> model;  // of a model
  std::size_t at_hand = 0;
  std::vector<TrackSource> tracks;  // that are to be measured
  std::vector<UnreadableTrack> unreadable;
};

// A file or folder of that name comes before a corpus of it. Nothing is read yet but weights and
// manifests. Errors: see evaluate().
Subject find_subject(const std::string& name, const EvaluateRequest& request);

// Reads and measures all tracks, and compares them with `references`, on all processors; the
// results stand in their order. What cannot be read stands in `unreadable`. Errors: kCancelled.
SetReport measure_subject(const Subject& subject, const LearnedMusic& references,
                          Progress& progress);

// At most `most` of `count` indices, ascending, drawn from `seed`.
std::vector<std::size_t> draw_indices(std::size_t count, std::size_t most, std::uint64_t seed);

// `score` without the tracks whose names do not hold `name`, whatever the case; all for an empty
// one.
Score with_tracks_named(Score score, const std::string& name);

}  // namespace undersong
