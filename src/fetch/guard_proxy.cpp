#include "fetch/guard_proxy.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/suggestion.h"
#include "fetch/link.h"

namespace undersong {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPoll{100};  // how soon the end is noticed
constexpr milliseconds kConnectLimit{10000};
constexpr milliseconds kHeaderLimit{10000};
constexpr std::size_t kLargestHeader = 65536;
constexpr std::size_t kMostConnections = 64;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// What a client asks for: whether to tunnel, where to, and what is sent on.
struct ProxyRequest {
  bool is_tunnel = false;
  Link target;
  std::string header;
};

std::string first_word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  std::string word(line.substr(0, space));
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

// The header's fields but those that are between the client and us; the server shall close after
// its answer, since the next one may be for another host.
std::string fields_to_pass(std::string_view fields) {
  std::string kept;
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find("\r\n"), fields.size());
    const std::string_view field = fields.substr(0, end);
    fields.remove_prefix(std::min(end + 2, fields.size()));
    const std::string name = lower_case(field.substr(0, field.find(':')));
    if (field.empty() || name == "connection" || name.starts_with("proxy-")) continue;
    kept.append(field).append("\r\n");
  }
  return kept + "Connection: close\r\n\r\n";
}

// Errors: kUsage.
ProxyRequest parse_request(std::string_view header) {
  const std::size_t line_end = header.find("\r\n");
  std::string_view line = header.substr(0, line_end);
  const std::string method = first_word(line);
  const std::string target = first_word(line);
  ProxyRequest request;
  request.is_tunnel = method == "CONNECT";
  request.target = parse_link(request.is_tunnel ? "https://" + target : target);
  request.header = method + " " + request.target.path + " HTTP/1.1\r\n" +
                   fields_to_pass(header.substr(line_end + 2));
  return request;
}

// The header, and what came behind it; empty when the client goes or takes too long.
std::string read_header(int client) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.find(kHeaderEnd) == text.npos) {
    if (text.size() > kLargestHeader || !detail::wait_readable(client, kHeaderLimit)) return "";
    const ssize_t got = ::recv(client, buffer.data(), buffer.size(), 0);
    if (got <= 0) return "";
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void send_refusal(int client, std::string_view status, std::string_view why) {
  detail::send_all(client, "HTTP/1.1 " + std::string(status) +
                               "\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" +
                               std::string(why) + "\n");
}

// Moves what is ready from one side to the other; false at its end.
bool pass_on(int from, int to) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  return got > 0 &&
         detail::send_all(to, std::string_view(buffer.data(), static_cast<std::size_t>(got)));
}

}  // namespace

GuardProxy::GuardProxy(AddressRule rule, Resolver resolver)
    : rule_(std::move(rule)),
      resolver_(std::move(resolver)),
      listener_(detail::listen_on_loopback()),
      acceptor_([this] { accept_connections(); }) {}

GuardProxy::~GuardProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  acceptor_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return connections_ == 0; });
}

std::string GuardProxy::address() const {
  return "http://127.0.0.1:" + std::to_string(listener_.port);
}

std::vector<std::string> GuardProxy::take_refusals() {
  const std::lock_guard lock(mutex_);
  return std::exchange(refusals_, {});
}

bool GuardProxy::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void GuardProxy::accept_connections() {
  while (!is_stopping()) {
    if (!detail::wait_readable(listener_.socket.descriptor(), kPoll)) continue;
    const int client = ::accept4(listener_.socket.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const std::lock_guard lock(mutex_);
    if (connections_ >= kMostConnections) {
      const detail::Socket too_many(client);
      continue;
    }
    ++connections_;
    std::thread([this, client] { serve(client); }).detach();
  }
}

void GuardProxy::serve(int client) {
  {
    const detail::Socket owner(client);
    try {
      answer(client, read_header(client));
    } catch (const Error& error) {
      send_refusal(client, "403 Refused", error.message());
    }
  }
  const std::lock_guard lock(mutex_);
  --connections_;
  changed_.notify_all();
}

void GuardProxy::answer(int client, std::string header) {
  const std::size_t end = header.find(kHeaderEnd);
  if (end == header.npos) return;
  const ProxyRequest request = parse_request(std::string_view(header).substr(0, end + 2));
  const detail::Socket server = connect(request.target.host, request.target.port, client);
  if (!server.is_open()) return;
  const std::string rest = header.substr(end + kHeaderEnd.size());
  const bool is_up = request.is_tunnel
                         ? detail::send_all(client, "HTTP/1.1 200 Connected\r\n\r\n") &&
                               detail::send_all(server.descriptor(), rest)
                         : detail::send_all(server.descriptor(), request.header + rest);
  if (is_up) tunnel(client, server.descriptor());
}

detail::Socket GuardProxy::connect(const std::string& host, std::uint16_t port, int client) {
  std::vector<IpAddress> addresses;
  try {
    addresses = allowed_addresses(host, rule_, resolver_);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kUsage) {
      const std::lock_guard lock(mutex_);
      refusals_.push_back(error.message());
    }
    send_refusal(client, error.kind() == ErrorKind::kUsage ? "403 Refused" : "502 Unknown host",
                 error.message());
    return detail::Socket();
  }
  for (const IpAddress& address : addresses) {
    auto server = detail::connect_to(address, port, kConnectLimit);
    if (server.is_open()) return server;
  }
  send_refusal(client, "502 No answer", host + " does not answer");
  return detail::Socket();
}

void GuardProxy::tunnel(int client, int server) {
  while (!is_stopping()) {
    std::array<pollfd, 2> watched = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(kPoll.count())) <= 0) continue;
    // The server's last words come before the client's end is noticed.
    if (watched[1].revents != 0 && !pass_on(server, client)) return;
    if (watched[0].revents != 0 && !pass_on(client, server)) return;
  }
}

}  // namespace undersong
