#include "originality/voices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "scores.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::vector<int>> voices_of(const Score& score) {
  std::vector<std::vector<int>> voices;
  for (const Voice& voice : separate_voices(score)) voices.push_back(pitches_of(voice));
  return voices;
}

TEST(SeparateVoices, FindsTheFourVoicesOfAChorale) {
  std::vector<VoiceNote> notes;
  const std::vector<std::vector<int>> voices = {
      {48, 53, 55, 48}, {55, 57, 59, 55}, {64, 65, 62, 64}, {72, 72, 74, 72}};
  for (const auto& voice : voices) {
    for (const VoiceNote& note : line_of(voice)) notes.push_back(note);
  }
  EXPECT_EQ(voices_of(score_of(notes)), voices);
}

TEST(SeparateVoices, KeepsALeapingLineWhole) {
  EXPECT_THAT(voices_of(score_of(line_of({60, 79, 55, 76, 59, 62}))),
              ElementsAre(ElementsAre(60, 79, 55, 76, 59, 62)));
}

TEST(SeparateVoices, TellsMelodyFromAccompaniment) {
  // A melody in halves over an Alberti bass in quarters, all in one track.
  EXPECT_THAT(voices_of(score_of({{0, 8, 76},
                                  {8, 8, 77},
                                  {16, 8, 74},
                                  {0, 4, 48},
                                  {4, 4, 55},
                                  {8, 4, 52},
                                  {12, 4, 55},
                                  {16, 4, 47},
                                  {20, 4, 55}})),
              ElementsAre(ElementsAre(48, 55, 52, 55, 47, 55), ElementsAre(76, 77, 74)));
}

TEST(SeparateVoices, TellsBassFromMelodyThatNeverMeet) {
  EXPECT_THAT(voices_of(score_of({{0, 4, 36}, {4, 4, 76}, {8, 4, 38}, {12, 4, 77}, {16, 4, 40}})),
              ElementsAre(ElementsAre(36, 38, 40), ElementsAre(76, 77)));
}

TEST(SeparateVoices, StaysWithTheVoiceThatSangLast) {
  // The chord's lower voices rest while the upper one comes down between them.
  EXPECT_THAT(voices_of(score_of(
                  {{0, 4, 60}, {0, 4, 64}, {0, 4, 72}, {4, 4, 70}, {8, 4, 67}, {12, 4, 65}})),
              UnorderedElementsAre(ElementsAre(60), ElementsAre(64), ElementsAre(72, 70, 67, 65)));
}

TEST(SeparateVoices, TakesEachTrackAndChannelByItself) {
  Score score = score_of(line_of({60, 62}));
  score.tracks.push_back(score_of(line_of({61, 63}), 1).tracks[0]);
  const Score third = score_of(line_of({65, 67}), 2);
  score.tracks[0].notes.insert(score.tracks[0].notes.end(), third.tracks[0].notes.begin(),
                               third.tracks[0].notes.end());
  sort_events(score);
  EXPECT_THAT(voices_of(score),
              ElementsAre(ElementsAre(60, 62), ElementsAre(65, 67), ElementsAre(61, 63)));
}

TEST(SeparateVoices, LeavesPercussionOut) {
  EXPECT_THAT(voices_of(score_of(line_of({36, 38}), kDrumChannel)), IsEmpty());
}

TEST(SeparateVoices, CountsAUnisonOnce) {
  EXPECT_THAT(voices_of(score_of({{0, 4, 60}, {0, 2, 60}, {4, 4, 62}, {4, 4, 62}})),
              ElementsAre(ElementsAre(60, 62)));
}

TEST(SeparateVoices, KeepsTheOutsideOfAnEnormousChord) {
  std::vector<VoiceNote> notes;
  for (int pitch = 0; pitch < 128; ++pitch)
    notes.push_back({0, 4, static_cast<std::uint8_t>(pitch)});
  EXPECT_THAT(voices_of(score_of(notes)),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3),
                          ElementsAre(124), ElementsAre(125), ElementsAre(126), ElementsAre(127)));
}

TEST(SeparateVoices, TakesASpreadChordAsOneOnset) {
  const auto voices =
      separate_voices(score_of({{0, 80, 60}, {5, 80, 64}, {10, 80, 67}, {90, 9, 66}}));
  ASSERT_THAT(voices, SizeIs(3));
  for (const Voice& voice : voices) EXPECT_EQ(voice[0].onset_ticks, 0);
  EXPECT_EQ(pitches_of(voices[2]), (std::vector<int>{67, 66}));
}

TEST(SeparateVoices, DoesNotTakeAGraceNoteForAChord) {
  EXPECT_THAT(voices_of(score_of({{0, 5, 62}, {5, 75, 60}, {80, 80, 59}})),
              ElementsAre(ElementsAre(62, 60, 59)));
}

TEST(SeparateVoices, ReadsTheLargestTicks) {
  constexpr Ticks kLast = std::numeric_limits<Ticks>::max();
  const auto voices = separate_voices(score_of({{0, kLast, 60}, {kLast, 0, 62}}));
  ASSERT_THAT(voices, SizeIs(1));
  EXPECT_EQ(backwards(voices[0]), (Voice{{0, 1, 62}, {1, kLast, 60}}));
}

TEST(SeparateVoices, HasNothingToSayOfNothing) {
  EXPECT_THAT(separate_voices(Score{}), IsEmpty());
  EXPECT_THAT(backwards({}), IsEmpty());
}

TEST(SeparateVoices, IsTheSameAtAnyPitchAndSpeed) {
  EXPECT_TRUE(rc::check([] {
    const Score score = any_score();
    const int semitones = *rc::gen::inRange(-30, 37);
    const Ticks factor = *rc::gen::inRange(2, 2000);
    const auto voices = separate_voices(score);
    const auto moved = separate_voices(stretched(transposed(score, semitones), factor));
    RC_ASSERT(moved.size() == voices.size());
    for (std::size_t v = 0; v < voices.size(); ++v) {
      RC_ASSERT(moved[v].size() == voices[v].size());
      for (std::size_t n = 0; n < voices[v].size(); ++n) {
        RC_ASSERT(moved[v][n].pitch == voices[v][n].pitch + semitones);
        RC_ASSERT(moved[v][n].onset_ticks == voices[v][n].onset_ticks * factor);
      }
    }
  }));
}

TEST(SeparateVoices, PutsEachNoteInOneVoiceAndNeverTwoAtOnce) {
  EXPECT_TRUE(rc::check([] {
    const Score score = any_score();
    std::size_t notes = 0;
    for (const Voice& voice : separate_voices(score)) {
      RC_ASSERT(!voice.empty());
      notes += voice.size();
      for (std::size_t i = 1; i < voice.size(); ++i)
        RC_ASSERT(voice[i - 1].onset_ticks < voice[i].onset_ticks);
    }
    RC_ASSERT(notes <= note_count(score));
  }));
}

TEST(Backwards, TwiceIsTheVoiceAgain) {
  EXPECT_TRUE(rc::check([] {
    Voice voice = any_line();
    const Ticks first = voice.front().onset_ticks;
    for (VoiceNote& note : voice) note.onset_ticks -= first;
    RC_ASSERT(backwards(backwards(voice)) == voice);
  }));
}

}  // namespace
}  // namespace undersong
