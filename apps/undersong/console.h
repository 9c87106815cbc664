#pragma once
// What a verb says, and where: results to stdout, progress and errors to stderr. With --json stdout
// carries one JSON value and nothing else.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace CLI {
class App;
}

namespace undersong {

class Console {
 public:
  // Adds --json and --quiet to a verb.
  void add_options(CLI::App& verb);

  bool json() const { return json_; }
  Progress& progress();

  // A line for people on stdout; silent with --json and with --quiet.
  template <typename... Args>
  void say(const char* format, const Args&... args) {
    if (!json_ && !quiet_) print_line(fmt::vformat(format, fmt::make_format_args(args...)));
  }

  // What was asked for, such as a listing: shown with --quiet too, not with --json.
  template <typename... Args>
  void show(const char* format, const Args&... args) {
    if (!json_) print_line(fmt::vformat(format, fmt::make_format_args(args...)));
  }

  // The result for machines. Bytes that are not UTF-8 (names of files) become U+FFFD.
  void print_json(const nlohmann::json& value);
  void print_json_text(std::string_view json) { print_line(json); }

  // `text` in green or in red where stdout is a terminal and NO_COLOR is not set.
  static std::string green(std::string_view text);
  static std::string red(std::string_view text);

 private:
  static void print_line(std::string_view line);

  bool json_ = false;
  bool quiet_ = false;
  std::unique_ptr<Progress> progress_;
};

}  // namespace undersong
