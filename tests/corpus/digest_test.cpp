#include "corpus/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "melodies.h"

namespace undersong {
namespace {

Score tune() { return numbered_melody(341); }

Score with_drums(Score score, int pitch) {
  score.tracks.emplace_back().notes.push_back({.onset_ticks = 0,
                                               .duration_ticks = 60,
                                               .pitch = static_cast<std::uint8_t>(pitch),
                                               .channel = kDrumChannel});
  return score;
}

TEST(DigestNotes, IsTheSameInEveryKeyAndTellsTheInterval) {
  EXPECT_TRUE(rc::check([] {
    const auto score = numbered_melody(*rc::gen::inRange(0, 1024));
    const int semitones = *rc::gen::inRange(-40, 40);
    const auto moved = digest_notes(transposed(score, semitones));
    RC_ASSERT(moved.sha256 == digest_notes(score).sha256);
    RC_ASSERT(moved.reference_pitch - digest_notes(score).reference_pitch == semitones);
  }));
}

TEST(DigestNotes, DiffersWhenANoteDoes) {
  for (int other = 0; other < 1024; ++other) {
    if (other == 341) continue;
    EXPECT_NE(digest_notes(numbered_melody(other)).sha256, digest_notes(tune()).sha256) << other;
  }
}

TEST(DigestNotes, IgnoresTempoLoudnessDurationTracksAndUnisons) {
  Score other = tune();
  other.tempos = {{0, 250000}};
  other.tracks.push_back({});
  other.tracks[1].notes.push_back(other.tracks[0].notes[3]);  // moved to another track
  other.tracks[1].notes.push_back(other.tracks[0].notes[4]);  // doubled there
  other.tracks[0].notes.erase(other.tracks[0].notes.begin() + 3);
  for (auto& note : other.tracks[0].notes) {
    note.velocity = 33;
    note.duration_ticks = 77;
  }
  EXPECT_EQ(digest_notes(other).sha256, digest_notes(tune()).sha256);
}

TEST(DigestNotes, IgnoresTheResolutionAndAnEmptyBeginning) {
  Score fine = tune();
  fine.ticks_per_quarter = 960;
  for (auto& note : fine.tracks[0].notes) note.onset_ticks = 2 * note.onset_ticks + 1920;
  EXPECT_EQ(digest_notes(fine).sha256, digest_notes(tune()).sha256);
}

TEST(DigestNotes, ForgivesLessThanHalfAStep) {
  Score late = tune();
  late.tracks[0].notes[5].onset_ticks += 9;  // a step has 20 ticks
  EXPECT_EQ(digest_notes(late).sha256, digest_notes(tune()).sha256);
  late.tracks[0].notes[5].onset_ticks += 2;
  EXPECT_NE(digest_notes(late).sha256, digest_notes(tune()).sha256);
}

TEST(DigestNotes, LeavesPercussionWhereItIs) {
  const Score score = with_drums(tune(), 36);
  Score moved = transposed(tune(), 5);
  EXPECT_EQ(digest_notes(with_drums(moved, 36)).sha256, digest_notes(score).sha256);
  EXPECT_NE(digest_notes(with_drums(moved, 41)).sha256, digest_notes(score).sha256);
}

TEST(DigestNotes, ComparesAFewNotesAtTheirOwnPitch) {
  EXPECT_NE(digest_notes(melody({60, 62})).sha256, digest_notes(melody({61, 63})).sha256);
  EXPECT_EQ(digest_notes(melody({60, 62})).sha256, digest_notes(melody({60, 62})).sha256);
  EXPECT_EQ(digest_notes(melody({60, 62})).reference_pitch, 0);
}

}  // namespace
}  // namespace undersong
