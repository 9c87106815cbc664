#include "compose/part_texture.h"

#include <gtest/gtest.h>

#include "compose/neural_grid.h"

namespace undersong {
namespace {

Note struck(int step, int pitch, int steps) {
  const Ticks onset = step * kTicksPerGridStep;
  return make_note(onset, onset + steps * kTicksPerGridStep, pitch, 80);
}

TEST(PartTexture, HasIntervalsOfTheHighestTonesTonesAndLengths) {
  const PartTexture texture =
      texture_of({struck(0, 48, 12), struck(0, 60, 12), struck(12, 64, 6), struck(18, 62, 6)});
  EXPECT_DOUBLE_EQ(texture.interval.value(), 3.0);
  EXPECT_DOUBLE_EQ(texture.tones, 4.0 / 3.0);
  EXPECT_DOUBLE_EQ(texture.length, 9.0);
}

TEST(PartTexture, OfOneOnsetHasNoInterval) {
  EXPECT_FALSE(texture_of({struck(0, 48, 12), struck(0, 60, 12)}).interval);
}

TEST(PartTexture, IsAsFarFromABandAsItsWidthSays) {
  const TextureBand band{2.0, 4.0};
  EXPECT_EQ(band.distance(2.0), 0.0);
  EXPECT_EQ(band.distance(4.0), 0.0);
  EXPECT_DOUBLE_EQ(band.distance(1.0), 0.5);
  EXPECT_DOUBLE_EQ(band.distance(7.0), 1.5);
  EXPECT_GT((TextureBand{1.0, 1.0}.distance(1.5)), 1.0) << "a band of no width has some";
}

TEST(PartTexture, DiffersByStyleWhereTheStyleHasSuchParts) {
  EXPECT_LT(texture_bands(GridStyle::kFolk, Role::kLead).length.high,
            texture_bands(GridStyle::kLied, Role::kLead).length.high);
  EXPECT_EQ(&texture_bands(GridStyle::kOwn, Role::kLead),
            &texture_bands(GridStyle::kPop, Role::kLead))
      << "of all styles together";
  for (int style = 0; style < kGridStyleCount; ++style) {
    for (const Role role : kRoles) {
      const TextureBands& bands = texture_bands(static_cast<GridStyle>(style), role);
      EXPECT_LE(bands.interval.low, bands.interval.high);
      EXPECT_LE(bands.tones.low, bands.tones.high);
      EXPECT_GE(bands.tones.low, 1.0);
      EXPECT_LT(bands.length.low, bands.length.high);
    }
  }
}

}  // namespace
}  // namespace undersong
