#include "audio/sound_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace undersong::detail {
namespace {

VirtualFile& file_of(void* user) { return *static_cast<VirtualFile*>(user); }

}  // namespace

VirtualFile::VirtualFile(const std::filesystem::path& path, int flags)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {
  if (fd_ < 0) failure_ = errno;
}

VirtualFile::~VirtualFile() {
  if (fd_ >= 0) ::close(fd_);
}

void VirtualFile::begin_here() { begin_ = ::lseek(fd_, 0, SEEK_CUR); }

sf_count_t VirtualFile::length() const {
  struct stat info {};
  return ::fstat(fd_, &info) == 0 ? info.st_size - begin_ : 0;
}

sf_count_t VirtualFile::seek(sf_count_t offset, int whence) {
  return ::lseek(fd_, whence == SEEK_SET ? offset + begin_ : offset, whence) - begin_;
}

sf_count_t VirtualFile::read(void* to, sf_count_t count) {
  return transfer(count, static_cast<char*>(to),
                  [this](char* at, std::size_t bytes) { return ::read(fd_, at, bytes); });
}

sf_count_t VirtualFile::write(const void* from, sf_count_t count) {
  return transfer(count, static_cast<const char*>(from),
                  [this](const char* at, std::size_t n) { return ::write(fd_, at, n); });
}

template <typename Char, typename Call>
sf_count_t VirtualFile::transfer(sf_count_t count, Char* at, const Call& call) {
  sf_count_t done = 0;
  while (done < count) {
    const ssize_t moved = call(at + done, static_cast<std::size_t>(count - done));
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0 && failure_ == 0) failure_ = errno;
    if (moved <= 0) break;
    done += moved;
  }
  return done;
}

SF_VIRTUAL_IO virtual_callbacks() {
  return {
      .get_filelen = [](void* user) { return file_of(user).length(); },
      .seek = [](sf_count_t offset, int whence,
                 void* user) { return file_of(user).seek(offset, whence); },
      .read = [](void* to, sf_count_t count, void* user) { return file_of(user).read(to, count); },
      .write = [](const void* from, sf_count_t count,
                  void* user) { return file_of(user).write(from, count); },
      .tell = [](void* user) { return file_of(user).seek(0, SEEK_CUR); },
  };
}

std::string reason_of(SNDFILE* sound) {
  std::string reason = sf_strerror(sound);
  while (!reason.empty() && (reason.back() == '.' || reason.back() == ' ')) reason.pop_back();
  return reason;
}

}  // namespace undersong::detail
