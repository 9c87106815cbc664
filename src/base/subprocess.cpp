#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"

extern char** environ;

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorKind::kIo, "cannot open a pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

pid_t spawn(const std::vector<std::string>& arguments, const Pipe& output, const Pipe& errors) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.write_end, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);

  pid_t pid = 0;
  const int failure = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure == ENOENT)
    throw Error(ErrorKind::kNotFound, "the program " + arguments[0] + " is not installed");
  if (failure != 0) {
    throw Error(ErrorKind::kIo,
                "cannot start " + arguments[0] + ": " + std::generic_category().message(failure));
  }
  return pid;
}

// Appends what is ready; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
  if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

enum class Ended { kItself, kTimedOut, kCancelled };

Ended collect(Pipe& output, Pipe& errors, Clock::time_point deadline, SubprocessResult& result) {
  constexpr int kPollMilliseconds = 100;  // how soon a cancellation is noticed
  while (output.read_end >= 0 || errors.read_end >= 0) {
    if (cancel_requested()) return Ended::kCancelled;
    if (Clock::now() >= deadline) return Ended::kTimedOut;
    std::array<pollfd, 2> watched = {pollfd{output.read_end, POLLIN, 0},
                                     pollfd{errors.read_end, POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), kPollMilliseconds) <= 0) continue;
    if (watched[0].revents != 0 && !drain(output.read_end, result.output))
      Pipe::close_end(output.read_end);
    if (watched[1].revents != 0 && !drain(errors.read_end, result.errors))
      Pipe::close_end(errors.read_end);
  }
  return Ended::kItself;
}

}  // namespace

SubprocessResult run_subprocess(const std::vector<std::string>& arguments,
                                std::chrono::milliseconds limit) {
  Pipe output;
  Pipe errors;
  const pid_t pid = spawn(arguments, output, errors);
  Pipe::close_end(output.write_end);
  Pipe::close_end(errors.write_end);

  SubprocessResult result;
  const Ended ended = collect(output, errors, Clock::now() + limit, result);
  if (ended != Ended::kItself) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended == Ended::kCancelled) throw_if_cancelled();
  result.timed_out = ended == Ended::kTimedOut;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::optional<fs::path> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const fs::path candidate = fs::path(rest.substr(0, colon)) / name;
    if (::access(candidate.c_str(), X_OK) == 0 && !fs::is_directory(candidate)) return candidate;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return std::nullopt;
}

}  // namespace undersong
