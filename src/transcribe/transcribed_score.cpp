#include "transcribe/transcribed_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/check.h"

namespace undersong {
namespace {

constexpr Ticks kQuarter = 480;
constexpr double kTolerance = 0.01;  // seconds by which a note may move
constexpr Ticks kHitTicks = kQuarter / 8;
constexpr std::size_t kMostBeatsOfATempo = 512;
constexpr double kMostMicroseconds = 16'000'000.0;  // a quarter note, in the file's three bytes

// Beats beside ticks. Beat 0 is grid.beats[0].
class Clock {
 public:
  explicit Clock(const BeatGrid& grid) : grid_(grid) {
    if (!grid.has_beat()) return;
    UNDERSONG_CHECK(grid.beats.size() >= 2);
    ticks_per_beat_ = grid.parts == 3 ? kQuarter * 3 / 2 : kQuarter;
    place_first_beat();
    fit_tempos();
  }

  Ticks ticks_per_beat() const { return ticks_per_beat_; }
  double lead_in() const { return lead_in_; }
  const std::vector<TempoChange>& tempos() const { return tempos_; }

  // Where a time lies in beats from tick 0.
  double beat(double seconds) const {
    if (!grid_.has_beat()) return std::max(0.0, seconds) * 2.0;
    const double from_first = beat_at(grid_, seconds);
    if (from_first >= 0.0 || first_beat_ == 0) return std::max(0.0, first_beat_ + from_first);
    const double start = grid_.beats[0] - lead_beats_seconds_;
    return std::max(0.0, (seconds - start) / lead_beats_seconds_ * first_beat_);
  }
  // Through the tempo map that is written, so that what is rounded there is made good.
  Ticks tick(double seconds) const {
    if (!grid_.has_beat()) return to_ticks(std::max(0.0, seconds) * 2.0 * kQuarter);
    const double at = std::max(0.0, seconds + lead_in_);
    auto span =
        std::upper_bound(spans_.begin() + 1, spans_.end(), at,
                         [](double value, const Span& next) { return value < next.seconds; });
    --span;
    return span->tick + to_ticks((at - span->seconds) / span->seconds_per_tick);
  }
  Ticks tick_of_beat(double beat) const {
    return to_ticks(beat * static_cast<double>(ticks_per_beat_));
  }
  double first_beat() const { return first_beat_; }

 private:
  struct Span {
    Ticks tick;
    double seconds;  // from tick 0
    double seconds_per_tick;
  };

  static Ticks to_ticks(double value) { return static_cast<Ticks>(std::floor(value + 0.5)); }

  // The first beat comes after so many that its bar is whole, as many as fit in the time before
  // it; where they do not, the score begins before the recording.
  void place_first_beat() {
    const double period = grid_.beats[1] - grid_.beats[0];
    const double before = grid_.beats[0];
    int beats = grid_.first_position;
    const int bar = grid_.beats_per_bar;
    while (before / period - beats > 0.6 * bar) beats += bar;
    first_beat_ = beats;
    const bool fits = beats > 0 && before > 0.75 * beats * period && before < 1.5 * beats * period;
    lead_beats_seconds_ = fits ? before : beats * period;
    lead_in_ = std::max(0.0, lead_beats_seconds_ - before);
    if (beats == 0 && before > 0.0) {
      // Less than half a bar of silence: a bar more, at the beat's own pace.
      first_beat_ = bar;
      lead_beats_seconds_ = bar * period;
      lead_in_ = std::max(0.0, lead_beats_seconds_ - before);
    }
  }

  // Seconds from tick 0 of beat number `i` of the grid.
  double grid_seconds(std::size_t i) const { return grid_.beats[i] + lead_in_; }

  // Greedily: a span goes on while all its beats lie within the tolerance of one tempo.
  void fit_tempos() {
    Ticks tick = 0;
    double seconds = 0.0;
    if (first_beat_ > 0) {
      const double before = grid_seconds(0);
      add_span(tick, seconds, static_cast<double>(first_beat_), before);
      tick = tick_of_beat(first_beat_);
      seconds = seconds_at(tick);
    }
    std::size_t from = 0;
    while (from + 1 < grid_.beats.size()) {
      std::size_t to = from + 1;
      while (to + 1 < grid_.beats.size() && to - from < kMostBeatsOfATempo &&
             is_straight(from, to + 1, seconds))
        ++to;
      add_span(tick, seconds, static_cast<double>(to - from), grid_seconds(to));
      tick += static_cast<Ticks>(to - from) * ticks_per_beat_;
      seconds = seconds_at(tick);
      from = to;
    }
  }

  bool is_straight(std::size_t from, std::size_t to, double begin) const {
    const double step = (grid_seconds(to) - begin) / static_cast<double>(to - from);
    for (std::size_t i = from + 1; i < to; ++i) {
      const double there = begin + step * static_cast<double>(i - from);
      if (std::abs(there - grid_seconds(i)) > kTolerance / 2.0) return false;
    }
    return true;
  }

  void add_span(Ticks tick, double seconds, double beats, double until) {
    const double quarters = beats * static_cast<double>(ticks_per_beat_) / kQuarter;
    const double micros = std::clamp((until - seconds) / quarters * 1e6, 1.0, kMostMicroseconds);
    const auto whole = static_cast<std::int32_t>(std::floor(micros + 0.5));
    if (tempos_.empty() || tempos_.back().microseconds_per_quarter != whole)
      tempos_.push_back({tick, whole});
    spans_.push_back({tick, seconds, whole / 1e6 / kQuarter});
  }

  double seconds_at(Ticks tick) const {
    const Span& last = spans_.back();
    return last.seconds + static_cast<double>(tick - last.tick) * last.seconds_per_tick;
  }

  const BeatGrid& grid_;
  Ticks ticks_per_beat_ = kQuarter;
  double first_beat_ = 0.0;          // beats before the grid's first
  double lead_beats_seconds_ = 0.0;  // that these last
  double lead_in_ = 0.0;
  std::vector<TempoChange> tempos_;
  std::vector<Span> spans_;
};

// Where beats are cut, from tick 0.
class Quantiser {
 public:
  Quantiser(const Clock& clock, const BeatGrid& grid, std::span<const DetectedNote> notes,
            std::span<const DetectedHit> hits)
      : clock_(clock) {
    std::vector<double> onsets;
    for (const DetectedNote& note : notes) onsets.push_back(clock.beat(note.onset_seconds));
    for (const DetectedHit& hit : hits) onsets.push_back(clock.beat(hit.seconds));
    std::ranges::sort(onsets);
    const int beats = onsets.empty() ? 0 : static_cast<int>(std::floor(onsets.back())) + 2;
    parts_ = parts_of_beats(onsets, grid.parts, beats);
  }

  Ticks nearest(double seconds) const {
    const double beat = clock_.beat(seconds);
    const double floor = std::floor(beat);
    const int parts = parts_at(floor);
    const double place = std::floor((beat - floor) * parts + 0.5) / parts;
    return clock_.tick_of_beat(floor + place);
  }
  Ticks step_at(Ticks tick) const {
    return clock_.ticks_per_beat() /
           parts_at(std::floor(static_cast<double>(tick) /
                               static_cast<double>(clock_.ticks_per_beat())));
  }

 private:
  int parts_at(double beat) const {
    const auto index = static_cast<std::size_t>(std::max(0.0, beat));
    return index < parts_.size() && parts_[index] > 1 ? parts_[index] : kUsualParts;
  }

  static constexpr int kUsualParts = 4;
  const Clock& clock_;
  std::vector<int> parts_;
};

Note plain(const DetectedNote& note, const Clock& clock) {
  const Ticks onset = clock.tick(note.onset_seconds);
  return {.onset_ticks = onset,
          .duration_ticks = std::max<Ticks>(1, clock.tick(note.offset_seconds) - onset),
          .pitch = static_cast<std::uint8_t>(note.pitch),
          .velocity = static_cast<std::uint8_t>(note.velocity)};
}

Note quantised(const DetectedNote& note, const Quantiser& quantiser) {
  const Ticks onset = quantiser.nearest(note.onset_seconds);
  const Ticks end = quantiser.nearest(note.offset_seconds);
  return {.onset_ticks = onset,
          .duration_ticks = std::max(end - onset, quantiser.step_at(onset)),
          .pitch = static_cast<std::uint8_t>(note.pitch),
          .velocity = static_cast<std::uint8_t>(note.velocity)};
}

// Notes of one pitch do not overlap: the earlier ends where the later begins, and two that begin
// together become neighbours.
void part_unisons(std::vector<Note>& notes, Ticks step) {
  std::map<int, std::vector<Note*>> by_pitch;
  std::ranges::sort(notes);
  for (Note& note : notes) by_pitch[note.pitch].push_back(&note);
  for (auto& [pitch, row] : by_pitch) {
    for (std::size_t i = 1; i < row.size(); ++i) {
      Note& before = *row[i - 1];
      Note& note = *row[i];
      if (note.onset_ticks <= before.onset_ticks) {
        const Ticks end = note.onset_ticks + note.duration_ticks;
        note.onset_ticks = before.onset_ticks + step;
        note.duration_ticks = std::max(step, end - note.onset_ticks);
      }
      before.duration_ticks =
          std::min(before.duration_ticks, note.onset_ticks - before.onset_ticks);
    }
  }
  std::ranges::sort(notes);
}

Track note_track(std::span<const DetectedNote> notes, const Clock& clock,
                 const Quantiser* quantiser, const ScoreOptions& options) {
  Track track;
  track.name = options.name;
  track.controls.push_back({.tick = 0,
                            .kind = ControlEvent::Kind::kProgram,
                            .channel = 0,
                            .value = static_cast<std::int16_t>(options.program)});
  for (const DetectedNote& note : notes)
    track.notes.push_back(quantiser != nullptr ? quantised(note, *quantiser) : plain(note, clock));
  part_unisons(track.notes, quantiser != nullptr ? kQuarter / 12 : 1);
  return track;
}

Track hit_track(std::span<const DetectedHit> hits, const Clock& clock, const Quantiser* quantiser) {
  Track track;
  track.name = "Drums";
  for (const DetectedHit& hit : hits) {
    const Ticks onset =
        quantiser != nullptr ? quantiser->nearest(hit.seconds) : clock.tick(hit.seconds);
    track.notes.push_back({.onset_ticks = onset,
                           .duration_ticks = kHitTicks,
                           .pitch = static_cast<std::uint8_t>(hit.key),
                           .velocity = static_cast<std::uint8_t>(hit.velocity),
                           .channel = kDrumChannel});
  }
  part_unisons(track.notes, quantiser != nullptr ? kQuarter / 12 : 1);
  return track;
}

Meter meter_of(const BeatGrid& grid) {
  if (!grid.has_beat()) return {.tick = 0, .numerator = 4, .denominator = 4};
  const int numerator = grid.parts == 3 ? 3 * grid.beats_per_bar : grid.beats_per_bar;
  return {.tick = 0,
          .numerator = static_cast<std::uint8_t>(numerator),
          .denominator = static_cast<std::uint8_t>(grid.parts == 3 ? 8 : 4)};
}

// Of one beat: how far what begins in it lies from a cut in `parts`, in squares of a beat, and what
// so fine a cut costs, so that chance does not make triplets.
double cost_of(std::span<const double> onsets, int parts) {
  constexpr double kPrice = 0.0016;  // of a part, in squares of a beat: 0.04 off
  double sum = kPrice * parts;
  for (const double onset : onsets) {
    const double place = onset - std::floor(onset);
    const double off = place - std::floor(place * parts + 0.5) / parts;
    sum += off * off;
  }
  return sum;
}

}  // namespace

std::vector<int> parts_of_beats(std::span<const double> onsets, int parts_of_meter, int beats) {
  // Neighbours are cut alike until something speaks against it.
  constexpr double kSwitch = 0.006;
  constexpr std::array kBinary = {4, 6};
  constexpr std::array kTernary = {6, 4};
  const auto& ways = parts_of_meter == 3 ? kTernary : kBinary;
  std::vector<std::array<double, 2>> total(static_cast<std::size_t>(beats));
  std::vector<std::array<int, 2>> from(static_cast<std::size_t>(beats));
  std::vector<bool> empty(static_cast<std::size_t>(beats), true);
  std::size_t next = 0;
  for (std::size_t beat = 0; beat < total.size(); ++beat) {
    const std::size_t first = next;
    while (next < onsets.size() && onsets[next] < static_cast<double>(beat) + 1.0) ++next;
    const auto here = onsets.subspan(first, next - first);
    empty[beat] = here.empty();
    for (std::size_t way = 0; way < ways.size(); ++way) {
      // The meter's own way has its price for granted.
      const double own =
          here.empty() ? 0.0 : cost_of(here, ways.at(way)) + (way == 0 ? 0.0 : kSwitch / 2);
      const std::size_t other = 1 - way;
      const double stay = beat > 0 ? total[beat - 1].at(way) : 0.0;
      const double change = beat > 0 ? total[beat - 1].at(other) + kSwitch : 0.0;
      total[beat].at(way) = own + std::min(stay, change);
      from[beat].at(way) = static_cast<int>(stay <= change ? way : other);
    }
  }
  std::vector<int> parts(total.size(), 1);
  if (total.empty()) return parts;
  std::size_t way = total.back()[0] <= total.back()[1] ? 0 : 1;
  for (std::size_t beat = total.size(); beat-- > 0;) {
    if (!empty[beat]) parts[beat] = ways.at(way);
    way = static_cast<std::size_t>(from[beat].at(way));
  }
  return parts;
}

TranscribedScore to_score(std::span<const DetectedNote> notes, std::span<const DetectedHit> hits,
                          const BeatGrid& grid, const ScoreOptions& options) {
  const Clock clock(grid);
  TranscribedScore result;
  result.lead_in_seconds = clock.lead_in();
  Score& score = result.score;
  score.ticks_per_quarter = kQuarter;
  score.tempos = clock.tempos();
  if (score.tempos.empty()) score.tempos.push_back({});
  score.meters.push_back(meter_of(grid));
  std::optional<Quantiser> quantiser;
  if (options.quantise) quantiser.emplace(clock, grid, notes, hits);
  const Quantiser* cuts = quantiser ? &*quantiser : nullptr;
  if (!notes.empty()) score.tracks.push_back(note_track(notes, clock, cuts, options));
  if (!hits.empty()) score.tracks.push_back(hit_track(hits, clock, cuts));
  return result;
}

}  // namespace undersong
