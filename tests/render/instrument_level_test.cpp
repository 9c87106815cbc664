#include "render/instrument_level.h"

#include <gtest/gtest.h>

#include <cmath>

namespace undersong {
namespace {

constexpr int kVibraphone = 11;
constexpr int kFlute = 73;
constexpr int kSlapBass = 36;
constexpr int kSynthBass2 = 39;
constexpr int kAnalogKit = 25;

TEST(InstrumentLevel, RaisesAQuietInstrumentAndLowersALoudOne) {
  EXPECT_NEAR(evening_gain_db(Role::kLead, kVibraphone), 7.4, 1e-9);
  EXPECT_NEAR(evening_gain_db(Role::kLead, kFlute), -4.1, 1e-9);
  EXPECT_GT(evening_gain_db(Role::kBass, kSlapBass), 0.0);
  EXPECT_LT(evening_gain_db(Role::kBass, kSynthBass2), 0.0);
}

TEST(InstrumentLevel, LowersTheAnalogueKitForBothPercussiveRoles) {
  EXPECT_LT(evening_gain_db(Role::kDrums, kAnalogKit), evening_gain_db(Role::kDrums, 0) - 6.0);
  EXPECT_LT(evening_gain_db(Role::kPercussion, kAnalogKit), 0.0);
  EXPECT_EQ(evening_gain_db(Role::kPercussion, 0), 0.0);
}

TEST(InstrumentLevel, TakesAnUnknownKitForTheStandardOne) {
  EXPECT_EQ(evening_gain_db(Role::kDrums, 77), evening_gain_db(Role::kDrums, 0));
}

TEST(InstrumentLevel, StaysWithinEightDecibels) {
  for (const Role role : kRoles) {
    for (int program = 0; program < 128; ++program)
      EXPECT_LE(std::abs(evening_gain_db(role, program)), 8.0) << program;
  }
}

}  // namespace
}  // namespace undersong
