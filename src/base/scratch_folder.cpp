#include "base/scratch_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/error.h"

namespace undersong {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
  std::error_code failure;
  const fs::path parent = fs::temp_directory_path(failure);
  std::string name = (parent / "undersong-XXXXXX").string();
  if (failure || ::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorKind::kIo,
                "there is no folder for temporary files: set TMPDIR to one that can be written");
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace undersong
