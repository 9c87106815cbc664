#include "pipeline/picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "plot/piano_roll.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

// More lines than this are a grey wall; the roll goes without.
constexpr std::size_t kMostBarLines = 400;

Ticks bar_ticks(const Meter& meter, Ticks ticks_per_quarter) {
  return std::max<Ticks>(1, ticks_per_quarter * 4 * meter.numerator / meter.denominator);
}

std::vector<double> bar_lines(const Score& score, const TempoMap& tempo_map) {
  std::vector<double> lines;
  const Ticks end = end_ticks(score);
  std::size_t next = 0;
  Meter meter;
  for (Ticks tick = 0; tick <= end; tick += bar_ticks(meter, score.ticks_per_quarter)) {
    while (next < score.meters.size() && score.meters[next].tick <= tick)
      meter = score.meters[next++];
    lines.push_back(tempo_map.seconds_at(tick));
    if (lines.size() > kMostBarLines) return {};
  }
  return lines;
}

}  // namespace

std::string piano_roll_svg(const Score& score, const std::string& title) {
  const TempoMap tempo_map(score);
  PianoRoll roll;
  roll.title = title;
  roll.time_label = "seconds";
  roll.bar_lines = bar_lines(score, tempo_map);
  for (std::size_t track = 0; track < score.tracks.size(); ++track) {
    const std::string& name = score.tracks[track].name;
    roll.tracks.push_back(name.empty() ? fmt::format("track {}", track + 1) : name);
    for (const Note& note : score.tracks[track].notes) {
      const double onset = tempo_map.seconds_at(note.onset_ticks);
      const double end = tempo_map.seconds_at(note.onset_ticks + note.duration_ticks);
      roll.notes.push_back({onset, end - onset, note.pitch, track, note.velocity / 127.0});
    }
  }
  return draw(roll);
}

}  // namespace undersong
