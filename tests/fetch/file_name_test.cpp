#include "fetch/file_name.h"

#include <gtest/gtest.h>

#include <string>

namespace undersong {
namespace {

TEST(FileNameOf, KeepsWhatANameMayHave) {
  EXPECT_EQ(file_name_of("Nocturne No. 2 (live)"), "Nocturne No. 2 (live)");
  EXPECT_EQ(file_name_of("夜の「曲」 № 1 – Zoë"), "夜の「曲」 № 1 – Zoë");
}

TEST(FileNameOf, LeavesNoWayOutOfTheFolder) {
  EXPECT_EQ(file_name_of("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(file_name_of("a/b\\c:d"), "a_b_c_d");
  EXPECT_EQ(file_name_of(".hidden"), "hidden");
  EXPECT_EQ(file_name_of("--rm -rf"), "rm -rf");
  EXPECT_EQ(file_name_of("one\ntwo\tthree\x7f\x01"), "one two three");
  EXPECT_EQ(file_name_of(std::string("a\0b", 3)), "a b");
}

TEST(FileNameOf, IsNeverEmpty) {
  for (const char* title : {"", "   ", "...", "---", "\n"})
    EXPECT_EQ(file_name_of(title), "untitled") << title;
}

TEST(FileNameOf, EndsAtAWholeLetter) {
  std::string title;
  for (int i = 0; i < 80; ++i) title += "夜";
  const std::string name = file_name_of(title);
  EXPECT_EQ(name.size(), 99U);
  EXPECT_EQ(name, title.substr(0, 99));
}

}  // namespace
}  // namespace undersong
