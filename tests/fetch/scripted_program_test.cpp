// With a script in the place of yt-dlp, for what the real one cannot be made to do here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "base/folder_lock.h"
#include "fetch/fetch.h"
#include "fetch/ledger.h"
#include "support/scoped_path.h"
#include "support/sound_files.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using Outcome = FetchedItem::Outcome;
using std::chrono::milliseconds;

namespace fs = std::filesystem;

// Says the JSON of the file `listing` where it is asked to look, and runs `fetch` where it is asked
// to fetch, with the folder in $home.
constexpr const char* kScript = R"(#!/bin/sh
look=no
while [ $# -gt 0 ]; do
  case "$1" in
    --version) echo 9.9.9; exit 0 ;;
    --dump-single-json) look=yes ;;
    -P) home="${2#home:}"; shift ;;
  esac
  shift
done
here="${0%/*}"
if [ $look = yes ]; then cat "$here/listing"; exit 0; fi
. "$here/fetch"
)";

class ScriptedProgram : public testing::Test {
 protected:
  void SetUp() override {
    write("yt-dlp", kScript);
    fs::permissions(made_ / "yt-dlp", fs::perms::owner_all);
    save_tones(made_ / "tone.wav", {.seconds = 0.5});
    write("fetch", "cp \"$here/tone.wav\" \"$home/media.wav\"\n");
    options_.private_addresses = PrivateAddresses::kAllow;
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(made_ / name) << text;
  }

  FetchedItem fetch_one() {
    const ScopedPath path(made_.path().string() + ":/usr/bin:/bin");
    const auto items =
        fetch_links({"http://127.0.0.1/video"}, folder_, options_, silent_progress());
    EXPECT_EQ(items.size(), 1U);
    return items.empty() ? FetchedItem() : items.front();
  }

  TemporaryFolder made_;
  fs::path folder_ = made_ / "fetched";
  FetchOptions options_;
};

TEST_F(ScriptedProgram, WhoMadeItAndUnderWhichTermsIsKept) {
  write("listing", R"json({"id": "x1", "title": "Night \ud834\udd1e\n/ one", "uploader": "Zoë",
    "license": "Creative Commons Attribution license (reuse allowed)", "duration": 0.5,
    "webpage_url": "https://video.example/x1", "extractor_key": "Video"})json");
  const FetchedItem item = fetch_one();
EXPECT_EQ(item.outcome, Outcome::kFetched) << item.reason;
const LedgerEntry entry = Ledger::open(folder_).entries().at(0);
EXPECT_EQ(entry.title, "Night 𝄞\n/ one");
EXPECT_EQ(entry.uploader, "Zoë");
EXPECT_EQ(entry.licence, "Creative Commons Attribution license (reuse allowed)");
EXPECT_EQ(entry.url, "https://video.example/x1");
EXPECT_EQ(entry.fetched_by, "yt-dlp 9.9.9");
EXPECT_TRUE(fs::exists(folder_ / entry.file));
}

TEST_F(ScriptedProgram, WhatIsLiveOrTooLongOrTooLargeIsNotBegun) {
  write("fetch", "touch \"$here/begun\"\n");
  const auto reason_for = [&](const std::string& listing) {
    write("listing", listing);
    return fetch_one().reason;
  };
  EXPECT_EQ(reason_for(R"({"id": "a", "is_live": true})"), "it is live and has no end yet");
  EXPECT_EQ(reason_for(R"({"id": "a", "duration": 7201})"),
            "it lasts 7201 seconds, more than 7200; --max-length allows more");
  EXPECT_EQ(reason_for(R"({"id": "a", "filesize": 600000000})"),
            "it is larger than 500 MiB; --max-size allows more");
  EXPECT_FALSE(fs::exists(made_ / "begun"));
}

TEST_F(ScriptedProgram, OneThatEndsWithoutAFileHasFailed) {
  write("listing", R"({"id": "a", "title": "A"})");
  write("fetch", "exit 0\n");
  EXPECT_EQ(fetch_one().reason, "yt-dlp says: it gave no reason");
  write("fetch", "echo x > \"$home/media.mp3.part\"; exit 0\n");
  EXPECT_EQ(fetch_one().reason, "yt-dlp says: it gave no reason");
  write("fetch", "echo 'ERROR: [Video] a: Sign in to confirm your age.' >&2; exit 1\n");
  EXPECT_EQ(fetch_one().reason, "yt-dlp says: [Video] a: Sign in to confirm your age");
}

TEST_F(ScriptedProgram, OneThatTakesTooLongIsStopped) {
  write("listing", R"({"id": "a", "title": "A"})");
  write("fetch", "while :; do echo still here; sleep 0.1; done\n");
  options_.limits.time = milliseconds(2000);
  EXPECT_EQ(fetch_one().reason, "it took longer than 2 seconds and was stopped");
  write("fetch", "sleep 600\n");
  options_.limits = FetchLimits();
  options_.limits.stall = milliseconds(1000);
  EXPECT_EQ(fetch_one().reason, "nothing came for 1 seconds, so it was stopped");
}

TEST_F(ScriptedProgram, WhatIsNoDescriptionIsNothingToFetch) {
  for (const char* listing : {"", "null", "[]", "{\"id\"", "words"}) {
    write("listing", listing);
    EXPECT_EQ(fetch_one().reason, "there is nothing to fetch") << listing;
  }
}

TEST_F(ScriptedProgram, AListOfStrangeEntriesDoesNoHarm) {
  write("listing", R"({"_type": "playlist", "title": 3, "entries": [null, 5, "x",
    {"_type": "url", "url": "file:///etc/passwd", "title": "Passwords"},
    {"_type": "url", "url": 7}, {"id": 9, "title": null, "duration": "long"}]})");
  const ScopedPath path(made_.path().string() + ":/usr/bin:/bin");
  const auto items = fetch_links({"http://127.0.0.1/list"}, folder_, options_, silent_progress());
  ASSERT_EQ(items.size(), 3U);
  EXPECT_THAT(items[0].reason, HasSubstr("only http:// and https:// are fetched"));
  EXPECT_EQ(items[1].outcome, Outcome::kFailed);
  EXPECT_EQ(items[2].outcome, Outcome::kFetched) << items[2].reason;
  EXPECT_TRUE(items[2].file.filename().string().starts_with("untitled ["));
}

TEST_F(ScriptedProgram, AnotherRunInTheSameFolderWaitsItsTurn) {
  write("listing", R"({"id": "a", "title": "A"})");
  write("fetch", "exit 1\n");
  fs::create_directories(folder_);
  const FolderLock lock(folder_, "fetching");
  const Error error = thrown_error([&] { fetch_one(); });
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_THAT(error.message(), HasSubstr("another program is fetching into "));
}

TEST_F(ScriptedProgram, IsMissedByName) {
  const ScopedPath nothing("/nowhere");
  const Error error = thrown_error(
      [&] { fetch_links({"http://127.0.0.1/a"}, folder_, options_, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("links are fetched by yt-dlp, which is not installed"));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(ScriptedProgram, LimitsThatLetNothingThroughAreRefused) {
  options_.limits.items = 0;
  EXPECT_EQ(thrown_error([&] { fetch_one(); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace undersong
