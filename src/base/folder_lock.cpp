#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

[[noreturn]] void throw_reason(const char* doing, const std::filesystem::path& folder, int reason) {
  throw Error(ErrorKind::kIo, std::string("cannot ") + doing + " " + display(folder) + ": " +
                                  std::generic_category().message(reason));
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder, const std::string& doing)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw_reason("open", folder, errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(descriptor_);
  if (reason != EWOULDBLOCK) throw_reason("lock", folder, reason);
  throw Error(ErrorKind::kIo, "another program is " + doing + "; try again when it has finished");
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace undersong
