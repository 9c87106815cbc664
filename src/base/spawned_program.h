#pragma once
// What run_subprocess and SubprocessPipe share.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace undersong::detail {

// Both ends close with the object, and in every program that is started.
struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe();
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end);
};

// Starts `arguments[0]`, found through PATH, in its own process group, with no standard input, and
// closes our copies of the ends that it writes to. Errors: kNotFound when there is no such program,
// kIo when it cannot be started.
pid_t spawn_program(const std::vector<std::string>& arguments, Pipe& output, Pipe& errors);

// Appends what is ready; false at the end of the stream.
bool drain(int descriptor, std::string& text);

// Waits for the end of a program of ours: its exit code, 128 + signal when a signal ended it.
int exit_code_of(pid_t pid);
// The same without waiting: nothing while it runs.
std::optional<int> exit_code_by_now(pid_t pid);

}  // namespace undersong::detail
