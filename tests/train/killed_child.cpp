#include "train/killed_child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

extern char** environ;

namespace undersong {
namespace {

constexpr std::chrono::microseconds kPause(50);

// Waits until the file was replaced so often.
bool replaced(KilledChild& child, const std::filesystem::path& file, int times) {
  std::filesystem::file_time_type last{};
  while (times > 0) {
    if (!child.running()) return false;
    std::error_code missing;
    const auto written = std::filesystem::last_write_time(file, missing);
    if (!missing && written != last) {
      last = written;
      --times;
    }
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace

KilledChild::KilledChild(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  EXPECT_EQ(
      posix_spawn(&pid_, command.front().c_str(), nullptr, nullptr, arguments.data(), environ), 0);
}

bool KilledChild::running() {
  if (ended_) return false;
  ended_ = waitpid(pid_, &status_, WNOHANG) != 0;
  return !ended_;
}

void KilledChild::kill_now() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
  ended_ = true;
}

bool KilledChild::succeeded() const { return exit_code() == 0; }

int KilledChild::exit_code() const {
  return ended_ && WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

int unfinished_files(const std::filesystem::path& folder) {
  const auto files = std::filesystem::directory_iterator(folder);
  return static_cast<int>(std::count_if(begin(files), end(files), [](const auto& entry) {
    return entry.path().filename().string().find(".part") != std::string::npos;
  }));
}

bool killed_after(KilledChild& child, const std::filesystem::path& checkpoint, int times,
                  std::chrono::microseconds more) {
  if (!replaced(child, checkpoint, times)) return false;
  std::this_thread::sleep_for(more);
  child.kill_now();
  return true;
}

bool killed_while_writing(KilledChild& child, const std::filesystem::path& checkpoint, int times) {
  if (!replaced(child, checkpoint, times)) return false;
  const int before = unfinished_files(checkpoint.parent_path());
  while (unfinished_files(checkpoint.parent_path()) == before) {
    if (!child.running()) return false;
  }
  child.kill_now();
  return true;
}

}  // namespace undersong
