#include "tokens/note_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/error.h"

namespace undersong {
namespace {

Score two_chords_and_a_run() {
  Score score;
  score.ticks_per_quarter = 240;
  score.tempos = {{0, 500000}, {480, 1000000}};
  Track track;
  track.notes = {{.onset_ticks = 0, .duration_ticks = 240, .pitch = 60, .velocity = 100},
                 {.onset_ticks = 0, .duration_ticks = 240, .pitch = 64, .velocity = 92},
                 {.onset_ticks = 240, .duration_ticks = 80, .pitch = 67, .velocity = 60},
                 {.onset_ticks = 480, .duration_ticks = 480, .pitch = 72, .velocity = 20}};
  score.tracks.push_back(track);
  return score;
}

TEST(NoteMatrix, NamesEveryIdOfEveryColumn) {
  int total = 0;
  for (const int size : note_column_sizes()) total += size;
  EXPECT_EQ(note_matrix_vocabulary().size(), total);
  EXPECT_EQ(note_matrix_vocabulary().symbol(60), "pitch:60");
}

TEST(NoteMatrix, WritesARowForEachNote) {
  const auto ids = encode_note_matrix(two_chords_and_a_run());
  ASSERT_EQ(ids.size(), 4U * kNoteColumns);
  const Vocabulary vocabulary = note_matrix_vocabulary();
  std::vector<std::string> last;
  for (std::size_t i = 3U * kNoteColumns; i < ids.size(); ++i)
    last.push_back(vocabulary.symbol(ids[i]));
  EXPECT_THAT(last, testing::ElementsAre("pitch:72", "velocity:20", "interval:24", "duration:48",
                                         "tempo:58"));
}

TEST(NoteMatrix, KeepsRhythmLoudnessAndTempo) {
  const Score decoded = decode_note_matrix(encode_note_matrix(two_chords_and_a_run()));
  const auto& notes = decoded.tracks[0].notes;
  ASSERT_EQ(notes.size(), 4U);
  EXPECT_EQ(notes[2].onset_ticks, 480);
  EXPECT_EQ(notes[2].duration_ticks, 160) << "a triplet quaver";
  EXPECT_EQ(notes[3].onset_ticks, 960);
  EXPECT_EQ(decoded.tempos.size(), 2U);
}

TEST(NoteMatrix, GivesBackTheIdsThatItDecoded) {
  const bool holds = rc::check("encode(decode(encode(score))) == encode(score)", [] {
    Score score;
    Track track;
    const auto count = *rc::gen::inRange(1, 60);
    for (int i = 0; i < count; ++i) {
      track.notes.push_back({.onset_ticks = *rc::gen::inRange(0, 20000),
                             .duration_ticks = *rc::gen::inRange(1, 4000),
                             .pitch = static_cast<std::uint8_t>(*rc::gen::inRange(0, 128)),
                             .velocity = static_cast<std::uint8_t>(*rc::gen::inRange(1, 128))});
    }
    score.tracks.push_back(track);
    sort_events(score);
    const auto ids = encode_note_matrix(score);
    RC_ASSERT(encode_note_matrix(decode_note_matrix(ids)) == ids);
  });
  EXPECT_TRUE(holds);
}

TEST(NoteMatrix, RefusesAnIdOutOfTurn) {
  auto ids = encode_note_matrix(two_chords_and_a_run());
  std::swap(ids[0], ids[1]);
  EXPECT_THROW(decode_note_matrix(ids), Error);
}

TEST(NoteMatrix, LeavesAnIncompleteRowOut) {
  auto ids = encode_note_matrix(two_chords_and_a_run());
  ids.resize(ids.size() - 2);
  EXPECT_EQ(decode_note_matrix(ids).tracks[0].notes.size(), 3U);
}

}  // namespace
}  // namespace undersong
