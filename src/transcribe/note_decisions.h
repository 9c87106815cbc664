#pragma once
// Which notes were played, by what the network heard. Costs milliseconds a minute: thresholds can
// be moved and the decisions made again.

#include <cstddef>
#include <optional>
#include <vector>

#include "transcribe/detected_note.h"
#include "transcribe/pitch_activations.h"

namespace undersong {

// Nearly the best over 227 rendered excerpts (transcription_bench decide), and no worse than the
// reference's for any set of them: higher thresholds gain half a point over all and lose where much
// sounds at once. reference_decisions() has what the network's authors decide by.
struct NoteDecisions {
  double onset_threshold = 0.56;  // in (0, 1): a note begins where its onset is likelier
  double frame_threshold = 0.25;  // in (0, 1): and lasts while its key is likelier
  // A note lasts longer than so many frames (11.6 ms each).
  std::size_t shortest_frames = 5;
  // It may be unlikely for fewer frames than this without ending.
  std::size_t energy_tolerance = 11;
  // Where a key's likelihood leaps up, a note begins too.
  bool infer_onsets = false;
  // What no onset explains becomes notes too, from the likeliest key on ("melodia trick"), where
  // it is likelier than this. Unset: it does not.
  std::optional<double> remaining_threshold = 0.5;
  // A note ends with the last frame in which its key is as likely as this share of the note's
  // largest likelihood: what comes after is room and release. 0: none is cut off.
  double ending_share = 0.65;
  // Notes whose mean likelihood is lower are noise.
  double least_amplitude = 0.3;
  // The network tells soft attacks late and hard ones in time: so much earlier, most are right.
  double onset_lead_seconds = 0.02;
  double offset_lead_seconds = 0.01;
  // Notes that are softer than the loud ones by more decibels are noise; unset: none are.
  std::optional<double> quietest_decibels = std::nullopt;
};

// The defaults of @spotify/basic-pitch 1.0.1.
NoteDecisions reference_decisions();

// A note as the reference tells it.
struct NoteFrames {
  std::size_t first = 0;
  std::size_t count = 0;
  int pitch = 60;          // MIDI
  double amplitude = 0.0;  // mean likelihood of its key, in [0, 1]

  bool operator==(const NoteFrames&) const = default;
};

// The decisions of @spotify/basic-pitch 1.0.1, src/toMidi.ts (outputToNotesPoly), in its order:
// notes with onsets from the last to the first, then what remained; and what the options have
// beyond it.
//
// Cost: O(cells + notes * length * log(frames)); memory a byte a cell.
std::vector<NoteFrames> decide_note_frames(const PitchActivations& heard,
                                           const NoteDecisions& options);

// The same as notes, sorted: times as pitch_frame_seconds has them less the leads, velocities by
// how loud a note's key became within 70 ms, confidence its amplitude. No notes of one pitch
// overlap.
std::vector<DetectedNote> decide_notes(const PitchActivations& heard, const NoteDecisions& options);

// Errors: kUsage for thresholds outside (0, 1), and for numbers below 0.
void check_decisions(const NoteDecisions& options);

}  // namespace undersong
