#include "fetch/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

LedgerEntry entry_of(const std::string& key, const std::string& file) {
  return {.key = key,
          .file = file,
          .bytes = 5,
          .seconds = 2.5,
          .url = "https://music.example/1",
          .title = "夜\n\"1\"",
          .uploader = "Zoë",
          .licence = "CC BY",
          .fetched_by = "yt-dlp 1"};
}

TEST(Ledger, IsEmptyInANewFolder) {
  const TemporaryFolder folder;
  EXPECT_TRUE(Ledger::open(folder.path()).entries().empty());
  EXPECT_FALSE(std::filesystem::exists(ledger_path(folder.path())));
}

TEST(Ledger, GivesBackWhatItWasTold) {
  const TemporaryFolder folder;
  const LedgerEntry first = entry_of("one", "a.mp3");
  const LedgerEntry second = entry_of("two", "b.mp3");
  Ledger ledger = Ledger::open(folder.path());
  ledger.add(first);
  ledger.add(second);
  EXPECT_EQ(Ledger::open(folder.path()).entries(), (std::vector{first, second}));
}

TEST(Ledger, KnowsWhatIsThereWhole) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::open(folder.path());
  ledger.add(entry_of("one", "a.mp3"));
  EXPECT_EQ(ledger.find("one"), nullptr);
  std::ofstream(folder / "a.mp3") << "1234";
  EXPECT_EQ(ledger.find("one"), nullptr);
  std::ofstream(folder / "a.mp3") << "12345";
  ASSERT_NE(ledger.find("one"), nullptr);
  EXPECT_EQ(ledger.find("one")->title, "夜\n\"1\"");
  EXPECT_EQ(ledger.find("two"), nullptr);
}

TEST(Ledger, ReplacesAnEntryOfTheSameKey) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::open(folder.path());
  ledger.add(entry_of("one", "a.mp3"));
  ledger.add(entry_of("one", "b.mp3"));
  ASSERT_EQ(ledger.entries().size(), 1U);
  EXPECT_EQ(ledger.entries().front().file, "b.mp3");
}

TEST(Ledger, SaysWhatIsWrongWithADamagedOne) {
  const TemporaryFolder folder;
  const auto message_for = [&](const std::string& text) {
    std::ofstream(ledger_path(folder.path())) << text;
    return thrown_error([&] { Ledger::open(folder.path()); }).message();
  };
  EXPECT_THAT(message_for("{\"format\""), HasSubstr("fetched.json: it is damaged: "));
  EXPECT_THAT(message_for("[1]"), HasSubstr("it is damaged"));
  EXPECT_THAT(message_for(R"({"format":"other","version":1,"items":[]})"),
              HasSubstr("this is not a list of what was fetched"));
  EXPECT_THAT(message_for(R"({"format":"undersong-fetched","version":2,"items":[]})"),
              HasSubstr("a newer undersong wrote it"));
  const TemporaryFolder sound;
  Ledger ledger = Ledger::open(sound.path());
  ledger.add(entry_of("one", "../../etc/passwd"));
  EXPECT_THAT(message_for(ledger.to_json()), HasSubstr("is not the name of a file"));
}

}  // namespace
}  // namespace undersong
