#include "tokens/composer_vocabulary.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

using namespace composer_token;

TEST(ComposerVocabulary, NamesEveryIdAndCountsNothing) {
  const Vocabulary& vocabulary = composer_vocabulary();
  ASSERT_EQ(vocabulary.size(), kCount);
  for (TokenId id = 0; id < kCount; ++id) {
    EXPECT_EQ(vocabulary.id_of(vocabulary.symbol(id)), id);
    EXPECT_EQ(vocabulary.count_of(id), 0);
  }
}

// Weight files hold these names in this order: a change makes all of them useless.
TEST(ComposerVocabulary, NamesWhatWeightFilesName) {
  const auto name = [](TokenId id) { return composer_vocabulary().symbol(id); };
  EXPECT_EQ(kCount, 511);
  EXPECT_EQ(name(kPad), "pad");
  EXPECT_EQ(name(kPast), "past");
  EXPECT_EQ(name(7), "style.own");
  EXPECT_EQ(name(kMode.of(1)), "mode.minor");
  EXPECT_EQ(name(kMeter.of(5)), "meter.6/8");
  EXPECT_EQ(name(kTempo.of(23)), "tempo.23");
  EXPECT_EQ(name(kChord.of(0)), "chord.none");
  EXPECT_EQ(name(kChord.of(grid_chord(9, ChordQuality::kMinor7))), "chord.9:m7");
  EXPECT_EQ(name(kChord.of(grid_chord(0, ChordQuality::kMajor))), "chord.0:maj");
  EXPECT_EQ(name(kChord.of(grid_chord(11, ChordQuality::kDiminished7))), "chord.11:dim7");
  EXPECT_EQ(name(kEnergy.of(7)), "energy.7");
  EXPECT_EQ(name(kRelation.of(static_cast<int>(BarRelation::kVaried))), "relation.varied");
  EXPECT_EQ(name(kLeft.of(0)), "left.0");
  EXPECT_EQ(name(kRole.of(7)), "role.counter");
  EXPECT_EQ(name(kDensity.of(10)), "density.10");
  EXPECT_EQ(name(kPosition.of(24)), "position.24");
  EXPECT_EQ(name(kVelocity.of(15)), "velocity.15");
  EXPECT_EQ(name(kDuration.of(9)), "duration.12");
  EXPECT_EQ(name(kPitch.of(0)), "pitch.21");
  EXPECT_EQ(name(kDrum.of(60)), "drum.87");
}

TEST(ComposerVocabulary, KnowsWhatAPlanDecides) {
  int controls = 0;
  for (TokenId id = 0; id < kCount; ++id) controls += is_control(id) ? 1 : 0;
  EXPECT_EQ(controls,
            kChord.count + kEnergy.count + kRelation.count + kLeft.count + kDensity.count);
  EXPECT_FALSE(is_control(kMeter.of(0)));
  EXPECT_FALSE(is_control(kPosition.of(0)));
}

}  // namespace
}  // namespace undersong
