#include "base/error.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

TEST(Error, ReadsOutermostContextFirst) {
  const Error inner(ErrorKind::kFormat, "truncated varint");
  const Error outer = inner.within("byte 71").within("reading a.mid");
  EXPECT_EQ(outer.message(), "reading a.mid: byte 71: truncated varint");
  EXPECT_EQ(outer.kind(), ErrorKind::kFormat);
}

TEST(Error, IsGivenContextByTheCallItLeaves) {
  try {
    with_context("track 2", []() -> int { throw Error(ErrorKind::kIo, "no"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "track 2: no");
  }
}

TEST(Error, HasTheExitCodeThatScriptsExpect) {
  EXPECT_EQ(exit_code(ErrorKind::kUsage), 2);
  EXPECT_EQ(exit_code(ErrorKind::kTooClose), 3);
  EXPECT_EQ(exit_code(ErrorKind::kCancelled), 130);
  EXPECT_EQ(exit_code(ErrorKind::kFormat), 1);
}

}  // namespace
}  // namespace undersong
