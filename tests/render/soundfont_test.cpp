#include "render/soundfont.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "base/progress.h"
#include "render/render.h"
#include "support/installed_soundfont.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

// Sets a variable, or takes it away, for as long as it lives.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) old_ = old;
    if (value != nullptr) {
      ::setenv(name, value, 1);
    } else {
      ::unsetenv(name);
    }
  }
  ~Environment() {
    if (old_.empty()) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, old_.c_str(), 1);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::string old_;
};

constexpr const char* kVariable = "UNDERSONG_SOUNDFONT";

Score one_note() {
  Score score;
  score.tracks.emplace_back().notes = {{.onset_ticks = 0, .duration_ticks = 480}};
  return score;
}

TEST(FindSoundfont, TakesTheNamedOneFirst) {
  const TemporaryFolder folder;
  std::ofstream(folder / "named.sf2") << "x";
  std::ofstream(folder / "variable.sf2") << "x";
  const Environment environment(kVariable, (folder / "variable.sf2").c_str());
  EXPECT_EQ(find_soundfont(folder / "named.sf2"), folder / "named.sf2");
  EXPECT_EQ(find_soundfont(), folder / "variable.sf2");
}

TEST(FindSoundfont, SaysWhatIsMissingAndWhoNamedIt) {
  const Environment environment(kVariable, "/nowhere/b.sf2");
  const Error named = thrown_error([] { find_soundfont("/nowhere/my font.sf2"); });
  EXPECT_EQ(named.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(named.message(), "there is no SoundFont at \"/nowhere/my font.sf2\"");
  EXPECT_EQ(thrown_error([] { find_soundfont(); }).message(),
            "there is no SoundFont at /nowhere/b.sf2, which UNDERSONG_SOUNDFONT names");
}

TEST(CheckSoundfont, RefusesOtherFiles) {
  const TemporaryFolder folder;
  std::ofstream(folder / "words.sf2") << "These are words, and not a SoundFont.";
  std::ofstream(folder / "wave.sf2") << "RIFF1234WAVEfmt and so on";
  std::ofstream(folder / "short.sf2") << "RIFF";
  for (const char* name : {"words.sf2", "wave.sf2", "short.sf2"}) {
    const Error error = thrown_error([&] { check_soundfont(folder / name); });
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_EQ(error.message(), (folder / name).string() +
                                   " is not a SoundFont: give an .sf2 or .sf3 file, or none to use "
                                   "the installed one");
  }
  EXPECT_EQ(thrown_error([&] { check_soundfont(folder.path()); }).kind(), ErrorKind::kFormat);
}

TEST(CheckSoundfont, TellsWhenAFileWasCutShort) {
  const auto soundfont = installed_soundfont();
  if (!soundfont) GTEST_SKIP() << kNoSoundfont;
  check_soundfont(*soundfont);
  std::ifstream whole(*soundfont, std::ios::binary);
  std::string bytes(100000, '\0');
  whole.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const TemporaryFolder folder;
  std::ofstream(folder / "half.sf2", std::ios::binary) << bytes;
  testing::internal::CaptureStderr();
  const Error error = thrown_error(
      [&] { render(one_note(), {.soundfont = folder / "half.sf2"}, silent_progress()); });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_EQ(error.message(),
            (folder / "half.sf2").string() +
                " is a SoundFont that was cut short: install or download it again");
}

}  // namespace
}  // namespace undersong
