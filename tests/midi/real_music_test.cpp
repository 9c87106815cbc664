// Every file of the shared sets: it reads, and read(write(read)) is read.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>

#include "midi/midi_file.h"
#include "support/shared_music.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

struct MusicSet {
  const char* name;
  std::size_t files;
  std::size_t notes;
  std::size_t repaired;  // unended notes, and key signatures out of range
};

void PrintTo(const MusicSet& set, std::ostream* out) { *out << set.name; }

bool is_midi(const fs::path& path) {
  return path.extension() == ".mid" || path.extension() == ".MID";
}

class RealMusic : public testing::TestWithParam<MusicSet> {};

TEST_P(RealMusic, ReadsAndComesBackEqual) {
  const auto folder = shared_music(GetParam().name);
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  MusicSet found{GetParam().name, 0, 0, 0};
  for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file() || !is_midi(entry.path())) continue;
    const MidiReading reading = load_midi(entry.path());
    ++found.files;
    found.notes += note_count(reading.score);
    if (!reading.repairs.empty()) ++found.repaired;
    const MidiReading again = read_midi(write_midi(reading.score));
    EXPECT_EQ(again.score, reading.score) << entry.path();
    EXPECT_TRUE(again.repairs.empty()) << entry.path() << ": " << again.repairs.front();
  }
  EXPECT_EQ(found.files, GetParam().files);
  EXPECT_EQ(found.notes, GetParam().notes);
  EXPECT_EQ(found.repaired, GetParam().repaired);
}

INSTANTIATE_TEST_SUITE_P(
    SharedSets, RealMusic,
    testing::Values(MusicSet{"blasphemer", 22, 21289, 0}, MusicSet{"debian-games", 69, 460624, 2},
                    MusicSet{"easyrpg-rtp", 30, 17413, 0}, MusicSet{"freedoom", 112, 446669, 0},
                    MusicSet{"groove", 1150, 446312, 1}, MusicSet{"mutopia", 95, 24451, 0},
                    MusicSet{"openscore-lieder", 1460, 1405021, 35},
                    MusicSet{"openscore-orchestra", 96, 895349, 1},
                    MusicSet{"openscore-quartets", 122, 1181148, 0},
                    MusicSet{"piano-midi-de", 283, 675862, 0}),
    [](const auto& set) {
      std::string name = set.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace undersong
