#include "base/subprocess_pipe.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/cancel.h"

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPoll{100};  // how soon a cancellation is noticed
// A program that complains for hours must not fill the memory; its last words say why it ended.
constexpr std::size_t kMostErrorBytes = 65536;

}  // namespace

SubprocessPipe::SubprocessPipe(const std::vector<std::string>& arguments)
    : pid_(detail::spawn_program(arguments, output_, error_output_)) {}

SubprocessPipe::~SubprocessPipe() { kill(); }

std::optional<std::size_t> SubprocessPipe::read(std::span<std::byte> to, milliseconds limit) {
  if (to.empty() || output_.read_end < 0) return 0;
  const auto deadline = Clock::now() + limit;
  do {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (!wait_for_bytes(std::clamp(left, milliseconds(0), kPoll))) continue;
    const ssize_t got = ::read(output_.read_end, to.data(), to.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) detail::Pipe::close_end(output_.read_end);
    return static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  } while (Clock::now() < deadline);
  return std::nullopt;
}

// Whether standard output can be read; takes in standard error meanwhile.
bool SubprocessPipe::wait_for_bytes(milliseconds limit) {
  if (cancel_requested()) kill();
  throw_if_cancelled();
  std::array<pollfd, 2> watched = {pollfd{output_.read_end, POLLIN, 0},
                                   pollfd{error_output_.read_end, POLLIN, 0}};
  if (::poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return false;
  if (watched[1].revents != 0) take_errors();
  return watched[0].revents != 0;
}

void SubprocessPipe::take_errors() {
  if (!detail::drain(error_output_.read_end, errors_))
    detail::Pipe::close_end(error_output_.read_end);
  if (errors_.size() > kMostErrorBytes) errors_.erase(0, errors_.size() - kMostErrorBytes);
}

void SubprocessPipe::kill() {
  if (exit_code_) return;
  ::kill(-pid_, SIGKILL);
  exit_code_ = detail::exit_code_of(pid_);
}

int SubprocessPipe::wait(milliseconds limit) {
  auto deadline = Clock::now() + limit;
  detail::Pipe::close_end(output_.read_end);  // it writes in vain from here on
  while (!exit_code_ && Clock::now() < deadline) {
    const std::size_t before = errors_.size();
    wait_for_bytes(kPoll);
    if (errors_.size() != before) deadline = Clock::now() + limit;
    // A program may close standard error and live on.
    if (error_output_.read_end < 0) exit_code_ = detail::exit_code_by_now(pid_);
  }
  kill();
  return *exit_code_;
}

}  // namespace undersong
