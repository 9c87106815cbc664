#include "corpus/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

struct ArchiveCloser {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveCloser>;

std::string message_of(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "unknown damage" : text;
}

// Only what is named in the header: "all filters" would start other programs.
ArchiveHandle open_archive(const std::filesystem::path& path) {
  ArchiveHandle handle(archive_read_new());
  if (!handle) throw std::bad_alloc();
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_zip(handle.get());
  archive_read_support_format_7zip(handle.get());
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_bzip2(handle.get());
  archive_read_support_filter_xz(handle.get());
  archive_read_support_filter_zstd(handle.get());
  constexpr std::size_t kBlockBytes = 1U << 16U;
  if (archive_read_open_filename(handle.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    throw Error(ErrorKind::kFormat, fmt::format("{} cannot be read as an archive: {}",
                                                display(path), message_of(handle.get())));
  }
  return handle;
}

std::string clean_path(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == "." || part == "..") continue;
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

// The UTF-8 name first: the other one is lost where the locale cannot say it.
std::string path_of(archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return clean_path(name == nullptr ? "" : name);
}

bool is_plain_file(archive_entry* entry) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
}

ArchiveFile read_entry(archive* handle, std::string path, const ArchiveLimits& limits) {
  ArchiveFile file{std::move(path), {}, {}};
  std::array<std::uint8_t, 1U << 14U> block{};
  for (;;) {
    const auto got = archive_read_data(handle, block.data(), block.size());
    if (got == 0) return file;
    if (got < 0) {
      file.problem = "it is damaged inside the archive: " + message_of(handle);
    } else if (file.bytes.size() + static_cast<std::size_t>(got) > limits.entry_bytes) {
      file.problem =
          fmt::format("it is larger than {} MiB, which no MIDI file is", limits.entry_bytes >> 20U);
    }
    if (!file.problem.empty()) {
      file.bytes = {};
      return file;
    }
    file.bytes.insert(file.bytes.end(), block.begin(), block.begin() + got);
  }
}

void check_total(std::uint64_t bytes, std::uint64_t limit, std::string_view what) {
  if (bytes <= limit) return;
  throw Error(ErrorKind::kUnsupported,
              fmt::format("{} more than {} MiB; unpack it and add the folder", what, limit >> 20U));
}

ArchiveContents read_entries(archive* handle,
                             const std::function<bool(std::string_view)>& is_wanted,
                             const ArchiveLimits& limits) {
  ArchiveContents contents;
  std::uint64_t total_bytes = 0;
  std::uint64_t read_bytes = 0;
  for (;;) {
    throw_if_cancelled();
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(handle, &entry);
    if (status == ARCHIVE_EOF) return contents;
    if (status < ARCHIVE_WARN) {
      contents.damage = message_of(handle);
      return contents;
    }
    total_bytes += static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
    check_total(total_bytes, limits.total_bytes, "it holds");
    if (!is_plain_file(entry)) continue;
    std::string path = path_of(entry);
    if (!is_wanted(path)) continue;
    contents.files.push_back(read_entry(handle, std::move(path), limits));
    read_bytes += contents.files.back().bytes.size();
    check_total(read_bytes, limits.read_bytes, "the files in it have");
  }
}

}  // namespace

bool is_archive_name(std::string_view name) {
  constexpr std::array<std::string_view, 11> kEnds = {".zip",     ".tar",  ".tar.gz",  ".tgz",
                                                      ".tar.xz",  ".txz",  ".tar.bz2", ".tbz2",
                                                      ".tar.zst", ".tzst", ".7z"};
  const std::string lower = lower_case(name);
  return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) {
    return lower.size() > end.size() && lower.ends_with(end);
  });
}

ArchiveContents read_archive(const std::filesystem::path& path,
                             const std::function<bool(std::string_view)>& is_wanted,
                             const ArchiveLimits& limits) {
  const ArchiveHandle handle = open_archive(path);
  auto contents =
      with_context(display(path), [&] { return read_entries(handle.get(), is_wanted, limits); });
  std::stable_sort(contents.files.begin(), contents.files.end(),
                   [](const ArchiveFile& a, const ArchiveFile& b) { return a.path < b.path; });
  return contents;
}

}  // namespace undersong
