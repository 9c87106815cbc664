#pragma once
// Other programs, run with an argument array (never a shell), in their own process group, with a
// time limit.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace undersong {

struct SubprocessResult {
  int exit_code = 0;  // 128 + signal when a signal ended it
  bool timed_out = false;
  std::string output;  // stdout
  std::string errors;  // stderr
};

// Runs `arguments[0]`, found through PATH, with no standard input, and waits. On a timeout or a
// cancellation the whole process group is killed. Errors: kNotFound when there is no such program,
// kIo when it cannot be started, kCancelled.
SubprocessResult run_subprocess(const std::vector<std::string>& arguments,
                                std::chrono::milliseconds limit);

// Where a program is, by PATH; empty when it is not installed.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace undersong
