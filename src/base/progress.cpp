#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kBarRefreshSeconds =
    0.1;  // faster than the eye needs, slow enough to cost nothing
constexpr double kPlainRefreshSeconds = 5.0;  // a log of an hour stays readable
constexpr int kBarCells = 24;

std::string format_seconds(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

class SilentProgress final : public Progress {
 public:
  void begin(std::string_view /*task*/, std::int64_t /*total*/,
             std::string_view /*unit*/) override {}
  void update(std::int64_t /*done*/, std::string_view /*detail*/) override {}
  void line(std::string_view /*text*/) override {}
  void end() override {}
};

class StderrProgress final : public Progress {
 public:
  explicit StderrProgress(bool bar) : bar_(bar) {}
  ~StderrProgress() override { erase_bar(); }

  void begin(std::string_view task, std::int64_t total, std::string_view unit) override {
    task_ = task;
    unit_ = unit;
    total_ = total;
    done_ = 0;
    detail_.clear();
    started_ = Clock::now();
    last_shown_ = started_;
  }

  void update(std::int64_t done, std::string_view detail) override {
    done_ = done;
    detail_ = detail;
    const double since = std::chrono::duration<double>(Clock::now() - last_shown_).count();
    if (since < (bar_ ? kBarRefreshSeconds : kPlainRefreshSeconds)) return;
    last_shown_ = Clock::now();
    show();
  }

  void line(std::string_view text) override {
    erase_bar();
    fmt::print(stderr, "{}\n", text);
  }

  void end() override {
    erase_bar();
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    fmt::print(stderr, "{}: {} {} in {:.1f} s{}\n", task_, done_, unit_, seconds,
               detail_.empty() ? std::string() : ", " + detail_);
    std::fflush(stderr);
  }

 private:
  std::string status() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    const double rate = seconds > 0.0 ? static_cast<double>(done_) / seconds : 0.0;
    std::string text = total_ > 0 ? fmt::format("{}/{} {}", done_, total_, unit_)
                                  : fmt::format("{} {}", done_, unit_);
    text += fmt::format(", {:.{}f} {}/s", rate, rate < 10.0 ? 1 : 0, unit_);
    if (total_ > 0 && rate > 0.0)
      text += ", " + format_seconds(static_cast<double>(total_ - done_) / rate) + " left";
    if (!detail_.empty()) text += ", " + detail_;
    return text;
  }

  void show() {
    if (!bar_) {
      fmt::print(stderr, "{}: {}\n", task_, status());
      return;
    }
    std::string cells;
    if (total_ > 0) {
      const int filled = static_cast<int>(done_ * kBarCells / total_);
      for (int i = 0; i < kBarCells; ++i) cells += i < filled ? '#' : '.';
      cells = "[" + cells + "] ";
    }
    fmt::print(stderr, "\r\033[K{} {}{}", task_, cells, status());
    std::fflush(stderr);
    bar_shown_ = true;
  }

  void erase_bar() {
    if (bar_shown_) fmt::print(stderr, "\r\033[K");
    bar_shown_ = false;
  }

  bool bar_;
  bool bar_shown_ = false;
  std::string task_;
  std::string unit_;
  std::string detail_;
  std::int64_t total_ = 0;
  std::int64_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point last_shown_;
};

}  // namespace

std::unique_ptr<Progress> make_progress(ProgressStyle style) {
  if (style == ProgressStyle::kQuiet) return std::make_unique<SilentProgress>();
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  return std::make_unique<StderrProgress>(style == ProgressStyle::kBar ||
                                          (style == ProgressStyle::kAuto && terminal));
}

Progress& silent_progress() {
  static SilentProgress progress;
  return progress;
}

}  // namespace undersong
