#include "base/cancel.h"

#include <csignal>
#include <cstdlib>

#include "base/error.h"

namespace undersong {
namespace {

// The one type that a signal handler may touch.
volatile std::sig_atomic_t g_cancel_requested = 0;

void handle_signal(int signal_number) {
  if (g_cancel_requested != 0) std::_Exit(128 + signal_number);
  g_cancel_requested = 1;
}

}  // namespace

void install_cancel_handlers() {
  std::signal(SIGINT, handle_signal);
  std::signal(SIGTERM, handle_signal);
}

bool cancel_requested() { return g_cancel_requested != 0; }
void request_cancel() { g_cancel_requested = 1; }
void clear_cancel() { g_cancel_requested = 0; }

void throw_if_cancelled() {
  if (cancel_requested())
    throw Error(ErrorKind::kCancelled, "stopped on request; nothing was left half-written");
}

}  // namespace undersong
