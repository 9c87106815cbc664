#include "pipeline/evaluate_subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/suggestion.h"
#include "corpus/candidates.h"
#include "corpus/corpus.h"
#include "midi/midi_file.h"
#include "pipeline/evaluate_copying.h"
#include "pipeline/generate.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// Tracks of a set that the report draws.
constexpr std::size_t kShownTracks = 3;

bool is_weight_file(const fs::path& path) { return path.extension() == ".safetensors"; }

std::string label_of(const fs::path& path) {
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(path, ignored);
  const fs::path named = whole.has_filename() ? whole : whole.parent_path();
  const std::string label =
      fs::is_directory(path, ignored) ? named.filename().string() : named.stem().string();
  return valid_utf8(label.empty() ? path.string() : label);
}

Subject model_subject(const std::string& name, const EvaluateRequest& request) {
  Subject subject;
  subject.label = label_of(name);
  subject.kind = SubjectKind::kModel;
  subject.weights = name;
  subject.model = std::make_shared<const LoadedModel>(load_model(name));
  subject.at_hand = static_cast<std::size_t>(request.tracks);
  GenerateRequest writing;
  writing.model = name;
  writing.notes = request.notes;
  writing.sampling.temperature = request.temperature;
  for (std::size_t i = 0; i < subject.at_hand; ++i) {
    const std::uint64_t seed = request.seed + i;
    subject.tracks.push_back(
        {fmt::format("seed {}", seed), "", "", [model = subject.model, writing, seed] {
           return generate_score(*model, writing, seed, silent_progress());
         }});
  }
  return subject;
}

bool is_of_group(const std::string& group, const EvaluateRequest& request) {
  return request.group.empty() || lower_case(group) == lower_case(request.group);
}

Score read_candidate(const Candidate& candidate) {
  const auto reading =
      candidate.file.empty() ? read_midi(candidate.bytes) : read_midi(read_file(candidate.file));
  return reading.score;
}

Subject files_subject(const std::string& name, const EvaluateRequest& request) {
  Subject subject;
  subject.label = label_of(name);
  const std::vector<fs::path> paths = {name};
  for (Candidate& candidate : find_candidates(paths)) {
    if (!is_of_group(candidate.group, request)) continue;
    ++subject.at_hand;
    if (!candidate.problem.empty()) {
      subject.unreadable.push_back({candidate.path, candidate.problem});
      continue;
    }
    const std::string path = candidate.path;
    const std::string group = candidate.group;
    const auto shared = std::make_shared<const Candidate>(std::move(candidate));
    subject.tracks.push_back({path, group, "", [shared, wanted = request.track_name] {
                                return with_tracks_named(read_candidate(*shared), wanted);
                              }});
  }
  if (subject.at_hand == 0) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("{} has no group {}", display(fs::path(name)), display(request.group)));
  }
  return subject;
}

Subject corpus_subject(const std::string& name, const EvaluateRequest& request) {
  const auto corpus = std::make_shared<const Corpus>(Corpus::open(name));
  std::vector<Piece> pieces = pieces_of_group(corpus->manifest(), request.group);
  std::erase_if(pieces, [](const Piece& piece) { return !piece.duplicate_of.empty(); });
  Subject subject;
  subject.label = request.group.empty() ? name : name + ", " + request.group;
  subject.kind = SubjectKind::kCorpus;
  subject.corpus = name;
  subject.at_hand = pieces.size();
  for (const std::size_t i :
       draw_indices(pieces.size(), static_cast<std::size_t>(request.pieces), request.seed)) {
    const Piece& piece = pieces[i];
    subject.tracks.push_back(
        {piece.path, piece.group, piece.id, [corpus, piece, wanted = request.track_name] {
           return with_tracks_named(corpus->read_piece(piece), wanted);
         }});
  }
  return subject;
}

TrackMeasures measure_track(const TrackSource& source, const Score& score,
                            const SimilarityMatrix& similarity) {
  TrackMeasures track;
  track.name = source.name;
  track.group = source.group;
  track.notes = static_cast<std::int64_t>(note_count(score));
  track.bars = BarGrid(score).count();
  track.seconds = length_seconds(score);
  track.texture = measure_texture(score);
  track.structure = measure_structure(similarity);
  track.features = measure_features(score);
  track.style = style_features(score);
  return track;
}

// What became of one track.
struct Outcome {
  std::optional<TrackMeasures> measures;
  std::optional<ShownTrack> shown;
  std::string problem;
};

Outcome measure_one(const TrackSource& source, const LearnedMusic& references, bool is_shown) {
  throw_if_cancelled();
  Outcome outcome;
  try {
    Score score = source.read();
    SimilarityMatrix similarity = self_similarity(score);
    outcome.measures = measure_track(source, score, similarity);
    outcome.measures->copying = measure_copying(score, source.family, references);
    if (is_shown) outcome.shown = {source.name, std::move(score), std::move(similarity)};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    outcome.problem = error.message();
  }
  return outcome;
}

}  // namespace

Score with_tracks_named(Score score, const std::string& name) {
  if (name.empty()) return score;
  std::erase_if(score.tracks, [&](const Track& track) {
    return lower_case(track.name).find(lower_case(name)) == std::string::npos;
  });
  if (!score.tracks.empty()) return score;
  throw Error(ErrorKind::kNotFound, "none of its tracks is named " + display(name));
}

std::vector<std::size_t> draw_indices(std::size_t count, std::size_t most, std::uint64_t seed) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (count <= most) return indices;
  Rng rng = Rng(seed).fork("pieces");
  rng.shuffle(std::span<std::size_t>(indices));
  indices.resize(most);
  std::sort(indices.begin(), indices.end());
  return indices;
}

Subject find_subject(const std::string& name, const EvaluateRequest& request) {
  std::error_code ignored;
  Subject subject;
  if (is_weight_file(name)) {
    subject = model_subject(name, request);
  } else if (fs::exists(name, ignored)) {
    subject = files_subject(name, request);
  } else {
    const auto names = corpus_names();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(ErrorKind::kNotFound, fmt::format("{} is no file, no folder and no corpus{}",
                                                    display(name), suggestion(name, names)));
    }
    subject = corpus_subject(name, request);
  }
  subject.source = valid_utf8(name);
  return subject;
}

SetReport measure_subject(const Subject& subject, const LearnedMusic& references,
                          Progress& progress) {
  SetReport set;
  set.label = subject.label;
  set.kind = subject.kind;
  set.source = subject.source;
  set.at_hand = subject.at_hand;
  set.unreadable = subject.unreadable;

  std::vector<Outcome> outcomes(subject.tracks.size());
  progress.begin("measuring " + subject.label, static_cast<std::int64_t>(outcomes.size()),
                 "tracks");
  for_each_in_parallel(
      outcomes.size(),
      [&](std::size_t i) {
        outcomes[i] = measure_one(subject.tracks[i], references, i < kShownTracks);
      },
      progress);
  progress.end();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Outcome& outcome = outcomes[i];
    if (outcome.measures) {
      set.tracks.push_back(std::move(*outcome.measures));
    } else {
      set.unreadable.push_back({subject.tracks[i].name, outcome.problem});
    }
    if (outcome.shown) set.shown.push_back(std::move(*outcome.shown));
  }
  return set;
}

}  // namespace undersong
