#include "corpus/writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "corpus/corpus.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_io(std::string_view doing, const fs::path& path, int error_number) {
  throw Error(ErrorKind::kIo, std::string(doing) + " " + display(path) + ": " +
                                  std::generic_category().message(error_number));
}

std::string changing(const fs::path& folder) {
  return "changing corpus " + display(folder.filename());
}

void write_all(int file, const fs::path& path, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int reason = errno;
      ::close(file);
      throw_io("cannot write", path, reason);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

}  // namespace

CorpusWriter::CorpusWriter(const std::string& name, Missing missing)
    : folder_(corpus_folder(name)) {
  std::error_code failure;
  is_new_ = !fs::exists(manifest_path(folder_), failure);
  if (is_new_ && missing == Missing::kRefuse) Corpus::open(name);  // throws, with the names
  fs::create_directories(folder_ / "pieces", failure);
  if (failure) throw_io("cannot create the folder", folder_ / "pieces", failure.value());
  lock_.emplace(folder_, changing(folder_));
  if (!is_new_) manifest_ = Corpus::open_folder(folder_).manifest();
  committed_ = manifest_;
  manifest_.name = name;
}

CorpusWriter::~CorpusWriter() {
  std::error_code ignored;
  for (const auto& path : written_) fs::remove(path, ignored);
  if (is_new_) {
    fs::remove(folder_ / "pieces", ignored);  // both only when empty
    fs::remove(folder_, ignored);
  }
}

void CorpusWriter::write_piece(std::string_view id, std::span<const std::uint8_t> bytes) {
  const fs::path path = piece_path(folder_, id);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) throw_io("cannot write", path, errno);
  written_.push_back(path);
  write_all(file, path, bytes);
  if (::close(file) != 0) throw_io("cannot write", path, errno);
}

void CorpusWriter::commit() {
  if (!is_new_ && manifest_ == committed_) return;
  // One flush for all pieces: a flush for each would take longer than all the rest.
  if (!written_.empty() && ::syncfs(lock_->descriptor()) != 0)
    throw_io("cannot finish", folder_, errno);
  save_file(manifest_path(folder_), manifest_.to_json(), Overwrite::kAllow);
  committed_ = manifest_;
  written_.clear();
  is_new_ = false;
}

void CorpusWriter::sweep() {
  std::set<std::string> kept;
  for (const auto& piece : committed_.pieces) kept.insert(piece.id + ".mid");
  std::error_code failure;
  std::vector<fs::path> orphans;
  fs::directory_iterator entries(folder_ / "pieces", failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    if (!kept.contains(entries->path().filename().string())) orphans.push_back(entries->path());
  }
  for (const auto& path : orphans) fs::remove(path, failure);
}

void remove_corpus(const std::string& name) {
  const fs::path folder = corpus_folder(name);
  std::error_code failure;
  if (!fs::exists(manifest_path(folder), failure)) Corpus::open(name);  // throws, with the names
  const FolderLock lock(folder, changing(folder));
  // Renamed first: whatever stops the rest, the corpus is gone as a whole.
  const fs::path doomed = folder.parent_path() / (".removed-" + std::to_string(::getpid()));
  fs::rename(folder, doomed, failure);
  if (failure) throw_io("cannot remove", folder, failure.value());
  fs::remove_all(doomed, failure);
  if (failure) throw_io("cannot remove", doomed, failure.value());
}

}  // namespace undersong
