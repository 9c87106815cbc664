#pragma once
// Sound whose notes are known: excerpts of real pieces, rendered, disturbed and labelled.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/note_matching.h"

namespace undersong {

enum class NoiseKind { kWhite, kPink };

struct AddedNoise {
  NoiseKind kind = NoiseKind::kWhite;
  double snr_db = 20.0;  // of the excerpt's mean power over the noise's
};

// What there is to hear, in seconds of the excerpt.
//
// Notes end where their keys go up: a pedal is played, but no note is longer for it. Where parts
// double each other (one pitch, onsets within 20 ms) there is one note, with the latest end.
struct ExcerptTruth {
  std::vector<NoteInSeconds> notes;  // pitched ones
  std::vector<HitInSeconds> hits;    // kind: the key of General MIDI's percussion
  std::vector<double> beats;         // as the meter has them; dotted in 6/8 and its like
  double tempo_bpm = 120.0;          // of the median beat
  double tempo_spread = 0.0;         // interquartile range of the beats' lengths, by the median
};

struct ExcerptPlan {
  std::string name;  // "mutopia-003"; of the files too
  std::string set;
  std::filesystem::path piece;
  std::string half;  // "tune" or "test"
  double begin_seconds = 0.0;
  double length_seconds = 12.0;
  std::filesystem::path soundfont;
  std::optional<int> program;  // all notes on this one; else as written, drums included
  std::optional<AddedNoise> noise;
  std::optional<int> mp3_kbps;
};

struct LabelledExcerpt {
  ExcerptPlan plan;
  std::filesystem::path audio;  // inside the folder of the labels
  ExcerptTruth truth;
};

// Picks the excerpts by a fixed seed, writes their sound and `labels.jsonl` into `folder`. Pieces
// alternate between the halves, and none has two excerpts. Takes ffmpeg for MP3.
// Errors: kUsage when a set is not below `data`; kNotFound.
void make_excerpts(const std::filesystem::path& data, const std::filesystem::path& folder);

// Errors: kNotFound, kFormat.
std::vector<LabelledExcerpt> load_excerpts(const std::filesystem::path& folder);

// The values by which results are told apart: {"set": "mutopia", "noise": "pink 20 dB", …}.
std::map<std::string, std::string> categories_of(const LabelledExcerpt& excerpt);

}  // namespace undersong
