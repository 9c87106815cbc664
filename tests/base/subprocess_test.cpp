#include "base/subprocess.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Subprocess, PassesArgumentsWithoutAShell) {
  const auto result = run_subprocess({"printf", "%s|", "a b", "$HOME", "\"; rm"}, seconds(20));
  EXPECT_EQ(result.output, "a b|$HOME|\"; rm|");
  EXPECT_EQ(result.exit_code, 0);
}

TEST(Subprocess, KeepsTheTwoStreamsApart) {
  const auto result = run_subprocess({"sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(20));
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(Subprocess, EndsAProgramThatTakesTooLongWithItsChildren) {
  const auto result = run_subprocess({"sh", "-c", "sleep 600 & sleep 600"}, milliseconds(50));
  EXPECT_TRUE(result.timed_out);
}

TEST(Subprocess, SaysWhichProgramIsMissing) {
  try {
    run_subprocess({"no-such-program-here"}, seconds(1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_EQ(error.message(), "the program no-such-program-here is not installed");
  }
}

TEST(FindProgram, LooksThroughThePath) {
  EXPECT_TRUE(find_program("sh").has_value());
  EXPECT_FALSE(find_program("no-such-program-here").has_value());
}

}  // namespace
}  // namespace undersong
