#pragma once
// Ctrl-C, politely: the handler sets a flag, long loops look at it, and the stack unwinds so that
// temporary files go.

namespace undersong {

// Installs handlers for SIGINT and SIGTERM. A second signal ends the program at once.
void install_cancel_handlers();

bool cancel_requested();

// For tests and for embedders.
void request_cancel();
void clear_cancel();

// Throws Error{kCancelled} once cancellation was requested. Cheap: call it once per file, batch or
// block.
void throw_if_cancelled();

}  // namespace undersong
