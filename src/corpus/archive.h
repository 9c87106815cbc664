#pragma once
// Files inside .zip, .tar (plain, gz, bz2, xz, zst) and .7z archives, read into memory. Nothing is
// ever unpacked to disk, so the paths inside cannot lead anywhere. The only user of libarchive.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

struct ArchiveLimits {
  std::uint64_t entry_bytes = std::uint64_t{64} << 20U;  // of one file that is read
  std::uint64_t read_bytes = std::uint64_t{1} << 30U;    // of all files that are read
  std::uint64_t total_bytes = std::uint64_t{16} << 30U;  // of everything inside, by its headers
};

struct ArchiveFile {
  std::string path;  // with '/', without "..", "." and a leading '/'
  std::vector<std::uint8_t> bytes;
  std::string problem;  // why `bytes` could not be read; empty when they could
};

struct ArchiveContents {
  std::vector<ArchiveFile> files;  // sorted by path
  std::string damage;              // why the end could not be read; empty for a sound archive
};

// By the end of its name, in any case.
bool is_archive_name(std::string_view name);

// Reads the files for whose path `is_wanted` says so. Errors: kFormat when nothing can be read,
// kUnsupported when the whole is over the limits.
ArchiveContents read_archive(const std::filesystem::path& path,
                             const std::function<bool(std::string_view)>& is_wanted,
                             const ArchiveLimits& limits = {});

}  // namespace undersong
