#pragma once
// Which notes were played, by what the network heard. Costs milliseconds a minute: thresholds can
// be moved and the decisions made again.

#include <cstddef>
#include <optional>
#include <vector>

#include "transcribe/detected_note.h"
#include "transcribe/pitch_activations.h"

namespace undersong {

struct NoteDecisions {
  double onset_threshold = 0.5;  // in (0, 1): a note begins where its onset is likelier
  double frame_threshold = 0.3;  // in (0, 1): and lasts while its key is likelier
  // A note lasts longer than so many frames (11.6 ms each); 5 is the reference's own.
  std::size_t shortest_frames = 11;
  // It may be unlikely for fewer frames than this without ending.
  std::size_t energy_tolerance = 11;
  // Where a key's likelihood leaps up, a note begins too.
  bool infer_onsets = true;
  // What no onset explains becomes notes too, from the likeliest key on ("melodia trick").
  bool follow_remaining_energy = true;
  // Notes that are softer than the loud ones by more decibels are noise; unset: none are.
  std::optional<double> quietest_decibels = std::nullopt;
};

// A note as the reference tells it.
struct NoteFrames {
  std::size_t first = 0;
  std::size_t count = 0;
  int pitch = 60;          // MIDI
  double amplitude = 0.0;  // mean likelihood of its key, in [0, 1]

  bool operator==(const NoteFrames&) const = default;
};

// The decisions of @spotify/basic-pitch 1.0.1, src/toMidi.ts (outputToNotesPoly), in its order:
// notes with onsets from the last to the first, then what remained.
//
// Cost: O(cells + notes * length * log(frames)); memory a byte a cell.
std::vector<NoteFrames> decide_note_frames(const PitchActivations& heard,
                                           const NoteDecisions& options);

// The same as notes, sorted: times as pitch_frame_seconds has them, velocities by how loud a note's
// key became within 70 ms, confidence its amplitude. No notes of one pitch overlap.
std::vector<DetectedNote> decide_notes(const PitchActivations& heard, const NoteDecisions& options);

// Errors: kUsage for thresholds outside (0, 1), and for numbers below 0.
void check_decisions(const NoteDecisions& options);

}  // namespace undersong
