#include "base/paths.h"

#include <cstdlib>
#include <system_error>

#include "base/error.h"

#ifndef UNDERSONG_SOURCE_FOLDER
#define UNDERSONG_SOURCE_FOLDER "."
#endif

namespace undersong {

namespace fs = std::filesystem;

fs::path user_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return fs::path(data) / "undersong";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return fs::path(home) / ".local" / "share" / "undersong";
  }
  throw Error(ErrorKind::kNotFound, "there is no folder for user data: set HOME or XDG_DATA_HOME");
}

fs::path program_folder() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::current_path() : program.parent_path();
}

fs::path shipped_folder() {
  if (const char* share = std::getenv("UNDERSONG_SHARE"); share != nullptr && *share != '\0')
    return share;
  std::error_code ignored;
  const fs::path installed = program_folder().parent_path() / "share" / "undersong";
  if (fs::is_directory(installed, ignored)) return installed;
  return UNDERSONG_SOURCE_FOLDER;
}

}  // namespace undersong
