#include "compose/piece_motifs.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "compose/comping.h"
#include "compose/steps.h"

namespace undersong {
namespace {

// A bar of a rhythm, as a rhythm of its own.
Motif bar_of(const Motif& whole, Ticks from, Ticks bar_ticks, Rng& chance) {
  Motif cell{bar_ticks, whole.step_ticks, whole.beat_ticks, {}};
  for (MotifNote note : whole.notes) {
    const bool inside = note.onset_ticks >= from && note.onset_ticks < from + bar_ticks;
    if (!inside || (note.maybe && chance.below(2) == 0)) continue;
    note.maybe = false;
    note.onset_ticks -= from;
    note.duration_ticks = std::min(note.duration_ticks, bar_ticks - note.onset_ticks);
    cell.notes.push_back(note);
  }
  return cell;
}

// Rhythms of a bar each. A pattern of several bars is several cells; a style without any has one.
std::vector<Motif> cells_at(const WriterContext& context, double energy, Rng chance) {
  const Ticks beat = context.beat_ticks();
  const Ticks bar_ticks = context.style().beats * beat;
  std::vector<Motif> cells;
  const RolePack* lead = context.style().role(Role::kLead);
  const std::vector<StepPattern> patterns =
      lead == nullptr ? std::vector<StepPattern>{} : patterns_at(lead->patterns, energy);
  for (const StepPattern& pattern : patterns) {
    const Motif whole = rhythm_of(pattern, beat);
    for (Ticks from = 0; from + bar_ticks <= whole.length_ticks; from += bar_ticks) {
      Motif cell = bar_of(whole, from, bar_ticks, chance);
      if (!cell.notes.empty()) cells.push_back(std::move(cell));
    }
  }
  if (!cells.empty()) return cells;
  Motif plain{bar_ticks, beat / 2, beat, {}};
  for (Ticks at = 0; at < bar_ticks; at += beat) plain.notes.push_back({at, beat, 2, 0, false});
  return {plain};
}

std::array<Motif, 3> motifs_of_piece(const WriterContext& context) {
  const RolePack* lead = context.style().role(Role::kLead);
  const MelodyTraits traits = lead == nullptr ? MelodyTraits{} : lead->melody;
  const Rng piece = context.piece_stream("motifs");
  // The later ones take from livelier cells, for the sections that come with more energy.
  constexpr std::array kEnergies = {0.5, 0.7, 0.6};
  std::array<Motif, 3> motifs;
  MotifOptions options;
  options.bars = traits.motif_bars;
  options.leaps = traits.leaps;
  options.rests = traits.rests;
  for (std::size_t i = 0; i < motifs.size(); ++i) {
    const Rng own = piece.fork(i);
    const std::vector<Motif> cells = cells_at(context, kEnergies[i], own.fork("cells"));
    options.cells = cells;
    motifs[i] = make_motif(options, own);
    options.unlike.push_back(motifs[i]);
  }
  return motifs;
}

}  // namespace

SectionMotifs motifs_of_section(const WriterContext& context, int bar, const Rng& rng) {
  const std::array<Motif, 3> motifs = motifs_of_piece(context);
  const std::string& kind = context.section(bar).kind;
  const char letter = kind.size() == 1 ? kind.front() : 'A';
  SectionMotifs chosen{motifs[0], motifs[1]};
  if (letter == 'B' || letter == 'D') chosen = {motifs[1], inverted(motifs[0])};
  if (letter == 'C') chosen = {motifs[2], inverted(motifs[1])};
  if (letter >= 'E' && letter <= 'Z') chosen = {augmented(motifs[0]), motifs[2]};
  const double energy = section_energy(context, context.section(bar));
  for (Motif* motif : {&chosen.main, &chosen.contrast}) {
    const Rng own = rng.fork(motif == &chosen.main ? "main motif" : "contrast motif");
    *motif = at_energy(std::move(*motif), energy, own.fork("energy"));
    if (own.fork("whether").uniform() < 0.5)
      *motif = with_varied_rhythm(std::move(*motif), 1, own.fork("rhythm"));
  }
  return chosen;
}

}  // namespace undersong
