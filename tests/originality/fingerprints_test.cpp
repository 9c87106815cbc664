#include "originality/fingerprints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/cancel.h"
#include "base/rng.h"
#include "originality/melodic_text.h"
#include "scores.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

// `count` notes drawn by chance, a bar of four quarters each four on average.
Voice random_line(std::uint64_t seed, std::size_t count) {
  Rng rng(seed);
  Voice voice;
  Ticks onset = 0;
  int pitch = 60;
  for (std::size_t i = 0; i < count; ++i) {
    const Ticks duration = std::array<Ticks, 3>{2, 4, 6}[rng.below(3)];
    voice.push_back({onset, duration, static_cast<std::uint8_t>(pitch)});
    onset += duration;
    pitch = std::clamp(pitch + static_cast<int>(rng.below(15)) - 7, 30, 90);
  }
  return voice;
}

// `host` with notes first … last - 1 of `guest` in place of its own from note `at` on.
Voice planted(const Voice& host, std::size_t at, const Voice& guest, std::size_t first,
              std::size_t last) {
  Voice voice(host.begin(), host.begin() + static_cast<std::ptrdiff_t>(at));
  Ticks onset = host[at].onset_ticks;
  for (std::size_t i = first; i < last; ++i) {
    voice.push_back({onset, guest[i].duration_ticks, guest[i].pitch});
    onset += guest[i].duration_ticks;
  }
  for (std::size_t i = at; i < host.size(); ++i) {
    voice.push_back({onset, host[i].duration_ticks, host[i].pitch});
    onset += host[i].duration_ticks;
  }
  return voice;
}

class FingerprintsTest : public testing::Test {
 protected:
  static constexpr std::size_t kPieces = 20;
  static constexpr std::size_t kNotes = 200;

  static LearnedPiece piece(std::size_t number, const std::string& family) {
    return {std::to_string(number), "Piece", "p.mid", "CC0-1.0", "here", family};
  }

  // Pieces 0 … 19 of random lines; piece 19 is piece 18 again.
  std::shared_ptr<const Fingerprints> build() {
    FingerprintBuilder builder("random", "sha");
    for (std::size_t i = 0; i < kPieces - 1; ++i)
      builder.add(piece(i, std::to_string(i)), score_of(random_line(i, kNotes)));
    builder.add(piece(kPieces - 1, "18"), score_of(random_line(kPieces - 2, kNotes)));
    builder.save(folder_ / "a.fingerprints", 5, Overwrite::kAllow, silent_progress());
    return Fingerprints::load(folder_ / "a.fingerprints");
  }

  Voice host() const { return random_line(1000, 60); }

  TemporaryFolder folder_;
};

TEST_F(FingerprintsTest, SaysWhatItIsOf) {
  const auto fingerprints = build();
  EXPECT_EQ(fingerprints->name(), "random");
  EXPECT_EQ(fingerprints->corpus_sha256(), "sha");
  ASSERT_EQ(fingerprints->pieces().size(), kPieces);
  EXPECT_EQ(fingerprints->pieces()[19], piece(19, "18"));
  // Two of five positions are kept, of each line as a voice and without its rhythm; one piece
  // stands there twice.
  EXPECT_NEAR(static_cast<double>(fingerprints->hashes()), 2 * 0.4 * kPieces * kNotes, 300);
  EXPECT_EQ(fingerprints->baseline().pieces, 5);
}

TEST_F(FingerprintsTest, HaveTheSameBytesForTheSamePieces) {
  build();
  const auto first = read_file(folder_ / "a.fingerprints");
  build();
  EXPECT_EQ(read_file(folder_ / "a.fingerprints"), first);
}

TEST_F(FingerprintsTest, FindNothingInOtherMusic) {
  const Closeness closeness = build()->compare(score_of(host()));
  EXPECT_EQ(closeness.notes, 60);
  EXPECT_EQ(closeness.longest_run, SharedRun{});
  EXPECT_EQ(closeness.coverage[1], 0.0);
  EXPECT_FALSE(closeness.coverage[0]);
  EXPECT_FALSE(closeness.knows_windows);
  EXPECT_TRUE(closeness.windows.empty());
}

TEST_F(FingerprintsTest, FindThePieceAndTheBarsOfAPlantedRun) {
  const Voice guest = random_line(7, kNotes);
  const Score track = score_of(planted(host(), 20, guest, 100, 140));
  const SharedRun run = build()->compare(track).longest_run;
  EXPECT_LE(run.notes, 40 + 2);
  EXPECT_GE(run.notes, 40 - 2 * (kWinnow - 1));
  EXPECT_NEAR(static_cast<double>(run.distinctive_notes), static_cast<double>(run.notes), 2);
  EXPECT_EQ(run.nearest.piece, 7U);
  // Sixteen ticks a bar.
  EXPECT_NEAR(static_cast<double>(run.nearest.bars.first), guest[100].onset_ticks / 16 + 1, 1);
  EXPECT_NEAR(static_cast<double>(run.nearest.bars.last), guest[139].onset_ticks / 16 + 1, 1);
  EXPECT_NEAR(static_cast<double>(run.bars.first), host()[20].onset_ticks / 16 + 1, 1);
  // A quarter note is four ticks and half a second.
  const Ticks ticks = guest[140].onset_ticks - guest[100].onset_ticks;
  EXPECT_NEAR(run.seconds, ticks / 8.0, 4.0);
  EXPECT_FALSE(run.backwards);
  EXPECT_FALSE(run.transposed_by);
}

TEST_F(FingerprintsTest, FindEveryRunOfElevenNotes) {
  const auto fingerprints = build();
  for (std::size_t first = 0; first + 11 <= kNotes; first += 9) {
    const Voice guest = random_line(3, kNotes);
    const auto closeness =
        fingerprints->compare(score_of(planted(host(), 30, guest, first, first + 11)));
    EXPECT_GE(closeness.longest_run.notes, kFingerprintNotes) << first;
    EXPECT_EQ(closeness.longest_run.nearest.piece, 3U) << first;
  }
}

TEST_F(FingerprintsTest, FindWhatIsTransposedAndSlower) {
  const Voice guest = random_line(7, kNotes);
  const Score track = score_of(planted(host(), 20, guest, 100, 140));
  const auto fingerprints = build();
  SharedRun plain = fingerprints->compare(track).longest_run;
  Score moved = stretched(transposed(track, 5), 3);
  moved.ticks_per_quarter *= 3;
  EXPECT_EQ(fingerprints->compare(moved).longest_run, plain);
}

TEST_F(FingerprintsTest, FindWhatIsPlayedBackwards) {
  const Voice guest = random_line(7, kNotes);
  const Score track = score_of(backwards(planted(host(), 20, guest, 100, 140)));
  const SharedRun run = build()->compare(track).longest_run;
  EXPECT_TRUE(run.backwards);
  EXPECT_GE(run.notes, 40 - 2 * (kWinnow - 1));
  EXPECT_EQ(run.nearest.piece, 7U);
  EXPECT_NEAR(static_cast<double>(run.nearest.bars.first), guest[100].onset_ticks / 16 + 1, 1);
  EXPECT_NEAR(static_cast<double>(run.nearest.bars.last), guest[139].onset_ticks / 16 + 1, 1);
  // After the forty notes behind the run.
  EXPECT_NEAR(static_cast<double>(run.bars.first),
              (host()[59].onset_ticks - host()[20].onset_ticks) / 16 + 1, 2);
}

TEST_F(FingerprintsTest, RecogniseAWholePieceAndNotItsFamilyWhenTold) {
  const auto fingerprints = build();
  const Closeness closeness = fingerprints->compare(score_of(random_line(18, kNotes)));
  EXPECT_EQ(closeness.longest_run.nearest.piece, 18U);
  EXPECT_GE(closeness.longest_run.notes, static_cast<std::int64_t>(kNotes) - 6);
  EXPECT_EQ(closeness.coverage[1], 1.0);
  const Closeness others = fingerprints->compare(score_of(random_line(18, kNotes)), "18");
  EXPECT_EQ(others.longest_run.notes, 0);
  EXPECT_EQ(others.coverage[1], 0.0);
}

TEST_F(FingerprintsTest, DoNotCountATrillAsARun) {
  FingerprintBuilder builder("trills", "");
  std::vector<int> trill;
  for (int i = 0; i < 40; ++i) trill.push_back(i % 2 == 0 ? 60 : 62);
  builder.add(piece(0, "0"), score_of(line_of(trill)));
  builder.save(folder_ / "t.fingerprints", 0, Overwrite::kRefuse, silent_progress());
  const auto fingerprints = Fingerprints::load(folder_ / "t.fingerprints");
  EXPECT_EQ(fingerprints->hashes(), 2U);  // as a voice and without its rhythm
  const Closeness closeness = fingerprints->compare(score_of(line_of(trill)));
  EXPECT_EQ(closeness.longest_run.notes, 0);
  EXPECT_EQ(closeness.coverage[1], 1.0);
}

TEST_F(FingerprintsTest, CompareTracksOfNothing) {
  const auto fingerprints = build();
  for (const Score& track :
       {Score{}, score_of(line_of({60})), score_of(line_of({36, 38, 42}), kDrumChannel)}) {
    const Closeness closeness = fingerprints->compare(track);
    EXPECT_EQ(closeness.longest_run, SharedRun{});
    EXPECT_FALSE(closeness.coverage[1]);
  }
}

TEST_F(FingerprintsTest, StopWhenAskedTo) {
  const auto fingerprints = build();
  request_cancel();
  const Error error = thrown_error([&] { fingerprints->compare(score_of(host())); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
}

TEST_F(FingerprintsTest, NameTheFileThatCannotBeRead) {
  save_file(folder_ / "x.fingerprints", "nonsense", Overwrite::kRefuse);
  const Error error = thrown_error([this] { Fingerprints::load(folder_ / "x.fingerprints"); });
  EXPECT_EQ(error.message(), "reading " + display(folder_ / "x.fingerprints") +
                                 ": these are not fingerprints: they do not begin with USPRINTS");
  EXPECT_EQ(thrown_error([this] { Fingerprints::load(folder_ / "none"); }).kind(),
            ErrorKind::kNotFound);
}

TEST(FingerprintsBeside, StandBesideTheirWeights) {
  EXPECT_EQ(fingerprints_beside("models/seed/lstm.safetensors"), "models/seed/lstm.fingerprints");
}

}  // namespace
}  // namespace undersong
