#pragma once
// The one exception type. Goals: a sentence that says what went wrong, where, and what to do; a
// kind that a caller can act on. Non-goals: reporting bugs. A broken invariant is a failed
// UNDERSONG_CHECK (std::logic_error).

#include <exception>
#include <string>
#include <string_view>

namespace undersong {

// By what the caller can do about it.
enum class ErrorKind {
  kUsage,        // the request makes no sense: flags, numbers, combinations
  kNotFound,     // a file, corpus, model or program is missing
  kFormat,       // bytes that are not what they claim to be
  kUnsupported,  // understood, and not handled
  kMismatch,     // two things that do not belong together (weights and vocabulary, say)
  kIo,           // the operating system said no
  kCancelled,    // the user asked to stop
  kTooClose,     // music that comes nearer to what was learned than it may
};

std::string_view name_of(ErrorKind kind);

// Context is added outermost first: `reading a.mid: track 2: byte 71: truncated varint`.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

  // Returns the same error with `context` and a colon put before its message.
  Error within(std::string_view context) const;

 private:
  ErrorKind kind_;
  std::string message_;
};

// Runs `action`; an Error that leaves it carries `context` in front.
template <typename Action>
auto with_context(std::string_view context, Action&& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error& error) {
    throw error.within(context);
  }
}

// The program's exit code for an error: 2 for usage, 3 for too close, 130 for cancelled, 1 for the
// rest.
int exit_code(ErrorKind kind);

}  // namespace undersong
