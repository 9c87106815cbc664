#pragma once
// Each note a row of numbers: pitch, velocity, interval since the note before, duration, and the
// tempo there. So rhythm, tempo and loudness are the model's to say. A row is kNoteColumns ids, one
// a column; every column has ids of its own. Source: Mangal, Modak & Joshi 2019, arXiv:1908.01080,
// section III (note, velocity, interval); duration and tempo added.

#include <span>
#include <vector>

#include "score/score.h"
#include "tokens/vocabulary.h"

namespace undersong {

inline constexpr int kNoteColumns = 5;

// Ids of each column: pitches, velocity bins, intervals, durations, tempos.
const std::vector<int>& note_column_sizes();

// Every id of every column, named "pitch:60", "velocity:80", "interval:12", "duration:24",
// "tempo:120"; counts of 0. Times are in twenty-fourths of a quarter note, which hold sixteenths
// and triplets alike.
Vocabulary note_matrix_vocabulary();

// All notes but drums by onset and pitch, each pitch once an onset.
// Shape: [notes * kNoteColumns]. An interval is measured
// from where decoding will stand, so rounding does not add up.
std::vector<TokenId> encode_note_matrix(const Score& score);

// Rows become notes; an incomplete last row is left out. encode(decode(ids)) == ids for what encode
// gives. Errors: kFormat when an id is not of the column whose turn it is.
Score decode_note_matrix(std::span<const TokenId> ids);

}  // namespace undersong
