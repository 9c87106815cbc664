#include "score/key.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "support/thrown_error.h"

namespace undersong {
namespace {

std::string spelt_scale(const Key& key) {
  std::string names;
  for (const int semitones : scale_of(key.mode)) {
    if (!names.empty()) names += ' ';
    names += spell((key.tonic + semitones) % 12, key);
  }
  return names;
}

TEST(Mode, NamesReadBackAndGreekOnesToo) {
  for (const Mode mode : kModes) EXPECT_EQ(parse_mode(name_of(mode)), mode);
  EXPECT_EQ(parse_mode("Aeolian"), Mode::kMinor);
  EXPECT_EQ(parse_mode("IONIAN"), Mode::kMajor);
  EXPECT_EQ(thrown_error([] { parse_mode("dorain"); }).message(),
            "there is no mode 'dorain'; did you mean dorian? There are: major, dorian, phrygian, "
            "lydian, mixolydian, minor, harmonic-minor");
}

TEST(PitchClass, IsReadInAnyCase) {
  EXPECT_EQ(parse_pitch_class("C"), 0);
  EXPECT_EQ(parse_pitch_class("F#"), 6);
  EXPECT_EQ(parse_pitch_class("eb"), 3);
  EXPECT_EQ(parse_pitch_class("bb"), 10);
  EXPECT_EQ(parse_pitch_class("Cb"), 11);
  EXPECT_EQ(parse_pitch_class("B#"), 0);
  for (const char* wrong : {"", "H", "C##", "#", "Cmaj"})
    EXPECT_EQ(thrown_error([&] { parse_pitch_class(wrong); }).kind(), ErrorKind::kUsage) << wrong;
}

TEST(Spelling, IsThatOfTheScale) {
  EXPECT_EQ(spelt_scale({0, Mode::kMajor}), "C D E F G A B");
  EXPECT_EQ(spelt_scale({4, Mode::kMajor}), "E F# G# A B C# D#");
  EXPECT_EQ(spelt_scale({0, Mode::kMinor}), "C D Eb F G Ab Bb");
  EXPECT_EQ(spelt_scale({0, Mode::kHarmonicMinor}), "C D Eb F G Ab B");
  EXPECT_EQ(spelt_scale({6, Mode::kMajor}), "F# G# A# B C# D# E#");
  EXPECT_EQ(spelt_scale({3, Mode::kMinor}), "Eb F Gb Ab Bb Cb Db");
  EXPECT_EQ(spelt_scale({1, Mode::kMajor}), "Db Eb F Gb Ab Bb C");
  EXPECT_EQ(spelt_scale({2, Mode::kDorian}), "D E F G A B C");
  EXPECT_EQ(spelt_scale({5, Mode::kLydian}), "F G A B C D E");
  EXPECT_EQ(spelt_scale({7, Mode::kMixolydian}), "G A B C D E F");
  EXPECT_EQ(spelt_scale({4, Mode::kPhrygian}), "E F G A B C D");
}

TEST(Spelling, OfChromaticTonesIsTheUsualOne) {
  EXPECT_EQ(spell(6, {0, Mode::kMajor}), "F#");  // of D, the dominant of the dominant
  EXPECT_EQ(spell(10, {0, Mode::kMajor}), "Bb");
  EXPECT_EQ(spell(3, {0, Mode::kMajor}), "Eb");
  EXPECT_EQ(spell(8, {9, Mode::kMinor}), "G#");  // the leading tone
}

RC_GTEST_PROP(Spelling, OfEveryPitchClassReadsBack, ()) {
  const Key key{*rc::gen::inRange(0, 12), *rc::gen::elementOf(kModes)};
  const int pitch_class = *rc::gen::inRange(0, 12);
  RC_ASSERT(parse_pitch_class(spell(pitch_class, key)) == pitch_class);
  RC_ASSERT(spell(pitch_class, key).size() <= 2U);
}

RC_GTEST_PROP(Spelling, OfAScaleHasEachLetterOnceUnlessItNeedsDoubleAccidentals, ()) {
  const Key key{*rc::gen::inRange(0, 12), *rc::gen::elementOf(kModes)};
  RC_PRE(key.mode != Mode::kHarmonicMinor);
  std::string letters;
  for (const int semitones : scale_of(key.mode)) {
    const char letter = spell((key.tonic + semitones) % 12, key)[0];
    RC_ASSERT(letters.find(letter) == letters.npos);
    letters += letter;
  }
}

TEST(Signature, IsThatOfTheRelativeMajor) {
  EXPECT_EQ(signature_of({9, Mode::kMajor}, 96), (KeySignature{96, 3, false}));
  EXPECT_EQ(signature_of({0, Mode::kMinor}, 0), (KeySignature{0, -3, true}));
  EXPECT_EQ(signature_of({2, Mode::kDorian}, 0), (KeySignature{0, 0, true}));
  EXPECT_EQ(signature_of({7, Mode::kMixolydian}, 0), (KeySignature{0, 0, false}));
  EXPECT_EQ(signature_of({3, Mode::kMinor}, 0), (KeySignature{0, -6, true}));
  EXPECT_EQ(signature_of({6, Mode::kMajor}, 0), (KeySignature{0, 6, false}));
}

TEST(Key, ContainsItsScaleAtAnyOctave) {
  const Key key{9, Mode::kMinor};
  EXPECT_TRUE(contains(key, 57));
  EXPECT_TRUE(contains(key, 7));
  EXPECT_FALSE(contains(key, 68));
  EXPECT_TRUE(contains(Key{9, Mode::kHarmonicMinor}, 68));
  EXPECT_EQ(name_of(Key{6, Mode::kDorian}), "F# dorian");
}

}  // namespace
}  // namespace undersong
