// What the measures say of real music. The bounds are far from what was measured
// (docs/benchmarks.md), so that a changed feature may move a piece or two.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/recognisability.h"
#include "evaluate/set_comparison.h"
#include "evaluate/variety.h"
#include "midi/midi_file.h"
#include "support/shared_music.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> midi_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto suffix = entry.path().extension();
    if (suffix == ".mid" || suffix == ".MID" || suffix == ".midi") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Every k-th file, so that at most `most` remain, of all folders of a set.
std::vector<Score> some_scores(const fs::path& folder, std::size_t most) {
  const auto files = midi_files(folder);
  const std::size_t step = (files.size() + most - 1) / std::max<std::size_t>(1, most);
  std::vector<Score> scores;
  for (std::size_t i = 0; i < files.size(); i += std::max<std::size_t>(1, step)) {
    scores.push_back(load_midi(files[i]).score);
  }
  return scores;
}

TEST(RealMusic, OfFourKindsIsToldApart) {
  std::vector<LabelledFeatures> tracks;
  for (const char* set : {"groove", "openscore-lieder", "openscore-quartets", "freedoom"}) {
    const auto folder = shared_music(set);
    if (!folder) GTEST_SKIP() << kNoSharedMusic;
    for (const Score& score : some_scores(*folder, 40)) {
      tracks.push_back({set, style_features(score)});
    }
  }
  const Recognisability result = measure_recognisability(tracks, 5, 1);
  EXPECT_GT(result.accuracy, 0.95);
}

TEST(RealMusic, OfOnePianoTellsItsComposersBetterThanChance) {
  const auto folder = shared_music("piano-midi-de");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  std::vector<LabelledFeatures> tracks;
  for (const fs::path& file : midi_files(*folder)) {
    tracks.push_back(
        {file.parent_path().filename().string(), style_features(load_midi(file).score)});
  }
  const Recognisability result = measure_recognisability(tracks, 10, 1);
  EXPECT_GT(result.accuracy_low, 2 * result.chance);
}

TEST(RealMusic, OfTheLiederLiesNearerToItselfThanToDrums) {
  const auto lieder = shared_music("openscore-lieder");
  const auto groove = shared_music("groove");
  if (!lieder || !groove) GTEST_SKIP() << kNoSharedMusic;
  std::vector<FeatureVector> songs, drums;
  for (const Score& score : some_scores(*lieder, 30)) songs.push_back(measure_features(score));
  for (const Score& score : some_scores(*groove, 30)) drums.push_back(measure_features(score));
  const std::span<const FeatureVector> half(songs.data(), songs.size() / 2);
  const std::span<const FeatureVector> rest(songs.data() + half.size(), songs.size() - half.size());
  const auto same = compare_sets(half, rest);
  const auto other = compare_sets(songs, drums);
  const auto lengths = static_cast<std::size_t>(Feature::kNoteLengthHistogram);
  EXPECT_GT(*same[lengths].overlap_a, 0.7);
  EXPECT_LT(*other[lengths].overlap_a, *same[lengths].overlap_a);
}

}  // namespace
}  // namespace undersong
