#include "compose/humanise.h"

#include <algorithm>
#include <cmath>

#include "compose/tracks.h"

namespace undersong {
namespace {

// What a bar without any energy keeps of its velocities.
constexpr double kLeastGain = 0.45;
// How much louder the middle of a phrase is than its ends: heard, yet far less than energy does.
constexpr double kPhraseArc = 0.07;
// Shares of a role's deviation that all notes of an onset have in common, and each for itself.
constexpr double kOwnTiming = 0.5;
constexpr double kOwnVelocity = 0.5;
constexpr int kLeastVelocity = 8;
constexpr Ticks kShortestNote = 10;
// How often a chord off the beat is strummed from above.
constexpr double kUpStrokes = 0.5;

// Nearly normal, deviation 1: the sum of four uniform draws.
constexpr double kMostDeviation = 3.4641016;
double deviation(Rng& rng) {
  double sum = 0.0;
  for (int i = 0; i < 4; ++i) sum += rng.uniform();
  return (sum - 2.0) * kMostDeviation / 2.0;
}

Ticks ticks_of_ms(double ms, const PlannedBar& bar) {
  return static_cast<Ticks>(
      std::floor(ms * 1000.0 * kPlanTicksPerQuarter / bar.microseconds_per_quarter + 0.5));
}

// Notes of a part that begin together: a chord, or a kick and a hat.
struct OnsetGroup {
  std::size_t first = 0;
  std::size_t last = 0;
};

class RolePerformance {
 public:
  RolePerformance(const WriterContext& context, Role role, const std::vector<Note>& written)
      : context_(context),
        role_(role),
        pack_(context.pack(role)),
        stream_(Rng(context.plan().request.seed).fork("humanise").fork(name_of(role))),
        written_(written),
        played_(written) {}

  std::vector<Note> run() {
    for (std::size_t first = 0; first < written_.size();) {
      std::size_t last = first;
      while (last < written_.size() && written_[last].onset_ticks == written_[first].onset_ticks)
        ++last;
      groups_.push_back({first, last});
      first = last;
    }
    for (const OnsetGroup& group : groups_) play(group);
    if (!is_percussive(role_)) keep_apart();
    std::sort(played_.begin(), played_.end());
    separate_repeated_keys(played_);
    return std::move(played_);
  }

 private:
  bool is_exact(int bar, Ticks onset) const {
    if (onset != context_.onset(bar)) return false;
    return bar == 0 || context_.bar(bar).hit || context_.is_final(bar);
  }

  Ticks swung_at(Ticks tick) const {
    const int bar = context_.bar_at(tick);
    if (tick >= context_.end()) return tick;
    return context_.onset(bar) +
           swung(tick - context_.onset(bar), context_.style().swing, context_.style().swing_unit);
  }

  void play(const OnsetGroup& group) {
    const Ticks onset = written_[group.first].onset_ticks;
    const int bar = context_.bar_at(onset);
    if (bar != bar_) bar_stream_ = stream_.fork(static_cast<std::uint64_t>(bar));
    bar_ = bar;
    const bool exact = is_exact(bar, onset);
    const RoleFeel& feel = pack_.feel;
    const double shared_ms = feel.late_ms + feel.timing_ms * deviation(bar_stream_);
    const double shared_velocity = feel.velocity_spread * deviation(bar_stream_);
    const bool upwards = strums_up(bar, onset);
    for (std::size_t i = group.first; i < group.last; ++i) {
      const double own_ms = feel.timing_ms * kOwnTiming * deviation(bar_stream_);
      const double own_velocity = feel.velocity_spread * kOwnVelocity * deviation(bar_stream_);
      const std::size_t rank = upwards ? i - group.first : group.last - 1 - i;
      const double strum_ms = pack_.strum_ms * static_cast<double>(rank);
      const double offset_ms = exact ? (hit(bar) ? 0.0 : strum_ms) : shared_ms + own_ms + strum_ms;
      place(i, bar, offset_ms);
      const double velocity = written_[i].velocity * gain(bar) + shared_velocity + own_velocity;
      played_[i].velocity = static_cast<std::uint8_t>(
          std::clamp(static_cast<int>(std::floor(velocity + 0.5)), kLeastVelocity, 127));
    }
  }

  bool hit(int bar) const { return bar == 0 || context_.bar(bar).hit; }

  // From the lowest tone to the highest, as a hand moves down; off the beat often the other way.
  bool strums_up(int bar, Ticks onset) {
    const bool on_beat = (onset - context_.onset(bar)) % context_.beat_ticks() == 0;
    const bool other_way = bar_stream_.uniform() < kUpStrokes;
    return on_beat || !other_way;
  }

  double gain(int bar) const {
    const double level = energy_gain(context_.bar(bar).energy);
    if (is_percussive(role_)) return level;
    const WriterContext::Phrase phrase = context_.phrase(bar);
    const double length = std::max(1, phrase.bars.last - phrase.bars.first);
    const double place = (bar + 0.5 - phrase.bars.first) / length;
    return level * (1.0 - kPhraseArc + kPhraseArc * 4.0 * place * (1.0 - place));
  }

  void place(std::size_t i, int bar, double offset_ms) {
    const Note& straight = written_[i];
    const PlannedBar& planned = context_.bar(bar);
    const Ticks moved = swung_at(straight.onset_ticks) + ticks_of_ms(offset_ms, planned);
    const Ticks onset = std::clamp(moved, context_.onset(bar), context_.onset(bar + 1) - 1);
    const Ticks end = std::max(end_of(straight, bar), onset + kShortestNote);
    const Ticks stop = last_tick(straight, bar);
    played_[i].onset_ticks = std::min(onset, stop - 1);
    played_[i].duration_ticks = std::min(end, stop) - played_[i].onset_ticks;
  }

  Ticks end_of(const Note& straight, int bar) const {
    const Ticks end = swung_at(straight.onset_ticks + straight.duration_ticks);
    const PlannedBar& planned = context_.bar(bar);
    if (!is_over_bar_line(straight, bar)) return end + ticks_of_ms(pack_.feel.late_ms, planned);
    // Before anything that may follow in the other bar, however early that comes.
    const double earliest = kMostDeviation * (1.0 + kOwnTiming) * pack_.feel.timing_ms;
    return end + ticks_of_ms(std::min(0.0, pack_.feel.late_ms) - earliest, planned);
  }

  bool is_over_bar_line(const Note& straight, int bar) const {
    return straight.onset_ticks + straight.duration_ticks > context_.onset(bar + 1);
  }

  Ticks last_tick(const Note& straight, int bar) const {
    if (context_.is_final(bar)) return context_.final_end();
    return is_over_bar_line(straight, bar) ? context_.end() : context_.onset(bar + 1);
  }

  // What ended before the next onset of its bar on the grid still does. Other bars have no say:
  // one that is written again must leave the bar before it as it was.
  void keep_apart() {
    for (std::size_t g = 0; g + 1 < groups_.size(); ++g) {
      const OnsetGroup& next = groups_[g + 1];
      const Ticks grid_onset = written_[next.first].onset_ticks;
      if (context_.bar_at(grid_onset) != context_.bar_at(written_[groups_[g].first].onset_ticks))
        continue;
      Ticks onset = played_[next.first].onset_ticks;
      for (std::size_t i = next.first; i < next.last; ++i)
        onset = std::min(onset, played_[i].onset_ticks);
      for (std::size_t i = groups_[g].first; i < groups_[g].last; ++i) {
        if (written_[i].onset_ticks + written_[i].duration_ticks > grid_onset) continue;
        const Ticks room = std::max<Ticks>(1, onset - played_[i].onset_ticks);
        played_[i].duration_ticks = std::min(played_[i].duration_ticks, room);
      }
    }
  }

  const WriterContext& context_;
  Role role_;
  const RolePack& pack_;
  Rng stream_;
  const std::vector<Note>& written_;
  std::vector<Note> played_;
  std::vector<OnsetGroup> groups_;
  int bar_ = -1;
  Rng bar_stream_{0};
};

}  // namespace

double energy_gain(double energy) { return kLeastGain + (1.0 - kLeastGain) * energy; }

Ticks swung(Ticks position, double swing, int unit) {
  const Ticks pair = kPlanTicksPerQuarter * 4 / unit * 2;
  const Ticks inside = position % pair;
  // Halves, quarters and eighths of the pair swing; thirds are their own rhythm.
  if (inside % (pair / 8) != 0) return position;
  const double middle = swing * pair;
  const double half = pair / 2.0;
  const double warped =
      inside < half ? inside / half * middle : middle + (inside - half) / half * (pair - middle);
  return position - inside + static_cast<Ticks>(std::floor(warped + 0.5));
}

Parts humanise(const WriterContext& context, const Parts& written) {
  Parts played;
  for (const Role role : kRoles) {
    const auto& part = written[index_of(role)];
    if (!part.empty()) played[index_of(role)] = RolePerformance(context, role, part).run();
  }
  return played;
}

}  // namespace undersong
