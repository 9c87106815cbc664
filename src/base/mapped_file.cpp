#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

[[noreturn]] void throw_io(const std::filesystem::path& path, int failure) {
  throw Error(ErrorKind::kIo,
              "cannot map " + display(path) + ": " + std::generic_category().message(failure));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (file < 0 || ::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    if (file >= 0) ::close(file);
    read_file(path);  // refuses it with its own sentence
    throw_io(path, EINVAL);
  }
  size_ = static_cast<std::size_t>(info.st_size);
  if (size_ > 0) address_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  const int failure = errno;
  ::close(file);
  if (address_ == MAP_FAILED) {
    address_ = nullptr;
    throw_io(path, failure);
  }
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) ::munmap(address_, size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(address_, other.address_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace undersong
