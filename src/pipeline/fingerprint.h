#pragma once
// Makes what ships beside weights in place of their music: `undersong corpus fingerprint`.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"

namespace undersong {

// The filters are those of training (corpus/dataset.h), so that the file covers what weights of the
// same filters learned from. All splits are in it: what a model never wrote from can only be a
// reason to reject more.
struct FingerprintRequest {
  std::string corpus;
  std::vector<std::string> groups;  // empty: all
  std::string track_name;           // only tracks whose name holds this; empty: all
  std::filesystem::path output;
  Overwrite overwrite = Overwrite::kRefuse;
};

struct FingerprintReport {
  std::filesystem::path path;
  std::string corpus;
  std::string corpus_sha256;
  std::int64_t pieces = 0;
  std::int64_t hashes = 0;
  std::int64_t bytes = 0;
  std::vector<std::string> licences;  // of the pieces, sorted and distinct
};

// Errors: kUsage for an output that exists or is no .fingerprints, and when no piece is left;
// those of Corpus::open and hear_pieces; kIo, kCancelled.
FingerprintReport fingerprint_corpus(const FingerprintRequest& request, Progress& progress);
std::string to_text(const FingerprintReport& report);
std::string to_json(const FingerprintReport& report);

}  // namespace undersong
