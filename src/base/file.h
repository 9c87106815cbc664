#pragma once
// Whole files in, whole files out. A killed run leaves the old file or the new one, never half of
// one.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

// How a path is shown in a message: quoted when it holds spaces, quotes or control characters,
// which are escaped.
std::string display(const std::filesystem::path& path);

// Errors: kNotFound when there is no such file, kUsage when it is a folder, a device or a pipe, kIo
// for the rest.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path);
std::string read_text_file(const std::filesystem::path& path);

// A file that appears under `path` only by commit(). Until then the bytes stand beside it under a
// temporary name, which the destructor removes.
//
//   AtomicFile file("out/LSTM.mid", Overwrite::kRefuse);
//   write_somehow(file.temporary_path());     // or file.write(bytes)
//   file.commit();
enum class Overwrite { kRefuse, kAllow };

// Says early what AtomicFile would say late: whether `path` can be the name of an output.
// Errors: kUsage when it exists and may not be overwritten, or is a folder.
void check_output(const std::filesystem::path& path, Overwrite overwrite);

class AtomicFile {
 public:
  // Errors: kUsage when the target exists and may not be overwritten, or is a folder; kIo when its
  // folder cannot be written. Creates missing parent folders.
  AtomicFile(std::filesystem::path path, Overwrite overwrite);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& temporary_path() const { return temporary_; }

  // Writes the whole content at once. Errors: kIo (a full disk, say).
  void write(std::span<const std::uint8_t> bytes);
  void write(std::string_view text);

  // Flushes to disk and renames. Errors: kIo.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

// write and commit in one call.
void save_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
               Overwrite overwrite);
void save_file(const std::filesystem::path& path, std::string_view text, Overwrite overwrite);

}  // namespace undersong
