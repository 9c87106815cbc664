// The bass: a figure over the chords' basses, together with the bass drum, that leads from chord to
// chord.

#include <algorithm>
#include <optional>

#include "compose/bass_line.h"
#include "compose/mutation.h"
#include "compose/pattern_parts.h"
#include "compose/steps.h"
#include "compose/variation.h"

namespace undersong {
namespace {

// How often a note between the beats goes to the kick beside it.
constexpr double kToKick = 0.7;
// How often a long note is struck again with a kick, in a full bar.
constexpr double kStrikeAgain = 0.3;
constexpr double kFullEnergy = 0.55;
// In thin bars, how often a note between the beats is left out.
constexpr double kThinEnergy = 0.3;
constexpr double kLeftOut = 0.5;
// What a kick adds to a note's velocity.
constexpr int kWithKick = 6;

bool is_kick(const Note& note) { return note.pitch == 35 || note.pitch == 36; }

class BassPart {
 public:
  BassPart(const WriterContext& context, const PartRequest& request, const Rng& rng)
      : context_(context),
        pack_(context.pack(Role::kBass)),
        bars_(request.bars),
        rng_(rng),
        line_(pack_.range) {
    const TickSpan span = {context.onset(bars_.first), context.onset(bars_.last)};
    for (const Note& note : notes_within(request.parts[index_of(Role::kDrums)], span)) {
      if (is_kick(note)) kicks_.push_back(note.onset_ticks);
    }
    remember(request.parts[index_of(Role::kBass)], span.begin);
  }

  std::vector<Note> run() {
    if (pack_.patterns.empty()) return {};
    for (int bar = bars_.first; bar < bars_.last; ++bar) {
      if (!context_.plays(Role::kBass, bar)) continue;
      if (context_.is_final(bar)) {
        final_note(bar);
      } else {
        write_bar(bar);
      }
    }
    return std::move(part_);
  }

 private:
  // The line goes on from the note before the range.
  void remember(const std::vector<Note>& written, Ticks begin) {
    const auto after =
        std::lower_bound(written.begin(), written.end(), begin,
                         [](const Note& note, Ticks tick) { return note.onset_ticks < tick; });
    if (after != written.begin()) line_.go_on_from((after - 1)->pitch);
  }

  const StepPattern& pattern() {
    if (pattern_) return *pattern_;
    const double energy = section_energy(context_, context_.section(bars_.first));
    const Rng piece = context_.piece_stream("bass");
    const std::size_t index = choose_for_section(pack_.patterns, energy, piece, rng_);
    const int beats = context_.style().beats;
    StepPattern form =
        mutate_bass(pack_.patterns[index], beats, Mutation::kPiece, piece.fork("form").fork(index));
    pattern_ = mutate_bass(form, beats, Mutation::kSection, rng_.fork("form"));
    return *pattern_;
  }

  bool has_kick(Ticks tick) const { return std::binary_search(kicks_.begin(), kicks_.end(), tick); }

  void final_note(int bar) {
    const int pitch = line_.root(context_.chord(context_.onset(bar)));
    part_.push_back(
        make_note(context_.onset(bar), context_.final_end(), pitch, step_velocity('x')));
  }

  // The pattern's onsets in the bar as they are played: at the kicks, at the chords' beginnings.
  std::vector<StepOnset> onsets_of(int bar, Rng& chance) {
    std::vector<StepOnset> onsets =
        unroll(pattern().steps, pattern().steps_per_beat, context_, {bar, bar + 1});
    std::vector<StepOnset> played;
    const bool drums = context_.plays(Role::kDrums, bar);
    for (StepOnset onset : onsets) {
      const Ticks inside = onset.onset - context_.onset(bar);
      const bool on_beat = inside % context_.beat_ticks() == 0;
      const double draw = chance.uniform();
      if (onset.symbol == 'K') {
        if (drums ? !has_kick(onset.onset) : !context_.is_strong(onset.onset)) {
          hold_on(onset, played);
          continue;
        }
      } else if (!on_beat) {
        if (context_.bar(bar).energy < kThinEnergy && draw < kLeftOut) continue;
        if (drums) to_kick(onset, onsets, played, draw);
      }
      played.push_back(onset);
    }
    go_on(bar, played);
    begin_chords(bar, played);
    if (drums && context_.bar(bar).energy >= kFullEnergy) strike_again(played, chance);
    std::stable_sort(played.begin(), played.end(),
                     [](const StepOnset& a, const StepOnset& b) { return a.onset < b.onset; });
    return played;
  }

  // Where a kick is missing, what is held up to its place is held on: a long bass has no holes.
  static void hold_on(const StepOnset& left_out, std::vector<StepOnset>& played) {
    if (!played.empty() && played.back().end == left_out.onset) played.back().end = left_out.end;
  }

  // What the pattern holds over the bar line sounds on while the chord does; a new chord is struck,
  // and a hit.
  void go_on(int bar, std::vector<StepOnset>& played) {
    const Ticks begin = context_.onset(bar);
    const Ticks end = begin + held_into(pattern().steps, pattern().steps_per_beat, context_, bar);
    if (end == begin) return;
    const bool sounds =
        !part_.empty() && part_.back().onset_ticks + part_.back().duration_ticks == begin;
    if (sounds && !context_.bar(bar).hit && context_.stretch(begin).begin < begin) {
      part_.back().duration_ticks = end - part_.back().onset_ticks;
    } else {
      played.push_back({begin, end, context_.beat_ticks() / pattern().steps_per_beat, 'R', 0});
    }
  }

  // To a kick between the beats, a step away. Those on the beat are what the note plays against.
  void to_kick(StepOnset& onset, const std::vector<StepOnset>& others,
               const std::vector<StepOnset>& played, double draw) const {
    if (has_kick(onset.onset) || draw > kToKick) return;
    const auto is_at = [](Ticks tick) {
      return [tick](const StepOnset& other) { return other.onset == tick; };
    };
    for (const Ticks way : {-onset.step, onset.step}) {
      const Ticks to = onset.onset + way;
      const bool on_beat =
          (to - context_.onset(context_.bar_at(onset.onset))) % context_.beat_ticks() == 0;
      const bool taken = std::any_of(others.begin(), others.end(), is_at(to)) ||
                         std::any_of(played.begin(), played.end(), is_at(to));
      if (on_beat || taken || !has_kick(to) || to >= onset.end) continue;
      onset.onset = to;
      return;
    }
  }

  // A chord that begins in the bar has its bass from its first tick on, if the bass sounds there at
  // all: on the downbeat of a hit, and where a note would be held into the chord.
  void begin_chords(int bar, std::vector<StepOnset>& played) const {
    const auto strike = [&](Ticks tick, Ticks end, Ticks step) {
      const bool there = std::any_of(played.begin(), played.end(),
                                     [&](const StepOnset& other) { return other.onset == tick; });
      if (!there) played.push_back({tick, end, step, 'R', 0});
    };
    if (context_.bar(bar).hit) {
      strike(context_.onset(bar), context_.onset(bar) + context_.beat_ticks(),
             context_.beat_ticks() / 4);
    }
    for (std::size_t i = 0; i < played.size(); ++i) {
      const Ticks change = context_.stretch(played[i].onset).end;
      if (change < played[i].end && change < context_.onset(bar + 1)) {
        strike(change, played[i].end, played[i].step);
      }
    }
  }

  void strike_again(std::vector<StepOnset>& played, Rng& chance) const {
    const std::size_t count = played.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (const Ticks kick : kicks_) {
        const bool within = kick > played[i].onset + context_.beat_ticks() / 2 &&
                            kick + played[i].step < played[i].end;
        if (!within || chance.uniform() > kStrikeAgain) continue;
        played.push_back({kick, played[i].end, played[i].step, 'R', 0});
        played[i].end = kick;
        break;
      }
    }
  }

  void write_bar(int bar) {
    Rng chance = rng_.fork("bar").fork(static_cast<std::uint64_t>(context_.bar_of_section(bar)));
    const std::vector<StepOnset> onsets = onsets_of(bar, chance);
    for (std::size_t i = 0; i < onsets.size(); ++i) {
      const bool last = i + 1 == onsets.size();
      const Ticks next_onset = last ? context_.onset(bar + 1) : onsets[i + 1].onset;
      write_note(onsets[i], next_onset, walk_left(onsets, i), chance);
    }
  }

  // Walking tones before the chord changes.
  int walk_left(const std::vector<StepOnset>& onsets, std::size_t i) const {
    const Ticks change = context_.stretch(onsets[i].onset).end;
    int left = 0;
    for (std::size_t k = i + 1; k < onsets.size() && onsets[k].onset < change; ++k) ++left;
    // A chord that goes on behind the bar has more room to walk.
    if (change > context_.onset(context_.bar_at(onsets[i].onset) + 1)) left += 2;
    return left;
  }

  // What an approach leads to: the chord that comes within the bar, or that of the next downbeat.
  // At the end of the piece that of its beginning, as a loop goes on.
  const ChordSymbol& next_chord(Ticks tick) const {
    const Ticks next_bar = context_.onset(context_.bar_at(tick) + 1);
    const Ticks target = std::min(context_.stretch(tick).end, next_bar);
    return target >= context_.end() ? context_.chord(0) : context_.chord(target);
  }

  void write_note(const StepOnset& step, Ticks next_onset, int left, Rng& chance) {
    const Ticks onset = step.onset;
    const ChordStretch& stretch = context_.stretch(onset);
    const int pitch = pitch_of(step, left, chance);
    Ticks end = std::min({step.end, next_onset, stretch.end});
    int velocity = step_velocity(context_.is_strong(onset) ? 'X' : 'x') - 8;
    if (step.symbol == 'g') {
      velocity = step_velocity('g') + 8;
      end = std::min(end, onset + step.step / 2);
    }
    if (step.symbol == 'A') velocity -= 8;
    if (has_kick(onset)) velocity += kWithKick;
    part_.push_back(make_note(onset, std::max(end, onset + 1), pitch, velocity));
  }

  int pitch_of(const StepOnset& step, int left, Rng& chance) {
    const ChordStretch& stretch = context_.stretch(step.onset);
    const ChordSymbol& chord = stretch.symbol;
    const Key& key = context_.key(context_.bar_at(step.onset));
    // Whatever the figure says: a chord begins with its bass.
    if (step.onset == stretch.begin) return line_.root(chord);
    switch (step.symbol) {
      case 'A': return line_.approach(next_chord(step.onset), key, chromatic(), chance);
      case 'W':
        return line_.walk(chord, next_chord(step.onset), key,
                          {context_.is_strong(step.onset), left, chromatic()}, chance);
      case 'R':
      case 'K': return line_.root(chord);
      case 'g': return line_.last();
      default: return line_.figure(step.symbol, chord, key);
    }
  }

  // A style whose melody knows tones between the scale's lets its bass use them.
  double chromatic() const {
    const RolePack* lead = context_.style().role(Role::kLead);
    return std::clamp(0.3 + (lead == nullptr ? 0.0 : 2.0 * lead->melody.chromatic), 0.0, 0.8);
  }

  const WriterContext& context_;
  const RolePack& pack_;
  BarSpan bars_;
  Rng rng_;
  BassLine line_;
  std::vector<Ticks> kicks_;
  std::optional<StepPattern> pattern_;
  std::vector<Note> part_;
};

}  // namespace

std::vector<Note> write_bass(const WriterContext& context, const PartRequest& request, Rng rng) {
  return BassPart(context, request, rng).run();
}

}  // namespace undersong
