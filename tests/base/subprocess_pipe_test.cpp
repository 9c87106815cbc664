#include "base/subprocess_pipe.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <thread>

#include "base/cancel.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string read_text(SubprocessPipe& pipe, milliseconds limit = seconds(20)) {
  std::array<std::byte, 64> bytes{};
  const auto got = pipe.read(bytes, limit);
  if (!got) return "(nothing yet)";
  return {reinterpret_cast<const char*>(bytes.data()), *got};
}

TEST(SubprocessPipe, GivesWhatIsSaidWhileTheProgramRuns) {
  SubprocessPipe pipe({"sh", "-c", "echo first; echo aside >&2; sleep 600"});
  EXPECT_EQ(read_text(pipe), "first\n");
  EXPECT_EQ(read_text(pipe, milliseconds(1)), "(nothing yet)");
}

TEST(SubprocessPipe, TellsTheEndTheExitCodeAndWhatWasSaidAside) {
  SubprocessPipe pipe({"sh", "-c", "echo aside >&2; exec >&-; echo more >&2; exit 3"});
  EXPECT_EQ(read_text(pipe), "");
  EXPECT_EQ(read_text(pipe), "");
  EXPECT_EQ(pipe.wait(seconds(20)), 3);
  EXPECT_EQ(pipe.errors(), "aside\nmore\n");
}

TEST(SubprocessPipe, KeepsTheLastWordsOfOneThatComplainsForEver) {
  SubprocessPipe pipe({"sh", "-c",
                       "exec >&-; i=0; while [ $i -lt 20000 ]; do echo complaint >&2; "
                       "i=$((i+1)); done; echo last >&2"});
  EXPECT_EQ(pipe.wait(seconds(60)), 0);
  EXPECT_LE(pipe.errors().size(), 65536U);
  EXPECT_TRUE(pipe.errors().ends_with("complaint\nlast\n"));
}

TEST(SubprocessPipe, EndsAProgramThatIsNoLongerWantedWithItsChildren) {
  pid_t child = 0;
  {
    SubprocessPipe pipe({"sh", "-c", "sleep 600 & echo $!; wait"});
    child = static_cast<pid_t>(std::stol(read_text(pipe)));
    ASSERT_GT(child, 1);
    EXPECT_EQ(::kill(child, 0), 0);
  }
  // Whoever takes in orphans notices a little later.
  for (int i = 0; i < 200 && ::kill(child, 0) == 0; ++i)
    std::this_thread::sleep_for(milliseconds(10));
  EXPECT_NE(::kill(child, 0), 0);
}

TEST(SubprocessPipe, KillsOneThatDoesNotEnd) {
  SubprocessPipe pipe({"sh", "-c", "exec >&- 2>&-; sleep 600"});
  EXPECT_EQ(read_text(pipe), "");
  EXPECT_EQ(pipe.wait(milliseconds(50)), 128 + SIGKILL);
}

TEST(SubprocessPipe, StopsWhenItIsCancelled) {
  SubprocessPipe pipe({"sleep", "600"});
  request_cancel();
  const Error error = thrown_error([&] { read_text(pipe); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  EXPECT_EQ(pipe.wait(milliseconds(0)), 128 + SIGKILL);
}

TEST(SubprocessPipe, SaysWhichProgramIsMissing) {
  EXPECT_EQ(thrown_error([] { SubprocessPipe pipe({"no-such-program-here"}); }).message(),
            "the program no-such-program-here is not installed");
}

}  // namespace
}  // namespace undersong
