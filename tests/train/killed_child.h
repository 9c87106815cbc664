#pragma once
// A program that a test kills.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace undersong {

class KilledChild {
 public:
  explicit KilledChild(std::vector<std::string> command);

  bool running();
  void kill_now();  // SIGKILL: nothing in it runs any more
  bool succeeded() const;
  int exit_code() const;  // -1: killed, or not yet ended

 private:
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

// Kills the child some microseconds after it replaced its checkpoint `times` times; false when it
// ended before.
bool killed_after(KilledChild& child, const std::filesystem::path& checkpoint, int times,
                  std::chrono::microseconds more);

// Kills the child while it writes its checkpoint, as soon as the file is seen that will replace it,
// after the checkpoint was replaced `times` times; false when it ended before.
bool killed_while_writing(KilledChild& child, const std::filesystem::path& checkpoint, int times);

// Files that are no checkpoint yet, as kills leave them.
int unfinished_files(const std::filesystem::path& folder);

}  // namespace undersong
