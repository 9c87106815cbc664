#include "tokens/symbols.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/error.h"

namespace undersong {
namespace {

constexpr std::array<std::string_view, 12> kPitchNames = {"C",  "C#", "D",  "E-", "E",  "F",
                                                          "F#", "G",  "G#", "A",  "B-", "B"};

std::int32_t to_steps(Ticks ticks, Ticks ticks_per_quarter) {
  return static_cast<std::int32_t>(
      std::lround(static_cast<double>(ticks) * kSymbolStepsPerQuarter / ticks_per_quarter));
}

// Rotations of a sorted set are compared by span first, then by how tightly the notes lie to the
// left (Forte 1973).
std::vector<int> normal_order(std::vector<int> classes) {
  const std::size_t size = classes.size();
  std::vector<int> best_shape;
  std::vector<int> best;
  for (std::size_t first = 0; first < size; ++first) {
    std::vector<int> rotation;
    std::vector<int> shape;  // distances from the first: the outermost first, then from the inside
    for (std::size_t i = 0; i < size; ++i) rotation.push_back(classes[(first + i) % size]);
    const auto distance = [&](std::size_t i) { return (rotation[i] - rotation[0] + 12) % 12; };
    shape.push_back(distance(size - 1));
    for (std::size_t i = 1; i + 1 < size; ++i) shape.push_back(distance(i));
    if (best.empty() || shape < best_shape) {
      best_shape = shape;
      best = rotation;
    }
  }
  return best;
}

std::vector<int> distinct(std::vector<int> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

SymbolEvent make_event(std::int32_t onset_steps, const std::vector<const Note*>& notes,
                       Ticks ticks_per_quarter) {
  SymbolEvent event;
  event.onset_steps = onset_steps;
  event.velocity = 1;
  std::vector<int> pitches;
  for (const Note* note : notes) {
    pitches.push_back(note->pitch);
    event.velocity = std::max(event.velocity, note->velocity);
    event.duration_steps =
        std::max(event.duration_steps, to_steps(note->duration_ticks, ticks_per_quarter));
  }
  pitches = distinct(std::move(pitches));
  event.lowest_pitch = static_cast<std::uint8_t>(pitches.front());
  event.symbol = pitches.size() == 1 ? note_symbol(pitches.front()) : chord_symbol(pitches);
  return event;
}

void add_track_events(const Track& track, Ticks ticks_per_quarter,
                      std::vector<SymbolEvent>& events) {
  std::map<std::int32_t, std::vector<const Note*>> by_onset;
  for (const Note& note : track.notes) {
    if (note.channel != kDrumChannel)
      by_onset[to_steps(note.onset_ticks, ticks_per_quarter)].push_back(&note);
  }
  for (const auto& [onset, notes] : by_onset)
    events.push_back(make_event(onset, notes, ticks_per_quarter));
}

[[noreturn]] void throw_not_a_symbol(std::string_view symbol) {
  throw Error(ErrorKind::kFormat, "\"" + std::string(symbol) +
                                      "\" is neither a note such as B-4 nor a chord such as 0.4.7");
}

int parse_int(std::string_view text, std::string_view symbol) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) throw_not_a_symbol(symbol);
  return value;
}

int note_pitch(std::string_view symbol) {
  // The longest name first, so that "C#4" is not read as "C" and "#4".
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (symbol.size() <= length) continue;
    const auto found = std::find(kPitchNames.begin(), kPitchNames.end(), symbol.substr(0, length));
    if (found == kPitchNames.end()) continue;
    const int octave = parse_int(symbol.substr(length), symbol);
    const int pitch = 12 * (octave + 1) + static_cast<int>(found - kPitchNames.begin());
    if (pitch < 0 || pitch > 127) throw_not_a_symbol(symbol);
    return pitch;
  }
  throw_not_a_symbol(symbol);
}

// The lowest pitch of a class that is at or above `floor`.
int pitch_at_or_above(int pitch_class, int floor) {
  return floor + ((pitch_class - floor) % 12 + 12) % 12;
}

}  // namespace

std::vector<SymbolEvent> symbol_events(const Score& score) {
  std::vector<SymbolEvent> events;
  for (const auto& track : score.tracks) add_track_events(track, score.ticks_per_quarter, events);
  std::stable_sort(events.begin(), events.end(), [](const SymbolEvent& a, const SymbolEvent& b) {
    return a.onset_steps < b.onset_steps;
  });
  return events;
}

std::string note_symbol(int pitch) {
  return std::string(kPitchNames[static_cast<std::size_t>(pitch % 12)]) +
         std::to_string(std::max(pitch / 12, 1) - 1);
}

std::string chord_symbol(const std::vector<int>& pitches) {
  std::vector<int> classes;
  classes.reserve(pitches.size());
  for (const int pitch : pitches) classes.push_back(pitch % 12);
  std::string symbol;
  for (const int pitch_class : normal_order(distinct(std::move(classes)))) {
    if (!symbol.empty()) symbol += '.';
    symbol += std::to_string(pitch_class);
  }
  return symbol;
}

std::vector<int> symbol_pitches(std::string_view symbol, int lowest_pitch) {
  if (symbol.empty()) throw_not_a_symbol(symbol);
  if (symbol.front() < '0' || symbol.front() > '9') return {note_pitch(symbol)};
  std::vector<int> pitches;
  int floor = lowest_pitch;
  std::string_view rest = symbol;
  for (;;) {
    const std::size_t dot = rest.find('.');
    const int pitch_class = parse_int(rest.substr(0, dot), symbol);
    if (pitch_class < 0 || pitch_class > 11) throw_not_a_symbol(symbol);
    const int pitch = pitch_at_or_above(pitch_class, floor);
    if (pitch <= 127) pitches.push_back(pitch);
    if (dot == std::string_view::npos) break;
    floor = pitch + 1;
    rest = rest.substr(dot + 1);
  }
  return pitches;
}

}  // namespace undersong
