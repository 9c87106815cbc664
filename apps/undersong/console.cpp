#include "undersong/console.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/messages.h"

namespace undersong {
namespace {

bool use_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

std::string coloured(std::string_view text, int code) {
  return use_colour() ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace

void Console::add_options(CLI::App& verb) {
  verb.add_flag("--json", json_, tr("Print the result as JSON on standard output"));
  verb.add_flag("--quiet", quiet_, tr("Show no progress and no remarks"));
}

Progress& Console::progress() {
  if (!progress_) progress_ = make_progress(quiet_ ? ProgressStyle::kQuiet : ProgressStyle::kAuto);
  return *progress_;
}

void Console::print_json(const nlohmann::json& value) {
  print_line(value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string Console::green(std::string_view text) { return coloured(text, 32); }
std::string Console::red(std::string_view text) { return coloured(text, 31); }

void Console::print_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

}  // namespace undersong
