#include "undersong/verbs/fetch_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "common/messages.h"

namespace undersong {
namespace {

// A day and a terabyte: beyond them a number is a mistake.
constexpr double kMostMinutes = 24.0 * 60.0;
constexpr std::int64_t kMostMegabytes = 1 << 20;

void check_range(const char* flag, double value, double most) {
  if (value > 0.0 && value <= most) return;
  throw Error(ErrorKind::kUsage, fmt::format("{} is more than 0 and at most {:g}", flag, most));
}

std::chrono::milliseconds milliseconds_of(double minutes) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(minutes * 60'000.0) + 1);
}

}  // namespace

void FetchFlags::add_to(CLI::App& verb) {
  verb.add_option("--limit", items, tr("At most so many items of a playlist or page"))
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--max-size", megabytes, tr("Nothing larger than so many MiB"))
      ->capture_default_str()
      ->type_name("MIB");
  verb.add_option("--max-length", longest_minutes, tr("Nothing longer than so many minutes"))
      ->capture_default_str()
      ->type_name("MINUTES");
  verb.add_option("--timeout", timeout_minutes, tr("Give an item up after so many minutes"))
      ->capture_default_str()
      ->type_name("MINUTES");
  verb.add_flag("--allow-private", allow_private,
                tr("Fetch from this machine and its own network too"));
}

FetchOptions FetchFlags::options() const {
  check_range("--limit", static_cast<double>(items), 1e6);
  check_range("--max-size", static_cast<double>(megabytes), kMostMegabytes);
  check_range("--max-length", longest_minutes, kMostMinutes);
  check_range("--timeout", timeout_minutes, kMostMinutes);
  FetchOptions options;
  options.limits.items = items;
  options.limits.bytes = megabytes << 20U;
  options.limits.seconds = longest_minutes * 60.0;
  options.limits.time = milliseconds_of(timeout_minutes);
  if (allow_private) options.private_addresses = PrivateAddresses::kAllow;
  return options;
}

}  // namespace undersong
