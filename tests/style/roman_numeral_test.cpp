#include "style/roman_numeral.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "support/thrown_error.h"

namespace undersong {
namespace {

constexpr Key kCMajor{0, Mode::kMajor};
constexpr Key kAMinor{9, Mode::kMinor};

std::string chord(std::string_view numeral, const Key& key) {
  return name_of(resolve(parse_roman_numeral(numeral), key), key);
}

TEST(RomanNumeral, StandsOnTheDegreesOfTheModesOwnScale) {
  EXPECT_EQ(chord("ii9", kCMajor), "Dm9");
  EXPECT_EQ(chord("V13", kCMajor), "G13");
  EXPECT_EQ(chord("Imaj9", kCMajor), "Cmaj9");
  EXPECT_EQ(chord("VImaj7", kAMinor), "Fmaj7");
  EXPECT_EQ(chord("VII", kAMinor), "G");
  EXPECT_EQ(chord("V7b9", kAMinor), "E7b9");
  EXPECT_EQ(chord("viio7", {9, Mode::kHarmonicMinor}), "G#dim7");
  EXPECT_EQ(chord("IV9", {2, Mode::kDorian}), "G9");
}

TEST(RomanNumeral, IsMovedByAnAccidental) {
  EXPECT_EQ(chord("bVII", kCMajor), "Bb");
  EXPECT_EQ(chord("bVImaj7", kCMajor), "Abmaj7");
  EXPECT_EQ(chord("#viio7", kAMinor), "G#dim7");
  EXPECT_EQ(chord("#ivo7", kCMajor), "F#dim7");
}

TEST(RomanNumeral, InLowerCaseIsMinorByItself) {
  EXPECT_EQ(chord("ii7", kCMajor), "Dm7");
  EXPECT_EQ(chord("vii7b5", kCMajor), "Bm7b5");
  EXPECT_EQ(chord("viidim", kCMajor), "Bdim");
  EXPECT_EQ(chord("imaj7", kAMinor), "Ammaj7");
  EXPECT_EQ(chord("iadd9", kAMinor), "Amadd9");
  EXPECT_EQ(chord("vsus4", kCMajor), "Gsus4");
  EXPECT_EQ(chord("i5", kAMinor), "A5");
}

TEST(RomanNumeral, MayBeInverted) {
  EXPECT_EQ(chord("I/3", kCMajor), "C/E");
  EXPECT_EQ(chord("i/3", kAMinor), "Am/C");
  EXPECT_EQ(chord("V7/7", kCMajor), "G7/F");
  EXPECT_EQ(chord("viio7/5", kCMajor), "Bdim7/F");
  EXPECT_EQ(chord("viio7/7", kCMajor), "Bdim7/Ab");
}

TEST(RomanNumeral, MayBeAppliedToADegreeThatCountsAsAKey) {
  EXPECT_EQ(chord("V7/vi", kCMajor), "E7");
  EXPECT_EQ(chord("V7/V", kCMajor), "D7");
  EXPECT_EQ(chord("ii7/V", kCMajor), "Am7");
  EXPECT_EQ(chord("ii7b5/ii", kCMajor), "Em7b5");
  EXPECT_EQ(chord("viio7/ii", kCMajor), "C#dim7");
  EXPECT_EQ(chord("V7/bVII", kCMajor), "F7");
  EXPECT_EQ(chord("V7/vi/3", kCMajor), "E7/G#");
  EXPECT_EQ(chord("V7/3/vi", kCMajor), chord("V7/vi/3", kCMajor));
}

TEST(RomanNumeral, NamesThePartThatIsNotUnderstood) {
  const auto message = [](std::string_view text) {
    const Error error = thrown_error([&] { parse_roman_numeral(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.message();
  };
  EXPECT_EQ(message("H7"),
            "'H7' is no Roman numeral: it begins with no degree from I to VII in one case; write "
            "it as ii9, V7/vi, bVII or I/3");
  EXPECT_NE(message("iIi").find("in one case"), std::string::npos);
  EXPECT_NE(message("IIII").find("no degree"), std::string::npos);
  EXPECT_NE(message("").find("no degree"), std::string::npos);
  EXPECT_NE(message("IIm7").find("written in lower case"), std::string::npos);
  EXPECT_NE(message("iim7").find("without m"), std::string::npos);
  EXPECT_NE(message("V/3/5").find("two inversions"), std::string::npos);
  EXPECT_NE(message("V7/ii/V").find("two degrees"), std::string::npos);
  EXPECT_NE(message("V/7").find("no tone 7"), std::string::npos);
  EXPECT_NE(message("V/").find("nothing stands after the slash"), std::string::npos);
  EXPECT_NE(message("V//3").find("''"), std::string::npos);
  EXPECT_NE(message("V7/x").find("'x' after the slash"), std::string::npos);
  EXPECT_NE(message("Vmja7").find("did you mean maj7?"), std::string::npos);
}

TEST(RomanNumeral, ReadsItsNameBack) {
  for (const std::string text : {"ii9", "V13", "Imaj9", "bVII", "#viio7", "viio", "vii7b5", "imaj7",
                                 "iadd9", "I5", "V7sus4", "V7/vi", "V7/bVII/3", "I/3", "i69"}) {
    EXPECT_EQ(name_of(parse_roman_numeral(text)), text);
  }
  // Without a third the case says nothing.
  EXPECT_EQ(name_of(parse_roman_numeral("vsus4")), "Vsus4");
  EXPECT_EQ(name_of(parse_roman_numeral("V7/3/vi")), "V7/vi/3");
}

RC_GTEST_PROP(RomanNumeral, OfAnyTextIsReadOrRefusedWithASentence, ()) {
  const auto letters =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("IViv/b#379maj7dimsuo ")));
  try {
    const RomanNumeral numeral = parse_roman_numeral(letters);
    const ChordSymbol symbol = resolve(numeral, {*rc::gen::inRange(0, 12), Mode::kMinor});
    RC_ASSERT(parse_roman_numeral(name_of(numeral)) == numeral);
    RC_ASSERT(symbol.root >= 0 && symbol.root < 12);
    RC_ASSERT(contains(symbol, symbol.bass));
  } catch (const Error& error) {
    RC_ASSERT(error.kind() == ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace undersong
