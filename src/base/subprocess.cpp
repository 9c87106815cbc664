#include "base/subprocess.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "base/cancel.h"
#include "base/spawned_program.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using detail::drain;
using detail::Pipe;

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
  const pid_t pid = detail::spawn_program(arguments, output, errors);

  SubprocessResult result;
  const Ended ended = collect(output, errors, Clock::now() + limit, result);
  if (ended != Ended::kItself) ::kill(-pid, SIGKILL);
  const int exit_code = detail::exit_code_of(pid);
  if (ended == Ended::kCancelled) throw_if_cancelled();
  result.timed_out = ended == Ended::kTimedOut;
  result.exit_code = exit_code;
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
