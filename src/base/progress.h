#pragma once
// Progress of a long task, told on stderr: a bar with a rate and a remaining time on a terminal, a
// plain line now and then when piped, nothing when quiet. Owned, since Debian has no library for
// it.

#include <cstdint>
#include <memory>
#include <string_view>

namespace undersong {

class Progress {
 public:
  virtual ~Progress() = default;

  // Starts a task of `total` units (0 = unknown), such as begin("reading", 283, "files").
  virtual void begin(std::string_view task, std::int64_t total, std::string_view unit) = 0;
  // Moves to `done` units; `detail` is shown beside the bar (a loss, a file name).
  virtual void update(std::int64_t done, std::string_view detail) = 0;
  // Prints a whole line above the bar.
  virtual void line(std::string_view text) = 0;
  virtual void end() = 0;
};

enum class ProgressStyle {
  kAuto,  // kBar when stderr is a terminal, else kPlain
  kBar,
  kPlain,
  kQuiet,
};

std::unique_ptr<Progress> make_progress(ProgressStyle style);

// Says nothing; for tests and for callers that do not care.
Progress& silent_progress();

}  // namespace undersong
