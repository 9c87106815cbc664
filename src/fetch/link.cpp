#include "fetch/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

// Longer ones are no link that a person was given.
constexpr std::size_t kLongestLink = 8192;

[[noreturn]] void refuse(std::string_view url, std::string_view why) {
  throw Error(ErrorKind::kUsage,
              fmt::format("{} is no link to fetch: {}", display(std::string(url)), why));
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

std::uint16_t parse_port(std::string_view url, std::string_view text) {
  unsigned port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
    refuse(url, "its port is none");
  return static_cast<std::uint16_t>(port);
}

// "host", "host:8080", "[::1]:8080".
void parse_authority(std::string_view url, std::string_view text, Link& link) {
  const bool bracketed = text.starts_with('[');
  const std::size_t close = bracketed ? text.find(']') : 0;
  if (close == text.npos) refuse(url, "its address has no closing bracket");
  const std::size_t colon = text.find(':', close);
  link.host = lower_case(bracketed ? text.substr(1, close - 1) : text.substr(0, colon));
  if (bracketed) {
    const auto address = parse_ip_address(link.host);
    if (!address || !address->is_v6) refuse(url, "what stands in brackets is no address");
    if (close + 1 != text.size() && colon != close + 1) refuse(url, "its host is none");
  } else if (!is_host_name(link.host)) {
    refuse(url, "its host is no name that a link may have; write other letters as xn--…");
  }
  if (colon != text.npos) link.port = parse_port(url, text.substr(colon + 1));
}

}  // namespace

bool looks_like_link(std::string_view text) {
  const std::size_t colon = text.find("://");
  return colon != text.npos && colon > 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '-' || c == '.';
         });
}

Link parse_link(std::string_view url) {
  if (url.size() > kLongestLink) refuse(url.substr(0, 60), "it is too long");
  // Programs disagree on what these mean, so that one would check another host than the other asks.
  const bool is_strange = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\\' || c == '\x7f';
  });
  if (is_strange) refuse(url, "it holds blanks, backslashes or control characters");
  const std::size_t colon = url.find("://");
  const std::string scheme = colon == url.npos ? "" : lower_case(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") refuse(url, "only http:// and https:// are fetched");
  const std::string_view rest = url.substr(colon + 3);
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos)
    refuse(url, "it names a user; what needs a password is not fetched");
  Link link;
  link.port = scheme == "https" ? 443 : 80;
  parse_authority(url, authority, link);
  link.path = rest.substr(slash, rest.find('#') - slash);
  if (!link.path.starts_with('/')) link.path.insert(0, "/");
  return link;
}

std::vector<IpAddress> allowed_addresses(const std::string& host, const AddressRule& rule,
                                         const Resolver& resolver) {
  const auto literal = parse_ip_address(host);
  auto addresses = literal ? std::vector<IpAddress>{*literal} : resolver(host);
  for (const IpAddress& address : addresses) {
    const std::string_view why = rule(address);
    if (why.empty()) continue;
    const std::string leads = literal ? host + " is" : host + " leads to " + to_text(address) + ",";
    throw Error(
        ErrorKind::kUsage,
        fmt::format("{} {}, which is not fetched from; --allow-private allows it", leads, why));
  }
  return addresses;
}

void check_link(std::string_view url, const AddressRule& rule, const Resolver& resolver) {
  allowed_addresses(parse_link(url).host, rule, resolver);
}

}  // namespace undersong
