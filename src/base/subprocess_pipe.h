#pragma once
// Another program whose output is read while it runs: a decoder's samples, a downloader's progress.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/spawned_program.h"

namespace undersong {

class SubprocessPipe {
 public:
  // As run_subprocess starts it: an argument array, its own process group, no standard input.
  // Errors: kNotFound when there is no such program, kIo when it cannot be started.
  explicit SubprocessPipe(const std::vector<std::string>& arguments);
  // Kills the group of a program that still runs.
  ~SubprocessPipe();
  SubprocessPipe(const SubprocessPipe&) = delete;
  SubprocessPipe& operator=(const SubprocessPipe&) = delete;

  // Reads what there is of standard output, waiting for it at most `limit`: how many bytes, 0 at
  // the end; nothing when `limit` went by without a byte. What the program says on standard error
  // is kept beside it. Errors: kCancelled, and the group is then killed.
  std::optional<std::size_t> read(std::span<std::byte> to, std::chrono::milliseconds limit);

  // Kills the group now.
  void kill();

  // Reads standard error to its end and waits for the program; one that neither ends nor says
  // anything for `limit` is killed. 128 + signal when a signal ended it. Errors: kCancelled.
  int wait(std::chrono::milliseconds limit);

  // The last of standard error that was read.
  const std::string& errors() const { return errors_; }

 private:
  bool wait_for_bytes(std::chrono::milliseconds limit);
  void take_errors();

  detail::Pipe output_;
  detail::Pipe error_output_;
  pid_t pid_;
  std::optional<int> exit_code_;
  std::string errors_;
};

}  // namespace undersong
