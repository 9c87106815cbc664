#pragma once
// How music comes into a corpus, and leaves it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/candidates.h"
#include "corpus/manifest.h"

namespace undersong {

struct HeardNotes {
  std::vector<std::uint8_t> midi;  // a Standard MIDI File
  double confidence = 0.0;         // 0 to 1
};

// What makes notes of recordings; this module knows no sound itself.
struct Transcriber {
  std::string name;  // with versions: "undersong 0.1.0, basic-pitch 1.0.1"
  // Errors: of the kinds kFormat, kUnsupported and kIo the recording is rejected; any other ends
  // the addition, as a transcriber that lacks its weights must.
  std::function<HeardNotes(const std::filesystem::path& recording)> transcribe;
};

struct IngestOptions {
  std::string group;    // for all of it, instead of the folders' names
  std::string licence;  // for all of it, instead of what a recording says of itself
  std::string source;
  std::shared_ptr<const Transcriber> transcriber = nullptr;  // null: recordings are left out
  std::vector<Recording> recordings = {};  // beside the paths; needs a transcriber
};

struct IngestReport {
  std::int64_t files = 0;                  // MIDI files and recordings found
  std::int64_t recordings = 0;             // of these
  std::vector<Piece> accepted;             // came in now
  std::vector<std::string> already_there;  // paths of files whose very bytes the corpus holds
  std::vector<Rejection> rejected;
  std::int64_t new_terms = 0;  // pieces that were there and got another licence or source
  std::int64_t pieces = 0;     // of the whole corpus now
};

// Adds folders, MIDI files and archives (see find_candidates) to the corpus `name`, which is made
// when there is none. The same files give the same manifest on every machine; adding them again
// changes nothing but the licence and source, where those are given.
//
// A file that cannot be read, has no notes or lasts longer than a day goes to the rejections, with
// the reason, and leaves them when it comes back mended. Files that the reader mended come in, with
// what it mended. Duplicates (digest.h) come in too and are marked.
// A recording is transcribed once: one whose very bytes the corpus holds the notes of is not heard
// again, and an addition that was killed finds what it had transcribed. A recording that a folder
// and `recordings` both name is taken as the latter say.
//
// Cost: one pass, two threads or more; about 64 files in memory, archives whole.
// Errors: those of find_candidates and CorpusWriter, kCancelled; the corpus is then as before.
IngestReport add_to_corpus(const std::string& name, std::span<const std::filesystem::path> paths,
                           const IngestOptions& options, Progress& progress);

// Removes the pieces of a group; a duplicate of a removed original becomes the original. Returns
// how many went. Errors: kNotFound.
std::int64_t remove_group(const std::string& name, const std::string& group);

}  // namespace undersong
