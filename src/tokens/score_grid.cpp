#include "tokens/score_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "analysis/chords.h"
#include "analysis/find_key.h"
#include "analysis/part_roles.h"
#include "base/check.h"
#include "base/error.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr int kSilentBarsKept = 2;

// ---- Bars ----

// A bar of the grid and the ticks that it stands for.
struct TimedBar {
  Ticks begin = 0;
  Ticks end = 0;
  int steps = 0;  // that its music takes; its meter may be longer
  std::uint8_t meter = 0;
};

// The meter of that length, the file's own where it has a token; else the shortest that is long
// enough.
std::uint8_t nearest_meter(const Meter& meter, int steps) {
  std::size_t best = kGridMeters.size();
  for (std::size_t i = 0; i < kGridMeters.size(); ++i) {
    const GridMeter& here = kGridMeters[i];
    if (here.length() < steps) continue;
    if (here.length() == steps && here.numerator == meter.numerator &&
        here.denominator == meter.denominator)
      return static_cast<std::uint8_t>(i);
    if (best == kGridMeters.size() || here.length() < kGridMeters[best].length()) best = i;
  }
  UNDERSONG_CHECK(best < kGridMeters.size());
  return static_cast<std::uint8_t>(best);
}

int steps_up(std::int64_t ticks, Ticks ticks_per_quarter) {
  return static_cast<int>((ticks * kGridPerQuarter + ticks_per_quarter - 1) / ticks_per_quarter);
}

class GridBars {
 public:
  explicit GridBars(const Score& score) : score_(score), grid_(score) {}

  // The bars from the one where the first note begins to that of the last, long ones in pieces.
  std::vector<TimedBar> between(Ticks first, Ticks last, GridLosses& losses) const {
    std::vector<TimedBar> bars;
    const std::int64_t end = grid_.bar_at(last);
    for (std::int64_t bar = grid_.bar_at(first); bar <= end; ++bar) {
      const Ticks begin = grid_.onset(bar);
      add(begin, std::max(begin + 1, grid_.onset(bar + 1)), losses, bars);
    }
    return bars;
  }

 private:
  void add(Ticks begin, Ticks end, GridLosses& losses, std::vector<TimedBar>& bars) const {
    const Ticks longest =
        std::max<Ticks>(1, static_cast<Ticks>(std::int64_t{score_.ticks_per_quarter} *
                                              kLongestGridBar / kGridPerQuarter));
    if (end - begin > longest) ++losses.shortened_bars;
    for (; end - begin > longest; begin += longest) bars.push_back(timed(begin, begin + longest));
    bars.push_back(timed(begin, end));
  }

  TimedBar timed(Ticks begin, Ticks end) const {
    TimedBar bar = {begin, end, 0, 0};
    bar.steps = std::clamp(steps_up(end - begin, score_.ticks_per_quarter), 1, kLongestGridBar);
    bar.meter = nearest_meter(meter_at(begin), bar.steps);
    return bar;
  }

  Meter meter_at(Ticks tick) const {
    const auto after = std::upper_bound(score_.meters.begin(), score_.meters.end(), tick,
                                        [](Ticks t, const Meter& meter) { return t < meter.tick; });
    return after == score_.meters.begin() ? Meter{} : *(after - 1);
  }

  const Score& score_;
  BarGrid grid_;
};

// ---- Tempo ----

// Expressive tempo maps waver: a step holds until the tempo leaves it by half a step.
void set_tempos(const Score& score, const std::vector<TimedBar>& timed, GridPiece& piece) {
  const TempoMap map(score);
  double held_low = 0.0;
  double held_high = 0.0;
  for (std::size_t i = 0; i < timed.size(); ++i) {
    const double quarters =
        static_cast<double>(timed[i].end - timed[i].begin) / score.ticks_per_quarter;
    const double seconds = map.seconds_at(timed[i].end) - map.seconds_at(timed[i].begin);
    const double bpm = seconds > 0.0 ? 60.0 * quarters / seconds : tempo_of(kGridTempos - 1);
    const bool holds = i > 0 && bpm > held_low && bpm < held_high;
    const std::uint8_t step = holds ? piece.bars[i - 1].tempo : tempo_step(bpm);
    piece.bars[i].tempo = step;
    held_low = tempo_of(step) / 1.067;  // 3/4 of a step, 2^(1/8), from its middle
    held_high = tempo_of(step) * 1.067;
  }
}

// ---- Notes ----

std::uint8_t grid_pitch(const RoledNote& roled, int shift, GridLosses& losses) {
  if (is_percussive(roled.role))
    return static_cast<std::uint8_t>(
        std::clamp<int>(roled.note.pitch, kLowestDrum, kLowestDrum + kDrumCount - 1));
  const int wanted = roled.note.pitch + shift;
  int pitch = wanted;
  while (pitch < kLowestPitch) pitch += 12;
  while (pitch >= kLowestPitch + kPitchCount) pitch -= 12;
  if (pitch != wanted) ++losses.moved_octaves;
  return static_cast<std::uint8_t>(pitch);
}

int rounded_steps(std::int64_t ticks, Ticks ticks_per_quarter) {
  return static_cast<int>((2 * ticks * kGridPerQuarter + ticks_per_quarter) /
                          (2 * std::int64_t{ticks_per_quarter}));
}

// A note somewhere in the piece, on steps from its beginning.
void place_notes(const Score& score, const std::vector<RoledNote>& notes,
                 const std::vector<TimedBar>& timed, GridPiece& piece, GridLosses& losses) {
  std::size_t bar = 0;
  for (const RoledNote& roled : notes) {
    while (bar + 1 < timed.size() && roled.note.onset_ticks >= timed[bar].begin &&
           roled.note.onset_ticks >= timed[bar + 1].begin)
      ++bar;
    int position =
        rounded_steps(roled.note.onset_ticks - timed[bar].begin, score.ticks_per_quarter);
    std::size_t place = bar;
    if (position >= timed[bar].steps) {  // rounded to the next bar
      if (bar + 1 < timed.size()) {
        ++place;
        position = 0;
      } else {
        position = timed[bar].steps - 1;
      }
    }
    GridNote note;
    note.role = roled.role;
    note.position = static_cast<std::uint8_t>(position);
    note.pitch = grid_pitch(roled, piece.shift, losses);
    note.velocity = static_cast<std::uint8_t>(roled.note.velocity >> 3);
    if (!is_percussive(roled.role))
      note.duration =
          duration_step(std::min(rounded_steps(roled.note.duration_ticks, score.ticks_per_quarter),
                                 kGridDurations.back()));
    piece.bars[place].notes.push_back(note);
  }
}

// One note a role, place and pitch: the longest, as loud as the loudest.
void merge_doubled(GridBar& bar, GridLosses& losses) {
  std::sort(bar.notes.begin(), bar.notes.end());
  std::vector<GridNote> kept;
  for (const GridNote& note : bar.notes) {
    if (!kept.empty() && kept.back().role == note.role && kept.back().position == note.position &&
        kept.back().pitch == note.pitch) {
      kept.back().duration = std::max(kept.back().duration, note.duration);
      kept.back().velocity = std::max(kept.back().velocity, note.velocity);
      ++losses.doubled;
    } else {
      kept.push_back(note);
    }
  }
  bar.notes = std::move(kept);
}

// The longest duration that ends in time.
std::uint8_t duration_within(int steps) {
  const auto after = std::upper_bound(kGridDurations.begin(), kGridDurations.end(), steps);
  return static_cast<std::uint8_t>(std::max<std::ptrdiff_t>(1, after - kGridDurations.begin()) - 1);
}

// A key that is struck again has been let go: going from the end, when each key of each role is
// struck next.
void cut_at_next_strike(std::vector<GridBar>& bars) {
  constexpr int kNever = -1;
  std::array<std::array<int, 128>, kRoleCount> next;
  for (auto& keys : next) keys.fill(kNever);
  int end = 0;
  for (const GridBar& bar : bars) end += kGridMeters[bar.meter].length();
  for (std::size_t i = bars.size(); i-- > 0;) {
    end -= kGridMeters[bars[i].meter].length();
    for (std::size_t n = bars[i].notes.size(); n-- > 0;) {
      GridNote& note = bars[i].notes[n];
      if (is_percussive(note.role)) continue;
      int& struck = next[index_of(note.role)][note.pitch];
      const int onset = end + note.position;
      if (struck != kNever && onset + kGridDurations[note.duration] > struck)
        note.duration = duration_within(struck - onset);
      struck = onset;
    }
  }
}

// ---- Silence ----

// Which bars have a note that begins or sounds.
std::vector<bool> sounding_bars(const std::vector<GridBar>& bars) {
  std::vector<bool> sounds(bars.size(), false);
  int begin = 0;
  int sounding_until = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    for (const GridNote& note : bars[i].notes)
      sounding_until = std::max(
          sounding_until,
          begin + note.position + (is_percussive(note.role) ? 1 : kGridDurations[note.duration]));
    sounds[i] = sounding_until > begin;
    begin += kGridMeters[bars[i].meter].length();
  }
  return sounds;
}

void leave_out_silence(std::vector<GridBar>& bars, GridLosses& losses) {
  const std::vector<bool> sounds = sounding_bars(bars);
  std::size_t kept = 0;
  int silent = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    silent = sounds[i] ? 0 : silent + 1;
    if (silent > kSilentBarsKept) {
      ++losses.silent_bars;
      continue;
    }
    if (kept != i) bars[kept] = std::move(bars[i]);
    ++kept;
  }
  bars.resize(kept);
  // The file's first bar may have given its notes to the second.
  while (!bars.empty() && bars.back().notes.empty()) bars.pop_back();
  const auto first =
      std::find_if(bars.begin(), bars.end(), [](const GridBar& bar) { return !bar.notes.empty(); });
  bars.erase(bars.begin(), first);
}

// ---- Chords ----

GridChord grid_chord_of(const Chord& chord, int shift) {
  return grid_chord((chord.root + shift + 12) % 12, chord.quality);
}

void set_chords(const Score& score, const std::vector<TimedBar>& timed, GridPiece& piece) {
  const std::vector<ChordSpan> spans = recognise_chords(score);
  auto span = spans.begin();
  const auto chord_at = [&](Ticks tick) -> GridChord {
    while (span != spans.end() && span->end_ticks <= tick) ++span;
    if (span == spans.end() || span->onset_ticks > tick) return 0;
    return grid_chord_of(span->chord, piece.shift);
  };
  for (std::size_t i = 0; i < timed.size(); ++i) {
    const Ticks quarter = (timed[i].end - timed[i].begin) / 4;
    auto& chords = piece.bars[i].chords;
    chords[0] = chord_at(timed[i].begin + quarter);
    chords[1] = chord_at(timed[i].end - 1 - quarter);
    if (chords[0] == 0) chords[0] = chords[1];
    if (chords[1] == 0) chords[1] = chords[0];
  }
}

// ---- Key ----

// Files of our own say their key; of others it is found.
Key key_of(const Score& score) {
  if (score.keys.empty() || !names_its_roles(score)) return find_key(score);
  const KeySignature& said = score.keys.front();
  const int tonic = 7 * said.sharps + (said.minor ? 9 : 0);
  return {(tonic % 12 + 12) % 12, said.minor ? Mode::kMinor : Mode::kMajor};
}

// ---- Back ----

constexpr Ticks kTicksPerQuarter = 480;
constexpr Ticks kTicksPerStep = kTicksPerQuarter / kGridPerQuarter;

std::uint8_t grid_channel(Role role) {
  return is_percussive(role) ? kDrumChannel : static_cast<std::uint8_t>(index_of(role));
}

// Numbers of General MIDI instruments that make a grid piece listenable, by index_of(role).
constexpr std::array<std::int16_t, kRoleCount> kPrograms = {0, 0, 32, 0, 48, 46, 73, 68};

Track track_of(const GridPiece& piece, Role role) {
  Track track;
  track.name = title_of(role);
  Ticks begin = 0;
  for (const GridBar& bar : piece.bars) {
    for (const GridNote& note : bar.notes) {
      if (note.role != role) continue;
      Note played;
      played.onset_ticks = begin + note.position * kTicksPerStep;
      played.duration_ticks = kGridDurations.at(note.duration) * kTicksPerStep;
      played.pitch =
          static_cast<std::uint8_t>(is_percussive(role) ? note.pitch : note.pitch - piece.shift);
      played.velocity = static_cast<std::uint8_t>(8 * note.velocity + 4);
      played.channel = grid_channel(role);
      track.notes.push_back(played);
    }
    begin += kGridMeters.at(bar.meter).length() * kTicksPerStep;
  }
  track.controls.push_back({.tick = 0,
                            .kind = ControlEvent::Kind::kProgram,
                            .channel = grid_channel(role),
                            .number = 0,
                            .value = kPrograms[index_of(role)]});
  return track;
}

// A key that is struck again is let go first.
void separate_strikes(std::vector<Note>& notes) {
  std::array<Ticks, 128> next;
  next.fill(-1);
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
    Ticks& struck = next[note->pitch];
    if (struck > note->onset_ticks)
      note->duration_ticks = std::min(note->duration_ticks, struck - note->onset_ticks);
    struck = note->onset_ticks;
  }
}

void add_conductor(const GridPiece& piece, Score& score) {
  const int tonic = ((piece.minor ? 9 : 0) - piece.shift + 12) % 12;
  score.keys.push_back(signature_of({tonic, piece.minor ? Mode::kMinor : Mode::kMajor}, 0));
  Ticks tick = 0;
  for (std::size_t i = 0; i < piece.bars.size(); ++i) {
    const GridBar& bar = piece.bars[i];
    const GridMeter& meter = kGridMeters.at(bar.meter);
    if (i == 0 || piece.bars[i - 1].meter != bar.meter)
      score.meters.push_back(
          {.tick = tick, .numerator = meter.numerator, .denominator = meter.denominator});
    if (i == 0 || piece.bars[i - 1].tempo != bar.tempo)
      score.tempos.push_back({tick, static_cast<std::int32_t>(60e6 / tempo_of(bar.tempo) + 0.5)});
    tick += meter.length() * kTicksPerStep;
  }
}

}  // namespace

GridLosses& GridLosses::operator+=(const GridLosses& more) {
  notes += more.notes;
  doubled += more.doubled;
  moved_octaves += more.moved_octaves;
  shortened_bars += more.shortened_bars;
  silent_bars += more.silent_bars;
  return *this;
}

GridResult to_grid(const Score& score, const GridOptions& options) {
  const std::vector<RoledNote> notes = roles_of(score, options.drums_only);
  if (notes.empty())
    throw Error(ErrorKind::kFormat, "the score has no notes: take another file");
  GridResult result;
  result.losses.notes = static_cast<std::int64_t>(notes.size());
  const Key key = key_of(score);
  GridPiece& piece = result.piece;
  piece.style = options.style;
  piece.minor = is_minor(key.mode);
  piece.shift = shift_to_no_signature(key);
  const std::vector<TimedBar> timed = GridBars(score).between(
      notes.front().note.onset_ticks, notes.back().note.onset_ticks, result.losses);
  piece.bars.resize(timed.size());
  for (std::size_t i = 0; i < timed.size(); ++i) piece.bars[i].meter = timed[i].meter;
  set_tempos(score, timed, piece);
  if (!options.drums_only) set_chords(score, timed, piece);
  place_notes(score, notes, timed, piece, result.losses);
  for (GridBar& bar : piece.bars) merge_doubled(bar, result.losses);
  cut_at_next_strike(piece.bars);
  leave_out_silence(piece.bars, result.losses);
  set_relations(piece);
  return result;
}

double activity_of(const GridBar& bar) {
  double sum = 0.0;
  for (const GridNote& note : bar.notes) sum += 8 * note.velocity + 4;
  return sum * kGridPerQuarter / kGridMeters.at(bar.meter).length();
}

std::vector<double> energy_borders(const std::vector<const GridPiece*>& pieces) {
  std::vector<double> activities;
  for (const GridPiece* piece : pieces) {
    for (const GridBar& bar : piece->bars) activities.push_back(activity_of(bar));
  }
  if (activities.empty()) return {};
  std::sort(activities.begin(), activities.end());
  std::vector<double> borders;
  for (std::size_t eighth = 1; eighth < kEnergySteps; ++eighth)
    borders.push_back(activities[activities.size() * eighth / kEnergySteps]);
  return borders;
}

void set_energies(GridPiece& piece, const std::vector<double>& borders) {
  for (GridBar& bar : piece.bars) {
    const auto above = std::upper_bound(borders.begin(), borders.end(), activity_of(bar));
    bar.energy = static_cast<std::uint8_t>(
        std::min<std::ptrdiff_t>(above - borders.begin(), kEnergySteps - 1));
  }
}

namespace {

using BarKeys = std::vector<std::uint32_t>;

// What of a note makes two bars alike, sorted as the notes are.
BarKeys keys_of(const GridBar& bar) {
  BarKeys keys;
  keys.reserve(bar.notes.size());
  for (const GridNote& note : bar.notes)
    keys.push_back(
        static_cast<std::uint32_t>(index_of(note.role) << 16 | note.position << 8 | note.pitch));
  return keys;
}

std::size_t common_keys(const BarKeys& a, const BarKeys& b) {
  std::size_t common = 0;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    if (*left == *right) {
      ++common;
      ++left;
      ++right;
    } else if (*left < *right) {
      ++left;
    } else {
      ++right;
    }
  }
  return common;
}

void relate(GridPiece& piece, std::size_t bar, const std::vector<BarKeys>& keys) {
  constexpr std::size_t kFarthest = 32;
  GridBar& here = piece.bars[bar];
  here.relation = BarRelation::kNew;
  here.relation_distance = 0;
  if (keys[bar].empty()) return;
  std::size_t best_common = 0;  // over best_size
  std::size_t best_size = 1;
  for (std::size_t distance = 1; distance <= std::min(bar, kFarthest); ++distance) {
    const BarKeys& there = keys[bar - distance];
    const std::size_t larger = std::max(keys[bar].size(), there.size());
    if (3 * std::min(keys[bar].size(), there.size()) < 2 * larger) continue;
    const std::size_t common = common_keys(keys[bar], there);
    if (3 * common < 2 * larger || common * best_size <= best_common * larger) continue;
    best_common = common;
    best_size = larger;
    here.relation_distance = static_cast<std::uint8_t>(distance);
    here.relation = common == larger ? BarRelation::kCopy : BarRelation::kVaried;
    if (here.relation == BarRelation::kCopy) return;
  }
}

}  // namespace

void set_relations(GridPiece& piece) {
  std::vector<BarKeys> keys;
  keys.reserve(piece.bars.size());
  for (const GridBar& bar : piece.bars) keys.push_back(keys_of(bar));
  for (std::size_t bar = 0; bar < piece.bars.size(); ++bar) relate(piece, bar, keys);
}

Score from_grid(const GridPiece& piece) {
  Score score;
  score.ticks_per_quarter = kTicksPerQuarter;
  add_conductor(piece, score);
  for (const Role role : kRoles) {
    Track track = track_of(piece, role);
    if (track.notes.empty()) continue;
    std::sort(track.notes.begin(), track.notes.end());
    separate_strikes(track.notes);
    score.tracks.push_back(std::move(track));
  }
  return score;
}

}  // namespace undersong
