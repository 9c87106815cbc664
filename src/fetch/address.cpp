#include "fetch/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

#include "base/error.h"

namespace undersong {
namespace {

struct Range {
  const char* first;
  int prefix_bits;
  std::string_view what;
};

constexpr std::string_view kPrivate = "a private address";
constexpr std::string_view kLoopback = "a loopback address";
constexpr std::string_view kLinkLocal = "a link-local address";
constexpr std::string_view kMulticast = "a multicast address";
constexpr std::string_view kReserved = "a reserved address";

constexpr std::array<Range, 15> kV4Ranges = {{
    {"0.0.0.0", 8, kReserved},        // this network; Linux takes 0.0.0.0 for itself
    {"10.0.0.0", 8, kPrivate},        //
    {"100.64.0.0", 10, kPrivate},     // behind a provider's translation
    {"127.0.0.0", 8, kLoopback},      //
    {"169.254.0.0", 16, kLinkLocal},  // where clouds keep their metadata
    {"172.16.0.0", 12, kPrivate},     //
    {"192.0.0.0", 24, kReserved},     // protocol assignments
    {"192.0.2.0", 24, kReserved},     // documentation
    {"192.88.99.0", 24, kReserved},   // 6to4 relays, given up
    {"192.168.0.0", 16, kPrivate},    //
    {"198.18.0.0", 15, kReserved},    // benchmarks of networks
    {"198.51.100.0", 24, kReserved},  // documentation
    {"203.0.113.0", 24, kReserved},   // documentation
    {"224.0.0.0", 4, kMulticast},     //
    {"240.0.0.0", 4, kReserved},      // and broadcast
}};

constexpr std::array<Range, 8> kV6Ranges = {{
    {"::", 128, kReserved},         // Linux takes it for itself
    {"::1", 128, kLoopback},        //
    {"100::", 64, kReserved},       // discarded
    {"2001:db8::", 32, kReserved},  // documentation
    {"fc00::", 7, kPrivate},        //
    {"fe80::", 10, kLinkLocal},     //
    {"fec0::", 10, kPrivate},       // site-local, given up
    {"ff00::", 8, kMulticast},      //
}};

// Where an IPv4 address stands inside IPv6 addresses of a range.
struct Embedding {
  const char* first;
  int prefix_bits;
  std::size_t at;
  std::uint8_t mask;  // over its bytes
};

constexpr std::array<Embedding, 5> kEmbeddings = {{
    {"::ffff:0:0", 96, 12, 0x00},  // mapped
    {"64:ff9b::", 96, 12, 0x00},   // translated (NAT64)
    {"2002::", 16, 2, 0x00},       // 6to4
    {"2001::", 32, 12, 0xff},      // Teredo: every bit turned
    {"::", 96, 12, 0x00},          // "compatible", given up
}};

bool is_within(const IpAddress& address, const char* first, int prefix_bits) {
  const auto begin = parse_ip_address(first);
  if (!begin || begin->is_v6 != address.is_v6) return false;
  for (int bit = 0; bit < prefix_bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(bit % 8));
    if (((address.bytes[byte] ^ begin->bytes[byte]) & mask) != 0) return false;
  }
  return true;
}

std::string_view what_of(const IpAddress& address, std::span<const Range> ranges) {
  const auto found = std::find_if(ranges.begin(), ranges.end(), [&](const Range& range) {
    return is_within(address, range.first, range.prefix_bits);
  });
  return found == ranges.end() ? std::string_view() : found->what;
}

std::optional<IpAddress> embedded_in(const IpAddress& address) {
  for (const Embedding& embedding : kEmbeddings) {
    if (!is_within(address, embedding.first, embedding.prefix_bits)) continue;
    IpAddress inner;
    for (std::size_t i = 0; i < 4; ++i)
      inner.bytes[i] = static_cast<std::uint8_t>(address.bytes[embedding.at + i] ^ embedding.mask);
    return inner;
  }
  return std::nullopt;
}

IpAddress address_of(const sockaddr& socket) {
  IpAddress address;
  if (socket.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket);
    std::memcpy(address.bytes.data(), &v4.sin_addr, 4);
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket);
    address.is_v6 = true;
    std::memcpy(address.bytes.data(), &v6.sin6_addr, 16);
  }
  return address;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  const std::string zero_ended(text);
  IpAddress address;
  if (::inet_pton(AF_INET, zero_ended.c_str(), address.bytes.data()) == 1) return address;
  address.is_v6 = true;
  if (::inet_pton(AF_INET6, zero_ended.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::string_view why_not_public(const IpAddress& address) {
  if (!address.is_v6) return what_of(address, kV4Ranges);
  if (const auto what = what_of(address, kV6Ranges); !what.empty()) return what;
  if (const auto inner = embedded_in(address)) return what_of(*inner, kV4Ranges);
  return {};
}

std::vector<IpAddress> resolve_host(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (failure != 0) {
    throw Error(ErrorKind::kNotFound, "the name " + host + " leads nowhere: " +
                                          ::gai_strerror(failure) + "; is there a network?");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    const IpAddress address = address_of(*one->ai_addr);
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  if (addresses.empty()) throw Error(ErrorKind::kNotFound, "the name " + host + " has no address");
  return addresses;
}

}  // namespace undersong
