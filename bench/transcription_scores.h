#pragma once
// What a transcriber made of excerpts, beside the truth.

#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/note_matching.h"
#include "transcription_excerpts.h"

namespace undersong {

struct Transcript {
  std::vector<NoteInSeconds> notes;
  std::vector<HitInSeconds> hits;  // kind: the key of General MIDI's percussion
  std::vector<double> beats;
  double tempo_bpm = 0.0;  // 0: not said
};

// Of `folder`/NAME.mid, else NAME.json: {"notes": [[onset, offset, pitch], …]} in seconds, or what
// `undersong transcribe` writes as .json. Score its notes by that: its MIDI begins with a bar, so
// that times are later by a part of one there, and the tempo alone is told rightly.
// Errors: kNotFound when neither is there, kFormat.
Transcript load_transcript(const std::filesystem::path& folder, const LabelledExcerpt& excerpt);

struct NoteScore {
  MatchCounts onsets;
  MatchCounts offsets;  // onsets and offsets
};
NoteScore score_notes(const ExcerptTruth& truth, const std::vector<NoteInSeconds>& notes);

// One transcriber's scores, in the order of the excerpts.
struct NamedScores {
  std::string name;
  std::vector<NoteScore> scores;
};

// Prints mean F1 by category for each, with what the later ones differ from the first.
void print_note_tables(const std::vector<LabelledExcerpt>& excerpts,
                       const std::vector<NamedScores>& scores);

// Prints beats, tempo and drums of one transcriber, over all and by half.
void print_rhythm_tables(const std::vector<LabelledExcerpt>& excerpts,
                         const std::vector<Transcript>& transcripts);

}  // namespace undersong
