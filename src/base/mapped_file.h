#pragma once
// A file's bytes without copying them.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace undersong {

// A read-only mapping of a whole file. A file that another one replaces under its name stays as it
// was for whoever mapped it; one that is cut short while it is mapped is beyond our help.
class MappedFile {
 public:
  // Errors: kNotFound, kUsage for what is no regular file, kIo.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const {
    return {static_cast<const std::uint8_t*>(address_), size_};
  }

 private:
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace undersong
