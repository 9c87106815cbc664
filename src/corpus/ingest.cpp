#include "corpus/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/suggestion.h"
#include "corpus/candidates.h"
#include "corpus/corpus.h"
#include "corpus/digest.h"
#include "corpus/recordings.h"
#include "corpus/split.h"
#include "corpus/writer.h"
#include "midi/midi_file.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// The largest MIDI files that people have made for fun are about this size.
constexpr std::uintmax_t kLargestFileBytes = std::uintmax_t{64} << 20U;
constexpr double kLongestSeconds = 24.0 * 3600.0;
// Files read ahead of writing: enough to keep the threads busy, few enough to stay small.
constexpr std::size_t kBatchFiles = 64;

// What became of a candidate: a rejection, an id that is known, or a piece with its bytes.
struct Examined {
  std::string rejection;
  Piece piece;
  std::vector<std::uint8_t> bytes;  // empty when the id was known before
};

std::vector<std::uint8_t> bytes_of(Candidate& candidate) {
  if (!candidate.problem.empty()) throw Error(ErrorKind::kFormat, candidate.problem);
  if (candidate.file.empty()) return std::move(candidate.bytes);
  if (fs::file_size(candidate.file) > kLargestFileBytes) {
    throw Error(ErrorKind::kFormat, fmt::format("it is larger than {} MiB, which no MIDI file is",
                                                kLargestFileBytes >> 20U));
  }
  return read_file(candidate.file);
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

std::string title_of(const Score& score, const std::string& path) {
  for (const auto& track : score.tracks) {
    if (std::string name = trimmed(track.name); !name.empty()) return valid_utf8(name);
  }
  return fs::path(path).stem().string();
}

// What a recording says of itself; the names of tracks in its transcription say nothing.
void tell_recording(const Candidate& candidate, Piece& piece) {
  const Recording& recording = candidate.recording;
  piece.title = valid_utf8(recording.title.empty() ? fs::path(candidate.path).stem().string()
                                                   : trimmed(recording.title));
  piece.licence = valid_utf8(recording.licence);
  piece.uploader = valid_utf8(recording.uploader);
  piece.address = valid_utf8(recording.address);
  piece.transcribed = candidate.transcribed;
}

void describe(Piece& piece, MidiReading reading) {
  const Score& score = reading.score;
  piece.notes = static_cast<std::int64_t>(note_count(score));
  const bool was_heard = !piece.transcribed.recording_sha256.empty();
  if (piece.notes == 0) {
    throw Error(ErrorKind::kFormat,
                was_heard ? "no notes were heard in it" : "there are no notes in it");
  }
  piece.seconds = length_seconds(score);
  if (piece.seconds > kLongestSeconds) {
    throw Error(ErrorKind::kFormat,
                fmt::format("it would last {:.0f} hours, which is no piece of music",
                            piece.seconds / 3600.0));
  }
  if (!was_heard) piece.title = title_of(score, piece.path);
  piece.repairs = std::move(reading.repairs);
  NoteDigest digest = digest_notes(score);
  piece.note_digest = std::move(digest.sha256);
  piece.reference_pitch = digest.reference_pitch;
}

Examined examine(Candidate& candidate, const std::set<std::string, std::less<>>& known_ids) {
  Examined result;
  result.piece.path = candidate.path;
  result.piece.group = candidate.group;
  result.piece.id = candidate.known_piece;
  if (!result.piece.id.empty()) return result;
  try {
    auto bytes = bytes_of(candidate);
    if (bytes.empty()) throw Error(ErrorKind::kFormat, "the file is empty");
    if (candidate.is_recording) tell_recording(candidate, result.piece);
    result.piece.id = sha256_hex(bytes);
    if (known_ids.contains(result.piece.id)) return result;
    describe(result.piece, read_midi(bytes));
    result.bytes = std::move(bytes);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    result.rejection = valid_utf8(error.message());
  } catch (const fs::filesystem_error& error) {
    result.rejection = valid_utf8(error.code().message());
  }
  return result;
}

// Examines all candidates at once; the result does not depend on the number of threads.
std::vector<Examined> examine_all(std::span<Candidate> candidates,
                                  const std::set<std::string, std::less<>>& known_ids) {
  std::vector<Examined> results(candidates.size());
  for_each_in_parallel(candidates.size(),
                       [&](std::size_t i) { results[i] = examine(candidates[i], known_ids); });
  return results;
}

// One run of add_to_corpus.
class Ingestion {
 public:
  Ingestion(CorpusWriter& writer, const IngestOptions& options)
      : writer_(writer), manifest_(writer.manifest()), options_(options) {
    for (auto* text : {&options_.group, &options_.licence, &options_.source})
      *text = valid_utf8(*text);
    if (options_.transcriber != nullptr) hearer_.emplace(writer.folder(), *options_.transcriber);
    for (std::size_t i = 0; i < manifest_.pieces.size(); ++i) index(i);
    for (const auto& rejection : manifest_.rejections) rejected_origins_.insert(rejection.origin);
  }

  // Recordings one after another: a transcriber uses all processors itself. `told` hears of each.
  template <typename Told>
  void hear(std::span<Candidate> batch, Told told) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!batch[i].is_recording || !batch[i].problem.empty()) continue;
      throw_if_cancelled();
      told(i);
      hearer_.value().hear(batch[i]);
      ++report_.recordings;
    }
  }

  // After the addition is part of the corpus.
  void forget_transcriptions() {
    if (hearer_) hearer_->forget_transcriptions();
  }

  void take_batch(std::span<Candidate> batch) {
    auto results = examine_all(batch, known_ids_);
    for (std::size_t i = 0; i < batch.size(); ++i) take(batch[i], results[i]);
  }

  IngestReport finish(std::int64_t files) {
    const std::size_t first_new = manifest_.pieces.size() - new_pieces_;
    assign_splits(manifest_.pieces, first_new);
    std::sort(manifest_.rejections.begin(), manifest_.rejections.end(),
              [](const Rejection& a, const Rejection& b) { return a.origin < b.origin; });
    report_.files = files;
    report_.accepted.assign(manifest_.pieces.begin() + static_cast<std::ptrdiff_t>(first_new),
                            manifest_.pieces.end());
    report_.pieces = static_cast<std::int64_t>(manifest_.pieces.size());
    return std::move(report_);
  }

 private:
  void index(std::size_t i) {
    const Piece& piece = manifest_.pieces[i];
    known_ids_.insert(piece.id);
    position_of_.emplace(piece.id, i);
    originals_.emplace(piece.note_digest, i);  // the first of its kind stays
    if (hearer_) hearer_->add_known(piece.transcribed, piece.id);
  }

  void take(const Candidate& candidate, Examined& result) {
    if (!result.rejection.empty()) {
      reject({candidate.path, candidate.origin, result.rejection});
      return;
    }
    forget_rejection(candidate.origin);
    if (known_ids_.contains(result.piece.id)) {
      report_.already_there.push_back(candidate.path);
      renew_terms(manifest_.pieces[position_of_.at(result.piece.id)]);
    } else {
      writer_.write_piece(result.piece.id, result.bytes);
      add(std::move(result.piece));
    }
  }

  void add(Piece piece) {
    if (!options_.group.empty()) piece.group = options_.group;
    if (!options_.licence.empty()) piece.licence = options_.licence;
    piece.source = options_.source;
    if (const auto found = originals_.find(piece.note_digest); found != originals_.end()) {
      const Piece& original = manifest_.pieces[found->second];
      piece.duplicate_of = original.id;
      piece.transposed_by = piece.reference_pitch - original.reference_pitch;
    }
    manifest_.pieces.push_back(std::move(piece));
    ++new_pieces_;
    index(manifest_.pieces.size() - 1);
  }

  void renew_terms(Piece& piece) {
    const Piece before = piece;
    if (!options_.licence.empty()) piece.licence = options_.licence;
    if (!options_.source.empty()) piece.source = options_.source;
    if (piece != before) ++report_.new_terms;
  }

  // A file that is rejected again keeps its place and its path.
  void reject(Rejection rejection) {
    report_.rejected.push_back(rejection);
    auto& known = manifest_.rejections;
    const auto same = rejected_origins_.insert(rejection.origin).second
                          ? known.end()
                          : std::find_if(known.begin(), known.end(), [&](const Rejection& one) {
                              return one.origin == rejection.origin;
                            });
    if (same == known.end()) {
      known.push_back(std::move(rejection));
    } else {
      same->reason = std::move(rejection.reason);
    }
  }

  void forget_rejection(const std::string& origin) {
    if (rejected_origins_.erase(origin) == 0) return;
    std::erase_if(manifest_.rejections,
                  [&](const Rejection& rejection) { return rejection.origin == origin; });
  }

  CorpusWriter& writer_;
  Manifest& manifest_;
  IngestOptions options_;
  IngestReport report_;
  std::size_t new_pieces_ = 0;
  std::optional<detail::RecordingHearer> hearer_;
  std::set<std::string, std::less<>> known_ids_;
  std::map<std::string, std::size_t> position_of_;  // by id
  std::map<std::string, std::size_t> originals_;    // by digest
  std::set<std::string> rejected_origins_;
};

// Ends the bar when it leaves scope, by an error too.
class ProgressTask {
 public:
  ProgressTask(Progress& progress, std::size_t files) : progress_(progress) {
    progress_.begin("adding", static_cast<std::int64_t>(files), "files");
  }
  ~ProgressTask() { progress_.end(); }
  ProgressTask(const ProgressTask&) = delete;
  ProgressTask& operator=(const ProgressTask&) = delete;
  void update(std::size_t done, const std::string& path) {
    progress_.update(static_cast<std::int64_t>(done), path);
  }

 private:
  Progress& progress_;
};

std::vector<Candidate> find_all(std::span<const fs::path> paths, const IngestOptions& options) {
  const bool hears = options.transcriber != nullptr;
  UNDERSONG_CHECK(hears || options.recordings.empty());
  std::vector<Candidate> found;
  if (!paths.empty() || options.recordings.empty())
    found = find_candidates(paths, hears ? Recordings::kTake : Recordings::kLeave);
  return detail::with_recordings(std::move(found), options.recordings);
}

}  // namespace

IngestReport add_to_corpus(const std::string& name, std::span<const fs::path> paths,
                           const IngestOptions& options, Progress& progress) {
  corpus_folder(name);  // a bad name is told before the search
  auto candidates = find_all(paths, options);
  CorpusWriter writer(name, CorpusWriter::Missing::kCreate);
  Ingestion ingestion(writer, options);
  ProgressTask task(progress, candidates.size());
  for (std::size_t done = 0; done < candidates.size(); done += kBatchFiles) {
    throw_if_cancelled();
    const std::size_t count = std::min(kBatchFiles, candidates.size() - done);
    const auto batch = std::span(candidates).subspan(done, count);
    ingestion.hear(batch, [&](std::size_t i) { task.update(done + i, batch[i].path); });
    ingestion.take_batch(batch);
    task.update(done + count, candidates[done + count - 1].path);
  }
  auto report = ingestion.finish(static_cast<std::int64_t>(candidates.size()));
  writer.commit();
  ingestion.forget_transcriptions();
  return report;
}

std::int64_t remove_group(const std::string& name, const std::string& group) {
  CorpusWriter writer(name, CorpusWriter::Missing::kRefuse);
  auto& pieces = writer.manifest().pieces;
  const auto removed = static_cast<std::int64_t>(pieces_of_group(writer.manifest(), group).size());
  const std::string wanted = lower_case(group);
  std::erase_if(pieces, [&](const Piece& piece) { return lower_case(piece.group) == wanted; });

  std::map<std::string, const Piece*> originals;  // by digest, of what is left
  for (auto& piece : pieces) {
    const auto [found, is_first] = originals.emplace(piece.note_digest, &piece);
    piece.duplicate_of = is_first ? "" : found->second->id;
    piece.transposed_by = is_first ? 0 : piece.reference_pitch - found->second->reference_pitch;
  }
  writer.commit();
  writer.sweep();
  return removed;
}

}  // namespace undersong
