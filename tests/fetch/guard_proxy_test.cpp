#include "fetch/guard_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>

#include "base/error.h"
#include "fetch/link.h"
#include "support/media_server.h"

namespace undersong {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// 127.0.0.1 stands for the Internet, everything else for the network at home.
std::string_view one_host_alone(const IpAddress& address) {
  return address == *parse_ip_address("127.0.0.1") ? "" : "a private address";
}

std::vector<IpAddress> scripted_names(const std::string& host) {
  if (host == "public.example") return {*parse_ip_address("127.0.0.1")};
  if (host == "home.example") return {*parse_ip_address("127.0.0.2")};
  throw Error(ErrorKind::kNotFound, "the name " + host + " leads nowhere");
}

// Sends bytes to the guard and gives all that comes back until it closes.
std::string answer_to(const GuardProxy& guard, const std::string& bytes) {
  const Link address = parse_link(guard.address());
  const auto socket = detail::connect_to(*parse_ip_address(address.host), address.port, seconds(5));
  EXPECT_TRUE(socket.is_open());
  detail::send_all(socket.descriptor(), bytes);
  std::string answer;
  std::array<char, 4096> buffer{};
  while (detail::wait_readable(socket.descriptor(), seconds(20))) {
    const ssize_t got = ::recv(socket.descriptor(), buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

class GuardProxyTest : public testing::Test {
 protected:
  void SetUp() override { server_.serve("/a", "text/plain", "the music"); }

  std::string port() const { return std::to_string(parse_link(server_.url("/")).port); }

  MediaServer server_;
  GuardProxy guard_{one_host_alone, scripted_names};
};

TEST_F(GuardProxyTest, PassesOnWhatIsAllowed) {
  const std::string answer =
      answer_to(guard_, "GET " + server_.url("/a") + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, EndsWith("the music"));
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(GuardProxyTest, LooksNamesUpItself) {
  const std::string answer = answer_to(guard_, "GET http://public.example:" + port() +
                                                   "/a HTTP/1.1\r\nHost: public.example\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("the music"));
}

TEST_F(GuardProxyTest, PassesTunnelsOn) {
  const std::string answer = answer_to(
      guard_, "CONNECT public.example:" + port() +
                  " HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 Connected\r\n\r\nHTTP/1.1 200 OK"));
  EXPECT_THAT(answer, EndsWith("the music"));
}

TEST_F(GuardProxyTest, RefusesOtherAddressesAndSaysSo) {
  EXPECT_THAT(answer_to(guard_, "GET " + server_.url("/a", "127.0.0.2") + " HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(answer_to(guard_, "CONNECT home.example:" + port() + " HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(server_.requests("/a"), 0);
  EXPECT_THAT(guard_.take_refusals(),
              ElementsAre(HasSubstr("127.0.0.2 is a private address"),
                          HasSubstr("home.example leads to 127.0.0.2, a private address")));
  EXPECT_THAT(guard_.take_refusals(), IsEmpty());
}

TEST_F(GuardProxyTest, ChecksANameAgainAtEveryConnection) {
  std::atomic<int> asked = 0;
  GuardProxy guard(one_host_alone, [&asked](const std::string&) {
    const char* address = asked++ == 0 ? "127.0.0.1" : "127.0.0.2";
    return std::vector<IpAddress>{*parse_ip_address(address)};
  });
  const std::string request =
      "GET http://turning.example:" + port() + "/a HTTP/1.1\r\nHost: turning.example\r\n\r\n";
  EXPECT_THAT(answer_to(guard, request), EndsWith("the music"));
  EXPECT_THAT(answer_to(guard, request), StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(server_.requests("/a"), 1);
}

TEST_F(GuardProxyTest, SaysThatANameIsUnknownOrNobodyAnswers) {
  EXPECT_THAT(answer_to(guard_, "GET http://nowhere.example/ HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(answer_to(guard_, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(guard_.take_refusals(), IsEmpty());
}

TEST_F(GuardProxyTest, TakesNoRequestForItself) {
  for (const char* request : {"GET / HTTP/1.1\r\n\r\n", "\r\n\r\n", "GET\r\n\r\n",
                              "CONNECT\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n"})
    EXPECT_THAT(answer_to(guard_, request), StartsWith("HTTP/1.1 403")) << request;
  EXPECT_EQ(answer_to(guard_, std::string(100000, 'a')), "");
}

}  // namespace
}  // namespace undersong
