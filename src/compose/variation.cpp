#include "compose/variation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace undersong {
namespace {

struct WeightedVariation {
  Variation variation;
  double weight;
};

// The melody's answer is what a listener hears first; accompaniment changes less.
constexpr std::array kVariations = {
    WeightedVariation{{Role::kLead, Variation::Kind::kNewAnswer}, 4.0},
    WeightedVariation{{Role::kLead, Variation::Kind::kOtherOctave}, 1.0},
    WeightedVariation{{Role::kCounter, Variation::Kind::kWriteAnew}, 1.5},
    WeightedVariation{{Role::kArpeggio, Variation::Kind::kWriteAnew}, 1.5},
    WeightedVariation{{Role::kArpeggio, Variation::Kind::kOtherOctave}, 1.5},
    WeightedVariation{{Role::kChords, Variation::Kind::kNewAnswer}, 1.0},
    WeightedVariation{{Role::kBass, Variation::Kind::kNewAnswer}, 1.5},
    WeightedVariation{{Role::kDrums, Variation::Kind::kWriteAnew}, 1.5},
    WeightedVariation{{Role::kPercussion, Variation::Kind::kWriteAnew}, 0.5},
    WeightedVariation{{Role::kPad, Variation::Kind::kOtherOctave}, 0.5},
};

constexpr double kTwoVariations = 0.6;

// The notes that begin in a span, of sorted ones.
template <typename Notes>
auto range_of(Notes& notes, const TickSpan& span) {
  const auto begins_before = [](const Note& note, Ticks tick) { return note.onset_ticks < tick; };
  const auto first = std::lower_bound(notes.begin(), notes.end(), span.begin, begins_before);
  return std::pair{first, std::lower_bound(first, notes.end(), span.end, begins_before)};
}

bool is_within(const Note& note, const TickSpan& span) {
  return note.onset_ticks >= span.begin && note.onset_ticks < span.end;
}

bool fits(const std::vector<Note>& notes, int semitones, const PitchRange& range) {
  return std::all_of(notes.begin(), notes.end(), [&](const Note& note) {
    const int pitch = note.pitch + semitones;
    return pitch >= range.low && pitch <= range.high;
  });
}

std::uint8_t folded(int pitch, const PitchRange& range) {
  while (pitch > range.high) pitch -= 12;
  while (pitch < range.low) pitch += 12;
  return static_cast<std::uint8_t>(std::clamp(pitch, 0, 127));
}

}  // namespace

std::vector<Note> notes_within(const std::vector<Note>& notes, const TickSpan& span) {
  const auto [first, last] = range_of(notes, span);
  return {first, last};
}

void erase_notes(std::vector<Note>& notes, const TickSpan& span) {
  const auto [first, last] = range_of(notes, span);
  notes.erase(first, last);
}

ChordSymbol transposed(ChordSymbol chord, int semitones) {
  const auto moved = [&](int pitch_class) { return ((pitch_class + semitones) % 12 + 12) % 12; };
  chord.root = moved(chord.root);
  chord.bass = moved(chord.bass);
  return chord;
}

int nearest_shift(int semitones) {
  const int up = (semitones % 12 + 12) % 12;
  return up > 6 ? up - 12 : up;
}

void transpose(std::vector<Note>& notes, int semitones, const PitchRange& range) {
  if (semitones == 0) return;
  int shift = semitones;
  for (const int candidate : {semitones, semitones - 12, semitones + 12}) {
    if (!fits(notes, candidate, range)) continue;
    shift = candidate;
    break;
  }
  for (Note& note : notes) note.pitch = folded(note.pitch + shift, range);
  std::sort(notes.begin(), notes.end());
}

bool shift_octave(std::vector<Note>& notes, const TickSpan& span, const PitchRange& range,
                  Rng& chance) {
  const std::vector<Note> moved = notes_within(notes, span);
  const int first = chance.uniform() < 0.5 ? 12 : -12;
  for (const int shift : {first, -first}) {
    if (!fits(moved, shift, range)) continue;
    for (Note& note : notes) {
      if (is_within(note, span)) note.pitch = static_cast<std::uint8_t>(note.pitch + shift);
    }
    std::sort(notes.begin(), notes.end());
    return true;
  }
  return false;
}

std::vector<Variation> choose_variations(RoleSet present, Rng& chance) {
  std::vector<Variation> chosen;
  const std::size_t count = chance.uniform() < kTwoVariations ? 2 : 1;
  while (chosen.size() < count) {
    std::array<double, kVariations.size()> weights{};
    double total = 0.0;
    for (std::size_t i = 0; i < kVariations.size(); ++i) {
      if (present.contains(kVariations[i].variation.role)) weights[i] = kVariations[i].weight;
      total += weights[i];
    }
    if (total <= 0.0) break;
    chosen.push_back(kVariations[chance.weighted(weights)].variation);
    present.erase(chosen.back().role);
  }
  return chosen;
}

}  // namespace undersong
