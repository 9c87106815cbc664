#pragma once
// The few system calls that GuardProxy is made of.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fetch/address.h"

namespace undersong::detail {

// Closes with the object.
class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

struct Listener {
  Socket socket;
  std::uint16_t port = 0;
};

// At a free port of 127.0.0.1. Errors: kIo.
Listener listen_on_loopback();

// Not open when nobody answers within `limit`.
Socket connect_to(const IpAddress& address, std::uint16_t port, std::chrono::milliseconds limit);

// Whether the socket can be read (or was closed) within `limit`.
bool wait_readable(int descriptor, std::chrono::milliseconds limit);

// False when the other side is gone.
bool send_all(int descriptor, std::string_view bytes);

}  // namespace undersong::detail
