#include "train/frames_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "support/shared_music.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(FramesText, IsALineAPieceAndAWordAStep) {
  const auto pieces = parse_frames("39,51 - 7\n\n  0,87\t87,0 \r\n");
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0], (FramePiece{{39, 51}, {}, {7}}));
  EXPECT_EQ(pieces[1], (FramePiece{{0, 87}, {0, 87}}));
  EXPECT_EQ(frame_count(pieces), 5);
}

TEST(FramesText, SaysWhereItIsNone) {
  const auto message = [](std::string_view text) {
    const Error error = thrown_error([&] { parse_frames(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    return error.message();
  };
  EXPECT_THAT(
      message("1 2\n3 4,x\n"),
      AllOf(HasSubstr("line 2, step 2"), HasSubstr("`x` is no key"), HasSubstr("0 (A0) to 87")));
  EXPECT_THAT(message("88"), HasSubstr("line 1, step 1: `88` is no key"));
  EXPECT_THAT(message("-1"), HasSubstr("`-1` is no key"));
  EXPECT_THAT(message("1,,2"), HasSubstr("`` is no key"));
  EXPECT_THAT(message("1,2,"), HasSubstr("`` is no key"));
  EXPECT_THAT(message("4,2,4"), HasSubstr("the key 4 comes twice"));
  EXPECT_THAT(message("\n \n"), HasSubstr("there is no piece in it"));
}

TEST(FramesText, ASetNamesTheFileThatIsMissing) {
  const TemporaryFolder folder;
  save_file(folder / "a.train.txt", "1 2", Overwrite::kRefuse);
  save_file(folder / "a.valid.txt", "1,2,3", Overwrite::kRefuse);
  const Error error = thrown_error([&] { read_frame_set(folder / "a"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("a.test.txt"));
  EXPECT_EQ(error.message().find("a.test.txt"), error.message().rfind("a.test.txt"));
  save_file(folder / "a.test.txt", "1", Overwrite::kRefuse);
  EXPECT_EQ(most_keys(read_frame_set(folder / "a")), 3);
  save_file(folder / "a.test.txt", "1 y", Overwrite::kAllow);
  EXPECT_THAT(thrown_error([&] { read_frame_set(folder / "a"); }).message(),
              AllOf(HasSubstr("a.test.txt: line 1, step 2")));
}

TEST(FramesText, ThePublishedSetsHaveTheirPublishedSizes) {
  const auto folder = shared_music("boulanger-lewandowski");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  const FrameSet set = read_frame_set(*folder / "JSB_Chorales");
  EXPECT_EQ(set.train.size(), 229U);
  EXPECT_EQ(set.valid.size(), 76U);
  EXPECT_EQ(set.test.size(), 77U);
  EXPECT_EQ(frame_count(set.test), 4725);
}

}  // namespace
}  // namespace undersong
