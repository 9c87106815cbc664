#pragma once
// Addresses of machines, and which of them are nobody's business from here.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // of an IPv4 address the first four

  bool operator==(const IpAddress&) const = default;
};

// "192.0.2.1", "2001:db8::1". Empty for what is not written like that: "0177.1" is a name here, and
// what a resolver makes of it is checked.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_text(const IpAddress& address);

// What an address that is not on the public Internet is: "a loopback address", "a private address".
// Empty for a public one. IPv4 addresses inside IPv6 ones (mapped, translated, tunnelled) count as
// what they lead to.
// Source: the IANA registries of special-purpose addresses (RFC 6890 and later), RFC 4291, RFC
// 6052, RFC 3056, RFC 4380.
std::string_view why_not_public(const IpAddress& address);

// Why an address is refused; empty when it is not.
using AddressRule = std::function<std::string_view(const IpAddress&)>;

// All addresses of a name. Errors: kNotFound, with the system's reason.
using Resolver = std::function<std::vector<IpAddress>(const std::string& host)>;
std::vector<IpAddress> resolve_host(const std::string& host);

}  // namespace undersong
