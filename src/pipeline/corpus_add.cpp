// `undersong corpus add`: MIDI files, recordings and links become pieces.

#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "corpus/corpus.h"
#include "corpus/ingest.h"
#include "corpus/licence.h"
#include "fetch/fetch.h"
#include "fetch/ledger.h"
#include "fetch/link.h"
#include "pipeline/corpus.h"
#include "pipeline/transcriber.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

void tell_accepted(CorpusAddReport& report, const std::vector<Piece>& accepted,
                   const Manifest& manifest) {
  std::unordered_map<std::string_view, std::string_view> path_of;
  for (const auto& piece : manifest.pieces) path_of.emplace(piece.id, piece.path);
  for (const auto& piece : accepted) {
    report.notes += piece.notes;
    report.seconds += piece.seconds;
    if (!is_publishable(piece.licence)) ++report.not_for_publishing;
    if (!piece.repairs.empty()) report.repaired.push_back({piece.path, piece.repairs});
    if (!piece.duplicate_of.empty()) {
      report.duplicates.push_back(
          {piece.path, std::string(path_of.at(piece.duplicate_of)), piece.transposed_by});
    }
  }
}

// What a request names, by kind.
struct Sources {
  std::vector<std::string> links;
  std::vector<fs::path> paths;
  std::vector<Recording> recordings;
  std::vector<CorpusAddReport::NotFetched> not_fetched;
};

// The recordings that `undersong fetch` wrote into a folder, with what it knows of them.
void add_fetched_folder(const fs::path& folder, std::vector<Recording>& recordings) {
  const std::string group = fs::absolute(folder / ".").parent_path().filename().string();
  const Ledger ledger = Ledger::open(folder);
  for (const LedgerEntry& entry : ledger.entries()) {
    if (ledger.find(entry.key) == nullptr) continue;
    recordings.push_back({.file = folder / entry.file,
                          .path = entry.file,
                          .group = group,
                          .title = entry.title,
                          .uploader = entry.uploader,
                          .address = entry.url,
                          .licence = entry.licence});
  }
}

// Whether a search would find anything: fetched files may have any suffix, or none.
bool has_named_music(const fs::path& folder) {
  std::error_code failure;
  fs::recursive_directory_iterator it(folder, failure);
  for (; !failure && it != fs::recursive_directory_iterator(); it.increment(failure)) {
    const std::string name = it->path().filename().string();
    if (is_midi_name(name) || is_recording_name(name)) return true;
  }
  return false;
}

Sources sort_out(const CorpusAddRequest& request) {
  Sources sources;
  std::error_code ignored;
  for (const fs::path& path : request.paths) {
    if (looks_like_link(path.string()) && !fs::exists(path, ignored)) {
      sources.links.push_back(path.string());
      continue;
    }
    const std::size_t before = sources.recordings.size();
    if (request.recordings == Recordings::kTake && fs::is_directory(path, ignored) &&
        fs::exists(ledger_path(path), ignored))
      add_fetched_folder(path, sources.recordings);
    // The folder is searched too: there may be music in it that its ledger does not name.
    if (sources.recordings.size() == before || has_named_music(path)) sources.paths.push_back(path);
  }
  return sources;
}

void take_fetched(const FetchedItem& item, Sources& sources) {
  if (item.outcome == FetchedItem::Outcome::kFailed) {
    sources.not_fetched.push_back({item.title.empty() ? item.url : item.title, item.reason});
    return;
  }
  sources.recordings.push_back({.file = item.file,
                                .path = item.file.filename().string(),
                                .group = item.list,
                                .title = item.title,
                                .uploader = item.uploader,
                                .address = item.url,
                                .licence = item.licence});
}

void fetch_sources(const CorpusAddRequest& request, Sources& sources, Progress& progress) {
  if (sources.links.empty()) return;
  const fs::path folder = corpus_folder(request.name);
  for (const FetchedItem& item :
       fetch_links(sources.links, folder / "recordings", request.fetch, progress))
    take_fetched(item, sources);
  if (!sources.recordings.empty() || !sources.paths.empty()) return;
  std::error_code ignored;
  fs::remove(folder, ignored);  // only where nothing is in it
  throw Error(ErrorKind::kIo, "nothing could be fetched: " + sources.not_fetched.front().reason);
}

}  // namespace

CorpusAddReport corpus_add(const CorpusAddRequest& request, Progress& progress) {
  corpus_folder(request.name);  // a bad name is told before anything is fetched
  Sources sources = sort_out(request);
  IngestOptions options;
  options.group = request.group;
  options.licence = request.licence;
  options.source = request.source;
  if (request.recordings == Recordings::kTake) {
    options.transcriber =
        request.transcriber != nullptr ? request.transcriber : usual_transcriber();
  } else if (!sources.links.empty()) {
    throw Error(ErrorKind::kUsage,
                "what links lead to are recordings, which --only-midi leaves out");
  }
  fetch_sources(request, sources, progress);
  options.recordings = sources.recordings;
  const auto ingested = add_to_corpus(request.name, sources.paths, options, progress);
  const Corpus corpus = Corpus::open(request.name);
  CorpusAddReport report;
  report.name = request.name;
  report.folder = corpus.folder();
  report.files = ingested.files;
  report.recordings = ingested.recordings;
  report.accepted = static_cast<std::int64_t>(ingested.accepted.size());
  report.already_there = static_cast<std::int64_t>(ingested.already_there.size());
  report.rejected = ingested.rejected;
  report.new_terms = ingested.new_terms;
  report.pieces = ingested.pieces;
  report.not_fetched = std::move(sources.not_fetched);
  tell_accepted(report, ingested.accepted, corpus.manifest());
  return report;
}

}  // namespace undersong
