#pragma once
// A whole corpus, so that a track of any length is compared with all of it in a moment: a suffix
// array over the voices (libdivsufsort), and the points with a hash table of figures for the
// windows. One file, memory-mapped, shared by all processes (docs/formats/originality-index.md).
//
// Cost of a comparison: logarithmic in the corpus for runs, and bounded per note for windows.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "originality/reference.h"

namespace undersong {

class IndexBuilder {
 public:
  // `corpus_sha256` is of the corpus' manifest: an index of another state of the corpus is stale.
  IndexBuilder(std::string corpus, std::string corpus_sha256);
  ~IndexBuilder();
  IndexBuilder(const IndexBuilder&) = delete;
  IndexBuilder& operator=(const IndexBuilder&) = delete;

  // Errors: kUnsupported above 2^29 notes.
  void add(const LearnedPiece& piece, const Score& score);

  // Sorts, measures the baseline over at most `baseline_pieces` pieces spread evenly (of those of
  // at most 20,000 notes), and writes.
  // The same pieces in the same order give the same bytes. Once only, and nothing is added after.
  // Memory: some 70 bytes a note, twelve of which are the notes themselves.
  // Errors: kUsage, kIo, kCancelled.
  void save(const std::filesystem::path& path, std::size_t baseline_pieces, Overwrite overwrite,
            Progress& progress);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class OriginalityIndex : public Reference {
 public:
  // Maps the file. Its header and its sections' bounds are checked here; what is read from inside
  // sections is checked when it is read, so a damaged file gives an error or a wrong answer, never
  // a crash. Errors: kNotFound; kFormat (no index, cut short, damaged); kUnsupported (a newer
  // version's).
  static std::shared_ptr<const OriginalityIndex> open(const std::filesystem::path& path);
  // The same from memory.
  static std::shared_ptr<const OriginalityIndex> parse(std::vector<std::uint8_t> bytes);

  virtual const std::string& corpus_sha256() const = 0;
  virtual std::int64_t notes() const = 0;
};

}  // namespace undersong
