// What the fuzzer kept (fuzz/corpus/midi), and what once failed (tests/midi/crashes), replayed by
// the ordinary build.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(UNDERSONG_SOURCE_FOLDER) / folder))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

void replay(const std::string& folder) {
  const auto paths = files_of(folder);
  EXPECT_FALSE(paths.empty());
  for (const auto& path : paths) {
    MidiReading reading;
    try {
      reading = read_midi(read_file(path));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kFormat) << path;
      continue;
    }
    const MidiReading again = read_midi(write_midi(reading.score));
    EXPECT_EQ(again.score, reading.score) << path;
    EXPECT_TRUE(again.repairs.empty()) << path;
  }
}

TEST(FuzzCorpus, ReadsOrIsRefused) { replay("fuzz/corpus/midi"); }

TEST(FoundCrashes, AreMended) { replay("tests/midi/crashes"); }

}  // namespace
}  // namespace undersong
