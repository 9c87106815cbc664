#include <gtest/gtest.h>

#include "plan/request.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

TEST(Length, IsSecondsOrMinutesOrUnits) {
  EXPECT_EQ(parse_length("63.5"), 63.5);
  EXPECT_EQ(parse_length("1:03.5"), 63.5);
  EXPECT_EQ(parse_length("1m3.5s"), 63.5);
  EXPECT_EQ(parse_length("1h2m3.5s"), 3723.5);
  EXPECT_EQ(parse_length("1:02:03.5"), 3723.5);
  EXPECT_EQ(parse_length("90s"), 90.0);
  EXPECT_EQ(parse_length("2m"), 120.0);
  EXPECT_EQ(parse_length(" 5 "), 5.0);
}

TEST(Length, RefusesWhatIsNoTimeWithExamples) {
  for (const char* text : {"", "abc", "-3", "1e3", "1:60", "1:2:3:4", "1.5:20", "3s2m", "5x", "0",
                           "1:-2", "nan", "inf", "::", ".", "999999999999999999"}) {
    const Error error = thrown_error([&] { parse_length(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
    EXPECT_NE(error.message().find("give seconds (63.5), minutes and seconds (1:03.5) or units"),
              std::string::npos)
        << text;
  }
}

TEST(EnergyCurve, IsTimesWithEnergies) {
  const std::vector<EnergyPoint> points = parse_energy_curve("0:0.2 0:30:0.9, 1:00:0.3");
  const std::vector<EnergyPoint> expected = {{0.0, 0.2}, {30.0, 0.9}, {60.0, 0.3}};
  EXPECT_EQ(points, expected);
  const std::vector<EnergyPoint> seconds = {{12.5, 1.0}};
  EXPECT_EQ(parse_energy_curve("12.5:1"), seconds);
}

TEST(EnergyCurve, RefusesEnergiesOutOfRangeAndTimesOutOfOrder) {
  EXPECT_EQ(thrown_error([] { parse_energy_curve("0:1.5"); }).message(),
            "'0:1.5' is not a point of an energy curve; give times with energies from 0 to 1, such "
            "as \"0:0.2 0:30:0.9\"");
  EXPECT_EQ(thrown_error([] { parse_energy_curve("10:0.5 5:0.5"); }).message(),
            "the energy curve goes back in time at '5:0.5'; give its points in order");
  EXPECT_EQ(thrown_error([] { parse_energy_curve(""); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(thrown_error([] { parse_energy_curve("0.5"); }).kind(), ErrorKind::kUsage);
}

TEST(KeyText, IsATonicWithOrWithoutAMode) {
  using Key = std::pair<int, std::optional<Mode>>;
  EXPECT_EQ(parse_key("F#"), Key(6, std::nullopt));
  EXPECT_EQ(parse_key("C minor"), Key(0, Mode::kMinor));
  EXPECT_EQ(parse_key("Am"), Key(9, Mode::kMinor));
  EXPECT_EQ(parse_key("Bb"), Key(10, std::nullopt));
  EXPECT_EQ(parse_key("d Dorian"), Key(2, Mode::kDorian));
  EXPECT_EQ(parse_key("Ebmaj"), Key(3, Mode::kMajor));
  EXPECT_EQ(parse_key("b minor"), Key(11, Mode::kMinor));
}

TEST(KeyText, RefusesOthersWithExamples) {
  for (const char* text : {"", "H", "C purple", "1"}) {
    const Error error = thrown_error([&] { parse_key(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
    EXPECT_NE(error.message().find("is not a key; give one such as \"F#\", \"Am\""),
              std::string::npos)
        << error.message();
  }
}

TEST(EndingText, IsReadInAnyCaseAndSuggestsTheNearest) {
  EXPECT_EQ(parse_ending("Ring"), Ending::kRing);
  for (const Ending ending : {Ending::kRing, Ending::kFade, Ending::kCut, Ending::kLoop})
    EXPECT_EQ(parse_ending(name_of(ending)), ending);
  EXPECT_EQ(thrown_error([] { parse_ending("fde"); }).message(),
            "'fde' is not an ending; did you mean fade? There are: ring, fade, cut, loop");
}

}  // namespace
}  // namespace undersong
