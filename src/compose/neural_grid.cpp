#include "compose/neural_grid.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "compose/humanise.h"
#include "compose/neural_chords.h"

namespace undersong {
namespace {

// Of the rank of energy: what the quietest and the loudest section of a pack have.
constexpr double kQuietestRank = 0.125;
constexpr double kLoudestRank = 0.875;

// What a role's density follows of the rank of energy, from the middle: loud bars of real pieces
// have more roles and louder notes, each of them but half as much denser. With all of it the
// network's roles struck twice as often as real ones (docs/benchmarks.md).
constexpr double kDensityFollows = 0.5;
// How far from there it may lie, phrase by phrase.
constexpr double kDensitySpread = 0.12;

// Mean velocity of a bar of full energy, as patterns have it (step_velocity of 'x').
constexpr int kFullVelocity = 88;
// Ghost notes of drums stay heard, accents stay below the ceiling.
constexpr int kSoftest = 30;
constexpr int kHardest = 120;

constexpr int kVelocityStep = 128 / kGridVelocities;
int velocity_of(int step) { return step * kVelocityStep + kVelocityStep / 2; }

int steps_of(Ticks ticks) { return (ticks + kTicksPerGridStep / 2) / kTicksPerGridStep; }

int grid_length(const PlannedBar& bar, int beat_unit) {
  return bar.beats * 4 * kGridPerQuarter / beat_unit;
}

// The meter of the plan, or another one of the same length; -1 for none.
int meter_of(const PlannedBar& bar, int beat_unit) {
  int same_length = -1;
  for (std::size_t i = 0; i < kGridMeters.size(); ++i) {
    const GridMeter& meter = kGridMeters.at(i);
    if (meter.numerator == bar.beats && meter.denominator == beat_unit) return static_cast<int>(i);
    if (meter.length() == grid_length(bar, beat_unit)) same_length = static_cast<int>(i);
  }
  return same_length;
}

// Straight lines through (0, 0), the pack's ends, and (1, 1).
double rank_between(double energy, double low, double high) {
  if (energy < low) return kQuietestRank * energy / low;
  if (energy > high) return kLoudestRank + (1.0 - kLoudestRank) * (energy - high) / (1.0 - high);
  if (high == low) return 0.5;
  return kQuietestRank + (kLoudestRank - kQuietestRank) * (energy - low) / (high - low);
}

std::uint8_t folded(int pitch) {
  while (pitch < kLowestPitch) pitch += 12;
  while (pitch >= kLowestPitch + kPitchCount) pitch -= 12;
  return static_cast<std::uint8_t>(pitch);
}

}  // namespace

RoleSet heard_roles(const RoleDensities& densities) {
  RoleSet heard;
  for (const Role role : kRoles) {
    const auto& shares = densities.at(index_of(role));
    if (std::any_of(shares.begin(), shares.end(), [](double share) { return share > 0.0; }))
      heard.insert(role);
  }
  return heard;
}

bool is_monophonic(Role role) {
  return role == Role::kBass || role == Role::kLead || role == Role::kCounter;
}

int most_tones(Role role) {
  switch (role) {
    case Role::kDrums: return 4;  // two hands and two feet
    case Role::kPercussion: return 2;
    case Role::kChords: return 5;
    case Role::kPad: return 4;
    case Role::kArpeggio: return 2;
    default: return 1;
  }
}

NeuralGrid::NeuralGrid(const WriterContext& context, GridStyle style,
                       const RoleDensities& densities)
    : context_(context), style_(style), densities_(densities) {
  for (const Role role : {Role::kDrums, Role::kPercussion}) {
    if (const RolePack* pack = context.style().role(role))
      kits_.at(index_of(role)) = DrumKit(*pack);
  }
}

const DrumKit& NeuralGrid::kit(Role role) const {
  const auto& kit = kits_.at(index_of(role));
  UNDERSONG_CHECK(kit.has_value());
  return *kit;
}

bool NeuralGrid::fits(int bar) const {
  const PlannedBar& planned = context_.bar(bar);
  const int unit = context_.plan().beat_unit;
  return grid_length(planned, unit) <= kLongestGridBar && meter_of(planned, unit) >= 0;
}

int NeuralGrid::shift(int bar) const { return network_shift(context_.key(bar)); }

double NeuralGrid::rank_of_energy(int bar) const {
  double low = 1.0;
  double high = 0.0;
  for (const SectionPack& section : context_.style().sections) {
    low = std::min(low, section.energy);
    high = std::max(high, section.energy);
  }
  const double energy = context_.bar(bar).energy;
  return low > high ? energy : rank_between(energy, low, high);
}

std::optional<std::uint8_t> NeuralGrid::density_at(Role role, double rank) const {
  const auto& shares = densities_.at(index_of(role));
  double total = 0.0;
  for (const double share : shares) total += share;
  if (total <= 0.0) return std::nullopt;
  double sum = 0.0;
  for (std::size_t density = 0; density < shares.size(); ++density) {
    sum += shares.at(density);
    if (shares.at(density) > 0.0 && sum >= rank * total) return static_cast<std::uint8_t>(density);
  }
  return std::nullopt;
}

std::optional<std::uint8_t> NeuralGrid::asked_density(Role role, int bar) const {
  const int phrase = context_.phrase(bar).bars.first;
  Rng chance =
      context_.piece_stream("density").fork(name_of(role)).fork(static_cast<std::uint64_t>(phrase));
  const double middle = 0.5 + kDensityFollows * (rank_of_energy(bar) - 0.5);
  const double rank = middle + kDensitySpread * (2.0 * chance.uniform() - 1.0);
  return density_at(role, std::clamp(rank, 0.0, 1.0));
}

PitchRange NeuralGrid::pitches(Role role, int bar) const {
  if (is_percussive(role)) return {kLowestDrum, kLowestDrum + kDrumCount - 1};
  const PitchRange& range = context_.pack(role).range;
  return {std::max(range.low + shift(bar), kLowestPitch),
          std::min(range.high + shift(bar), kLowestPitch + kPitchCount - 1)};
}

GridBar NeuralGrid::controls_of(int bar) const {
  const PlannedBar& planned = context_.bar(bar);
  GridBar grid;
  grid.meter = static_cast<std::uint8_t>(std::max(meter_of(planned, context_.plan().beat_unit), 0));
  grid.tempo = tempo_step(6e7 / planned.microseconds_per_quarter);
  const Key& key = context_.key(bar);
  grid.chords = {network_chord(planned.chords.front().symbol, key),
                 network_chord(planned.chords.back().symbol, key)};
  grid.energy = static_cast<std::uint8_t>(
      std::clamp(static_cast<int>(rank_of_energy(bar) * kEnergySteps), 0, kEnergySteps - 1));
  return grid;
}

void NeuralGrid::add_notes(const std::vector<Note>& part, Role role, const BarSpan& bars,
                           GridPiece& piece) const {
  const Ticks begin = context_.onset(bars.first);
  const Ticks end = context_.onset(bars.last);
  const auto first =
      std::lower_bound(part.begin(), part.end(), begin,
                       [](const Note& note, Ticks tick) { return note.onset_ticks < tick; });
  for (auto note = first; note != part.end() && note->onset_ticks < end; ++note) {
    const int bar = context_.bar_at(note->onset_ticks);
    if (!fits(bar)) continue;
    const int length = grid_length(context_.bar(bar), context_.plan().beat_unit);
    const int position = std::min(steps_of(note->onset_ticks - context_.onset(bar)), length - 1);
    const double loudness = note->velocity * energy_gain(context_.bar(bar).energy);
    const bool drum = is_percussive(role);
    const int instrument = drum ? std::clamp(kit(role).instrument_of(note->pitch), kLowestDrum,
                                             kLowestDrum + kDrumCount - 1)
                                : 0;
    piece.bars[static_cast<std::size_t>(bar)].notes.push_back(
        {.role = role,
         .position = static_cast<std::uint8_t>(position),
         .pitch = drum ? static_cast<std::uint8_t>(instrument) : folded(note->pitch + shift(bar)),
         .duration =
             drum ? std::uint8_t{0} : duration_step(std::max(1, steps_of(note->duration_ticks))),
         .velocity = static_cast<std::uint8_t>(
             std::clamp(static_cast<int>(loudness) / kVelocityStep, 0, kGridVelocities - 1))});
  }
}

GridPiece NeuralGrid::piece(const Parts& parts, RoleSet roles, const BarSpan& bars) const {
  GridPiece piece;
  piece.style = style_;
  piece.minor = is_minor(context_.plan().key.mode);
  piece.shift = network_shift(context_.plan().key);
  for (int bar = 0; bar < context_.bar_count(); ++bar) piece.bars.push_back(controls_of(bar));
  for (const Role role : kRoles) {
    if (roles.contains(role)) add_notes(parts[index_of(role)], role, bars, piece);
  }
  for (GridBar& bar : piece.bars) {
    std::sort(bar.notes.begin(), bar.notes.end());
    const auto same_place = [](const GridNote& a, const GridNote& b) {
      return a.role == b.role && a.position == b.position && a.pitch == b.pitch;
    };
    bar.notes.erase(std::unique(bar.notes.begin(), bar.notes.end(), same_place), bar.notes.end());
  }
  return piece;
}

std::vector<Note> NeuralGrid::notes_of(const GridBar& grid, Role role, int bar,
                                       int velocity_offset) const {
  std::vector<Note> notes;
  for (const GridNote& drawn : grid.notes) {
    if (drawn.role != role) continue;
    const Ticks onset = context_.onset(bar) + drawn.position * kTicksPerGridStep;
    if (onset >= context_.onset(bar + 1)) continue;
    const int steps = is_percussive(role)
                          ? kGridPerQuarter / 4
                          : kGridDurations.at(static_cast<std::size_t>(drawn.duration));
    const int pitch =
        is_percussive(role) ? kit(role).key_of(drawn.pitch) : drawn.pitch - shift(bar);
    const int velocity = velocity_of(drawn.velocity) + velocity_offset;
    notes.push_back(make_note(onset, onset + steps * kTicksPerGridStep, pitch,
                              std::clamp(velocity, kSoftest, kHardest)));
  }
  std::sort(notes.begin(), notes.end());
  // Two instruments of the network may be one of the kit.
  const auto same_key = [](const Note& a, const Note& b) {
    return a.onset_ticks == b.onset_ticks && a.pitch == b.pitch;
  };
  notes.erase(std::unique(notes.begin(), notes.end(), same_key), notes.end());
  if (!is_monophonic(role)) return notes;
  for (std::size_t i = 0; i + 1 < notes.size(); ++i) {
    const Ticks room = notes[i + 1].onset_ticks - notes[i].onset_ticks;
    if (room > 0) notes[i].duration_ticks = std::min(notes[i].duration_ticks, room);
  }
  return notes;
}

int velocity_offset_of(const std::vector<GridNote>& notes) {
  if (notes.empty()) return 0;
  int sum = 0;
  for (const GridNote& note : notes) sum += velocity_of(note.velocity);
  return kFullVelocity - sum / static_cast<int>(notes.size());
}

}  // namespace undersong
