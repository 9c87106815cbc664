#include "fetch/address.h"

#include <gtest/gtest.h>

#include <string>

#include "support/thrown_error.h"

namespace undersong {
namespace {

std::string why(const std::string& text) {
  const auto address = parse_ip_address(text);
  if (!address) return "not an address";
  return std::string(why_not_public(*address));
}

TEST(IpAddress, IsPublicWhereAnyoneMayAsk) {
  for (const char* text :
       {"8.8.8.8",        "1.1.1.1",          "9.255.255.255",   "11.0.0.0",
        "100.63.255.255", "100.128.0.0",      "126.255.255.255", "128.0.0.1",
        "172.15.255.255", "172.32.0.0",       "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0",       "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1",   "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"})
    EXPECT_EQ(why(text), "") << text;
}

TEST(IpAddress, IsRefusedWhereItIsOfThisMachineOrNetwork) {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1"})
    EXPECT_EQ(why(text), "a loopback address") << text;
  for (const char* text : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                           "100.127.255.255", "fc00::1", "fdff::1", "fec0::1"})
    EXPECT_EQ(why(text), "a private address") << text;
  for (const char* text : {"169.254.169.254", "fe80::1", "febf::1"})
    EXPECT_EQ(why(text), "a link-local address") << text;
  for (const char* text : {"224.0.0.1", "239.255.255.255", "ff02::1"})
    EXPECT_EQ(why(text), "a multicast address") << text;
  for (const char* text : {"0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1",
                           "198.19.255.255", "240.0.0.1", "255.255.255.255", "::", "2001:db8::1"})
    EXPECT_EQ(why(text), "a reserved address") << text;
}

TEST(IpAddress, CountsAsWhatIsHiddenInIt) {
  EXPECT_EQ(why("::ffff:127.0.0.1"), "a loopback address");
  EXPECT_EQ(why("::ffff:a00:1"), "a private address");
  EXPECT_EQ(why("::127.0.0.1"), "a loopback address");
  EXPECT_EQ(why("64:ff9b::7f00:1"), "a loopback address");
  EXPECT_EQ(why("2002:c0a8:101::1"), "a private address");
  // Teredo turns every bit of the client's address: 0x80ffeffe is 127.0.16.1.
  EXPECT_EQ(why("2001:0:808:808:0:0:80ff:effe"), "a loopback address");
}

TEST(IpAddress, IsWrittenInOneWayAlone) {
  for (const char* text : {"127.1", "0177.0.0.1", "2130706433", "0x7f.0.0.1", "127.0.0.1 ", "",
                           "localhost", "[::1]", "::1%lo"})
    EXPECT_EQ(why(text), "not an address") << text;
}

TEST(IpAddress, IsToldAsItIsRead) {
  for (const char* text : {"127.0.0.1", "2606:4700::1111", "::1"})
    EXPECT_EQ(to_text(*parse_ip_address(text)), text);
}

// The system's own resolver makes an address of every one of these, without a network.
TEST(ResolveHost, SeesThroughOtherWaysToWriteAnAddress) {
  for (const char* text : {"2130706433", "0177.0.0.1", "0x7f.1", "127.1", "017700000001"}) {
    const auto addresses = resolve_host(text);
    ASSERT_EQ(addresses.size(), 1U) << text;
    EXPECT_EQ(to_text(addresses.front()), "127.0.0.1") << text;
  }
}

TEST(ResolveHost, SaysThatANameLeadsNowhere) {
  const Error error = thrown_error([] { resolve_host("no-such-host.invalid"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(error.message().starts_with("the name no-such-host.invalid leads nowhere: "))
      << error.message();
}

}  // namespace
}  // namespace undersong
