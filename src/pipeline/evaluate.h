#pragma once
// How good is it? `undersong evaluate`: measures of models, of sets of tracks, and of sets against
// each other. Everything is a value; to_text, to_json and to_html turn it into what is shown.
//
// Goals: the same request gives the same numbers on every machine; what cannot be read or measured
// is told, and the rest goes on. Non-goals: the measures themselves (`evaluate`, `originality`).

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "evaluate/cross_entropy.h"
#include "evaluate/features.h"
#include "evaluate/recognisability.h"
#include "evaluate/set_comparison.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "evaluate/variety.h"
#include "model/model.h"
#include "originality/reference.h"
#include "score/score.h"

namespace undersong {

struct EvaluateRequest {
  // Each a weight file, a folder of MIDI files, one such file or archive, or the name of a corpus.
  std::vector<std::string> subjects;
  std::string against;  // the same, to compare with; empty: nothing

  // What a model writes to be measured.
  std::int64_t tracks = 20;
  std::int64_t notes = 300;
  double temperature = 1.0;
  std::uint64_t seed = 1;  // of the first track; the others count on from it

  std::int64_t pieces = 200;  // of a corpus at most, and of each of its splits
  std::string group;          // only pieces of this group; empty: all
  std::string track_name;     // only tracks whose name holds this; empty: all
  // Whether the styles to be told apart are the groups (folders) inside the subjects rather than
  // the subjects.
  bool by_group = false;
};

// How close a track comes to what was learned, as far as its reference knows.
struct CopyingMeasures {
  std::size_t reference = 0;  // index into EvaluateReport::references
  std::int64_t longest_run = 0;
  std::int64_t distinctive_run = 0;
  std::int64_t symbol_run = 0;  // distinctive symbols, whatever their rhythm
  std::optional<double> highest_overlap;
  std::optional<double> mean_originality;
  std::array<std::optional<double>, 3> coverage;  // of kCoverageLengths
  std::string nearest;                            // path of the piece of the most telling run
  std::string nearest_bars;                       // "12-14"; of that piece
  bool too_close = false;                         // above the reference's limits
};

struct TrackMeasures {
  std::string name;   // path, or "seed 7"
  std::string group;  // may be empty
  std::int64_t notes = 0;
  std::int64_t bars = 0;
  double seconds = 0.0;
  Texture texture;
  Structureness structure;
  FeatureVector features;
  std::vector<double> style;  // of style_feature_names()
  std::optional<CopyingMeasures> copying;
};

// One row of numbers over a set; `values` holds how many tracks have the measure.
struct Statistics {
  std::size_t values = 0;
  double mean = 0.0;
  double deviation = 0.0;             // of the population
  std::array<double, 5> quantiles{};  // kQuantiles
};
inline constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};

struct UnreadableTrack {
  std::string path;
  std::string reason;
};

struct SplitLoss {
  std::string split;       // "train", "valid", "test"
  std::size_t pieces = 0;  // that were used
  std::size_t of = 0;      // that there are
  CrossEntropy loss;
  // Per note, where a note is several symbols (a composer's); unset elsewhere.
  std::optional<double> nats_per_note = std::nullopt;
};

// A line of MODEL.log.csv.
struct EpochLosses {
  double epoch = 0.0;
  double train = 0.0;
  double valid = 0.0;  // not finite where the log has none
};

struct ModelMeasures {
  std::filesystem::path path;
  ModelInfo info;
  std::string corpus;                 // that it was judged on; empty: none is at hand
  std::vector<std::string> remarks;   // what to know about the losses
  std::vector<SplitLoss> by_piece;    // of splits that have symbols
  std::optional<CrossEntropy> leaky;  // the seed's split, beside the others
  std::vector<EpochLosses> curve;
};

// A track to look at.
struct ShownTrack {
  std::string name;
  Score score;
  SimilarityMatrix similarity;
};

enum class SubjectKind { kModel, kFiles, kCorpus };

struct SetReport {
  std::string label;
  SubjectKind kind = SubjectKind::kFiles;
  std::string source;       // as it was named
  std::size_t at_hand = 0;  // tracks that there were to choose from
  std::vector<TrackMeasures> tracks;
  std::vector<UnreadableTrack> unreadable;
  std::optional<ModelMeasures> model;
  Variety variety;
  std::vector<ShownTrack> shown;
};

struct SetComparison {
  std::size_t a = 0;  // indices into EvaluateReport::sets
  std::size_t b = 0;
  std::array<FeatureComparison, kFeatures> features;
};

struct CopyReference {
  std::string name;
  std::size_t pieces = 0;
  Baseline baseline;
  Limits limits;
};

struct EvaluateReport {
  EvaluateRequest request;
  std::vector<SetReport> sets;           // the subjects in order; then --against, if any
  std::optional<std::size_t> yardstick;  // index of --against
  std::vector<SetComparison> comparisons;
  std::optional<Recognisability> recognisability;
  std::vector<CopyReference> references;
  std::vector<std::string> remarks;  // what was left out, and why
};

// Errors: kUsage for numbers out of range and no subject; kNotFound for a subject that is neither
// file, folder nor corpus, and for a group that is not there; those of load_model and of reading
// corpora; the first reason when not one track could be measured; kCancelled. A track that cannot
// be read is no error: it stands in `unreadable`.
EvaluateReport evaluate(const EvaluateRequest& request, Progress& progress);

// Tables for a terminal.
std::string to_text(const EvaluateReport& report);
// docs/formats/evaluation.md.
std::string to_json(const EvaluateReport& report);
// One file that opens offline.
std::string to_html(const EvaluateReport& report);

}  // namespace undersong
