#pragma once
// What music can be compared with on this machine: whole corpora through their indexes, which are
// built where they are missing or stale, and the fingerprints that ship with weights.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "model/model.h"
#include "originality/reference.h"

namespace undersong {

// Pieces that the human baseline is measured on: enough for a 95 % interval of the mean that is
// narrow beside the spread of pieces. Each costs a comparison with the whole corpus, once a build.
inline constexpr std::size_t kBaselinePieces = 100;

enum class ReferenceForm {
  kWhole,         // an index over all of the music
  kFingerprints,  // runs of notes alone
};

struct OpenReference {
  std::shared_ptr<const Reference> reference;
  ReferenceForm form = ReferenceForm::kWhole;
  std::filesystem::path path;  // of the index or the fingerprints; empty for an index that could
                               // not be kept
  std::string corpus_sha256;   // of the manifest that it was made from
  // The music itself, to draw it; null where this machine does not have it.
  std::shared_ptr<const Corpus> corpus;
};

// "piano: 283 pieces, whole" or "piano: 283 pieces, fingerprints (models/lstm.fingerprints)".
std::string describe(const OpenReference& reference);

// Why something that could have been compared with was not.
struct UnusedReference {
  std::string name;  // of a corpus, or a path
  std::string reason;
};

struct References {
  std::vector<OpenReference> open;
  std::vector<UnusedReference> unused;
};

// Opens what a person named: a corpus, a file of fingerprints, an index, or a weight file (see
// reference_of_model). A corpus' index stands beside its manifest; one that is missing, damaged or
// of another state of the corpus is built, beside the manifest or, where that cannot be written,
// for this run alone. Two programs that build at once both end well.
// Errors: kNotFound, with the nearest name; kUsage for a file that nothing can be compared with;
// those of Fingerprints::load, OriginalityIndex::open and Corpus; kIo, kCancelled.
OpenReference open_reference(const std::string& name_or_path, Progress& progress);

// Everything at hand: every corpus, and the fingerprints of each model that ships unless its music
// is there whole. What cannot be opened is told in `unused`.
// Errors: kNotFound, with what to do, when nothing can be opened; kCancelled.
References open_all_references(Progress& progress);

// Of the same what costs no time: an index that would have to be built first is told in `unused`.
// Nothing at hand is no error.
References open_ready_references();

// What a model learned from: the fingerprints beside its weights, else the corpus that its metadata
// names when this machine has it in the same state.
struct ModelReference {
  std::optional<OpenReference> reference;
  std::string why_not;  // a clause, when there is none
};
// Errors: kMismatch for fingerprints of other music than the weights learned from; those of
// Fingerprints::load.
ModelReference reference_of_model(const std::filesystem::path& weights, const ModelInfo& info,
                                  Progress& progress);

// What the weights learned that a model was adapted from, each as "NAME SHA-256": files of those
// names and bytes beside the model, and among those that ship. What is not at hand is told in
// `unused`. Errors: kCancelled.
References references_of_bases(const std::filesystem::path& weights,
                               const std::vector<std::string>& bases, Progress& progress);

// A piece of a manifest as comparing names it. Twins are of one family.
LearnedPiece learned_piece(const Piece& piece);

}  // namespace undersong
