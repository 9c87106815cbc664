#include "fetch/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "base/error.h"

namespace undersong::detail {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const IpAddress& address, std::uint16_t port) {
  SocketAddress result;
  if (address.is_v6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
    result.size = sizeof(sockaddr_in6);
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
    result.size = sizeof(sockaddr_in);
  }
  return result;
}

[[noreturn]] void throw_reason(const char* what) {
  throw Error(ErrorKind::kIo, std::string(what) + ": " + std::generic_category().message(errno));
}

bool wait_for(int descriptor, short events, std::chrono::milliseconds limit) {
  pollfd watched{descriptor, events, 0};
  return ::poll(&watched, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Listener listen_on_loopback() {
  constexpr int kWaiting = 64;
  Listener listener{Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), 0};
  if (!listener.socket.is_open()) throw_reason("cannot open a socket");
  IpAddress loopback;
  loopback.bytes = {127, 0, 0, 1};
  SocketAddress address = socket_address(loopback, 0);
  const int descriptor = listener.socket.descriptor();
  if (::bind(descriptor, address.get(), address.size) != 0 || ::listen(descriptor, kWaiting) != 0)
    throw_reason("cannot listen on 127.0.0.1");
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  listener.port = ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
  return listener;
}

Socket connect_to(const IpAddress& address, std::uint16_t port, std::chrono::milliseconds limit) {
  const int family = address.is_v6 ? AF_INET6 : AF_INET;
  Socket socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return socket;
  const SocketAddress target = socket_address(address, port);
  const int descriptor = socket.descriptor();
  if (::connect(descriptor, target.get(), target.size) != 0) {
    if (errno != EINPROGRESS || !wait_for(descriptor, POLLOUT, limit)) return Socket();
    int failure = 0;
    socklen_t size = sizeof(failure);
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) return Socket();
  }
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
  return socket;
}

bool wait_readable(int descriptor, std::chrono::milliseconds limit) {
  return wait_for(descriptor, POLLIN, limit);
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace undersong::detail
