#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// Closes the descriptor when it leaves scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string reason(int error_number) { return std::generic_category().message(error_number); }

[[noreturn]] void throw_io(std::string_view doing, const fs::path& path, int error_number) {
  throw Error(ErrorKind::kIo,
              std::string(doing) + " " + display(path) + ": " + reason(error_number));
}

bool needs_quotes(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '\\' || c == 0x7F)
      return true;
  }
  return text.empty();
}

template <typename Bytes>
Bytes read_whole(const fs::path& path) {
  // O_NONBLOCK: a pipe without a writer must not hang us before it is refused.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) {
      throw Error(ErrorKind::kNotFound, display(path) + ": there is no such file");
    }
    throw_io("cannot open", path, errno);
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) throw_io("cannot look at", path, errno);
  if (S_ISDIR(info.st_mode))
    throw Error(ErrorKind::kUsage, display(path) + " is a folder; name a file");
  if (!S_ISREG(info.st_mode)) {
    throw Error(ErrorKind::kUsage, display(path) + " is a device or a pipe; name a file");
  }

  Bytes bytes;
  bytes.resize(static_cast<std::size_t>(info.st_size));
  std::size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(bytes.size() + 4096);  // it grew
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_io("cannot read", path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

std::string display(const fs::path& path) {
  const std::string text = path.string();
  if (!needs_quotes(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      quoted += "\\x";
      quoted += kDigits[byte >> 4U];
      quoted += kDigits[byte & 15U];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::vector<std::uint8_t> read_file(const fs::path& path) {
  return read_whole<std::vector<std::uint8_t>>(path);
}

std::string read_text_file(const fs::path& path) { return read_whole<std::string>(path); }

void check_output(const fs::path& path, Overwrite overwrite) {
  std::error_code ignored;
  if (path.filename().empty() || fs::is_directory(path, ignored)) {
    throw Error(ErrorKind::kUsage, display(path) + " is a folder; name a file to write");
  }
  if (overwrite == Overwrite::kRefuse && fs::exists(fs::symlink_status(path, ignored))) {
    throw Error(ErrorKind::kUsage,
                display(path) + " exists already; give another name, or --force to overwrite it");
  }
}

AtomicFile::AtomicFile(fs::path path, Overwrite overwrite) : path_(std::move(path)) {
  check_output(path_, overwrite);
  if (path_.has_parent_path()) {
    std::error_code failure;
    fs::create_directories(path_.parent_path(), failure);
    if (failure) throw_io("cannot create the folder", path_.parent_path(), failure.value());
  }
  // The suffix stays last, since writers choose a format by it.
  temporary_ = path_.parent_path() / ("." + path_.stem().string() + ".part" +
                                      std::to_string(::getpid()) + path_.extension().string());
  const Descriptor probe(
      ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!probe.is_open()) throw_io("cannot write", path_, errno);
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::uint8_t> bytes) {
  const Descriptor file(::open(temporary_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!file.is_open()) throw_io("cannot write", path_, errno);
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_io("cannot write", path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void AtomicFile::write(std::string_view text) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void AtomicFile::commit() {
  const Descriptor file(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) throw_io("cannot finish", path_, errno);
  if (::fsync(file.get()) != 0) throw_io("cannot finish", path_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_io("cannot name", path_, errno);
  committed_ = true;
}

void save_file(const fs::path& path, std::span<const std::uint8_t> bytes, Overwrite overwrite) {
  AtomicFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

void save_file(const fs::path& path, std::string_view text, Overwrite overwrite) {
  save_file(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
            overwrite);
}

}  // namespace undersong
