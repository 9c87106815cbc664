// The windows of an index against brute force.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/rng.h"
#include "originality/index.h"
#include "originality/points.h"
#include "originality/window_grid.h"
#include "scores.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

// Four voices in eighths and triplets, 4/4, some bars repeated at another pitch.
Score texture(std::uint64_t seed) {
  constexpr Ticks kQuarter = 12;
  constexpr int kBars = 12;
  Rng rng(seed);
  Score score;
  score.ticks_per_quarter = kQuarter;
  std::vector<Note>& notes = score.tracks.emplace_back().notes;
  for (int bar = 0; bar < kBars; ++bar) {
    const std::size_t so_far = notes.size();
    const Ticks begin = bar * 4 * kQuarter;
    if (bar > 2 && rng.below(3) == 0) {
      const auto from =
          static_cast<Ticks>(rng.below(static_cast<std::uint64_t>(bar))) * 4 * kQuarter;
      for (std::size_t i = 0; i < so_far; ++i) {
        Note note = notes[i];
        if (note.onset_ticks < from || note.onset_ticks >= from + 4 * kQuarter) continue;
        note.onset_ticks += begin - from;
        note.pitch = static_cast<std::uint8_t>(note.pitch + 2);
        notes.push_back(note);
      }
      continue;
    }
    for (Ticks beat = 0; beat < 4; ++beat) {
      const Ticks step = rng.below(4) == 0 ? 4 : 6;
      for (Ticks onset = 0; onset < kQuarter; onset += step) {
        for (int voice = 0; voice < 4; ++voice) {
          if (rng.below(2) == 0) continue;
          notes.push_back({.onset_ticks = begin + beat * kQuarter + onset,
                           .duration_ticks = step,
                           .pitch = static_cast<std::uint8_t>(40 + 9 * voice +
                                                              static_cast<int>(rng.below(7)))});
        }
      }
    }
  }
  sort_events(score);
  return score;
}

// A share of the notes at another pitch.
Score with_wrong_notes(Score score, double share, std::uint64_t seed) {
  Rng rng(seed);
  for (Note& note : score.tracks[0].notes) {
    if (rng.uniform() < share)
      note.pitch = static_cast<std::uint8_t>(note.pitch + 1 + static_cast<int>(rng.below(4)));
  }
  sort_events(score);
  return score;
}

double brute_force(const Window& window, const std::vector<Score>& learned) {
  double best = 0.0;
  for (const Score& score : learned) {
    const auto points = points_of(score);
    for (const Window& other : windows_of(points, WindowGrid(score, points)))
      best = std::max(best, cardinality_score(window.points, other.points));
  }
  return best;
}

class WindowSearchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const TemporaryFolder folder;
    IndexBuilder builder("textures", "");
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      learned_.push_back(texture(seed));
      const std::string id = "piece" + std::to_string(seed);
      builder.add({id, "", "", "", "", id}, learned_.back());
    }
    builder.save(folder / "textures.index", 0, Overwrite::kRefuse, silent_progress());
    index_ = OriginalityIndex::open(folder / "textures.index");
  }
  static void TearDownTestSuite() { index_.reset(); }

  // What the index says of each window of `track`, and what is so.
  static std::vector<std::pair<double, double>> said_and_so(const Score& track) {
    const auto points = points_of(track);
    std::vector<std::pair<double, double>> values;
    const Closeness closeness = index_->compare(track);
    for (const Window& window : windows_of(points, WindowGrid(track, points))) {
      if (window.points.size() < kLeastWindowPoints) continue;
      values.emplace_back(closeness.windows.at(values.size()).overlap,
                          brute_force(window, learned_));
    }
    EXPECT_EQ(values.size(), closeness.windows.size());
    return values;
  }

  static inline std::vector<Score> learned_;
  static inline std::shared_ptr<const OriginalityIndex> index_;
};

TEST_F(WindowSearchTest, FindsWhatBruteForceFindsWhereHalfIsShared) {
  std::size_t shared = 0;
  for (const double share : {0.1, 0.25, 0.4}) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      for (const auto& [said, so] : said_and_so(with_wrong_notes(learned_[seed], share, seed))) {
        if (so < 0.5) continue;
        ++shared;
        EXPECT_EQ(said, so);
      }
    }
  }
  EXPECT_GT(shared, 40U);
}

TEST_F(WindowSearchTest, NeverFindsMoreThanThereIs) {
  for (std::uint64_t seed = 100; seed < 103; ++seed) {
    for (const auto& [said, so] : said_and_so(texture(seed))) {
      EXPECT_LE(said, so);
      EXPECT_GT(said, 0.0);
    }
  }
}

// Whose meter and resolution differ from the track's.
TEST_F(WindowSearchTest, FindsWindowsOfAnotherGrid) {
  Score track = learned_[3];
  track.ticks_per_quarter *= 40;
  for (Note& note : track.tracks[0].notes) {
    note.onset_ticks = note.onset_ticks * 40 + 3;
    note.duration_ticks *= 40;
  }
  track.meters = {{.tick = 0, .numerator = 3, .denominator = 4}};
  std::size_t whole = 0;
  for (const auto& [said, so] : said_and_so(track)) {
    EXPECT_LE(said, so);
    if (so > 0.7) {
      EXPECT_EQ(said, so);
      ++whole;
    }
  }
  EXPECT_GT(whole, 5U);
}

}  // namespace
}  // namespace undersong
