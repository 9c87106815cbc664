// With the real yt-dlp and a server on the loopback.

#include "fetch/fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>

#include "base/cancel.h"
#include "base/subprocess.h"
#include "base/subprocess_pipe.h"
#include "fetch/ledger.h"
#include "support/media_server.h"
#include "support/sound_files.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using Outcome = FetchedItem::Outcome;
using std::chrono::milliseconds;

namespace fs = std::filesystem;

// 127.0.0.1 stands for the Internet, everything else for the network at home.
std::string_view one_host_alone(const IpAddress& address) {
  return address == *parse_ip_address("127.0.0.1") ? "" : "a private address";
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Of what fetching keeps for itself nothing counts.
std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path() != ledger_path(folder)) names.insert(entry.path().filename().string());
  }
  return names;
}

class FetchLinks : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("yt-dlp")) GTEST_SKIP() << "yt-dlp is not installed";
    for (const char* name :
         {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
      ::unsetenv(name);
    options_.rule = one_host_alone;
    save_tones(made_ / "tone.mp3",
               {.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, .seconds = 5.0});
    tone_ = bytes_of(made_ / "tone.mp3");
    ASSERT_GT(tone_.size(), 20000U);
    server_.serve("/tone.mp3", "audio/mpeg", tone_);
  }

  std::vector<FetchedItem> fetch(const std::vector<std::string>& links) {
    return fetch_links(links, folder_, options_, silent_progress());
  }

  FetchedItem fetch_one(const std::string& link) {
    const auto items = fetch({link});
    EXPECT_EQ(items.size(), 1U);
    return items.empty() ? FetchedItem() : items.front();
  }

  TemporaryFolder made_;
  fs::path folder_ = made_ / "fetched";
  MediaServer server_;
  FetchOptions options_;
  std::string tone_;
};

TEST_F(FetchLinks, FetchesADirectFileOnce) {
  const FetchedItem item = fetch_one(server_.url("/tone.mp3"));
  EXPECT_EQ(item.outcome, Outcome::kFetched) << item.reason;
  EXPECT_EQ(item.title, "tone");
  EXPECT_EQ(item.url, server_.url("/tone.mp3"));
  EXPECT_NEAR(item.seconds, 5.0, 0.2);
  EXPECT_TRUE(bytes_of(item.file) == tone_);
  EXPECT_THAT(item.file.filename().string(), MatchesRegex("tone .[0-9a-f]+.\\.mp3"));
  EXPECT_THAT(names_in(folder_), ElementsAre(item.file.filename().string()));

  const int requests = server_.requests("/tone.mp3");
  const FetchedItem again = fetch_one(server_.url("/tone.mp3"));
  EXPECT_EQ(again.outcome, Outcome::kAlreadyThere);
  EXPECT_EQ(again.file, item.file);
  EXPECT_EQ(again.bytes, item.bytes);
  EXPECT_EQ(server_.requests("/tone.mp3"), requests);
}

TEST_F(FetchLinks, FetchesAVideo) {
  save_tones(made_ / "tone.wav", {.seconds = 2.0});
  const fs::path clip = made_ / "clip.mp4";
  if (!made_by_ffmpeg({"-f", "lavfi", "-i", "testsrc=d=2:s=64x64:r=5", "-i",
                       (made_ / "tone.wav").string(), clip.string()}))
    GTEST_SKIP() << "ffmpeg is not installed";
  server_.serve_file("/clip.mp4", "video/mp4", clip);
  const FetchedItem item = fetch_one(server_.url("/clip.mp4"));
  EXPECT_EQ(item.outcome, Outcome::kFetched) << item.reason;
  EXPECT_EQ(item.file.extension(), ".mp4");
  EXPECT_NEAR(item.seconds, 2.0, 0.2);
}

TEST_F(FetchLinks, RefusesAVideoWithoutSoundAndKeepsNothingOfIt) {
  const fs::path clip = made_ / "silent.mp4";
  if (!made_by_ffmpeg({"-f", "lavfi", "-i", "testsrc=d=2:s=64x64:r=5", clip.string()}))
    GTEST_SKIP() << "ffmpeg is not installed";
  server_.serve_file("/silent.mp4", "video/mp4", clip);
  const FetchedItem item = fetch_one(server_.url("/silent.mp4"));
  EXPECT_EQ(item.outcome, Outcome::kFailed);
  EXPECT_THAT(item.reason, EndsWith("has pictures and no sound"));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(FetchLinks, TakesEveryItemOfAPageAndLetsNoBadOneEndTheRest) {
  server_.serve("/words.mp3", "audio/mpeg", "These are words, and no sound at all.");
  server_.serve("/second.mp3", "audio/mpeg", tone_);
  server_.serve_page("/page", "../Ta/ke –\n夜 &amp; day",
                     {"tone.mp3", "words.mp3", "gone.mp3", "second.mp3"});
  const auto items = fetch({server_.url("/page")});
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].outcome, Outcome::kFetched) << items[0].reason;
  EXPECT_EQ(items[1].outcome, Outcome::kFailed);
  EXPECT_THAT(items[1].reason, HasSubstr("is not an audio file that can be read"));
  EXPECT_EQ(items[2].outcome, Outcome::kFailed);
  EXPECT_THAT(items[2].reason, HasSubstr("404"));
  EXPECT_EQ(items[3].outcome, Outcome::kFetched) << items[3].reason;
  EXPECT_EQ(items[3].url, server_.url("/page"));
  EXPECT_THAT(items[3].file.filename().string(), MatchesRegex("[^.-/\n].*夜 & day.*\\.mp3"));
  EXPECT_NE(items[0].file, items[3].file);
  EXPECT_EQ(items[3].file.parent_path(), folder_);
}

TEST_F(FetchLinks, TakesNoMoreItemsThanItMay) {
  server_.serve_page("/page", "Three", {"tone.mp3?a", "tone.mp3?b", "tone.mp3?c"});
  options_.limits.items = 2;
  EXPECT_EQ(fetch({server_.url("/page")}).size(), 2U);
}

TEST_F(FetchLinks, FetchesAPodcastByItsOwnTitles) {
  server_.serve("/cast.xml", "application/rss+xml",
                "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Cast</title><item>"
                "<title>-- One / two</title><link>" +
                    server_.url("/tone.mp3") + "</link></item></channel></rss>");
  const FetchedItem item = fetch_one(server_.url("/cast.xml"));
  EXPECT_EQ(item.outcome, Outcome::kFetched) << item.reason;
  EXPECT_EQ(item.title, "-- One / two");
  EXPECT_EQ(item.url, server_.url("/tone.mp3"));
  EXPECT_THAT(item.file.filename().string(), MatchesRegex("One _ two .*\\.mp3"));
}

TEST_F(FetchLinks, SaysThatAPlaylistIsEmptyAndThatAPageHasNoMedia) {
  server_.serve("/empty.xml", "application/rss+xml",
                "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Cast</title>"
                "</channel></rss>");
  server_.serve("/words", "text/html", "<html><title>x</title><body>words</body></html>");
  const auto items = fetch({server_.url("/empty.xml"), server_.url("/words")});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].reason, "the list is empty");
  EXPECT_THAT(items[1].reason, HasSubstr("yt-dlp says: Unsupported URL"));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(FetchLinks, FollowsARedirectToAnAllowedAddressAlone) {
  server_.serve_redirect("/near", server_.url("/tone.mp3"));
  server_.serve_redirect("/far", server_.url("/tone.mp3", "127.0.0.2"));
  server_.serve_page("/page", "Far", {server_.url("/tone.mp3", "127.0.0.2")});
  const auto items = fetch({server_.url("/near"), server_.url("/far"), server_.url("/page")});
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].outcome, Outcome::kFetched) << items[0].reason;
  for (const auto& item : {items[1], items[2]}) {
    EXPECT_EQ(item.outcome, Outcome::kFailed);
    EXPECT_EQ(item.reason,
              "127.0.0.2 is a private address, which is not fetched from; --allow-private allows "
              "it");
  }
}

TEST_F(FetchLinks, IsNotLedPastTheGuardByExceptions) {
  ::setenv("no_proxy", "*", 1);
  server_.serve_redirect("/far", server_.url("/tone.mp3", "127.0.0.2"));
  const FetchedItem item = fetch_one(server_.url("/far"));
  ::unsetenv("no_proxy");
  EXPECT_EQ(item.outcome, Outcome::kFailed);
}

TEST_F(FetchLinks, RefusesPrivateAddressesUnlessToldOtherwise) {
  options_.rule = why_not_public;
  const Error error = thrown_error([&] { fetch({server_.url("/tone.mp3")}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(server_.requests("/tone.mp3"), 0);
  EXPECT_FALSE(fs::exists(folder_));
  options_.private_addresses = PrivateAddresses::kAllow;
  EXPECT_EQ(fetch_one(server_.url("/tone.mp3")).outcome, Outcome::kFetched);
}

TEST_F(FetchLinks, KeepsToTheLimitsWhateverTheServerSays) {
  server_.serve_endless("/endless.mp3", "audio/mpeg", tone_);
  options_.limits.bytes = std::int64_t{1} << 20U;
  EXPECT_EQ(fetch_one(server_.url("/endless.mp3")).reason,
            "it is larger than 1 MiB; --max-size allows more");
  options_.limits.bytes = 1000;
  EXPECT_EQ(fetch_one(server_.url("/tone.mp3")).reason,
            "it is larger than 0 MiB; --max-size allows more");
  options_.limits = FetchLimits();
  options_.limits.seconds = 3.0;
  EXPECT_EQ(fetch_one(server_.url("/tone.mp3")).reason,
            "it lasts 5 seconds, more than 3; --max-length allows more");
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(FetchLinks, GivesUpOnAServerThatStallsAndGoesOnThereTheNextTime) {
  server_.serve_stalled("/slow.mp3", "audio/mpeg", tone_);
  options_.limits.stall = milliseconds(4000);
  const FetchedItem item = fetch_one(server_.url("/slow.mp3"));
  EXPECT_EQ(item.outcome, Outcome::kFailed);
  EXPECT_THAT(item.reason,
              testing::AnyOf(HasSubstr("nothing came for 4 seconds"), HasSubstr("timed out")));
  server_.let_go();
  options_.limits.stall = milliseconds(60000);
  const FetchedItem again = fetch_one(server_.url("/slow.mp3"));
  EXPECT_EQ(again.outcome, Outcome::kFetched) << again.reason;
  EXPECT_TRUE(bytes_of(again.file) == tone_);
}

TEST_F(FetchLinks, GoesOnWhereABrokenDownloadEnded) {
  server_.serve_broken("/broken.mp3", "audio/mpeg", tone_ + tone_ + tone_ + tone_);
  const FetchedItem item = fetch_one(server_.url("/broken.mp3"));
  EXPECT_EQ(item.outcome, Outcome::kFailed);
  EXPECT_THAT(item.reason, HasSubstr("yt-dlp says: "));
  EXPECT_THAT(names_in(folder_), ElementsAre(".fetching"));
  server_.serve("/broken.mp3", "audio/mpeg", tone_ + tone_ + tone_ + tone_);
  const std::size_t before = server_.begins("/broken.mp3").size();
  const FetchedItem again = fetch_one(server_.url("/broken.mp3"));
  EXPECT_EQ(again.outcome, Outcome::kFetched) << again.reason;
  EXPECT_TRUE(bytes_of(again.file) == tone_ + tone_ + tone_ + tone_);
  // The first request looks, the last one fetches the rest.
  const auto begins = server_.begins("/broken.mp3");
  ASSERT_GT(begins.size(), before);
  EXPECT_GT(begins.back(), 0);
  EXPECT_THAT(names_in(folder_), ElementsAre(again.file.filename().string()));
}

TEST_F(FetchLinks, FetchesNothingTwiceAfterAKill) {
  server_.serve("/second.mp3", "audio/mpeg", tone_);
  server_.serve_stalled("/third.mp3", "audio/mpeg", tone_);
  server_.serve_page("/page", "Three", {"tone.mp3", "second.mp3", "third.mp3"});
  {
    SubprocessPipe run({UNDERSONG_INTERRUPTED_FETCH, folder_.string(), server_.url("/page")});
    for (int i = 0; i < 3000 && server_.requests("/third.mp3") == 0; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    ASSERT_EQ(server_.requests("/third.mp3"), 1);
    run.kill();
  }
  EXPECT_EQ(Ledger::open(folder_).entries().size(), 2U);
  server_.let_go();
  const auto items = fetch({server_.url("/page")});
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].outcome, Outcome::kAlreadyThere);
  EXPECT_EQ(items[1].outcome, Outcome::kAlreadyThere);
  EXPECT_EQ(items[2].outcome, Outcome::kFetched) << items[2].reason;
  EXPECT_TRUE(bytes_of(items[2].file) == tone_);
  EXPECT_EQ(server_.requests("/tone.mp3"), 1);
  EXPECT_EQ(server_.requests("/second.mp3"), 1);
  EXPECT_EQ(names_in(folder_).size(), 3U);
}

TEST_F(FetchLinks, SaysThatThereIsNoNetwork) {
  // Nobody listens at that port.
  const FetchedItem item = fetch_one("http://127.0.0.1:1/tone.mp3");
  EXPECT_EQ(item.outcome, Outcome::kFailed);
  EXPECT_THAT(item.reason, HasSubstr("yt-dlp says: "));
  EXPECT_EQ(fetch_one("http://no-such-host.invalid/tone.mp3").outcome, Outcome::kFailed);
}

TEST_F(FetchLinks, StopsWhenItIsCancelled) {
  request_cancel();
  const Error error = thrown_error([&] { fetch({server_.url("/tone.mp3")}); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  EXPECT_FALSE(fs::exists(folder_));
}

}  // namespace
}  // namespace undersong
