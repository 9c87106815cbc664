#include "composed_piece.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "bench_verbs.h"
#include "compose/humanise.h"
#include "compose/neural_writer.h"
#include "compose/tracks.h"
#include "compose/writer_context.h"
#include "instrument_ranges.h"
#include "pipeline/writer_network.h"
#include "score/tempo_map.h"
#include "style/style_library.h"

namespace undersong {
namespace {

constexpr double kNoNoteMs = 1000.0;  // a role that should play a hit has none near
constexpr int kLowE = 52;             // E3: below it close tones blur
constexpr int kMuddyThird = 5;        // semitones, not among them

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<EnergyPoint> curve_of(std::uint64_t seed, double seconds) {
  switch (seed % 4) {
    case 0: return {{0.0, 0.15}, {seconds, 0.95}};
    case 1: return {{0.0, 0.9}, {seconds, 0.2}};
    case 2: return {{0.0, 0.2}, {0.55 * seconds, 0.95}, {seconds, 0.25}};
    default: return {{0.0, 0.8}, {0.45 * seconds, 0.2}, {seconds, 0.9}};
  }
}

double energy_at(const std::vector<EnergyPoint>& curve, double seconds) {
  if (seconds <= curve.front().seconds) return curve.front().energy;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (seconds > curve[i].seconds) continue;
    const double part =
        (seconds - curve[i - 1].seconds) / (curve[i].seconds - curve[i - 1].seconds);
    return curve[i - 1].energy + part * (curve[i].energy - curve[i - 1].energy);
  }
  return curve.back().energy;
}

// Bars that music plays in: a last bar that only holds the final chord is none.
std::size_t played_bars(const Plan& plan) {
  return plan.request.ending == Ending::kRing && plan.bars.size() > 1 ? plan.bars.size() - 1
                                                                      : plan.bars.size();
}

std::size_t bar_of(const std::vector<Ticks>& onsets, Ticks tick) {
  const auto after = std::upper_bound(onsets.begin(), onsets.end(), tick);
  const auto bar =
      static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - onsets.begin(), 1) - 1);
  return std::min(bar, onsets.size() - 2);
}

void standardise(std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double variance = 0.0;
  for (const double value : values)
    variance += (value - mean) * (value - mean) / static_cast<double>(values.size());
  for (double& value : values) value = variance > 0 ? (value - mean) / std::sqrt(variance) : 0.0;
}

class NoteJudge {
 public:
  NoteJudge(const ComposedPiece& piece, const Style& style)
      : plan_(piece.plan), style_(style), onsets_(bar_onsets(piece.plan)) {}

  void judge(Role role, const Note& note, NoteMeasures& measures) const {
    const std::size_t bar = bar_of(onsets_, note.onset_ticks);
    const PlannedBar& planned = plan_.bars[bar];
    const auto section = static_cast<std::size_t>(section_at(plan_, static_cast<int>(bar)));
    measures.in_key += {contains(plan_.sections[section].key, note.pitch) ? 1 : 0, 1};
    judge_ranges(role, note, measures);
    const Ticks beat_ticks = kPlanTicksPerQuarter * 4 / plan_.beat_unit;
    const Ticks offset = note.onset_ticks - onsets_[bar];
    const bool middle = planned.beats % 2 == 0 && offset == beat_ticks * planned.beats / 2;
    if (offset != 0 && !middle) return;
    const ChordSymbol& chord = chord_at(planned, static_cast<double>(offset) / beat_ticks);
    const bool inside = contains(chord, note.pitch);
    measures.strong_in_chord += {inside ? 1 : 0, 1};
    if (role != Role::kLead) return;
    measures.lead_in_chord += {inside ? 1 : 0, 1};
    const bool over_tone = !inside && contains(chord, note.pitch + 11);
    measures.avoid_notes += {over_tone && note.duration_ticks >= beat_ticks ? 1 : 0, 1};
  }

 private:
  void judge_ranges(Role role, const Note& note, NoteMeasures& measures) const {
    const RolePack* pack = style_.role(role);
    const bool in_role =
        pack == nullptr || (note.pitch >= pack->range.low && note.pitch <= pack->range.high);
    measures.out_of_role += {in_role ? 0 : 1, 1};
    const auto instrument = std::ranges::find(plan_.instruments, role, &PlannedInstrument::role);
    if (instrument == plan_.instruments.end()) return;
    const PitchRange range = range_of_instrument(instrument->program);
    measures.out_of_instrument += {note.pitch < range.low || note.pitch > range.high ? 1 : 0, 1};
  }

  const Plan& plan_;
  const Style& style_;
  std::vector<Ticks> onsets_;
};

Share muddy_bars(const Plan& plan, const Parts& parts) {
  std::vector<Note> low;
  for (const Role role : kRoles) {
    if (is_percussive(role)) continue;
    for (const Note& note : parts[index_of(role)]) {
      if (note.pitch < kLowE) low.push_back(note);
    }
  }
  std::ranges::sort(low);
  const std::vector<Ticks> onsets = bar_onsets(plan);
  std::vector<char> muddy(plan.bars.size(), 0);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const Ticks end = low[i].onset_ticks + low[i].duration_ticks;
    for (std::size_t j = i + 1; j < low.size() && low[j].onset_ticks < end; ++j) {
      const Ticks together =
          std::min(end, low[j].onset_ticks + low[j].duration_ticks) - low[j].onset_ticks;
      const int apart = std::abs(low[i].pitch - low[j].pitch);
      if (together >= kPlanTicksPerQuarter && apart > 0 && apart < kMuddyThird)
        muddy[bar_of(onsets, low[j].onset_ticks)] = 1;
    }
  }
  return {std::ranges::count(muddy, 1), static_cast<std::int64_t>(muddy.size())};
}

// Tracks have the titles of their roles.
bool plays_in(const Plan& plan, std::size_t bar, const std::string& name) {
  return std::ranges::any_of(kRoles, [&](Role role) {
    return title_of(role) == name && bar < plan.bars.size() && plan.bars[bar].roles.contains(role);
  });
}

double longest_gap(const Score& score) {
  const TempoMap tempos(score);
  std::vector<std::pair<Ticks, Ticks>> spans;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes)
      spans.emplace_back(note.onset_ticks, note.onset_ticks + note.duration_ticks);
  }
  std::ranges::sort(spans);
  double longest = 0.0;
  Ticks end = spans.empty() ? 0 : spans.front().first;
  for (const auto& [from, to] : spans) {
    if (from > end) longest = std::max(longest, tempos.seconds_at(from) - tempos.seconds_at(end));
    end = std::max(end, to);
  }
  return longest;
}

}  // namespace

std::vector<Style> styles_named(const std::string& names) {
  std::vector<Style> styles;
  if (names == "all") {
    for (FoundStyle& found : list_styles().styles) styles.push_back(std::move(found.style));
    return styles;
  }
  for (const std::string& name : between_commas(names)) styles.push_back(find_style(name).style);
  return styles;
}

CompositionRequest bench_request(const Style& style, std::uint64_t seed, double seconds,
                                 Asking asking) {
  CompositionRequest request;
  request.style = style.name;
  request.length_seconds = seconds;
  request.seed = seed;
  if (asking == Asking::kCurve) request.energy = curve_of(seed, seconds);
  if (asking == Asking::kHits) {
    // Some are a little off the middle, others near the ends.
    const double first = 0.28 + 0.017 * static_cast<double>(seed % 11);
    request.hits_seconds = {first * seconds};
    if (seed % 2 == 0) request.hits_seconds.push_back((first + 0.31) * seconds);
  }
  return request;
}

ComposedPiece compose_piece(const Style& style, const CompositionRequest& request,
                            const std::shared_ptr<const WriterNetwork>& network) {
  ComposedPiece piece;
  piece.request = request;
  const double start = thread_seconds();
  piece.plan = plan(request, style);
  const WriterContext context(piece.plan, style);
  piece.parts = write_parts(piece.plan, style, *make_part_writer(piece.plan, style, {network, {}}));
  piece.score = score_of(context, humanise(context, piece.parts));
  piece.seconds_taken = thread_seconds() - start;
  return piece;
}

ComposedPiece compose_by_default(const Style& style, CompositionRequest request) {
  if (!style.network || style.network->roles.empty()) return compose_piece(style, request);
  // Pieces are made beside each other, so each has one thread.
  static const auto network = load_writer_network(shipped_writer_weights(), 1);
  request.writer = WriterChoice{};
  request.writer->kind = WriterKind::kNeural;
  request.writer->roles = style.network->roles & writable_roles(style, *network->source);
  return compose_piece(style, request, network);
}

NoteMeasures measure_notes(const ComposedPiece& piece, const Style& style) {
  NoteMeasures measures;
  const std::vector<double> times = bar_times(piece.plan);
  // The last bar of a piece that rings holds the final chord, and the tail is counted from its
  // downbeat.
  const bool rings = piece.plan.request.ending == Ending::kRing && piece.plan.tail_seconds > 0;
  const double end = rings ? times[times.size() - 2] + piece.plan.tail_seconds : times.back();
  measures.length_error_seconds = end - piece.request.length_seconds;
  const NoteJudge judge(piece, style);
  for (const Role role : kRoles) {
    if (is_percussive(role)) continue;
    for (const Note& note : piece.parts[index_of(role)]) judge.judge(role, note, measures);
  }
  measures.muddy_bars = muddy_bars(piece.plan, piece.parts);
  measures.longest_gap_seconds = longest_gap(piece.score);
  const std::vector<double> asked = asked_energy(piece);
  if (asked.size() >= kFewestEnergyBars)
    measures.energy_correlation = correlation(asked, realised_energy(piece));
  return measures;
}

std::vector<double> realised_energy(const ComposedPiece& piece) {
  const std::vector<Ticks> onsets = bar_onsets(piece.plan);
  const std::vector<double> times = bar_times(piece.plan);
  const std::size_t bars = played_bars(piece.plan);
  std::vector<double> density(bars, 0.0);
  std::vector<double> roles(bars, 0.0);
  // A played note may come a little before its bar.
  constexpr Ticks kEarly = kPlanTicksPerQuarter / 12;
  for (const Track& track : piece.score.tracks) {
    std::vector<char> sounds(bars, 0);
    for (const Note& note : track.notes) {
      const std::size_t bar = bar_of(onsets, note.onset_ticks + kEarly);
      if (bar < bars) density[bar] += note.velocity / 127.0 / (times[bar + 1] - times[bar]);
      const std::size_t last = bar_of(onsets, note.onset_ticks + note.duration_ticks - kEarly);
      for (std::size_t b = bar; b <= std::max(bar, last) && b < bars; ++b) sounds[b] = 1;
    }
    for (std::size_t b = 0; b < bars; ++b) roles[b] += sounds[b];
  }
  standardise(density);
  standardise(roles);
  for (std::size_t b = 0; b < bars; ++b) density[b] += roles[b];
  return density;
}

std::vector<double> asked_energy(const ComposedPiece& piece) {
  const std::vector<double> times = bar_times(piece.plan);
  std::vector<double> asked;
  for (std::size_t b = 0; b < played_bars(piece.plan); ++b) {
    asked.push_back(piece.request.energy.empty()
                        ? piece.plan.bars[b].energy
                        : energy_at(piece.request.energy, (times[b] + times[b + 1]) / 2));
  }
  return asked;
}

std::vector<double> hit_errors_ms(const ComposedPiece& piece) {
  const TempoMap tempos(piece.score);
  const std::vector<double> times = bar_times(piece.plan);
  std::vector<double> errors;
  for (const double hit : piece.request.hits_seconds) {
    const auto nearest_bar =
        std::ranges::min_element(times, {}, [hit](double time) { return std::abs(time - hit); });
    const auto bar = static_cast<std::size_t>(nearest_bar - times.begin());
    for (const Track& track : piece.score.tracks) {
      if (!plays_in(piece.plan, bar, track.name)) continue;
      double nearest = kNoNoteMs;
      for (const Note& note : track.notes) {
        const double error = 1e3 * (tempos.seconds_at(note.onset_ticks) - hit);
        if (std::abs(error) < std::abs(nearest)) nearest = error;
      }
      errors.push_back(nearest);
    }
  }
  return errors;
}

}  // namespace undersong
