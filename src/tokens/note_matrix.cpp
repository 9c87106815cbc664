#include "tokens/note_matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "base/error.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr int kGridPerQuarter = 24;
constexpr Ticks kTicksPerQuarter = 480;
constexpr Ticks kTicksPerGrid = kTicksPerQuarter / kGridPerQuarter;

// Every grid step up to a third of a quarter, then the values that notation has, up to two bars of
// four.
const std::vector<int> kIntervals = {0,  1,  2,  3,  4,  5,  6,   7,   8,  9,  10,
                                     12, 14, 16, 18, 20, 21, 22,  24,  28, 30, 32,
                                     36, 42, 48, 60, 72, 96, 120, 144, 192};
const std::vector<int> kDurations = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 12, 14,  16,  18,
                                     20, 22, 24, 28, 32, 36, 42, 48, 60, 72, 96, 120, 144, 192};
// A tenth apart, from Grave to Prestissimo.
const std::vector<int> kTempos = {20, 25,  30,  36,  40,  44,  48,  53,  58,  64,  71,  78,  86,
                                  94, 104, 114, 120, 126, 138, 152, 167, 184, 202, 222, 245, 270};
const std::vector<int> kVelocities = {4,  12, 20, 28, 36,  44,  52,  60,
                                      68, 76, 84, 92, 100, 108, 116, 124};

const std::vector<int>& pitches() {
  static const std::vector<int> values = [] {
    std::vector<int> all(128);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }();
  return values;
}

struct Column {
  const char* name;
  const std::vector<int>& values;
};

const std::array<Column, kNoteColumns>& columns() {
  static const std::array<Column, kNoteColumns> all = {{{"pitch", pitches()},
                                                        {"velocity", kVelocities},
                                                        {"interval", kIntervals},
                                                        {"duration", kDurations},
                                                        {"tempo", kTempos}}};
  return all;
}

enum ColumnIndex : std::size_t { kPitch, kVelocity, kInterval, kDuration, kTempo };

TokenId first_id(std::size_t column) {
  TokenId first = 0;
  for (std::size_t i = 0; i < column; ++i) first += note_column_sizes()[i];
  return first;
}

std::size_t nearest(const std::vector<int>& values, int wanted) {
  const auto after = std::lower_bound(values.begin(), values.end(), wanted);
  if (after == values.begin()) return 0;
  if (after == values.end()) return values.size() - 1;
  const auto before = std::prev(after);
  return static_cast<std::size_t>((wanted - *before <= *after - wanted ? before : after) -
                                  values.begin());
}

std::vector<Note> melodic_notes(const Score& score) {
  std::vector<Note> notes;
  for (const auto& track : score.tracks) {
    for (const auto& note : track.notes) {
      if (note.channel != kDrumChannel) notes.push_back(note);
    }
  }
  std::stable_sort(notes.begin(), notes.end(), [](const Note& a, const Note& b) {
    return a.onset_ticks != b.onset_ticks ? a.onset_ticks < b.onset_ticks : a.pitch < b.pitch;
  });
  return notes;
}

int to_grid(Ticks ticks, Ticks ticks_per_quarter) {
  return static_cast<int>(
      std::lround(static_cast<double>(ticks) * kGridPerQuarter / ticks_per_quarter));
}

// A note where decoding will put it, in grid steps from the piece's first note.
struct GridNote {
  int onset;
  int pitch;
  int duration;
  int velocity;
  int bpm;
};

// Notes by (onset, pitch), each pitch once an onset (the longest stays), one tempo an onset.
// Intervals that the table lacks are rounded from where the last one really led, so that errors do
// not add up.
std::vector<GridNote> grid_notes(const Score& score) {
  const TempoMap tempo_map(score);
  std::vector<GridNote> notes;
  int origin = 0;
  for (const Note& note : melodic_notes(score)) {
    const int grid = to_grid(note.onset_ticks, score.ticks_per_quarter);
    if (notes.empty()) origin = grid;
    const int before = notes.empty() ? 0 : notes.back().onset;
    const int onset = before + kIntervals[nearest(kIntervals, grid - origin - before)];
    const bool same_onset = !notes.empty() && onset == before;
    const int bpm = same_onset ? notes.back().bpm
                               : static_cast<int>(std::lround(tempo_map.bpm_at(note.onset_ticks)));
    const int duration = std::max(1, to_grid(note.duration_ticks, score.ticks_per_quarter));
    notes.push_back({onset, note.pitch, duration, note.velocity, bpm});
  }
  std::stable_sort(notes.begin(), notes.end(), [](const GridNote& a, const GridNote& b) {
    if (a.onset != b.onset) return a.onset < b.onset;
    return a.pitch != b.pitch ? a.pitch < b.pitch : a.duration > b.duration;
  });
  const auto doubled =
      std::unique(notes.begin(), notes.end(), [](const GridNote& a, const GridNote& b) {
        return a.onset == b.onset && a.pitch == b.pitch;
      });
  notes.erase(doubled, notes.end());
  return notes;
}

int value_of(TokenId id, std::size_t column) {
  const TokenId index = id - first_id(column);
  const auto& values = columns()[column].values;
  if (index < 0 || index >= static_cast<TokenId>(values.size())) {
    throw Error(ErrorKind::kFormat, "id " + std::to_string(id) + " is not a " +
                                        columns()[column].name +
                                        ", which has its turn in the note matrix");
  }
  return values[static_cast<std::size_t>(index)];
}

}  // namespace

const std::vector<int>& note_column_sizes() {
  static const std::vector<int> sizes = [] {
    std::vector<int> all;
    for (const auto& column : columns()) all.push_back(static_cast<int>(column.values.size()));
    return all;
  }();
  return sizes;
}

Vocabulary note_matrix_vocabulary() {
  std::vector<std::string> symbols;
  for (const auto& column : columns()) {
    for (const int value : column.values)
      symbols.push_back(std::string(column.name) + ":" + std::to_string(value));
  }
  std::vector<std::int64_t> counts(symbols.size(), 0);
  return {std::move(symbols), std::move(counts)};
}

std::vector<TokenId> encode_note_matrix(const Score& score) {
  std::vector<TokenId> ids;
  int previous_grid = 0;
  for (const GridNote& note : grid_notes(score)) {
    const std::array<int, kNoteColumns> row = {note.pitch, note.velocity,
                                               note.onset - previous_grid, note.duration, note.bpm};
    for (std::size_t column = 0; column < kNoteColumns; ++column) {
      const std::size_t index = nearest(columns()[column].values, row[column]);
      ids.push_back(first_id(column) + static_cast<TokenId>(index));
    }
    previous_grid = note.onset;
  }
  return ids;
}

Score decode_note_matrix(std::span<const TokenId> ids) {
  Score score;
  score.ticks_per_quarter = kTicksPerQuarter;
  score.tracks.push_back(
      {.name = "Piano", .notes = {}, .controls = {}, .texts = {}, .sysexes = {}});
  score.tracks[0].controls.push_back({.kind = ControlEvent::Kind::kProgram});
  score.meters.push_back({});
  Ticks onset = 0;
  int bpm = 0;
  for (std::size_t row = 0; row + kNoteColumns <= ids.size(); row += kNoteColumns) {
    const auto value = [&](ColumnIndex column) { return value_of(ids[row + column], column); };
    onset += value(kInterval) * kTicksPerGrid;
    if (value(kTempo) != bpm) {
      bpm = value(kTempo);
      const Ticks tick = score.tempos.empty() ? 0 : onset;  // the first tempo holds from the start
      const TempoChange change = {tick, static_cast<std::int32_t>(std::lround(60e6 / bpm))};
      if (!score.tempos.empty() && score.tempos.back().tick == tick) score.tempos.pop_back();
      score.tempos.push_back(change);
    }
    score.tracks[0].notes.push_back({.onset_ticks = onset,
                                     .duration_ticks = value(kDuration) * kTicksPerGrid,
                                     .pitch = static_cast<std::uint8_t>(value(kPitch)),
                                     .velocity = static_cast<std::uint8_t>(value(kVelocity))});
  }
  sort_events(score);
  return score;
}

}  // namespace undersong
