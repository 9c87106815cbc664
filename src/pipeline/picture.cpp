#include "pipeline/picture.h"

#include <fmt/format.h>

#include "plot/piano_roll.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

// More lines than this are a grey wall; the roll goes without.
constexpr std::int64_t kMostBarLines = 400;

std::vector<double> bar_lines(const Score& score, const TempoMap& tempo_map) {
  const BarGrid bars(score);
  if (bars.count() >= kMostBarLines) return {};
  std::vector<double> lines;
  for (std::int64_t bar = 0; bar <= bars.count(); ++bar)
    lines.push_back(tempo_map.seconds_at(bars.onset(bar)));
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
