#include "evaluate/note_lists.h"

#include <algorithm>

namespace undersong {

std::vector<Note> notes_of(const Score& score, NoteChoice choice) {
  std::vector<Note> notes;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      const bool percussion = note.channel == kDrumChannel;
      if (choice == NoteChoice::kAll || percussion == (choice == NoteChoice::kPercussion)) {
        notes.push_back(note);
      }
    }
  }
  std::ranges::sort(notes);
  return notes;
}

std::vector<Ticks> onsets_of(const std::vector<Note>& notes) {
  std::vector<Ticks> onsets;
  for (const Note& note : notes) {
    if (onsets.empty() || onsets.back() != note.onset_ticks) onsets.push_back(note.onset_ticks);
  }
  return onsets;
}

}  // namespace undersong
