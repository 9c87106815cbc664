#include "base/error.h"

namespace undersong {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return "usage";
    case ErrorKind::kNotFound: return "not found";
    case ErrorKind::kFormat: return "format";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kMismatch: return "mismatch";
    case ErrorKind::kIo: return "io";
    case ErrorKind::kCancelled: return "cancelled";
    case ErrorKind::kTooClose: return "too close";
  }
  return "unknown";
}

Error Error::within(std::string_view context) const {
  std::string message(context);
  message += ": ";
  message += message_;
  return {kind_, std::move(message)};
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return 2;
    case ErrorKind::kTooClose: return 3;
    case ErrorKind::kCancelled: return 130;
    default: return 1;
  }
}

}  // namespace undersong
