#include "compose/melodic_rhythm.h"

#include <algorithm>

namespace undersong {
namespace {

void erase_from(std::vector<MotifNote>& notes, Ticks from, Ticks to) {
  std::erase_if(notes, [&](const MotifNote& note) {
    return note.onset_ticks >= from && note.onset_ticks < to;
  });
}

void cut_at(std::vector<MotifNote>& notes, Ticks at) {
  for (MotifNote& note : notes)
    if (note.onset_ticks < at && note.end_ticks() > at) note.duration_ticks = at - note.onset_ticks;
}

void insert_sorted(std::vector<MotifNote>& notes, const MotifNote& note) {
  const auto after = std::upper_bound(
      notes.begin(), notes.end(), note,
      [](const MotifNote& a, const MotifNote& b) { return a.onset_ticks < b.onset_ticks; });
  notes.insert(after, note);
}

Ticks onset_after(const std::vector<MotifNote>& notes, Ticks tick, Ticks otherwise) {
  for (const MotifNote& note : notes)
    if (note.onset_ticks > tick) return note.onset_ticks;
  return otherwise;
}

// Which note of the last bar a phrase may rest on: the first, or the one in the middle.
std::size_t closing_note(const WriterContext& context, std::vector<MotifNote>& notes, int last_bar,
                         double rests, Rng& rng) {
  const Ticks onset = context.onset(last_bar);
  const Ticks half = onset + context.length(last_bar) / 2;
  std::vector<std::size_t> on_beats;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const Ticks at = notes[i].onset_ticks;
    const bool on_beat = (at - onset) % context.beat_ticks() == 0;
    if (at >= onset && at <= half && on_beat) on_beats.push_back(i);
  }
  if (on_beats.empty()) {
    cut_at(notes, onset);
    std::size_t first = 0;
    while (first < notes.size() && notes[first].onset_ticks < onset) ++first;
    if (first == notes.size()) notes.push_back({onset, context.beat_ticks(), 2, 0, false});
    notes[first].height = first > 0 ? notes[first - 1].height : 0;
    notes[first].onset_ticks = onset;
    return first;
  }
  return rests >= 0.5 || rng.uniform() < 0.5 ? on_beats.front() : on_beats.back();
}

}  // namespace

std::vector<MotifNote> place_motif(const WriterContext& context, const Motif& motif, int first_bar,
                                   int bars) {
  const Ticks bar_ticks = context.style().beats * context.beat_ticks();
  std::vector<MotifNote> placed;
  for (MotifNote note : motif.notes) {
    const int bar = note.onset_ticks / bar_ticks;
    if (bar >= bars || first_bar + bar >= context.bar_count()) continue;
    const Ticks inside = note.onset_ticks - bar * bar_ticks;
    if (inside >= context.length(first_bar + bar)) continue;
    note.onset_ticks = context.onset(first_bar + bar) + inside;
    note.duration_ticks =
        std::min(note.end_ticks(), context.onset(first_bar + bars)) - note.onset_ticks;
    if (!placed.empty() && placed.back().end_ticks() > note.onset_ticks)
      placed.back().duration_ticks = note.onset_ticks - placed.back().onset_ticks;
    placed.push_back(note);
  }
  return placed;
}

std::vector<MotifNote> move_to_bar(const WriterContext& context,
                                   const std::vector<MotifNote>& notes, int from_bar, int to_bar) {
  std::vector<MotifNote> moved;
  for (MotifNote note : notes) {
    const int bar = context.bar_at(note.onset_ticks);
    const Ticks inside = note.onset_ticks - context.onset(bar);
    const int target = bar - from_bar + to_bar;
    if (target >= context.bar_count() || inside >= context.length(target)) continue;
    note.onset_ticks = context.onset(target) + inside;
    if (!moved.empty() && moved.back().end_ticks() > note.onset_ticks)
      moved.back().duration_ticks = note.onset_ticks - moved.back().onset_ticks;
    moved.push_back(note);
  }
  return moved;
}

void close_phrase(const WriterContext& context, std::vector<MotifNote>& notes, int last_bar,
                  double rests, Rng& rng) {
  const std::size_t index = closing_note(context, notes, last_bar, rests, rng);
  notes.resize(index + 1);
  MotifNote& last = notes[index];
  const Ticks end = context.onset(last_bar) + context.length(last_bar);
  const Ticks beat = context.beat_ticks();
  const auto share = static_cast<Ticks>(rests * context.length(last_bar));
  const Ticks breath = std::max(beat, (share + beat / 2) / beat * beat);
  last.duration_ticks = std::max(end - breath, last.onset_ticks + beat) - last.onset_ticks;
  last.accent = std::max(last.accent, 2);
}

std::vector<MotifNote> upbeat_to(const WriterContext& context, const std::vector<MotifNote>& notes,
                                 int bar, std::vector<MotifNote>& before, Rng& rng) {
  const Ticks onset = context.onset(bar);
  const Ticks beat = std::max<Ticks>(context.beat_ticks(), kPlanTicksPerQuarter / 2);
  std::vector<MotifNote> upbeat;
  if (notes.empty() || notes.front().onset_ticks - onset > beat / 2) return upbeat;
  const Ticks step = kPlanTicksPerQuarter / 2;
  const auto count = static_cast<Ticks>(1 + rng.below(3));
  const Ticks begin = notes.front().onset_ticks - count * step;
  // The note before keeps a beat of its own, and half a beat of breath follows it.
  for (const MotifNote& note : before) {
    const bool in_the_way =
        note.onset_ticks + beat + step > begin && note.end_ticks() > begin - beat;
    if (in_the_way || note.onset_ticks >= begin) return upbeat;
  }
  cut_at(before, begin - step);
  const int direction = rng.below(3) == 0 ? 1 : -1;
  for (Ticks i = 0; i < count; ++i) {
    const int height = notes.front().height + direction * static_cast<int>(count - i);
    upbeat.push_back({begin + i * step, step, 1, height, false});
  }
  return upbeat;
}

void mark_hits(const WriterContext& context, std::vector<MotifNote>& notes, int first_bar,
               int bars) {
  for (int bar = first_bar; bar < first_bar + bars; ++bar) {
    const bool final = context.is_final(bar);
    if (!final && !context.bar(bar).hit) continue;
    const Ticks onset = context.onset(bar);
    const Ticks bar_end = onset + context.length(bar);
    int height = 0;
    for (const MotifNote& note : notes)
      if (note.onset_ticks <= onset) height = note.height;
    cut_at(notes, onset);
    if (final) {
      erase_from(notes, onset, bar_end);
      notes.push_back({onset, context.final_end() - onset, 3, height, false});
      continue;
    }
    const auto there = std::find_if(notes.begin(), notes.end(), [&](const MotifNote& note) {
      return note.onset_ticks == onset;
    });
    if (there != notes.end()) {
      there->accent = 3;
      continue;
    }
    const Ticks next = std::min(onset_after(notes, onset, bar_end), onset + context.beat_ticks());
    insert_sorted(notes, {onset, next - onset, 3, height, false});
  }
}

}  // namespace undersong
