#include "compose/neural_chords.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

GridChord in_c(const char* symbol) {
  return network_chord(parse_chord_symbol(symbol), {0, Mode::kMajor});
}

TEST(NeuralChords, AreTheNearestOfTenQualities) {
  using enum ChordQuality;
  EXPECT_EQ(in_c("C"), grid_chord(0, kMajor));
  EXPECT_EQ(in_c("C69"), grid_chord(0, kMajor));
  EXPECT_EQ(in_c("Cmaj9#11"), grid_chord(0, kMajor7));
  EXPECT_EQ(in_c("G13"), grid_chord(7, kDominant7));
  EXPECT_EQ(in_c("G7#9"), grid_chord(7, kDominant7));
  EXPECT_EQ(in_c("G7#5"), grid_chord(7, kDominant7));
  EXPECT_EQ(in_c("Dm9"), grid_chord(2, kMinor7));
  EXPECT_EQ(in_c("Dmmaj7"), grid_chord(2, kMinor));
  EXPECT_EQ(in_c("Dm6"), grid_chord(2, kMinor));
  EXPECT_EQ(in_c("Bm7b5"), grid_chord(11, kHalfDiminished7));
  EXPECT_EQ(in_c("Bdim7"), grid_chord(11, kDiminished7));
  EXPECT_EQ(in_c("Bdim"), grid_chord(11, kDiminished));
  EXPECT_EQ(in_c("Eaug"), grid_chord(4, kAugmented));
  EXPECT_EQ(in_c("G9sus4"), grid_chord(7, kSuspended4));
}

TEST(NeuralChords, ASuspendedSecondIsTheSuspendedFourthAFifthAbove) {
  EXPECT_EQ(in_c("Csus2"), in_c("Gsus4"));
  EXPECT_EQ(in_c("Asus2"), in_c("Esus4"));
}

TEST(NeuralChords, APowerChordHasTheThirdOfItsKey) {
  EXPECT_EQ(in_c("A5"), in_c("Am"));
  EXPECT_EQ(in_c("F5"), in_c("F"));
  EXPECT_EQ(network_chord(parse_chord_symbol("A5"), {9, Mode::kMajor}), in_c("C"));
}

TEST(NeuralChords, StandInTheNetworksKey) {
  EXPECT_EQ(network_shift({2, Mode::kMajor}), -2);
  EXPECT_EQ(network_shift({11, Mode::kMinor}), -2);
  EXPECT_EQ(network_shift({6, Mode::kMajor}), -6);
  EXPECT_EQ(network_shift({7, Mode::kMajor}), 5);
  EXPECT_EQ(network_shift({0, Mode::kMajor}), 0);
  // A mode is its parallel major or minor key with accidentals.
  EXPECT_EQ(network_shift({2, Mode::kDorian}), network_shift({2, Mode::kMinor}));
  EXPECT_EQ(network_shift({7, Mode::kMixolydian}), network_shift({7, Mode::kMajor}));
  EXPECT_EQ(network_chord(parse_chord_symbol("A7"), {2, Mode::kMajor}), in_c("G7"));
  for (int tonic = 0; tonic < 12; ++tonic) {
    const int shift = network_shift({tonic, Mode::kMinor});
    EXPECT_GE(shift, -6);
    EXPECT_LE(shift, 5);
    EXPECT_EQ((tonic + shift + 24) % 12, 9);
  }
}

}  // namespace
}  // namespace undersong
