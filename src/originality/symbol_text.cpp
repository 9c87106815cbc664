#include "originality/symbol_text.h"

#include <algorithm>
#include <map>

#include "originality/melodic_text.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

constexpr int kPitchClasses = 12;
constexpr int kFirstNoteInterval = kFirstSymbolByte;
constexpr int kFirstChordInterval = kFirstNoteInterval + 2 * kMostSymbolInterval + 1;
constexpr int kFirstShape = kFirstChordInterval + kPitchClasses;
static_assert(kFirstShape == kFirstShapeByte);
// A note is one shape. Chords of the same pitch classes above their first share one; there are
// more than bytes, so some share one that are not the same, which over a run of a dozen symbols
// does not happen.
constexpr int kChordShapes = 256 - kFirstShape - 1;

struct Sound {
  int first = 0;  // pitch of a note, pitch class of a chord's first
  bool is_chord = false;
  std::uint8_t shape = kFirstShape;
};

Sound sound_of(const SymbolEvent& event) {
  const std::vector<int> pitches = symbol_pitches(event.symbol, 0);
  Sound sound;
  sound.first = pitches.front();
  // A chord's name is numbers; octaves alone make a chord of one pitch class.
  sound.is_chord = event.symbol.front() >= '0' && event.symbol.front() <= '9';
  if (!sound.is_chord) return sound;
  unsigned above = 0;
  for (const int pitch : pitches) above |= 1U << static_cast<unsigned>((pitch - sound.first) % 12);
  // Fibonacci hashing: neighbouring sets go far apart.
  const auto mixed = static_cast<std::uint32_t>(above * 2654435769U) >> 16U;
  sound.shape = static_cast<std::uint8_t>(kFirstShape + 1 + static_cast<int>(mixed % kChordShapes));
  return sound;
}

std::uint8_t interval_byte(const Sound& from, const Sound& to) {
  const int distance = to.first - from.first;
  if (!from.is_chord && !to.is_chord) {
    const int clamped = std::clamp(distance, -kMostSymbolInterval, kMostSymbolInterval);
    return static_cast<std::uint8_t>(kFirstNoteInterval + kMostSymbolInterval + clamped);
  }
  const int pitch_classes = (distance % kPitchClasses + kPitchClasses) % kPitchClasses;
  return static_cast<std::uint8_t>(kFirstChordInterval + pitch_classes);
}

SymbolLine line_of(const Score& score) {
  SymbolLine line;
  Sound before;
  for (const SymbolEvent& event : symbol_events(score)) {
    const Sound sound = sound_of(event);
    if (line.symbols.size() >= 2) line.text.push_back(before.shape);
    if (!line.symbols.empty()) line.text.push_back(interval_byte(before, sound));
    const auto ticks_of = [&](std::int64_t steps) {
      return static_cast<Ticks>(steps * score.ticks_per_quarter / kSymbolStepsPerQuarter);
    };
    line.symbols.push_back(
        {ticks_of(event.onset_steps), ticks_of(event.duration_steps), event.lowest_pitch});
    before = sound;
  }
  return line;
}

bool has_pitched_notes(const Track& track) {
  return std::any_of(track.notes.begin(), track.notes.end(),
                     [](const Note& note) { return note.channel != kDrumChannel; });
}

}  // namespace

std::vector<SymbolLine> symbol_lines(const Score& score) {
  Score all;
  all.ticks_per_quarter = score.ticks_per_quarter;
  std::map<std::string, Score> named;
  for (const Track& track : score.tracks) {
    if (!has_pitched_notes(track)) continue;
    all.tracks.emplace_back().notes = track.notes;
    Score& same_name = named[track.name];
    same_name.ticks_per_quarter = score.ticks_per_quarter;
    same_name.tracks.emplace_back().notes = track.notes;
  }
  std::vector<SymbolLine> lines = {line_of(all)};
  if (named.size() > 1) {
    for (const auto& [name, part] : named) lines.push_back(line_of(part));
  }
  std::erase_if(lines, [](const SymbolLine& line) { return line.text.empty(); });
  return lines;
}

}  // namespace undersong
