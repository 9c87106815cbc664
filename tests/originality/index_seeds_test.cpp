// The seeds of fuzz/index_fuzz.cpp are what the builder writes today. After a change of the format:
//   UNDERSONG_UPDATE_SEEDS=1 originality_test --gtest_filter='IndexSeeds.*'

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "originality/index.h"
#include "scores.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

void expect_seed(const std::string& name, const std::vector<Score>& scores) {
  const fs::path seed = fs::path(UNDERSONG_SOURCE_FOLDER) / "fuzz/corpus/index" / name;
  const TemporaryFolder folder;
  IndexBuilder builder("seed", "");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::string id = i == 0 ? "one" : "other";
    builder.add({id, "", "", "", "", id}, scores[i]);
  }
  builder.save(folder / name, 0, Overwrite::kRefuse, silent_progress());
  const auto bytes = read_file(folder / name);
  if (std::getenv("UNDERSONG_UPDATE_SEEDS") != nullptr) save_file(seed, bytes, Overwrite::kAllow);
  EXPECT_EQ(read_file(seed), bytes) << seed;
}

TEST(IndexSeeds, AreWhatTheBuilderWrites) {
  expect_seed("empty.index", {});
  expect_seed("line.index", {score_of(line_of({60, 61, 60, 61, 60, 61, 62, 63, 64, 65, 66, 67}))});
  std::vector<VoiceNote> chords;
  for (Ticks chord = 0; chord < 10; ++chord) {
    for (const int pitch : {40, 47, 52, 60})
      chords.push_back({chord * 4, 4, static_cast<std::uint8_t>(pitch + chord)});
  }
  Score waltz = score_of(line_of({72, 71, 67, 69, 71, 72, 74, 60, 65, 62, 64, 60}));
  waltz.meters = {{.tick = 0, .numerator = 3, .denominator = 4}};
  expect_seed("two_pieces.index", {score_of(chords), waltz});
}

}  // namespace
}  // namespace undersong
