#include "fetch/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

// Names as a test wants them.
std::vector<IpAddress> scripted_names(const std::string& host) {
  if (host == "public.example") return {*parse_ip_address("8.8.8.8")};
  if (host == "both.example") return {*parse_ip_address("8.8.8.8"), *parse_ip_address("10.0.0.1")};
  if (host == "2130706433" || host == "0177.0.0.1" || host == "localhost")
    return {*parse_ip_address("127.0.0.1")};
  throw Error(ErrorKind::kNotFound, "the name " + host + " leads nowhere");
}

Error refusal(const std::string& url) {
  return thrown_error([&] { check_link(url, why_not_public, scripted_names); });
}

TEST(ParseLink, TakesHostPortAndPathApart) {
  const Link link = parse_link("HTTP://Music.Example:8080/a/b?c=d#e");
  EXPECT_EQ(link.host, "music.example");
  EXPECT_EQ(link.port, 8080);
  EXPECT_EQ(link.path, "/a/b?c=d");
  EXPECT_EQ(parse_link("https://music.example").port, 443);
  EXPECT_EQ(parse_link("http://music.example").port, 80);
  EXPECT_EQ(parse_link("http://music.example?a=b").path, "/?a=b");
  EXPECT_EQ(parse_link("http://[2606:4700::1111]:81/").host, "2606:4700::1111");
  EXPECT_EQ(parse_link("http://[2606:4700::1111]:81/").port, 81);
  EXPECT_EQ(parse_link("http://[2606:4700::1111]").port, 80);
}

TEST(ParseLink, TakesNothingThatOtherProgramsReadInAnotherWay) {
  for (const char* url : {"file:///etc/passwd",
                          "ftp://a.example/b",
                          "ytsearch:cats",
                          "a.example/b",
                          "",
                          "//a.example",
                          "http://",
                          "http:///a",
                          "http://:80/",
                          "http://a.example:0/",
                          "http://a.example:99999/",
                          "http://a.example:8x/",
                          "http://a.example:/",
                          "http://user@a.example/",
                          "http://a.example\\@127.0.0.1/",
                          "http://a.example /",
                          "http://a.example/\nb",
                          "http://a.exa%6dple/",
                          "http://ex\xc3\xa4mple.org/",
                          "http://[::1",
                          "http://[127.0.0.1]/",
                          "http://[::1]x/",
                          "http://a,b/",
                          "-http://a.example"}) {
    const Error error = thrown_error([&] { parse_link(url); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << url;
    EXPECT_THAT(error.message(), HasSubstr("is no link to fetch: ")) << url;
  }
}

TEST(CheckLink, LetsPublicAddressesPass) {
  check_link("https://public.example/a", why_not_public, scripted_names);
  check_link("https://8.8.8.8/a", why_not_public, scripted_names);
}

TEST(CheckLink, RefusesWhatLeadsIntoThisMachineOrNetwork) {
  EXPECT_EQ(
      refusal("http://127.0.0.1/a").message(),
      "127.0.0.1 is a loopback address, which is not fetched from; --allow-private allows it");
  EXPECT_EQ(refusal("http://localhost/a").message(),
            "localhost leads to 127.0.0.1, a loopback address, which is not fetched from; "
            "--allow-private allows it");
  for (const char* url :
       {"http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
        "http://2130706433/", "http://0177.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3:8080/", "http://0.0.0.0/", "http://224.0.0.1/", "http://[fe80::1]/"})
    EXPECT_EQ(refusal(url).kind(), ErrorKind::kUsage) << url;
}

TEST(CheckLink, RefusesANameOfWhichOneAddressIsPrivate) {
  EXPECT_THAT(refusal("http://both.example/").message(),
              HasSubstr("both.example leads to 10.0.0.1, a private address"));
}

TEST(CheckLink, SaysThatANameIsUnknown) {
  EXPECT_EQ(refusal("http://nowhere.example/").kind(), ErrorKind::kNotFound);
}

TEST(LooksLikeLink, TellsLinksFromPaths) {
  EXPECT_TRUE(looks_like_link("https://a.example"));
  EXPECT_TRUE(looks_like_link("FTP://a"));
  EXPECT_FALSE(looks_like_link("folder/file.mid"));
  EXPECT_FALSE(looks_like_link("://a"));
  EXPECT_FALSE(looks_like_link("a b://c"));
}

}  // namespace
}  // namespace undersong
