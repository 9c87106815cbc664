#pragma once
// What people call a link, before anything is fetched from it.

#include <cstdint>
#include <string>
#include <string_view>

#include "fetch/address.h"

namespace undersong {

struct Link {
  std::string host;  // lower case, without brackets
  std::uint16_t port = 0;
  std::string path;  // with its question mark and what follows; at least "/"
};

// Takes http://… and https://…, with a host that is plain letters, digits, dots and hyphens or an
// address; other programs read anything stranger in ways of their own.
// Errors: kUsage, with what is wrong.
Link parse_link(std::string_view url);

// Whether a text begins like a link, so that it is no path: a scheme and "://".
bool looks_like_link(std::string_view text);

// Looks the host up and refuses the link when any of its addresses is refused.
//
// This alone leaves two holes: a name may lead elsewhere when it is looked up again (DNS
// rebinding), and what is fetched may redirect. GuardProxy, through which all of it goes, closes
// both; see there when it is not used.
// Errors: kUsage for a link that is none or leads to a refused address; kNotFound for an unknown
// name.
void check_link(std::string_view url, const AddressRule& rule,
                const Resolver& resolver = resolve_host);

// The addresses of a host, when none of them is refused. Errors: as check_link.
std::vector<IpAddress> allowed_addresses(const std::string& host, const AddressRule& rule,
                                         const Resolver& resolver);

}  // namespace undersong
