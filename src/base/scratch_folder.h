#pragma once
// A folder of our own among the temporary ones, which goes with the object.

#include <filesystem>

namespace undersong {

class ScratchFolder {
 public:
  // In $TMPDIR. Errors: kIo when no folder can be made there.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace undersong
