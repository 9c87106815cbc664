#pragma once
// What `undersong corpus add | list | show | stats | prepare | remove` do. Each function returns a
// value; to_text and to_json turn it into what is printed, to_svg into a picture. JSON keys are
// stable: they are only ever added to.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "corpus/ingest.h"
#include "corpus/manifest.h"
#include "corpus/training_file.h"
#include "fetch/fetch.h"

namespace undersong {

struct CorpusAddRequest {
  std::string name;                          // of the corpus; made when there is none yet
  std::vector<std::filesystem::path> paths;  // folders, MIDI files, archives, recordings, links
  std::string group;                         // instead of the folders' names; empty: those
  std::string licence;  // SPDX where there is one; empty: what a link says, or nobody said
  std::string source;   // an address or a title
  FetchOptions fetch = {};
  Recordings recordings = Recordings::kTake;  // of folders
  // What hears recordings; null: the installed network.
  std::shared_ptr<const Transcriber> transcriber = nullptr;
};

struct CorpusAddReport {
  struct Repair {
    std::string path;
    std::vector<std::string> repairs;
  };
  struct Twin {
    std::string path;
    std::string original;   // path of the piece with the same notes
    int transposed_by = 0;  // semitones
  };

  struct NotFetched {
    std::string title;  // or its address
    std::string reason;
  };

  std::string name;
  std::filesystem::path folder;
  std::int64_t files = 0;          // MIDI files and recordings found
  std::int64_t recordings = 0;     // of these
  std::int64_t accepted = 0;       // pieces that came in now
  std::int64_t already_there = 0;  // files whose very bytes the corpus holds
  std::vector<Repair> repaired;    // accepted, after mending
  std::vector<Twin> duplicates;    // accepted, with the notes of another piece
  std::vector<Rejection> rejected;
  std::int64_t notes = 0;               // of the pieces that came in
  double seconds = 0.0;                 // of music that came in
  std::int64_t new_terms = 0;           // pieces that were there and got another licence or source
  std::int64_t pieces = 0;              // of the whole corpus now
  std::int64_t not_for_publishing = 0;  // of the pieces that came in, by their terms
  std::vector<NotFetched> not_fetched;  // items of links
};

// Links are fetched into the corpus' folder `recordings` (fetch/fetch.h), which keeps them, so that
// the same playlist brings only what is new the next time. Recordings, fetched ones and those of
// folders, are transcribed (transcriber.h). A folder that `undersong fetch` wrote tells who made
// what, and under which terms.
// Errors: kUsage for an impossible name, a file that is no music and a link that may not be
// fetched, kNotFound for a missing path or one without music, kIo, kCancelled. A file that cannot
// be read, or an item that cannot be fetched, is no error: it stands in the report, unless nothing
// else was asked for. A caller exits with 1 when nothing came in or was there.
CorpusAddReport corpus_add(const CorpusAddRequest& request, Progress& progress);
std::string to_text(const CorpusAddReport& report);
std::string to_json(const CorpusAddReport& report);

struct CorpusList {
  struct Entry {
    std::string name;
    std::int64_t pieces = 0;
    std::int64_t groups = 0;
    std::int64_t notes = 0;
    double seconds = 0.0;
    std::int64_t rejections = 0;
    std::string problem;  // why it cannot be read; empty for a sound one
  };
  std::filesystem::path folder;  // that holds all of them
  std::vector<Entry> corpora;    // by name
};

CorpusList corpus_list();
std::string to_text(const CorpusList& list);
std::string to_json(const CorpusList& list);

// The pieces and the rejected files of one corpus.
struct CorpusContents {
  std::string name;
  std::string group;  // empty: all
  std::filesystem::path folder;
  std::vector<Piece> pieces;
  std::vector<Rejection> rejections;  // of all groups
};

// `group` is compared without regard to case; empty takes all. Errors: kNotFound for an unknown
// corpus or group, with the names that there are.
CorpusContents corpus_show(const std::string& name, const std::string& group = "");
std::string to_text(const CorpusContents& contents);
std::string to_json(const CorpusContents& contents);

struct CorpusStatistics {
  struct SymbolCount {
    std::string symbol;
    std::int64_t count = 0;
  };
  struct SplitCount {
    std::int64_t pieces = 0;
    std::int64_t notes = 0;
    double seconds = 0.0;
  };

  std::string name;
  std::string group;  // empty: all
  std::int64_t pieces = 0;
  std::int64_t duplicates = 0;  // pieces with the notes of another one
  std::int64_t repaired = 0;
  std::int64_t rejections = 0;
  std::int64_t notes = 0;
  double seconds = 0.0;
  std::map<std::string, SplitCount> splits;      // "train", "valid", "test"
  std::map<std::string, std::int64_t> groups;    // pieces of each
  std::map<std::string, std::int64_t> licences;  // pieces of each; "" when nobody said
  std::int64_t publishable = 0;                  // pieces whose licence lets weights be published
  std::int64_t transcribed = 0;                  // pieces that came as recordings
  std::int64_t symbols = 0;                      // in all, duplicates aside
  std::vector<SymbolCount> symbol_counts;        // the most frequent first, then by name
  std::int64_t rare_below = 10;                  // seen fewer times than this: rare
  std::int64_t rare_symbols = 0;                 // distinct ones
  std::int64_t rare_occurrences = 0;             // how often they occur together
};

// Errors: kNotFound as for corpus_show; kUsage when `rare_below` is negative.
CorpusStatistics corpus_stats(const std::string& name, const std::string& group,
                              std::int64_t rare_below, Progress& progress);
std::string to_text(const CorpusStatistics& statistics);
std::string to_json(const CorpusStatistics& statistics);
// Symbol counts as bars: the most frequent, the least frequent, the rare ones.
std::string to_svg(const CorpusStatistics& statistics);

struct CorpusPrepareRequest {
  std::string name;
  std::filesystem::path styles;  // rules; empty: a person's own music, split as the corpus is
  std::int64_t fewest_notes = 12;
  std::filesystem::path output;  // a folder
  Overwrite overwrite = Overwrite::kRefuse;
};

struct CorpusPreparation {
  std::string name;
  std::filesystem::path folder;
  PrepareReport report;
};

// Writes what the composer learns from. Errors: kNotFound for an unknown corpus or rules that are
// not there, kUsage for rules that make no sense and when nothing usable is left; those of
// prepare_training_file.
CorpusPreparation corpus_prepare(const CorpusPrepareRequest& request, Progress& progress);
std::string to_text(const CorpusPreparation& preparation);
std::string to_json(const CorpusPreparation& preparation);

struct CorpusRemoval {
  std::string name;
  std::string group;  // empty: the whole corpus
  std::int64_t pieces = 0;
};

// Removes a corpus, or the pieces of one group. The files that were added are never touched, only
// the corpus' own copies. Errors: kNotFound, kIo.
CorpusRemoval corpus_remove(const std::string& name, const std::string& group = "");
std::string to_text(const CorpusRemoval& removal);
std::string to_json(const CorpusRemoval& removal);

}  // namespace undersong
