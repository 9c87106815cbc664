#pragma once
// Changes to a corpus on disk: all of them or none.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/folder_lock.h"
#include "corpus/manifest.h"

namespace undersong {

// Holds a corpus for one change. Pieces are written as they come; the manifest, which alone makes
// them part of the corpus, is renamed into place by commit(), after the pieces are on the disk.
// Without commit() the destructor removes what was written.
class CorpusWriter {
 public:
  enum class Missing { kCreate, kRefuse };

  // Errors: kUsage for an impossible name, kNotFound for a missing corpus that may not be created,
  // kIo when its folder cannot be written or another program is changing it.
  CorpusWriter(const std::string& name, Missing missing);
  ~CorpusWriter();
  CorpusWriter(const CorpusWriter&) = delete;
  CorpusWriter& operator=(const CorpusWriter&) = delete;

  Manifest& manifest() { return manifest_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Errors: kIo (a full disk, say).
  void write_piece(std::string_view id, std::span<const std::uint8_t> bytes);

  // Writes the manifest, unless it says what it said before.
  void commit();

  // Removes the copies of pieces that the committed manifest no longer names.
  void sweep();

 private:
  std::filesystem::path folder_;
  std::optional<FolderLock> lock_;
  Manifest manifest_;
  Manifest committed_;
  std::vector<std::filesystem::path> written_;
  bool is_new_ = false;
};

// Removes a whole corpus, a damaged one too. Errors: kNotFound, kIo.
void remove_corpus(const std::string& name);

}  // namespace undersong
