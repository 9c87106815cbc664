#include "compose/sounding_pitches.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

GridNote note(Role role, int position, int pitch, int steps) {
  return {.role = role,
          .position = static_cast<std::uint8_t>(position),
          .pitch = static_cast<std::uint8_t>(pitch),
          .duration = duration_step(steps)};
}

bool sounds(const SoundingPitches& sounding, int position, int pitch) {
  return sounding.at(static_cast<std::size_t>(position))
      .test(static_cast<std::size_t>(pitch - kLowestPitch));
}

TEST(SoundingPitches, AreThoseOfOtherPitchedRolesWhileTheySound) {
  GridPiece piece;
  piece.bars.resize(1);
  piece.bars[0].notes = {note(Role::kDrums, 0, 36, 1), note(Role::kChords, 12, 60, 12),
                         note(Role::kLead, 0, 72, 48)};
  const SoundingPitches beside = sounding_beside(piece, Role::kLead, 0);
  EXPECT_FALSE(sounds(beside, 0, 36));
  EXPECT_FALSE(sounds(beside, 0, 72));
  EXPECT_FALSE(sounds(beside, 11, 60));
  EXPECT_TRUE(sounds(beside, 12, 60));
  EXPECT_TRUE(sounds(beside, 23, 60));
  EXPECT_FALSE(sounds(beside, 24, 60));
}

TEST(SoundingPitches, AreHeldOverBarLinesWhateverTheMeters) {
  GridPiece piece;
  piece.bars.resize(3);
  piece.bars[1].meter = 1;  // 3/4
  piece.bars[0].notes = {note(Role::kPad, 24, 50, 72)};
  EXPECT_TRUE(sounds(sounding_beside(piece, Role::kLead, 1), 35, 50));
  EXPECT_TRUE(sounds(sounding_beside(piece, Role::kLead, 2), 11, 50));
  EXPECT_FALSE(sounds(sounding_beside(piece, Role::kLead, 2), 12, 50));
}

TEST(SoundingPitches, CrowdFromAWholeToneOn) {
  std::bitset<kPitchCount> sounding;
  sounding.set(60 - kLowestPitch);
  EXPECT_EQ(crowding_of(sounding, 60), Crowding::kDoubled);
  for (const int pitch : {58, 59, 61, 62})
    EXPECT_EQ(crowding_of(sounding, pitch), Crowding::kRubbing);
  for (const int pitch : {48, 57, 63, 72}) EXPECT_EQ(crowding_of(sounding, pitch), Crowding::kNone);
  EXPECT_EQ(crowding_of({}, kLowestPitch), Crowding::kNone);
}

}  // namespace
}  // namespace undersong
