#pragma once
// Checks of our own invariants. A failure is a bug in this program, never the user's fault.

namespace undersong::detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace undersong::detail

// Throws std::logic_error when `condition` is false, in every build.
#define UNDERSONG_CHECK(condition)                                       \
  do {                                                                   \
    if (!(condition)) {                                                  \
      ::undersong::detail::check_failed(#condition, __FILE__, __LINE__); \
    }                                                                    \
  } while (false)
