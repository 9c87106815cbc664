#include "analysis/find_key.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <vector>

#include "midi/midi_file.h"
#include "support/hand_made.h"
#include "support/shared_music.h"

namespace undersong {
namespace {

// Bars of triads, in semitones above C.
Score progression(const std::vector<std::vector<int>>& chords, int shift) {
  HandMade piece;
  for (std::size_t i = 0; i < chords.size(); ++i) {
    for (const int pitch : chords[i]) piece.note(4.0 * static_cast<double>(i), 4.0, pitch + shift);
  }
  return piece.score();
}

const std::vector<std::vector<int>> kMajorCadence = {
    {48, 64, 67, 72}, {53, 65, 69, 72}, {55, 65, 67, 71}, {48, 64, 67, 72}};
const std::vector<std::vector<int>> kMinorCadence = {
    {45, 64, 69, 72}, {50, 65, 69, 74}, {52, 62, 68, 71}, {45, 64, 69, 72}};

TEST(FindKey, HearsCadencesInEveryKey) {
  for (int shift = 0; shift < 12; ++shift) {
    EXPECT_EQ(find_key(progression(kMajorCadence, shift)), (Key{shift, Mode::kMajor}));
    EXPECT_EQ(find_key(progression(kMinorCadence, shift)), (Key{(9 + shift) % 12, Mode::kMinor}));
  }
}

TEST(FindKey, IsDeafToDrums) {
  Score score = progression(kMajorCadence, 2);
  for (int quarter = 0; quarter < 16; ++quarter)
    score.tracks[0].notes.push_back(
        {.onset_ticks = 480 * quarter, .duration_ticks = 10, .pitch = 42, .channel = kDrumChannel});
  sort_events(score);
  EXPECT_EQ(find_key(score), (Key{2, Mode::kMajor}));
}

TEST(FindKey, BeginningsAndEndsDecide) {
  // Eight bars in C major between two in D major on either side.
  std::vector<std::vector<int>> chords;
  for (int i = 0; i < 4; ++i) {
    chords.push_back({48, 64, 67, 72});
    chords.push_back({43, 65, 71, 74});
  }
  const Key without_ends = find_key(progression(chords, 0));
  const std::vector<std::vector<int>> ends = {{50, 66, 69, 74}, {45, 67, 69, 73}};
  chords.insert(chords.begin(), ends.begin(), ends.end());
  chords.insert(chords.end(), ends.rbegin(), ends.rend());
  EXPECT_EQ(without_ends, (Key{0, Mode::kMajor}));
  EXPECT_EQ(find_key(progression(chords, 0)), (Key{2, Mode::kMajor}));
}

TEST(FindKey, OfSilenceIsCMajor) { EXPECT_EQ(find_key(Score{}), (Key{0, Mode::kMajor})); }

TEST(FindKey, OfATieIsTheKeyWithFewerAccidentals) {
  // All twelve pitch classes fit every key of a mode equally well.
  HandMade piece;
  for (int i = 0; i < 12; ++i) piece.note(0.0, 4.0, 60 + i);
  EXPECT_EQ(signature_of(find_key(piece.score()), 0).sharps, 0);
}

TEST(FindKey, KeysMoveTheShortWayToNoSignature) {
  EXPECT_EQ(shift_to_no_signature({2, Mode::kMajor}), -2);
  EXPECT_EQ(shift_to_no_signature({11, Mode::kMinor}), -2);
  EXPECT_EQ(shift_to_no_signature({0, Mode::kMinor}), -3);
  EXPECT_EQ(shift_to_no_signature({6, Mode::kMajor}), 6);
  EXPECT_EQ(shift_to_no_signature({2, Mode::kDorian}), 0);
  for (const Mode mode : {Mode::kMajor, Mode::kMinor}) {
    for (int tonic = 0; tonic < 12; ++tonic) {
      const int shift = shift_to_no_signature({tonic, mode});
      EXPECT_GE(shift, -5);
      EXPECT_LE(shift, 6);
      EXPECT_EQ((tonic + shift + 12) % 12, mode == Mode::kMajor ? 0 : 9);
    }
  }
}

// Composers' signatures, which hold for the beginning; pieces that modulate for long differ.
TEST(FindKey, AgreesWithTheSignaturesOfPianoMusic) {
  const auto folder = shared_music("piano-midi-de");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  int pieces = 0;
  int agreeing = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder / "Chopin")) {
    if (entry.path().extension() != ".mid") continue;
    const Score score = load_midi(entry.path()).score;
    if (score.keys.empty()) continue;
    ++pieces;
    const int difference = signature_of(find_key(score), 0).sharps - score.keys.front().sharps;
    if (difference % 12 == 0) ++agreeing;
  }
  EXPECT_GT(pieces, 20);
  EXPECT_GT(agreeing, pieces * 9 / 10);
}

}  // namespace
}  // namespace undersong
