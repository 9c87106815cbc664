#include "support/shared_music.h"

#include <chrono>
#include <system_error>

#include "base/subprocess.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

fs::path shared_data_folder() {
  return fs::path(UNDERSONG_SOURCE_FOLDER).parent_path() / "shared" / "data";
}

}  // namespace

std::optional<fs::path> shared_file(const std::string& name) {
  std::error_code ignored;
  const fs::path path = shared_data_folder() / name;
  return fs::exists(path, ignored) ? std::optional(path) : std::nullopt;
}

std::optional<fs::path> shared_music(const std::string& set) {
  const auto archive = shared_file(set + ".tar.xz");
  if (!archive) return std::nullopt;
  const fs::path unpacked = fs::path(UNDERSONG_BUILD_FOLDER) / "shared-music";
  std::error_code ignored;
  if (fs::is_directory(unpacked / set, ignored)) return unpacked / set;

  // Several test binaries may come here at once: each unpacks for itself, and the first rename
  // wins.
  fs::create_directories(unpacked);
  const fs::path own = unpacked / (TemporaryFolder().path().filename());
  fs::create_directories(own);
  const auto result =
      run_subprocess({"tar", "xf", archive->string(), "-C", own.string()}, std::chrono::minutes(2));
  if (result.exit_code != 0) return std::nullopt;
  fs::rename(own / set, unpacked / set, ignored);
  fs::remove_all(own, ignored);
  return unpacked / set;
}

}  // namespace undersong
