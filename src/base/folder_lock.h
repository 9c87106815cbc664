#pragma once
// One program at a time in a folder.

#include <filesystem>
#include <string>

namespace undersong {

// Keeps other programs that ask for the same lock out; the system drops it with the process,
// whatever ends that.
class FolderLock {
 public:
  // `doing` says what the other program does, such as "changing corpus piano".
  // Errors: kIo when the folder cannot be opened or another program holds it.
  FolderLock(const std::filesystem::path& folder, const std::string& doing);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace undersong
