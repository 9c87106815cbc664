#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "a.txt", Overwrite::kRefuse);
    file.write("half");
    EXPECT_FALSE(fs::exists(folder / "a.txt"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
  save_file(folder / "a.txt", "whole", Overwrite::kRefuse);
  EXPECT_EQ(read_text_file(folder / "a.txt"), "whole");
}

TEST(AtomicFile, RefusesToOverwriteUnlessTold) {
  const TemporaryFolder folder;
  save_file(folder / "a.txt", "old", Overwrite::kRefuse);
  EXPECT_THAT(message_of([&] { save_file(folder / "a.txt", "new", Overwrite::kRefuse); }),
              testing::HasSubstr("exists already"));
  EXPECT_EQ(read_text_file(folder / "a.txt"), "old");
  save_file(folder / "a.txt", "new", Overwrite::kAllow);
  EXPECT_EQ(read_text_file(folder / "a.txt"), "new");
}

TEST(AtomicFile, CreatesTheFoldersAboveIt) {
  const TemporaryFolder folder;
  save_file(folder / "out" / "deep" / "a.txt", "x", Overwrite::kRefuse);
  EXPECT_EQ(read_text_file(folder / "out" / "deep" / "a.txt"), "x");
}

TEST(AtomicFile, SaysWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  fs::create_symlink("/dev/full", folder / "full");
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  AtomicFile file(folder / "a.txt", Overwrite::kRefuse);
  fs::remove(file.temporary_path());
  fs::create_symlink("/dev/full", file.temporary_path());
  EXPECT_THAT(message_of([&] { file.write("x"); }), testing::HasSubstr("No space left on device"));
}

TEST(ReadFile, SaysWhatIsMissingAndWhatIsAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of([&] { read_file(folder / "none.mid"); }),
              testing::EndsWith("none.mid: there is no such file"));
  EXPECT_THAT(message_of([&] { read_file(folder.path()); }),
              testing::EndsWith("is a folder; name a file"));
}

TEST(Display, QuotesNamesThatCouldMislead) {
  EXPECT_EQ(display("plain.mid"), "plain.mid");
  EXPECT_EQ(display("two words.mid"), "\"two words.mid\"");
  EXPECT_EQ(display("line\nbreak"), "\"line\\nbreak\"");
  EXPECT_EQ(display("曲.mid"), "曲.mid");
}

}  // namespace
}  // namespace undersong
