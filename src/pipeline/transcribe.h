#pragma once
// Recordings become music that can be read and learned from: `undersong transcribe`, and what
// `corpus add` does with audio. JSON keys are stable: they are only ever added to.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "score/score.h"
#include "transcribe/beat_grid.h"
#include "transcribe/detected_note.h"
#include "transcribe/note_decisions.h"
#include "transcribe/pitch_network.h"
#include "transcribe/transcribed_score.h"

namespace undersong {

struct TranscriptionOptions {
  NoteDecisions decisions;
  bool quantise = false;
  int program = 0;  // General MIDI, 0-127
};

// One recording as it was heard.
struct Transcription {
  std::vector<DetectedNote> notes;
  std::vector<DetectedHit> hits;  // of drums; none are heard yet
  BeatGrid beats;
  Score score;
  double lead_in_seconds = 0.0;  // by how much the score begins before the recording
  double length_seconds = 0.0;   // of the recording
  bool ended_early = false;      // the file says that it is longer than what could be read

  // The mean of the notes' confidences; 0 without notes.
  double note_confidence() const;
};

// Hears a recording once, in bounded memory (283 MB for an hour, without beats), on all processors.
// Errors: those of MonoStream; kUnsupported when no note was heard; kCancelled.
Transcription transcribe_file(const std::filesystem::path& recording, const PitchNetwork& network,
                              const TranscriptionOptions& options, Progress& progress);

// The network of `weights`, or the installed one where that is empty.
// Errors: kNotFound; those of load_weights, and kMismatch.
PitchNetwork load_pitch_network(const std::filesystem::path& weights);

struct TranscribeRequest {
  std::vector<std::filesystem::path> recordings;
  // Of one recording: files by suffix, .json for the notes in seconds, else as write_music. Of
  // several: one folder, which takes a .mid file named after each.
  std::vector<std::filesystem::path> outputs;
  std::filesystem::path network;  // weights; empty: the installed ones
  TranscriptionOptions options;
  Overwrite overwrite = Overwrite::kRefuse;
};

struct TranscribedFile {
  std::filesystem::path recording;
  std::vector<std::filesystem::path> outputs;  // none when it failed
  std::string failure;                         // a sentence; empty when it was heard
  std::size_t notes = 0;
  double note_confidence = 0.0;  // mean, 0-1
  bool has_beat = false;         // the rest is for music with a beat
  double bpm = 0.0;
  double beat_confidence = 0.0;
  int beats_per_bar = 0;
  double length_seconds = 0.0;
  double times_real_time = 0.0;  // length / what it took
  bool ended_early = false;
};

struct TranscribeReport {
  std::vector<TranscribedFile> files;  // in the order of the request

  std::size_t failed() const;
};

// Errors: kUsage for outputs that are there, of unknown suffix, or a recording itself; those of
// load_pitch_network. Of a single recording those of transcribe_file and write_music; of several a
// bad one is told in its entry, and the others go on. Every output is written whole or not at all.
TranscribeReport transcribe(const TranscribeRequest& request, Progress& progress);

std::string to_text(const TranscribeReport& report);
std::string to_json(const TranscribeReport& report);

}  // namespace undersong
