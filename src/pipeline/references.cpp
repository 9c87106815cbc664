#include "pipeline/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/scratch_folder.h"
#include "base/suggestion.h"
#include "model/model_metadata.h"
#include "nn/weight_file.h"
#include "originality/fingerprints.h"
#include "originality/index.h"
#include "pipeline/certificate.h"
#include "pipeline/table.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIndexName = "originality.index";

std::string suffix_of(const fs::path& path) { return lower_case(path.extension().string()); }

bool can_write(const fs::path& path) {
  try {
    const AtomicFile probe(path, Overwrite::kAllow);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void build_index(const Corpus& corpus, const fs::path& path, Progress& progress) {
  const Manifest& manifest = corpus.manifest();
  IndexBuilder builder(manifest.name, manifest.sha256());
  progress.begin("indexing " + display(manifest.name),
                 static_cast<std::int64_t>(manifest.pieces.size()), "pieces");
  for (std::size_t i = 0; i < manifest.pieces.size(); ++i) {
    throw_if_cancelled();
    builder.add(learned_piece(manifest.pieces[i]), corpus.read_piece(manifest.pieces[i]));
    progress.update(static_cast<std::int64_t>(i + 1), manifest.pieces[i].path);
  }
  progress.end();
  builder.save(path, kBaselinePieces, Overwrite::kAllow, progress);
}

// The index of this very state of the corpus; null when there is none that can be used.
std::shared_ptr<const OriginalityIndex> current_index(const fs::path& path,
                                                      const std::string& corpus_sha256) {
  try {
    auto index = OriginalityIndex::open(path);
    return index->corpus_sha256() == corpus_sha256 ? index : nullptr;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    return nullptr;  // missing, damaged or another version's: it is only a cache of the corpus
  }
}

OpenReference open_corpus(Corpus corpus, Progress& progress) {
  if (corpus.manifest().pieces.empty()) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("corpus {} is empty; `undersong corpus add` fills it",
                            display(corpus.manifest().name)));
  }
  const fs::path path = corpus.folder() / kIndexName;
  OpenReference opened;
  opened.corpus_sha256 = corpus.manifest().sha256();
  opened.path = path;
  auto index = current_index(path, opened.corpus_sha256);
  if (!index && can_write(path)) {
    build_index(corpus, path, progress);
    index = OriginalityIndex::open(path);
  } else if (!index) {
    const ScratchFolder scratch;
    build_index(corpus, scratch.path() / kIndexName, progress);
    index = OriginalityIndex::open(scratch.path() / kIndexName);  // stays mapped without its name
    opened.path.clear();
  }
  opened.reference = std::move(index);
  opened.corpus = std::make_shared<const Corpus>(std::move(corpus));
  return opened;
}

// The corpus of this name in this very state; null when this machine has it not.
std::shared_ptr<const Corpus> corpus_in_state(const std::string& name,
                                              const std::string& corpus_sha256) {
  try {
    auto corpus = std::make_shared<const Corpus>(Corpus::open(name));
    return corpus->manifest().sha256() == corpus_sha256 ? corpus : nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

OpenReference open_fingerprints(const fs::path& path) {
  const auto fingerprints = Fingerprints::load(path);
  return {fingerprints, ReferenceForm::kFingerprints, path, fingerprints->corpus_sha256(),
          corpus_in_state(fingerprints->name(), fingerprints->corpus_sha256())};
}

OpenReference open_index_file(const fs::path& path) {
  const auto index = OriginalityIndex::open(path);
  return {index, ReferenceForm::kWhole, path, index->corpus_sha256(),
          corpus_in_state(index->name(), index->corpus_sha256())};
}

OpenReference open_model(const fs::path& path, Progress& progress) {
  const ModelInfo info = with_context(
      "reading " + display(path), [&] { return info_from_metadata(load_weights(path).metadata); });
  ModelReference found = reference_of_model(path, info, progress);
  if (found.reference) return std::move(*found.reference);
  throw Error(ErrorKind::kNotFound,
              "nothing can be compared with what " + display(path) + " learned: " + found.why_not);
}

OpenReference open_file(const fs::path& path, Progress& progress) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(ErrorKind::kUsage,
                display(path) + " is a folder; make a corpus of it (`undersong corpus add NAME " +
                    display(path) + "`) and give its name");
  }
  const std::string suffix = suffix_of(path);
  if (suffix == ".safetensors") return open_model(path, progress);
  if (suffix == ".index") return open_index_file(path);
  if (suffix == ".mid" || suffix == ".midi") {
    throw Error(ErrorKind::kUsage,
                display(path) +
                    " is a MIDI file; make a corpus of it (`undersong corpus add NAME " +
                    display(path) + "`) and give its name");
  }
  return open_fingerprints(path);
}

bool looks_like_a_path(const std::string& text) {
  const std::string suffix = suffix_of(text);
  return text.find('/') != std::string::npos || suffix == ".fingerprints" ||
         suffix == ".safetensors" || suffix == ".index";
}

// Fingerprints of what ships, the largest first.
std::vector<OpenReference> shipped_fingerprints(std::vector<UnusedReference>& unused) {
  std::vector<fs::path> paths;
  std::error_code failure;
  fs::directory_iterator entries(shipped_folder() / "models", failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    if (entries->path().extension() == ".fingerprints") paths.push_back(entries->path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<OpenReference> opened;
  for (const auto& path : paths) {
    try {
      opened.push_back(open_fingerprints(path));
    } catch (const Error& error) {
      unused.push_back({path.string(), error.message()});
    }
  }
  std::stable_sort(opened.begin(), opened.end(),
                   [](const OpenReference& a, const OpenReference& b) {
                     return a.reference->pieces().size() > b.reference->pieces().size();
                   });
  return opened;
}

// Whether every piece of `a` is one of `b`'s.
bool is_part_of(const Reference& a, const Reference& b) {
  std::set<std::string_view> ids;
  for (const LearnedPiece& piece : b.pieces()) ids.insert(piece.id);
  return std::all_of(a.pieces().begin(), a.pieces().end(),
                     [&](const LearnedPiece& piece) { return ids.contains(piece.id); });
}

}  // namespace

std::string describe(const OpenReference& reference) {
  const Reference& known = *reference.reference;
  const std::size_t count = known.pieces().size();
  std::string text =
      fmt::format("{}: {} {}", display(known.name()), count, count == 1 ? "piece" : "pieces");
  if (reference.form == ReferenceForm::kWhole) return text + ", whole";
  return text + ", fingerprints alone (" + display(reference.path) + ")";
}

OpenReference open_reference(const std::string& name_or_path, Progress& progress) {
  const auto names = corpus_names();
  if (std::find(names.begin(), names.end(), name_or_path) != names.end())
    return open_corpus(Corpus::open(name_or_path), progress);
  std::error_code ignored;
  if (looks_like_a_path(name_or_path) || fs::exists(name_or_path, ignored))
    return open_file(name_or_path, progress);
  return open_corpus(Corpus::open(name_or_path), progress);  // throws, with the nearest name
}

namespace {

// What ships, unless its music is there whole.
void add_shipped(References& all) {
  for (auto& shipped : shipped_fingerprints(all.unused)) {
    const bool is_there =
        std::any_of(all.open.begin(), all.open.end(), [&](const OpenReference& other) {
          return other.corpus_sha256 == shipped.corpus_sha256 &&
                 (other.form == ReferenceForm::kWhole ||
                  is_part_of(*shipped.reference, *other.reference));
        });
    if (!is_there) all.open.push_back(std::move(shipped));
  }
}

References open_corpora(const std::function<OpenReference(Corpus)>& open) {
  References all;
  for (const auto& name : corpus_names()) {
    try {
      all.open.push_back(open(Corpus::open(name)));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) throw;
      all.unused.push_back({name, error.message()});
    }
  }
  return all;
}

OpenReference open_ready_corpus(Corpus corpus) {
  OpenReference opened;
  opened.corpus_sha256 = corpus.manifest().sha256();
  opened.path = corpus.folder() / kIndexName;
  opened.reference = current_index(opened.path, opened.corpus_sha256);
  if (!opened.reference) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("its index is not built yet; `undersong check TRACK.mid --against {}` "
                            "builds it once",
                            display(corpus.manifest().name)));
  }
  opened.corpus = std::make_shared<const Corpus>(std::move(corpus));
  return opened;
}

// `base`: "NAME SHA-256". Errors: kNotFound.
fs::path find_weights(const std::string& base, const std::vector<fs::path>& folders) {
  const std::size_t space = base.rfind(' ');
  for (const fs::path& folder : folders) {
    const fs::path path = folder / base.substr(0, space);
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored) && sha256_of_file(path) == base.substr(space + 1))
      return path;
  }
  throw Error(ErrorKind::kNotFound,
              "the weights that these were adapted from are neither beside them nor among those "
              "that ship");
}

}  // namespace

References open_ready_references() {
  References ready = open_corpora(open_ready_corpus);
  add_shipped(ready);
  return ready;
}

References open_all_references(Progress& progress) {
  References all =
      open_corpora([&](Corpus corpus) { return open_corpus(std::move(corpus), progress); });
  add_shipped(all);
  if (!all.open.empty()) return all;
  std::string reasons;
  for (const auto& unused : all.unused)
    reasons += "; " + display(unused.name) + ": " + unused.reason;
  throw Error(
      ErrorKind::kNotFound,
      "there is nothing to compare with: no corpus on this machine and no fingerprints with "
      "the models that ship; add the music that was learned with `undersong corpus add NAME "
      "FOLDER`, or name a file of fingerprints with --against" +
          reasons);
}

ModelReference reference_of_model(const fs::path& weights, const ModelInfo& info,
                                  Progress& progress) {
  const fs::path fingerprints = fingerprints_beside(weights);
  std::error_code ignored;
  if (fs::exists(fingerprints, ignored)) {
    OpenReference opened = open_fingerprints(fingerprints);
    if (opened.corpus_sha256 != info.corpus_sha256) {
      throw Error(ErrorKind::kMismatch,
                  fmt::format("{} is of other music than {} learned from; make it again with "
                              "`undersong corpus fingerprint {} -o {}`",
                              display(fingerprints), display(weights), display(info.corpus),
                              display(fingerprints)));
    }
    return {std::move(opened), ""};
  }
  if (info.corpus.empty()) return {std::nullopt, "the weights do not say what they learned from"};
  if (auto corpus = corpus_in_state(info.corpus, info.corpus_sha256))
    return {open_corpus(*corpus, progress), ""};
  return {std::nullopt,
          fmt::format("there is no {}, and corpus {} is not on this machine as it was learned",
                      display(fingerprints), display(info.corpus))};
}

References references_of_bases(const fs::path& weights, const std::vector<std::string>& bases,
                               Progress& progress) {
  References learned;
  for (const std::string& base : bases) {
    const std::string name = base.substr(0, base.rfind(' '));
    try {
      const fs::path path = find_weights(base, {weights.parent_path(), shipped_folder() / "models"});
      const ModelInfo info = info_from_metadata(load_weights(path).metadata);
      ModelReference found = reference_of_model(path, info, progress);
      if (found.reference) {
        learned.open.push_back(std::move(*found.reference));
      } else {
        learned.unused.push_back({name, found.why_not});
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) throw;
      learned.unused.push_back({name, error.message()});
    }
  }
  return learned;
}

LearnedPiece learned_piece(const Piece& piece) {
  return {.id = piece.id,
          .title = piece.title,
          .path = piece.path,
          .licence = piece.licence,
          .source = piece.source,
          .family = piece.duplicate_of.empty() ? piece.id : piece.duplicate_of};
}

}  // namespace undersong
