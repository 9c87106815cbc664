#include "tokens/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/error.h"

namespace undersong {
namespace {

constexpr Ticks kTicksPerQuarter = 480;
constexpr Ticks kTicksPerStep = kTicksPerQuarter / kSymbolStepsPerQuarter;
constexpr std::uint8_t kEvenVelocity = 80;
constexpr int kEvenLowestPitch = 60;  // music21 puts a pitch class without octave at middle C

// How much likelier a timing is whose gap before is the one that was just played.
constexpr double kSameGapWeight = 12.0;

// A silence longer than a bar of four is a break between movements or a lost part, not rhythm.
constexpr std::int32_t kLongestGapSteps = 4 * kSymbolStepsPerQuarter;
constexpr std::int32_t kLongestDurationSteps = 8 * kSymbolStepsPerQuarter;

Score empty_piano_score(double bpm) {
  Score score;
  score.ticks_per_quarter = kTicksPerQuarter;
  score.tempos.push_back({0, static_cast<std::int32_t>(std::lround(60e6 / bpm))});
  score.meters.push_back({});
  score.tracks.push_back(
      {.name = "Piano", .notes = {}, .controls = {}, .texts = {}, .sysexes = {}});
  score.tracks[0].controls.push_back({.kind = ControlEvent::Kind::kProgram});
  return score;
}

struct Placement {
  Ticks onset_ticks;
  Ticks duration_ticks;
  std::uint8_t velocity;
  int lowest_pitch;
};

void add_symbol(const std::string& symbol, const Placement& placement, Score& score) {
  for (const int pitch : symbol_pitches(symbol, placement.lowest_pitch)) {
    score.tracks[0].notes.push_back({.onset_ticks = placement.onset_ticks,
                                     .duration_ticks = placement.duration_ticks,
                                     .pitch = static_cast<std::uint8_t>(pitch),
                                     .velocity = placement.velocity});
  }
}

// A key cannot be struck while it is down: each note ends where the next of its pitch begins, and a
// repetition at one onset keeps the longer.
void end_notes_at_repetitions(std::vector<Note>& notes) {
  std::sort(notes.begin(), notes.end());
  std::vector<Note> kept;
  std::array<std::ptrdiff_t, 128> last;
  last.fill(-1);
  for (const Note& note : notes) {
    if (const auto index = last[note.pitch]; index >= 0) {
      Note& before = kept[static_cast<std::size_t>(index)];
      if (before.onset_ticks == note.onset_ticks) {
        before.duration_ticks = std::max(before.duration_ticks, note.duration_ticks);
        before.velocity = std::max(before.velocity, note.velocity);
        continue;
      }
      before.duration_ticks =
          std::min(before.duration_ticks, note.onset_ticks - before.onset_ticks);
    }
    last[note.pitch] = static_cast<std::ptrdiff_t>(kept.size());
    kept.push_back(note);
  }
  notes = std::move(kept);
}

}  // namespace

RhythmTable RhythmTable::learn(std::span<const std::vector<SymbolEvent>> pieces,
                               const Vocabulary& vocabulary) {
  std::vector<std::vector<SymbolTiming>> seen(static_cast<std::size_t>(vocabulary.size()));
  for (const auto& piece : pieces) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const auto id = vocabulary.id_of(piece[i].symbol);
      if (!id) continue;
      const auto gap = [&](std::size_t from, std::size_t to) {
        return std::min(piece[to].onset_steps - piece[from].onset_steps, kLongestGapSteps);
      };
      SymbolTiming timing;
      timing.gap_before_steps = i == 0 ? 0 : gap(i - 1, i);
      timing.gap_after_steps = i + 1 == piece.size() ? kSymbolStepsPerQuarter : gap(i, i + 1);
      timing.duration_steps = std::min(piece[i].duration_steps, kLongestDurationSteps);
      timing.velocity = piece[i].velocity;
      timing.lowest_pitch = piece[i].lowest_pitch;
      seen[static_cast<std::size_t>(*id)].push_back(timing);
    }
  }
  RhythmTable table;
  for (auto& timings : seen) {
    std::vector<SymbolTiming> kept;
    const std::size_t count = std::min(timings.size(), kTimingsPerSymbol);
    for (std::size_t i = 0; i < count; ++i) kept.push_back(timings[i * timings.size() / count]);
    table.timings_.push_back(std::move(kept));
  }
  return table;
}

SymbolTiming RhythmTable::draw(TokenId id, std::int32_t gap_before_steps, Rng& rng) const {
  UNDERSONG_CHECK(id >= 0 && static_cast<std::size_t>(id) < timings_.size());
  const auto& timings = timings_[static_cast<std::size_t>(id)];
  if (timings.empty()) return {};
  std::vector<double> weights;
  weights.reserve(timings.size());
  for (const auto& timing : timings) {
    weights.push_back(timing.gap_before_steps == gap_before_steps ? kSameGapWeight : 1.0);
  }
  return timings[rng.weighted(weights)];
}

std::vector<std::int32_t> RhythmTable::to_rows() const {
  std::vector<std::int32_t> rows;
  for (std::size_t id = 0; id < timings_.size(); ++id) {
    for (const auto& t : timings_[id]) {
      rows.insert(rows.end(), {static_cast<std::int32_t>(id), t.gap_before_steps, t.gap_after_steps,
                               t.duration_steps, t.velocity, t.lowest_pitch});
    }
  }
  return rows;
}

RhythmTable RhythmTable::from_rows(std::span<const std::int32_t> rows, TokenId vocab_size) {
  const auto fail = [](const char* what) {
    throw Error(ErrorKind::kFormat, std::string("the rhythm table ") + what);
  };
  if (rows.size() % kRowLength != 0) fail("is not made of whole rows");
  RhythmTable table;
  table.timings_.resize(static_cast<std::size_t>(vocab_size));
  for (std::size_t i = 0; i < rows.size(); i += kRowLength) {
    const std::int32_t id = rows[i];
    const SymbolTiming timing = {rows[i + 1], rows[i + 2], rows[i + 3], rows[i + 4], rows[i + 5]};
    const bool sound = timing.gap_before_steps >= 0 && timing.gap_after_steps >= 0 &&
                       timing.gap_after_steps <= kLongestGapSteps && timing.duration_steps >= 1 &&
                       timing.duration_steps <= kLongestDurationSteps && timing.velocity >= 1 &&
                       timing.velocity <= 127 && timing.lowest_pitch >= 0 &&
                       timing.lowest_pitch <= 127;
    if (id < 0 || id >= vocab_size) fail("names a symbol that the vocabulary has not");
    if (!sound) fail("holds a time, velocity or pitch out of range");
    table.timings_[static_cast<std::size_t>(id)].push_back(timing);
  }
  return table;
}

Score even_score(std::span<const TokenId> ids, const Vocabulary& vocabulary, double bpm) {
  Score score = empty_piano_score(bpm);
  Ticks onset = 0;
  for (const TokenId id : ids) {
    add_symbol(vocabulary.symbol(id), {onset, kTicksPerQuarter, kEvenVelocity, kEvenLowestPitch},
               score);
    onset += kTicksPerQuarter;
  }
  sort_events(score);
  return score;
}

Score learned_score(std::span<const TokenId> ids, const Vocabulary& vocabulary,
                    const RhythmTable& table, double bpm, Rng& rng) {
  Score score = empty_piano_score(bpm);
  Ticks onset = 0;
  std::int32_t gap_before = 0;
  for (const TokenId id : ids) {
    const SymbolTiming timing = table.draw(id, gap_before, rng);
    add_symbol(vocabulary.symbol(id),
               {onset, timing.duration_steps * kTicksPerStep,
                static_cast<std::uint8_t>(timing.velocity), timing.lowest_pitch},
               score);
    gap_before = timing.gap_after_steps;
    onset += timing.gap_after_steps * kTicksPerStep;
  }
  end_notes_at_repetitions(score.tracks[0].notes);
  return score;
}

}  // namespace undersong
