#pragma once
// The rhythm of a melody in the bars of a piece: motifs placed, phrases closed, upbeats, breath.

#include <vector>

#include "base/rng.h"
#include "compose/motif.h"
#include "compose/phrase.h"
#include "compose/writer_context.h"

namespace undersong {

// The motif in bars of the piece from `first_bar` on, at most `bars`; onsets are the piece's. Bars
// of other lengths than the style's are cut or rest at their end.
std::vector<MotifNote> place_motif(const WriterContext& context, const Motif& motif, int first_bar,
                                   int bars);

// The same notes in other bars: each keeps its place in its bar.
std::vector<MotifNote> move_to_bar(const WriterContext& context,
                                   const std::vector<MotifNote>& notes, int from_bar, int to_bar);

// Ends a phrase in its last bar: a note on a beat of the first half, held, then a breath of at
// least a beat, or the share `rests` of the bar.
void close_phrase(const WriterContext& context, std::vector<MotifNote>& notes, int last_bar,
                  double rests, Rng& rng);

// One to three notes that lead up to the first of `notes`, in the beat before the bar; none where
// that note comes late. What sounds there (`before`) is cut short for them.
std::vector<MotifNote> upbeat_to(const WriterContext& context, const std::vector<MotifNote>& notes,
                                 int bar, std::vector<MotifNote>& before, Rng& rng);

// A note on the downbeat of each bar with a hit; only one, held to the end, in the final bar.
void mark_hits(const WriterContext& context, std::vector<MotifNote>& notes, int first_bar,
               int bars);

}  // namespace undersong
