#include "corpus/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"
#include "corpus/archive.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

std::string group_of(std::string_view path, std::string_view root) {
  const std::size_t slash = path.find('/');
  return std::string(slash == path.npos ? root : path.substr(0, slash));
}

// Searches one folder.
class FolderSearch {
 public:
  FolderSearch(const fs::path& folder, Recordings recordings)
      : recordings_(recordings), root_(fs::absolute(folder).lexically_normal()) {
    if (root_.filename().empty()) root_ = root_.parent_path();
    search(root_);
  }

  std::vector<Candidate> take() { return std::move(found_); }

 private:
  void search(const fs::path& folder) {
    throw_if_cancelled();
    std::error_code failure;
    // Links may lead in circles.
    if (!visited_.insert(fs::canonical(folder, failure)).second) return;
    std::vector<fs::path> entries;
    fs::directory_iterator it(folder, failure);
    for (; !failure && it != fs::directory_iterator(); it.increment(failure))
      entries.push_back(it->path());
    if (failure) add(folder).problem = "the folder cannot be read: " + failure.message();
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
      std::error_code ignored;
      const auto status = fs::status(entry, ignored);
      if (fs::is_directory(status)) {
        if (entry.filename() != ".fetching") search(entry);
      } else if (fs::is_regular_file(status)) {
        take_file(entry, entries);
      }
    }
  }

  void take_file(const fs::path& file, const std::vector<fs::path>& beside) {
    const std::string name = file.filename().string();
    if (is_midi_name(name)) {
      add(file);
    } else if (recordings_ == Recordings::kTake && is_recording_name(name) &&
               !has_notes_beside(file, beside)) {
      add(file).is_recording = true;
    }
  }

  static bool has_notes_beside(const fs::path& recording, const std::vector<fs::path>& beside) {
    return std::any_of(beside.begin(), beside.end(), [&](const fs::path& other) {
      return is_midi_name(other.filename().string()) && other.stem() == recording.stem();
    });
  }

  Candidate& add(const fs::path& file) {
    Candidate candidate;
    candidate.path = valid_utf8(file.lexically_relative(root_).generic_string());
    candidate.group = group_of(candidate.path, valid_utf8(root_.filename().string()));
    candidate.origin = valid_utf8(file.string());
    candidate.file = file;
    return found_.emplace_back(std::move(candidate));
  }

  Recordings recordings_;
  fs::path root_;
  std::set<fs::path> visited_;
  std::vector<Candidate> found_;
};

// The name without what makes it an archive: "songs" for songs.tar.gz.
std::string archive_stem(const fs::path& path) {
  fs::path stem = path.stem();
  if (lower_case(stem.extension().string()) == ".tar") stem = stem.stem();
  return stem.string();
}

// The folder that all files share ("songs/"), empty when there is none.
std::string common_folder(const std::vector<ArchiveFile>& files) {
  if (files.empty()) return "";
  const std::string& first = files.front().path;
  const std::size_t slash = first.find('/');
  if (slash == first.npos) return "";
  std::string folder = first.substr(0, slash + 1);
  const bool shared = std::all_of(files.begin(), files.end(), [&](const ArchiveFile& file) {
    return file.path.starts_with(folder);
  });
  return shared ? folder : "";
}

std::vector<Candidate> search_archive(const fs::path& path) {
  auto contents = read_archive(path, is_midi_name);
  const std::string folder = common_folder(contents.files);
  const std::string root =
      folder.empty() ? archive_stem(path) : folder.substr(0, folder.size() - 1);
  const std::string origin = valid_utf8(fs::absolute(path).lexically_normal().string());
  std::vector<Candidate> found;
  for (auto& file : contents.files) {
    Candidate candidate;
    candidate.path = valid_utf8(std::string_view(file.path).substr(folder.size()));
    candidate.group = group_of(candidate.path, valid_utf8(root));
    candidate.origin = origin + "/" + valid_utf8(file.path);
    candidate.bytes = std::move(file.bytes);
    candidate.problem = std::move(file.problem);
    found.push_back(std::move(candidate));
  }
  if (!contents.damage.empty()) {
    Candidate rest;
    rest.path = valid_utf8(path.filename().string());
    rest.origin = origin;
    rest.problem = "the archive is damaged and its end is lost: " + contents.damage;
    found.push_back(std::move(rest));
  }
  return found;
}

Candidate single_file(const fs::path& path) {
  Candidate candidate;
  candidate.path = valid_utf8(path.filename().string());
  candidate.origin = valid_utf8(fs::absolute(path).lexically_normal().string());
  candidate.file = path;
  return candidate;
}

// In lower case, without folders; empty for the "._" companions that macOS leaves.
std::string plain_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  std::string name = lower_case(slash == path.npos ? path : path.substr(slash + 1));
  return name.starts_with("._") ? "" : name;
}

[[noreturn]] void throw_no_music(const fs::path& path, Recordings recordings) {
  throw Error(ErrorKind::kUsage,
              display(path) +
                  " is neither a folder, nor a MIDI file (.mid, .midi, .kar, .rmi), nor an "
                  "archive (.zip, .tar, .tar.gz, .tar.xz, .tar.bz2, .tar.zst, .7z)" +
                  (recordings == Recordings::kTake
                       ? ", nor a recording (.wav, .flac, .ogg, .mp3, .m4a, .mp4 and their like)"
                       : ""));
}

std::vector<Candidate> search_path(const fs::path& path, Recordings recordings) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found)
    throw Error(ErrorKind::kNotFound, display(path) + ": there is no such file or folder");
  if (status.type() == fs::file_type::none)
    throw Error(ErrorKind::kIo, "cannot look at " + display(path) + ": " + failure.message());
  const std::string name = path.filename().string();
  std::vector<Candidate> found;
  if (fs::is_directory(status)) {
    found = FolderSearch(path, recordings).take();
  } else if (is_archive_name(name)) {
    found = search_archive(path);
  } else if (is_midi_name(name) && fs::is_regular_file(status)) {
    found.push_back(single_file(path));
  } else if (recordings == Recordings::kTake && is_recording_name(name) &&
             fs::is_regular_file(status)) {
    found.push_back(single_file(path));
    found.back().is_recording = true;
  } else {
    throw_no_music(path, recordings);
  }
  if (found.empty()) {
    throw Error(ErrorKind::kNotFound,
                display(path) + " holds no MIDI files (.mid, .midi, .kar, .rmi)" +
                    (recordings == Recordings::kTake ? " and no recordings" : ""));
  }
  return found;
}

}  // namespace

bool is_recording_name(std::string_view path) {
  constexpr std::array<std::string_view, 32> kSuffixes = {
      ".aac", ".aif", ".aifc", ".aiff", ".amr", ".ape",  ".au",   ".avi", ".caf", ".flac", ".flv",
      ".m4a", ".m4b", ".m4v",  ".mka",  ".mkv", ".mov",  ".mp2",  ".mp3", ".mp4", ".mpeg", ".mpg",
      ".oga", ".ogg", ".ogv",  ".opus", ".wav", ".weba", ".webm", ".wma", ".wmv", ".wv"};
  const std::string suffix = fs::path(plain_name(path)).extension().string();
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

bool is_midi_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> kEnds = {".mid", ".midi", ".kar", ".rmi"};
  const std::string name = plain_name(path);
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return name.ends_with(end); });
}

std::vector<Candidate> find_candidates(std::span<const fs::path> paths, Recordings recordings) {
  if (paths.empty()) throw Error(ErrorKind::kUsage, "name at least one folder, file or archive");
  std::vector<Candidate> all;
  for (const auto& path : paths) {
    auto found = search_path(path, recordings);
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  return all;
}

std::string valid_utf8(std::string_view text) {
  using nlohmann::json;
  const std::string quoted =
      json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

}  // namespace undersong
