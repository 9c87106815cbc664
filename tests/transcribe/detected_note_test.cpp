#include "transcribe/detected_note.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

TEST(DetectedNote, NotesAreSortedByOnsetThenPitchThenOffset) {
  std::vector<DetectedNote> notes = {{.onset_seconds = 1, .offset_seconds = 3, .pitch = 60},
                                     {.onset_seconds = 1, .offset_seconds = 2, .pitch = 60},
                                     {.onset_seconds = 1, .offset_seconds = 2, .pitch = 40},
                                     {.onset_seconds = 0, .offset_seconds = 9, .pitch = 99}};
  const std::vector<DetectedNote> sorted = {notes[3], notes[2], notes[1], notes[0]};
  sort_notes(notes);
  EXPECT_EQ(notes, sorted);
}

}  // namespace
}  // namespace undersong
