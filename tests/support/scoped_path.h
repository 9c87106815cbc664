#pragma once
// Another PATH for as long as the object lives, for tests of what happens when a program is missing
// or is another one.

#include <cstdlib>
#include <string>

namespace undersong {

class ScopedPath {
 public:
  explicit ScopedPath(const std::string& path) : old_(std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~ScopedPath() { ::setenv("PATH", old_.c_str(), 1); }
  ScopedPath(const ScopedPath&) = delete;
  ScopedPath& operator=(const ScopedPath&) = delete;

 private:
  std::string old_;
};

}  // namespace undersong
