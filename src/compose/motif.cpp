#include "compose/motif.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/check.h"

namespace undersong {
namespace {

constexpr int kMostHeight = 5;  // steps either way from the first note

std::size_t below(Rng& rng, std::size_t bound) {
  return static_cast<std::size_t>(rng.below(static_cast<std::uint64_t>(bound)));
}

// ---- Rhythm -------------------------------------------------------------------------------------

void add_part(Motif& motif, const Motif& cell, Ticks from, Ticks to, Ticks at) {
  for (MotifNote note : cell.notes) {
    if (note.onset_ticks < from || note.onset_ticks >= to) continue;
    note.duration_ticks = std::min(note.end_ticks(), to) - note.onset_ticks;
    note.onset_ticks += at - from;
    motif.notes.push_back(note);
  }
}

// The middle of a bar on its grid of beats: the second beat of three, the third of four.
Ticks half_of(const Motif& cell) {
  const Ticks beats = cell.length_ticks / cell.beat_ticks;
  return beats > 1 ? beats / 2 * cell.beat_ticks : cell.length_ticks / 2;
}

// The first half of one cell and the second of another, where their grids agree.
Motif mixed_cell(std::span<const Motif> cells, Rng& rng) {
  const Motif& first = cells[below(rng, cells.size())];
  const Motif& second = cells[below(rng, cells.size())];
  if (first.step_ticks != second.step_ticks || first.length_ticks != second.length_ticks)
    return first;
  Motif mixed = first;
  mixed.notes.clear();
  const Ticks half = half_of(first);
  add_part(mixed, first, 0, half, 0);
  add_part(mixed, second, half, second.length_ticks, half);
  return mixed.notes.empty() ? first : mixed;
}

Ticks onset_after(const Motif& motif, std::size_t index) {
  return index + 1 < motif.notes.size() ? motif.notes[index + 1].onset_ticks : motif.length_ticks;
}

Ticks end_before(const Motif& motif, std::size_t index) {
  return index == 0 ? 0 : motif.notes[index - 1].end_ticks();
}

bool shift_note(Motif& motif, Rng& rng) {
  const std::size_t index = below(rng, motif.notes.size());
  const Ticks by = (rng.below(2) == 0 ? 1 : -1) * std::max(motif.step_ticks, motif.beat_ticks / 2);
  MotifNote& note = motif.notes[index];
  const Ticks onset = note.onset_ticks + by;
  if (onset < 0 || onset + motif.step_ticks > onset_after(motif, index)) return false;
  if (index > 0) {
    MotifNote& before = motif.notes[index - 1];
    if (onset < before.onset_ticks + motif.step_ticks) return false;
    const bool tied = before.end_ticks() == note.onset_ticks;
    if (tied || before.end_ticks() > onset) before.duration_ticks = onset - before.onset_ticks;
  }
  const Ticks end = std::max(note.end_ticks(), onset + motif.step_ticks);
  note.onset_ticks = onset;
  note.duration_ticks = std::min(end, onset_after(motif, index)) - onset;
  return true;
}

// In halves, or three to one, on the grid.
bool split_note(Motif& motif, std::size_t index, Rng& rng) {
  MotifNote& note = motif.notes[index];
  const Ticks least = std::max(motif.step_ticks, motif.beat_ticks / 2);
  if (note.duration_ticks < 2 * least) return false;
  const Ticks steps = note.duration_ticks / motif.step_ticks;
  const Ticks head = (steps % 4 == 0 && rng.below(2) == 0 ? steps * 3 / 4 : steps / 2);
  MotifNote tail = note;
  tail.onset_ticks = note.onset_ticks + head * motif.step_ticks;
  tail.duration_ticks = note.end_ticks() - tail.onset_ticks;
  tail.accent = std::max(1, note.accent - 1);
  note.duration_ticks = tail.onset_ticks - note.onset_ticks;
  motif.notes.insert(motif.notes.begin() + static_cast<std::ptrdiff_t>(index) + 1, tail);
  return true;
}

bool merge_note(Motif& motif, std::size_t index) {
  if (index + 1 >= motif.notes.size()) return false;
  MotifNote& note = motif.notes[index];
  const MotifNote next = motif.notes[index + 1];
  if (next.end_ticks() - note.onset_ticks > 2 * motif.beat_ticks) return false;
  if (next.onset_ticks - note.end_ticks() > motif.step_ticks) return false;
  note.duration_ticks = next.end_ticks() - note.onset_ticks;
  motif.notes.erase(motif.notes.begin() + static_cast<std::ptrdiff_t>(index) + 1);
  return true;
}

bool drop_note(Motif& motif, std::size_t index) {
  if (motif.notes[index].onset_ticks % motif.beat_ticks == 0) return false;
  motif.notes.erase(motif.notes.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

// Before a note that follows a rest, an upbeat to it.
bool add_upbeat(Motif& motif, std::size_t index) {
  const MotifNote note = motif.notes[index];
  const Ticks span = std::max(motif.step_ticks, motif.beat_ticks / 2);
  if (note.onset_ticks - end_before(motif, index) < span) return false;
  MotifNote upbeat = note;
  upbeat.onset_ticks -= span;
  upbeat.duration_ticks = span;
  upbeat.accent = 1;
  motif.notes.insert(motif.notes.begin() + static_cast<std::ptrdiff_t>(index), upbeat);
  return true;
}

bool change_rhythm(Motif& motif, Rng& rng) {
  constexpr std::array kWeights = {3.0, 2.0, 2.0, 1.0, 1.5};
  const std::size_t way = rng.weighted(kWeights);
  const std::size_t index = below(rng, motif.notes.size());
  const bool few = motif.notes.size() <= 2;
  switch (way) {
    case 0: return shift_note(motif, rng);
    case 1: return split_note(motif, index, rng);
    case 2: return !few && merge_note(motif, index);
    case 3: return !few && drop_note(motif, index);
    default: return add_upbeat(motif, index);
  }
}

void vary_rhythm(Motif& motif, int changes, Rng& rng) {
  if (motif.notes.empty()) return;
  for (int tries = 0; tries < 12 && changes > 0; ++tries)
    if (change_rhythm(motif, rng)) --changes;
}

// Legato where it rests too much, a breath at its end where it rests too little.
void breathe(Motif& motif, double rests) {
  const double wanted = 1.0 - rests;
  for (std::size_t i = 0; i < motif.notes.size() && sounding_share(motif) < wanted - 0.15; ++i) {
    MotifNote& note = motif.notes[i];
    const Ticks most = std::min(onset_after(motif, i), note.onset_ticks + 2 * motif.beat_ticks);
    note.duration_ticks = std::max(note.duration_ticks, most - note.onset_ticks);
  }
  while (motif.notes.size() > 3 && sounding_share(motif) > wanted + 0.12) {
    MotifNote& last = motif.notes.back();
    if (last.duration_ticks > motif.beat_ticks)
      last.duration_ticks = motif.beat_ticks;
    else
      motif.notes.pop_back();
  }
}

Motif make_rhythm(const MotifOptions& options, Rng& rng) {
  Motif motif;
  Motif bar;
  for (int i = 0; i < options.bars; ++i) {
    const bool again = i > 0 && rng.uniform() < 0.4;
    if (!again) bar = mixed_cell(options.cells, rng);
    Motif varied = bar;
    vary_rhythm(varied, again ? 1 : 1 + static_cast<int>(rng.below(2)), rng);
    motif.step_ticks = varied.step_ticks;
    motif.beat_ticks = varied.beat_ticks;
    add_part(motif, varied, 0, varied.length_ticks, motif.length_ticks);
    motif.length_ticks += varied.length_ticks;
  }
  if (motif.notes.empty())
    motif.notes.push_back({0, std::min(motif.length_ticks, 2 * motif.beat_ticks), 2, 0});
  breathe(motif, options.rests);
  return motif;
}

// ---- Shape --------------------------------------------------------------------------------------

enum class Shape : std::uint8_t { kArch, kValley, kRise, kFall, kWave, kHook };

// Where the shape is at t in 0…1, -1…1.
double height_at(Shape shape, double t) {
  switch (shape) {
    case Shape::kArch: return 4.0 * t * (1.0 - t);
    case Shape::kValley: return -4.0 * t * (1.0 - t);
    case Shape::kRise: return t;
    case Shape::kFall: return -t;
    case Shape::kWave:
      return t < 0.5 ? 8.0 * t * (0.5 - t) * 2.0 : -8.0 * (t - 0.5) * (1.0 - t) * 2.0;
    case Shape::kHook: return t < 0.25 ? 4.0 * t : 1.0 - 1.6 * (t - 0.25);
  }
  return 0.0;
}

int next_height(int height, int last_move, double wish, double leaps, Rng& rng) {
  std::array<double, 9> weights{};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const int move = static_cast<int>(i) - 4;
    constexpr std::array kByMove = {0.3, 1.0, 0.45, 0.0, 0.0};
    const int far = std::abs(move);
    double weight = kByMove[static_cast<std::size_t>(far)];
    if (far >= 2) weight += leaps * (far == 2 ? 0.6 : 0.7);
    if (far == 0 && last_move == 0) weight = 0.05;
    // Lines go on in their direction more often than not.
    if (move * last_move > 0 && far <= 2) weight *= 2.6;
    const bool recovers = move * last_move < 0 && far <= 2;
    if (std::abs(last_move) >= 3 && !recovers) weight *= 0.02;
    const double off = height + move - wish;
    weight /= 1.0 + 0.5 * off * off;
    if (std::abs(height + move) > kMostHeight) weight = 0.0;
    weights[i] = weight;
  }
  return height + static_cast<int>(rng.weighted(weights)) - 4;
}

void shape_notes(Motif& motif, double leaps, Rng& rng) {
  const auto shape = static_cast<Shape>(rng.below(6));
  const double span = 2.0 + static_cast<double>(rng.below(3)) + 2.0 * leaps;
  int height = 0;
  int last_move = 1;
  for (std::size_t i = 0; i < motif.notes.size(); ++i) {
    if (i > 0) {
      const double t = static_cast<double>(motif.notes[i].onset_ticks) / motif.length_ticks;
      const int next = next_height(height, last_move, span * height_at(shape, t), leaps, rng);
      last_move = next - height;
      height = next;
    }
    motif.notes[i].height = height;
  }
}

// How much two motifs share: places that both begin notes on, over all places.
double likeness(const Motif& a, const Motif& b) {
  std::size_t both = 0;
  for (const MotifNote& note : a.notes)
    both += static_cast<std::size_t>(
        std::any_of(b.notes.begin(), b.notes.end(),
                    [&](const MotifNote& o) { return o.onset_ticks == note.onset_ticks; }));
  const std::size_t all = a.notes.size() + b.notes.size() - both;
  return all == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(all);
}

}  // namespace

double sounding_share(const Motif& motif) {
  Ticks sum = 0;
  for (const MotifNote& note : motif.notes) sum += note.duration_ticks;
  return motif.length_ticks == 0 ? 0.0 : static_cast<double>(sum) / motif.length_ticks;
}

Motif make_motif(const MotifOptions& options, Rng rng) {
  UNDERSONG_CHECK(!options.cells.empty() && options.bars >= 1);
  Motif best;
  double least = 2.0;
  constexpr std::uint64_t kTries = 4;
  for (std::uint64_t i = 0; i < kTries; ++i) {
    Rng drawn = rng.fork(i);
    Motif motif = make_rhythm(options, drawn);
    double like = 0.0;
    for (const Motif& other : options.unlike) like = std::max(like, likeness(motif, other));
    if (motif.notes.size() < 3) like += 0.5;  // hardly a motif
    if (like < least) {
      least = like;
      best = std::move(motif);
    }
    if (options.unlike.empty() && best.notes.size() >= 3) break;
  }
  return with_new_shape(std::move(best), options.leaps, rng.fork("shape"));
}

Motif with_varied_rhythm(Motif motif, int changes, Rng rng) {
  vary_rhythm(motif, changes, rng);
  return motif;
}

Motif with_new_shape(Motif motif, double leaps, Rng rng) {
  shape_notes(motif, leaps, rng);
  return motif;
}

Motif inverted(Motif motif) {
  for (MotifNote& note : motif.notes) note.height = -note.height;
  return motif;
}

Motif augmented(Motif motif) {
  motif.length_ticks *= 2;
  for (MotifNote& note : motif.notes) {
    note.onset_ticks *= 2;
    note.duration_ticks *= 2;
  }
  return motif;
}

Motif liquidated(const Motif& motif, int steps) {
  Motif result = motif;
  result.notes.clear();
  const Ticks half = half_of(motif);
  const Ticks room = motif.length_ticks - half;
  add_part(result, motif, 0, half, 0);
  const std::size_t count = result.notes.size();
  add_part(result, motif, 0, std::min(half, room), half);
  for (std::size_t i = count; i < result.notes.size(); ++i) result.notes[i].height += steps;
  return result.notes.empty() ? motif : result;
}

Motif at_energy(Motif motif, double energy, Rng rng) {
  const double share = std::abs(energy - 0.5) * 1.2 - 0.15;
  for (std::size_t i = 0; i < motif.notes.size(); ++i) {
    if (rng.uniform() >= share) continue;
    if (energy < 0.5) {
      const bool weak =
          i + 1 < motif.notes.size() && motif.notes[i + 1].onset_ticks % motif.beat_ticks != 0;
      if (weak && motif.notes.size() > 2) merge_note(motif, i);
    } else if (split_note(motif, i, rng)) {
      motif.notes[++i].height += rng.below(2) == 0 ? 1 : -1;
    }
  }
  return motif;
}

}  // namespace undersong
