#include "analysis/part_roles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace undersong {
namespace {

constexpr Ticks kQuarter = 480;

// A track of one program. Notes are {onset, length, pitch} in eighths.
struct HandNote {
  int onset;
  int length;
  int pitch;
};

Track track(const std::string& name, int program, int channel, const std::vector<HandNote>& notes) {
  Track result;
  result.name = name;
  result.controls.push_back({.tick = 0,
                             .kind = ControlEvent::Kind::kProgram,
                             .channel = static_cast<std::uint8_t>(channel),
                             .number = 0,
                             .value = static_cast<std::int16_t>(program)});
  for (const HandNote& note : notes)
    result.notes.push_back({.onset_ticks = note.onset * kQuarter / 2,
                            .duration_ticks = note.length * kQuarter / 2,
                            .pitch = static_cast<std::uint8_t>(note.pitch),
                            .channel = static_cast<std::uint8_t>(channel)});
  std::sort(result.notes.begin(), result.notes.end());
  return result;
}

Score score_of(std::vector<Track> tracks) {
  Score score;
  score.tracks = std::move(tracks);
  return score;
}

// "lead: 72 74 | bass: 48": the pitches of every role, by onset.
std::string roles_text(const Score& score, bool drums_only = false) {
  const std::vector<RoledNote> notes = roles_of(score, drums_only);
  std::string text;
  for (const Role role : kRoles) {
    std::string pitches;
    for (const RoledNote& note : notes) {
      if (note.role == role) pitches += " " + std::to_string(note.note.pitch);
    }
    if (pitches.empty()) continue;
    text += (text.empty() ? "" : " | ") + std::string(name_of(role)) + ":" + pitches;
  }
  return text;
}

// ---- Names ----

TEST(PartRoles, TracksOfOurOwnAreKnownByTheirNames) {
  EXPECT_EQ(role_of_name("Counter-melody"), Role::kCounter);
  EXPECT_EQ(role_of_name("counter"), Role::kCounter);
  EXPECT_EQ(role_of_name("PAD"), Role::kPad);
  EXPECT_EQ(role_of_name("Violin"), std::nullopt);
}

TEST(PartRoles, MusicThatNamesItsRolesKeepsThemHoweverItLooks) {
  EXPECT_EQ(
      roles_text(score_of({track("Lead", 32, 0, {{0, 2, 36}}), track("Bass", 73, 1, {{0, 2, 84}}),
                           track("Drums", 0, 9, {{0, 1, 36}, {1, 1, 70}}),
                           track("Percussion", 0, 9, {{0, 1, 38}})})),
      "drums: 36 70 | percussion: 38 | bass: 84 | lead: 36");
}

TEST(PartRoles, ANameAgainstItsChannelSaysNothing) {
  EXPECT_FALSE(names_its_roles(score_of({track("Drums", 0, 3, {{0, 2, 60}})})));
  EXPECT_FALSE(names_its_roles(
      score_of({track("Lead", 0, 0, {{0, 2, 60}}), track("Flute", 73, 1, {{0, 2, 60}})})));
  EXPECT_TRUE(names_its_roles(score_of({track("Lead", 0, 0, {{0, 2, 60}}), Track{}})));
}

// ---- Percussion ----

TEST(PartRoles, AKitIsDrumsAndWhatHandsStrikeIsPercussion) {
  EXPECT_EQ(
      roles_text(score_of({track(
          "Kit", 0, 9, {{0, 1, 36}, {1, 1, 38}, {2, 1, 42}, {3, 1, 54}, {4, 1, 62}, {5, 1, 70}})})),
      "drums: 36 38 42 | percussion: 54 62 70");
}

TEST(PartRoles, DrumsOnlyTakesEveryChannelForAKit) {
  EXPECT_EQ(roles_text(score_of({track("MIDI", 0, 0, {{0, 1, 36}, {1, 1, 38}})}), true),
            "drums: 36 38");
}

TEST(PartRoles, TimpaniBecomeToms) {
  EXPECT_EQ(roles_text(score_of({track("Timpani", 47, 1, {{0, 2, 43}, {2, 2, 48}}),
                                 track("Flute 1", 73, 2, {{0, 2, 79}, {2, 2, 81}})})),
            "percussion: 41 43 | lead: 79 81");
}

// ---- Keyboards ----

TEST(PartRoles, ASongHasItsVoiceInTheLeadAndItsPianoUnderIt) {
  EXPECT_EQ(roles_text(score_of({track("Singstimme\nVoice", 68, 0, {{0, 4, 72}, {4, 4, 74}}),
                                 track("Piano", 0, 1,
                                       {{0, 4, 41},
                                        {0, 4, 60},
                                        {0, 4, 65},
                                        {0, 4, 77},
                                        {4, 4, 43},
                                        {4, 4, 59},
                                        {4, 4, 67},
                                        {4, 4, 79}})})),
            "bass: 41 43 | chords: 60 65 77 59 67 79 | lead: 72 74");
}

TEST(PartRoles, AnInterludeIsLedByThePiano) {
  const std::string text =
      roles_text(score_of({track("Voice", 52, 0, {{0, 8, 72}}), track("Piano", 0, 1,
                                                                      {{0, 8, 48},
                                                                       {0, 8, 67},
                                                                       {8, 4, 48},
                                                                       {8, 4, 67},
                                                                       {8, 4, 76},
                                                                       {12, 4, 50},
                                                                       {12, 4, 69},
                                                                       {12, 4, 77}})}));
  EXPECT_EQ(text, "bass: 48 48 50 | chords: 67 67 69 | lead: 72 76 77");
}

TEST(PartRoles, AnAlbertiBassIsABassAndAnArpeggio) {
  EXPECT_EQ(roles_text(score_of(
                {track("Piano right", 0, 0, {{0, 4, 72}, {4, 4, 76}}), track("Piano left", 0, 1,
                                                                             {{0, 1, 48},
                                                                              {1, 1, 55},
                                                                              {2, 1, 52},
                                                                              {3, 1, 55},
                                                                              {4, 1, 48},
                                                                              {5, 1, 55},
                                                                              {6, 1, 52},
                                                                              {7, 1, 55}})})),
            "bass: 48 48 | arpeggio: 55 52 55 55 52 55 | lead: 72 76");
}

TEST(PartRoles, OctavesOfAPianoGoWithTheirLines) {
  EXPECT_EQ(roles_text(score_of(
                {track("Piano", 0, 0,
                       {{0, 4, 36}, {0, 4, 48}, {0, 4, 67}, {0, 4, 72}, {0, 4, 76}, {0, 4, 79}})})),
            "bass: 36 48 | chords: 72 76 | lead: 67 79");
}

// ---- Ensembles ----

TEST(PartRoles, AQuartetHasItsMelodyAboveAndItsBassBelow) {
  std::vector<HandNote> melody;
  for (int i = 0; i < 16; ++i) melody.push_back({i, 1, 74 + i % 5});
  const std::string text = roles_text(
      score_of({track("Violin 1", 40, 0, melody),
                track("Violin 2", 40, 1,
                      {{0, 2, 67},
                       {2, 2, 67},
                       {4, 2, 67},
                       {6, 2, 67},
                       {8, 2, 65},
                       {10, 2, 65},
                       {12, 2, 65},
                       {14, 2, 65}}),
                track("Viola", 41, 2,
                      {{0, 2, 64},
                       {2, 2, 64},
                       {4, 2, 64},
                       {6, 2, 64},
                       {8, 2, 62},
                       {10, 2, 62},
                       {12, 2, 62},
                       {14, 2, 62}}),
                track("Violoncello", 42, 3, {{0, 4, 48}, {4, 4, 48}, {8, 4, 50}, {12, 4, 50}})}));
  EXPECT_EQ(
      text,
      "bass: 48 48 50 50 | chords: 67 64 67 64 67 64 67 64 65 62 65 62 65 62 65 62 | lead: 74 "
      "75 76 77 78 74 75 76 77 78 74 75 76 77 78 74");
}

TEST(PartRoles, LongStringsArePadsAndBrokenChordsArpeggios) {
  std::vector<HandNote> melody;
  std::vector<HandNote> figure;
  for (int i = 0; i < 8; ++i) melody.push_back({i, 1, 76 + i % 3});
  for (int i = 0; i < 8; ++i) figure.push_back({i, 1, 60 + 4 * (i % 3)});
  const std::string text = roles_text(score_of(
      {track("Flute", 73, 0, melody), track("Strings", 48, 1, {{0, 8, 60}, {0, 8, 64}, {0, 8, 67}}),
       track("Guitar", 24, 2, figure), track("Fretless", 35, 3, {{0, 4, 36}, {4, 4, 43}})}));
  EXPECT_EQ(text,
            "bass: 36 43 | pad: 60 64 67 | arpeggio: 60 64 68 60 64 68 60 64 | lead: 76 77 78 76 "
            "77 78 76 77");
}

TEST(PartRoles, WhoDoublesTheMelodyGoesWithItUpToAnOctaveAway) {
  const std::vector<HandNote> high = {{0, 1, 84}, {1, 1, 88}, {2, 1, 91}, {3, 1, 88}, {4, 1, 86}};
  std::vector<HandNote> low = high;
  std::vector<HandNote> lowest = high;
  for (HandNote& note : low) note.pitch -= 12;
  for (HandNote& note : lowest) note.pitch -= 24;
  EXPECT_EQ(roles_text(score_of({track("Violin 1", 40, 0, high), track("Flute 1", 73, 1, high),
                                 track("Oboe 1", 68, 2, low), track("Viola", 41, 3, lowest)})),
            "chords: 60 64 67 64 62 | lead: 84 84 72 88 88 76 91 91 79 88 88 76 86 86 74");
}

// Files with more than sixteen parts give several tracks one channel.
TEST(PartRoles, TracksOnOneChannelHaveProgramsOfTheirOwn) {
  EXPECT_EQ(roles_text(score_of({track("A", 73, 0, {{0, 2, 76}, {2, 2, 79}}),
                                 track("B", 43, 0, {{0, 2, 40}, {2, 2, 43}})})),
            "bass: 40 43 | lead: 76 79");
}

TEST(PartRoles, EveryNoteOfEveryChannelHasItsPlaceInTime) {
  const std::vector<RoledNote> notes = roles_of(
      score_of({track("A", 73, 0, {{4, 2, 76}, {0, 2, 79}}), track("B", 0, 1, {{2, 2, 40}})}),
      false);
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_TRUE(std::is_sorted(notes.begin(), notes.end(), [](const auto& a, const auto& b) {
    return a.note.onset_ticks < b.note.onset_ticks;
  }));
  EXPECT_EQ(notes[1].track, 1U);
}

TEST(PartRoles, AScoreWithoutNotesHasNoRoles) { EXPECT_TRUE(roles_of(Score{}, false).empty()); }

}  // namespace
}  // namespace undersong
