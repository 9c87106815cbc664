#pragma once
// Named collections of music on this machine, in user_data_folder()/corpora/NAME: manifest.json and
// pieces/<id>.mid.

#include <filesystem>
#include <string>
#include <vector>

#include "corpus/manifest.h"
#include "score/score.h"

namespace undersong {

class Corpus {
 public:
  // Errors: kNotFound, with the names that there are.
  static Corpus open(const std::string& name);
  static Corpus open_folder(const std::filesystem::path& folder);

  const Manifest& manifest() const { return manifest_; }
  const std::filesystem::path& folder() const { return folder_; }

  Score read_piece(const Piece& piece) const;

 private:
  Corpus(std::filesystem::path folder, Manifest manifest);

  std::filesystem::path folder_;
  Manifest manifest_;
};

// Names of all corpora, sorted.
std::vector<std::string> corpus_names();
std::filesystem::path corpus_folder(const std::string& name);

}  // namespace undersong
