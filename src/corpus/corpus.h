#pragma once
// Named collections of music on this machine, in user_data_folder()/corpora/NAME: manifest.json and
// pieces/<id>.mid (docs/formats/corpus.md).
//
// Goals: everything that was learned can be named, with its terms; what could not be read is told
// per file; the same files give the same corpus on every machine; a killed run leaves the old
// corpus or the new one. Non-goals: audio and links (they become MIDI first), editing music.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/manifest.h"
#include "score/score.h"

namespace undersong {

class Corpus {
 public:
  // Errors: kUsage for an impossible name; kNotFound, with the names that there are; kFormat.
  static Corpus open(const std::string& name);
  static Corpus open_folder(const std::filesystem::path& folder);

  const Manifest& manifest() const { return manifest_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Errors: kNotFound and kMismatch when the corpus' own copy is gone or was changed.
  Score read_piece(const Piece& piece) const;

 private:
  Corpus(std::filesystem::path folder, Manifest manifest);

  std::filesystem::path folder_;
  Manifest manifest_;
};

// Names of all corpora, sorted.
std::vector<std::string> corpus_names();

// Where a corpus of this name stands or would stand. Errors: kUsage for a name that cannot be one:
// empty, longer than 100 bytes, starting with a dot, or holding a slash or a control character.
std::filesystem::path corpus_folder(const std::string& name);

// user_data_folder()/corpora.
std::filesystem::path corpora_folder();

// The manifest and a piece inside the folder of a corpus.
std::filesystem::path manifest_path(const std::filesystem::path& folder);
std::filesystem::path piece_path(const std::filesystem::path& folder, std::string_view id);

// The pieces of a group, compared without regard to (ASCII) case; all of them when `group` is
// empty. Errors: kNotFound, with the nearest name and the groups that there are.
std::vector<Piece> pieces_of_group(const Manifest& manifest, std::string_view group);

// Groups that have pieces, sorted.
std::vector<std::string> group_names(const Manifest& manifest);

}  // namespace undersong
