#include "train/composer_samples.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <thread>

#include "corpus/training_writer.h"
#include "support/composer_words.h"
#include "support/random_grid_piece.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "tokens/composer_cursor.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using namespace composer_token;

TrainingContents contents_of(const std::vector<GridPiece>& pieces) {
  TrainingContents contents;
  contents.energy_borders.resize(kGridStyleCount);
  for (const auto& piece : pieces) {
    auto& entry = contents.entries.emplace_back();
    entry.about.path = std::to_string(contents.entries.size());
    entry.bars = piece;
  }
  return contents;
}

TrainingFile written(const TrainingContents& contents) {
  const TemporaryFolder folder;
  write_training_file(contents, 1 << 20, folder / "t", Overwrite::kRefuse);
  return TrainingFile::open(folder / "t");
}

TrainingFile random_file(std::uint64_t seed, int pieces, int bars) {
  Rng rng(seed);
  std::vector<GridPiece> made;
  for (int i = 0; i < pieces; ++i) made.push_back(random_grid_piece(rng, bars));
  return written(contents_of(made));
}

// A quarter note of the lead on every beat of 4/4, the bar's number in its first pitch.
GridPiece steady_piece(int bars, GridStyle style = GridStyle::kFolk) {
  GridPiece piece;
  piece.style = style;
  for (int i = 0; i < bars; ++i) {
    GridBar bar;
    for (int beat = 0; beat < 4; ++beat) {
      const int pitch = beat == 0 ? 40 + i % 40 : 84;
      bar.notes.push_back({.role = Role::kLead,
                           .position = static_cast<std::uint8_t>(12 * beat),
                           .pitch = static_cast<std::uint8_t>(pitch),
                           .duration = duration_step(12),
                           .velocity = 8});
    }
    piece.bars.push_back(bar);
  }
  return piece;
}

bool is_header(TokenId id) { return id == kBegin || id == kContinue; }

// Each crop of a row as ids of its own.
std::vector<std::vector<TokenId>> crops_of(const std::vector<TokenId>& row) {
  std::vector<std::vector<TokenId>> crops;
  for (const TokenId id : row) {
    if (is_header(id)) crops.emplace_back();
    crops.back().push_back(id);
  }
  return crops;
}

TEST(ComposerSamples, EveryRowKeepsToTheGrammar) {
  rc::check([] {
    const auto file = random_file(*rc::gen::arbitrary<std::uint64_t>(), 4, 14);
    const ComposerSamples samples(file, Split::kTrain, {.context = *rc::gen::inRange(40, 1500)});
    for (std::uint64_t index = 0; index < 4; ++index) {
      const auto row = samples.row(1, index);
      for (const auto& crop : crops_of(row)) from_composer_text(crop);
    }
  });
}

TEST(ComposerSamples, RowsAreFullButForTheirEnds) {
  const auto file = random_file(2, 6, 20);
  const ComposerSamples samples(file, Split::kTrain, {.context = 512});
  for (std::uint64_t index = 0; index < 50; ++index) {
    const auto row = samples.row(1, index);
    EXPECT_LE(row.size(), 513U);
    EXPECT_GT(row.size(), 513U - 48U);
  }
}

TEST(ComposerSamples, TheSameSeedAndNumberGiveTheSameRowFromAnyThread) {
  const auto file = random_file(3, 6, 20);
  const ComposerSamples samples(file, Split::kTrain, {.context = 256});
  std::array<std::vector<std::vector<TokenId>>, 3> drawn;
  std::vector<std::thread> threads;
  for (auto& rows : drawn) {
    threads.emplace_back([&] {
      for (std::uint64_t index = 0; index < 20; ++index) rows.push_back(samples.row(5, index));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(drawn[0], drawn[1]);
  EXPECT_EQ(drawn[0], drawn[2]);
  EXPECT_EQ(std::set(drawn[0].begin(), drawn[0].end()).size(), 20U);
  EXPECT_NE(samples.row(6, 0), drawn[0][0]);
}

TEST(ComposerSamples, WithoutAugmentingCropsArePartsOfThePiece) {
  const GridPiece piece = steady_piece(40);
  const auto file = written(contents_of({piece}));
  const ComposerSamples samples(file, Split::kTrain, {.context = 120, .augment = false});
  int ends = 0;
  for (std::uint64_t index = 0; index < 40; ++index) {
    for (const auto& crop : crops_of(samples.row(1, index))) {
      const GridPiece told = from_composer_text(crop);
      const int first = told.bars.at(0).notes.empty() ? 0 : told.bars[0].notes[0].pitch - 40;
      EXPECT_EQ(crop.front(), first == 0 ? kBegin : kContinue);
      for (std::size_t bar = 0; bar + 1 < told.bars.size(); ++bar)
        EXPECT_EQ(told.bars[bar].notes, piece.bars[static_cast<std::size_t>(first) + bar].notes);
      ends += crop.back() == kEnd ? 1 : 0;
      EXPECT_TRUE(std::none_of(crop.begin(), crop.end(), [](TokenId id) { return id == kFuture; }));
    }
  }
  EXPECT_GT(ends, 0);
}

TEST(ComposerSamples, AugmentingTellsPiecesInManyWays) {
  const auto file = random_file(7, 8, 24);
  const ComposerSamples samples(file, Split::kTrain, {.context = 2000});
  int crops = 0, gaps = 0, silent = 0;
  std::set<std::vector<int>> orders;
  for (std::uint64_t index = 0; index < 100; ++index) {
    for (const auto& crop : crops_of(samples.row(1, index))) {
      ++crops;
      gaps += std::count(crop.begin(), crop.end(), kFuture) > 0 ? 1 : 0;
      silent += std::none_of(crop.begin(), crop.end(), is_control) ? 1 : 0;
      std::vector<int> order;
      for (const TokenId id : crop) {
        if (!kRole.holds(id)) continue;
        const int role = kRole.value(id);
        if (std::find(order.begin(), order.end(), role) == order.end()) order.push_back(role);
      }
      orders.insert(order);
    }
  }
  EXPECT_GT(gaps, crops / 10);
  EXPECT_LT(gaps, crops / 2);
  EXPECT_GT(silent, crops / 20);
  EXPECT_LT(silent, crops / 3);
  EXPECT_GT(orders.size(), 20U);
}

TEST(ComposerSamples, AGapIsToldLastWithWhatComesAfterItFirst) {
  const auto file = written(contents_of({steady_piece(30)}));
  const ComposerSamples samples(file, Split::kTrain,
                                {.context = 300, .drop_controls = 0.0, .infill = 1.0});
  int gaps = 0;
  for (std::uint64_t index = 0; index < 60; ++index) {
    for (const auto& crop : crops_of(samples.row(1, index))) {
      const auto past = std::find(crop.begin(), crop.end(), kPast);
      if (past == crop.end()) continue;
      ++gaps;
      EXPECT_EQ(crop[5], kFuture);
      // LEFT grows smaller towards the end: what came first is behind what came last.
      const auto lefts = [](auto first, auto last) {
        std::vector<int> values;
        for (; first != last; ++first) {
          if (kLeft.holds(*first)) values.push_back(kLeft.value(*first));
        }
        return values;
      };
      const auto behind = lefts(crop.begin(), past);
      const auto before = lefts(past, crop.end());
      if (!behind.empty() && !before.empty()) {
        EXPECT_GT(before.back(), behind.front());
      }
      EXPECT_NE(crop.back(), kEnd);
    }
  }
  EXPECT_GT(gaps, 30);
}

TEST(ComposerSamples, OnlyFlatScoresGetOtherVelocities) {
  GridPiece played = steady_piece(12);
  for (std::size_t i = 0; i < played.bars.size(); ++i)
    played.bars[i].notes[0].velocity = static_cast<std::uint8_t>(1 + i % 3 * 7);
  const auto velocities_of = [](const GridPiece& piece) {
    const auto file = written(contents_of({piece}));
    const ComposerSamples samples(file, Split::kTrain, {.context = 200});
    std::set<int> velocities;
    for (std::uint64_t index = 0; index < 40; ++index) {
      for (const TokenId id : samples.row(1, index)) {
        if (kVelocity.holds(id)) velocities.insert(kVelocity.value(id));
      }
    }
    return velocities;
  };
  EXPECT_EQ(velocities_of(played), (std::set<int>{1, 8, 15}));
  EXPECT_EQ(velocities_of(steady_piece(12)), (std::set<int>{4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(ComposerSamples, SmallStylesAreHeardMoreThanTheirShare) {
  std::vector<GridPiece> pieces;
  for (int i = 0; i < 99; ++i) pieces.push_back(steady_piece(20, GridStyle::kLied));
  pieces.push_back(steady_piece(20, GridStyle::kGame));
  const auto file = written(contents_of(pieces));
  const ComposerSamples samples(file, Split::kTrain, {.context = 100});
  std::map<GridStyle, double> crops;
  for (std::uint64_t index = 0; index < 3000; ++index) {
    for (const auto& crop : crops_of(samples.row(1, index)))
      crops[static_cast<GridStyle>(kStyle.value(crop.at(1)))] += 1.0;
  }
  // 1 / (1 + 99^0.7)
  const double share =
      crops[GridStyle::kGame] / (crops[GridStyle::kGame] + crops[GridStyle::kLied]);
  EXPECT_NEAR(share, 0.0385, 0.01);
}

TEST(ComposerSamples, ASplitWithoutPiecesIsSaid) {
  const auto file = random_file(1, 1, 4);
  const Error error = thrown_error([&] { ComposerSamples(file, Split::kTest, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_NE(error.message().find("no piece for test"), std::string::npos);
}

TEST(DecoderRows, AreWhatTheCursorTells) {
  const auto ids = composer_ids(
      "begin style.folk mode.major meter.4/4 tempo.5 bar role.lead position.0 velocity.3 "
      "duration.12 pitch.60 end");
  DecoderBatch batch;
  append_row(ids, 5, 16, batch);
  EXPECT_EQ(batch.rows, 1);
  EXPECT_EQ(batch.steps, 16);
  ASSERT_EQ(batch.targets.size(), 16U);
  ASSERT_EQ(batch.features.size(), 16U * composer_feature::kPerToken);
  ASSERT_EQ(batch.anchors.size(), 16U * composer_head::kCount);
  ComposerCursor cursor;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool counted = i + 1 >= 5 && i + 1 < ids.size();
    EXPECT_EQ(batch.targets[i], counted ? ids[i + 1] : -1) << i;
    if (i < ids.size()) cursor.advance(ids[i]);
    for (std::size_t f = 0; f < composer_feature::kPerToken; ++f) {
      EXPECT_EQ(batch.features[i * composer_feature::kPerToken + f],
                i < ids.size() ? cursor.features()[f] : -1);
    }
    for (std::size_t h = 0; h < composer_head::kCount; ++h) {
      EXPECT_EQ(batch.anchors[i * composer_head::kCount + h],
                i < ids.size() ? cursor.anchors()[h] : -1);
    }
  }
}

TEST(DecoderRows, EachHeaderBeginsAnewAndIsNoTarget) {
  const auto one = composer_ids(
      "begin style.folk mode.major meter.4/4 tempo.5 bar role.lead position.0 velocity.3 "
      "duration.12 pitch.60 end");
  auto two = one;
  two.insert(two.end(), one.begin(), one.end());
  DecoderBatch alone;
  append_row(one, 1, static_cast<int>(one.size()), alone);
  DecoderBatch both;
  append_row(two, 1, static_cast<int>(two.size()), both);
  EXPECT_EQ(both.targets[one.size() - 1], -1);
  const auto middle = both.features.begin() + static_cast<std::ptrdiff_t>(alone.features.size());
  EXPECT_TRUE(std::equal(alone.features.begin(), alone.features.end(), both.features.begin()));
  EXPECT_TRUE(std::equal(alone.features.begin(), alone.features.end(), middle));
}

// The counted targets of all windows, one piece after another, are its ids behind the header.
TEST(MeasuredWindows, CountEachTokenOnce) {
  rc::check([] {
    Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    std::vector<GridPiece> pieces;
    for (int i = 0; i < 3; ++i) pieces.push_back(random_grid_piece(rng, 1 + i * 7));
    auto contents = contents_of(pieces);
    const auto file = written(contents);
    const bool told = *rc::gen::arbitrary<bool>();
    const int context = *rc::gen::inRange(900, 2000);
    std::vector<TokenId> expected;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      TextLayout layout = TextLayout::whole(pieces[i]);
      if (!told) layout.controls = ControlChoice::none();
      const auto ids = to_composer_text(file.read(i), layout);
      expected.insert(expected.end(), ids.begin() + 5, ids.end());
    }
    std::vector<TokenId> counted;
    for (const auto& window :
         measured_windows(file, Split::kTrain, context,
                          told ? MeasuredControls::kAll : MeasuredControls::kNone)) {
      RC_ASSERT(window.ids.size() <= static_cast<std::size_t>(context) + 1);
      RC_ASSERT(is_header(window.ids.front()));
      from_composer_text(window.ids);
      counted.insert(counted.end(),
                     window.ids.begin() + static_cast<std::ptrdiff_t>(window.first_counted),
                     window.ids.end());
    }
    RC_ASSERT(counted == expected);
  });
}

TEST(MeasuredWindows, LookBackAboutHalfAContext) {
  const auto file = written(contents_of({steady_piece(60)}));
  const auto windows = measured_windows(file, Split::kTrain, 200, MeasuredControls::kNone);
  ASSERT_GT(windows.size(), 3U);
  for (std::size_t i = 1; i + 1 < windows.size(); ++i) {
    EXPECT_GT(windows[i].first_counted, 85U);
    EXPECT_LT(windows[i].first_counted, 115U);
    EXPECT_EQ(windows[i].ids.size(), 201U);
  }
}

TEST(MeasuredWindows, GiveUpOnlyWhatNoWindowCanHold) {
  const auto file = random_file(11, 3, 12);
  for (const auto& window : measured_windows(file, Split::kTrain, 30, MeasuredControls::kAll)) {
    EXPECT_LE(window.ids.size(), 31U);
    EXPECT_LT(window.first_counted, window.ids.size());
    from_composer_text(window.ids);
  }
}

}  // namespace
}  // namespace undersong
