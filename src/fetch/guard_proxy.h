#pragma once
// A small HTTP proxy on the loopback that connects to allowed addresses alone.
//
// Goals: whatever the program that fetches is told by pages, redirects, playlists and name servers,
// it reaches no address that is refused. Every connection, HTTPS too, is looked up here, checked,
// and made to the very address that was checked, so that a name which answers differently the next
// time (DNS rebinding) gains nothing. Non-goals: caching, looking into HTTPS, asking who uses it:
// for as long as it lives, other programs on this machine may fetch public pages through it, as
// they could without.
// Where a person has a proxy of their own (http_proxy and its like), fetching must go through that
// one; the addresses of redirects are then its to refuse.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fetch/address.h"
#include "fetch/sockets.h"

namespace undersong {

class GuardProxy {
 public:
  // Errors: kIo when no port can be opened.
  explicit GuardProxy(AddressRule rule, Resolver resolver = resolve_host);
  // Cuts every connection.
  ~GuardProxy();
  GuardProxy(const GuardProxy&) = delete;
  GuardProxy& operator=(const GuardProxy&) = delete;

  // http://127.0.0.1:PORT
  std::string address() const;

  // What was refused since the last call, as sentences, in their order.
  std::vector<std::string> take_refusals();

 private:
  void accept_connections();
  void serve(int client);
  void answer(int client, std::string header);
  void tunnel(int client, int server);
  detail::Socket connect(const std::string& host, std::uint16_t port, int client);
  bool is_stopping();

  AddressRule rule_;
  Resolver resolver_;
  detail::Listener listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::size_t connections_ = 0;
  std::vector<std::string> refusals_;
  std::thread acceptor_;
};

}  // namespace undersong
