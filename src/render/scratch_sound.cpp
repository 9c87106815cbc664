#include "render/scratch_sound.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/file.h"

namespace undersong::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFrameBytes = 2 * sizeof(float);

fs::path scratch_folder() {
  std::error_code failure;
  fs::path folder = fs::temp_directory_path(failure);
  return failure ? fs::path("/tmp") : folder;
}

[[noreturn]] void fail(const char* doing, int error_number) {
  throw Error(ErrorKind::kIo, std::string("cannot ") + doing + " unfinished sound in " +
                                  display(scratch_folder()) + ": " +
                                  std::generic_category().message(error_number) +
                                  "; make room there, or name another folder with TMPDIR");
}

constexpr std::int64_t kBlockFrames = 16384;

// to[at + i] += from[first + i]
void add_stretch(const ScratchSound& from, std::int64_t first, std::int64_t count, std::int64_t at,
                 ScratchSound& to) {
  std::vector<float> added(static_cast<std::size_t>(2 * count));
  std::vector<float> sum(added.size());
  from.read(first, added);
  to.read(at, sum);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += added[i];
  to.write(at, sum);
}

}  // namespace

ScratchSound::ScratchSound() {
  std::string name = (scratch_folder() / "undersong-XXXXXX").string();
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) fail("keep", errno);
  ::unlink(name.c_str());
}

ScratchSound::~ScratchSound() {
  if (fd_ >= 0) ::close(fd_);
}

ScratchSound::ScratchSound(ScratchSound&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

void ScratchSound::write(std::int64_t first, std::span<const float> samples) {
  UNDERSONG_CHECK(first >= 0 && samples.size() % 2 == 0);
  auto bytes = std::as_bytes(samples);
  off_t at = first * kFrameBytes;
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd_, bytes.data(), bytes.size(), at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("keep", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += put;
  }
}

void ScratchSound::read(std::int64_t first, std::span<float> samples) const {
  UNDERSONG_CHECK(first >= 0 && samples.size() % 2 == 0);
  auto bytes = std::as_writable_bytes(samples);
  off_t at = first * kFrameBytes;
  while (!bytes.empty()) {
    const ssize_t got = ::pread(fd_, bytes.data(), bytes.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", errno);
    if (got == 0) break;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    at += got;
  }
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
}

void fold_tail(std::int64_t frames, std::int64_t recorded, ScratchSound& sound) {
  for (std::int64_t first = frames; first < recorded;) {
    throw_if_cancelled();
    const std::int64_t at = first % frames;
    const std::int64_t count = std::min({recorded - first, frames - at, kBlockFrames});
    add_stretch(sound, first, count, at, sound);
    first += count;
  }
}

void add_sound(const ScratchSound& from, std::int64_t frames, ScratchSound& to) {
  for (std::int64_t first = 0; first < frames; first += kBlockFrames) {
    throw_if_cancelled();
    add_stretch(from, first, std::min(kBlockFrames, frames - first), first, to);
  }
}

}  // namespace undersong::detail
