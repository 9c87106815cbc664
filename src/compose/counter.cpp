// The second melody: it answers where the lead rests, holds guide tones, or goes along in thirds
// and sixths.

#include <algorithm>
#include <array>
#include <cstdlib>

#include "compose/comping.h"
#include "compose/melody.h"
#include "compose/motif.h"
#include "compose/pattern_parts.h"
#include "compose/piece_motifs.h"

namespace undersong {
namespace {

constexpr int kSofter = 8;  // than the lead
constexpr int kClash = 40;  // of a parallel voice: rather rest

class CounterWriter {
 public:
  CounterWriter(const WriterContext& context, const PartRequest& request, Rng rng)
      : context_(context),
        bars_(request.bars),
        lead_(request.parts[index_of(Role::kLead)]),
        rng_(rng),
        pack_(context.pack(Role::kCounter)),
        key_(context.key(request.bars.first)),
        ladder_(scale_ladder(key_, MelodyScale::kMode)) {
    for (const Note& note : request.parts[index_of(Role::kCounter)]) {
      if (note.onset_ticks < context_.onset(bars_.first)) last_ = note.pitch;
    }
    middle_ = (pack_.range.low + pack_.range.high) / 2;
  }

  std::vector<Note> written() {
    switch (pack_.counter) {
      case CounterWay::kAnswer: answer(); break;
      case CounterWay::kSustain: sustain(); break;
      case CounterWay::kParallel: is_alone() ? sustain() : follow(); break;
    }
    finish();
    return std::move(notes_);
  }

 private:
  bool plays_at(Ticks tick) const {
    const int bar = context_.bar_at(tick);
    return bar >= bars_.first && bar < bars_.last && context_.plays(Role::kCounter, bar);
  }

  // Nobody to go along with, in the whole piece before its final chord.
  bool is_alone() const {
    for (int bar = 0; bar < context_.bar_count(); ++bar)
      if (context_.plays(Role::kLead, bar) && !context_.is_final(bar)) return false;
    return true;
  }

  // The lead's pitch at a tick, -1 where it rests.
  int lead_at(Ticks tick) const {
    int pitch = -1;
    for (const Note& note : lead_) {
      if (note.onset_ticks > tick) break;
      if (note.onset_ticks + note.duration_ticks > tick) pitch = note.pitch;
    }
    return pitch;
  }

  void add(Ticks onset, Ticks end, int pitch, int accent) {
    notes_.push_back(make_note(onset, end, pitch, accent_velocity(accent) - kSofter));
    last_ = pitch;
  }

  // ---- Guide tones
  // -------------------------------------------------------------------------------

  struct Tone {
    int pitch = 60;
    int cost = 0;
  };

  // Tones of the chord in range; thirds and sevenths cost least.
  std::vector<Tone> guide_tones(const ChordSymbol& chord) const {
    std::vector<Tone> tones;
    for (int pitch = pack_.range.low; pitch <= pack_.range.high; ++pitch) {
      const int above = (pitch - chord.root + 120) % 12;
      if (!chord.has(above)) continue;
      const bool guide = above == 3 || above == 4 || above >= 9;
      const int altered = contains(key_, pitch) ? 0 : 3;
      tones.push_back({pitch, altered + (guide ? 0 : above == 0 ? 6 : 3)});
    }
    return tones;
  }

  // What a pitch costs beside the lead while it sounds: unisons and seconds.
  int cost_beside_lead(Ticks onset, Ticks end, int pitch) const {
    int cost = 0;
    for (const Note& note : lead_) {
      if (note.onset_ticks >= end) break;
      if (note.onset_ticks + note.duration_ticks <= onset) continue;
      constexpr std::array kCosts = {40, 12, 4};
      const auto apart = static_cast<std::size_t>(std::abs(note.pitch - pitch));
      if (apart < kCosts.size()) cost += kCosts[apart];
    }
    return cost;
  }

  int best_guide_tone(Ticks onset, Ticks end, Rng& chance) const {
    int best = -1;
    int least = 0;
    const int from = last_ >= 0 ? last_ : middle_;
    for (const Tone& tone : guide_tones(context_.chord(onset))) {
      int cost = tone.cost + 2 * std::abs(tone.pitch - from) + std::abs(tone.pitch - middle_) / 2 +
                 static_cast<int>(chance.below(3)) + cost_beside_lead(onset, end, tone.pitch);
      if (tone.pitch == last_) cost += 4;
      if (best >= 0 && cost >= least) continue;
      best = tone.pitch;
      least = cost;
    }
    return best;
  }

  void sustain() {
    Rng chance = rng_.fork("sustain");
    const bool moves = chance.uniform() < 0.6;
    Ticks at = context_.onset(bars_.first);
    const Ticks end = context_.onset(bars_.last);
    while (at < end) {
      const int bar = context_.bar_at(at);
      const Ticks bar_end = context_.onset(bar + 1);
      const ChordStretch& stretch = context_.stretch(at);
      // A new tone with each chord and each bar, or half a bar where the line moves inside.
      Ticks until = std::min(bar_end, stretch.end > at ? stretch.end : bar_end);
      const bool whole = at == context_.onset(bar) && until == bar_end;
      const Ticks half = context_.length(bar) / 2 / context_.beat_ticks() * context_.beat_ticks();
      const bool answers = context_.bar_of_section(bar) % 2 == 1;
      if (moves && whole && half > 0 && answers && !context_.is_final(bar)) until = at + half;
      if (plays_at(at)) sustain_between(at, until, chance);
      at = until;
    }
  }

  void sustain_between(Ticks at, Ticks until, Rng& chance) {
    const int pitch = best_guide_tone(at, until, chance);
    if (pitch < 0) return;
    // A tone that the next chord keeps is held on, for two bars at most.
    if (!notes_.empty() && notes_.back().pitch == pitch) {
      Note& before = notes_.back();
      const bool touches = before.onset_ticks + before.duration_ticks == at;
      const bool hit = context_.bar(context_.bar_at(at)).hit;
      const int bars = context_.bar_at(until - 1) - context_.bar_at(before.onset_ticks) + 1;
      if (touches && !hit && bars <= 2 && !context_.is_final(context_.bar_at(at))) {
        before.duration_ticks = until - before.onset_ticks;
        return;
      }
    }
    add(at, until, pitch, 2);
  }

  // ---- Answers
  // -----------------------------------------------------------------------------------

  struct Gap {
    Ticks begin = 0;
    Ticks end = 0;
  };

  std::vector<Gap> gaps_of_lead() const {
    std::vector<Gap> gaps;
    Ticks at = context_.onset(bars_.first);
    const Ticks end = context_.onset(bars_.last);
    for (const Note& note : lead_) {
      if (note.onset_ticks >= end) break;
      if (note.onset_ticks > at) gaps.push_back({at, note.onset_ticks});
      at = std::max(at, note.onset_ticks + note.duration_ticks);
    }
    if (at < end) gaps.push_back({at, end});
    return gaps;
  }

  void answer() {
    const Ticks half_beat = kPlanTicksPerQuarter / 2;
    const SectionMotifs motifs = motifs_of_section(context_, bars_.first, rng_.fork("motifs"));
    std::uint64_t count = 0;
    for (const Gap& gap : gaps_of_lead()) {
      Ticks begin = (gap.begin + half_beat - 1) / half_beat * half_beat;
      if (gap.begin > context_.onset(bars_.first)) begin += half_beat;
      // In a long rest a figure every two bars.
      for (; gap.end - begin >= 2 * half_beat; begin += 2 * bar_ticks()) {
        const Gap room = {begin, std::min(gap.end - half_beat, begin + bar_ticks() * 3 / 2)};
        Rng chance = rng_.fork("figure").fork(count++);
        if (room.end - room.begin >= 2 * half_beat) write_figure(motifs.main, room, chance);
      }
    }
    add_final();
  }

  Ticks bar_ticks() const { return context_.style().beats * context_.beat_ticks(); }

  // Notes of the pattern that is due there, with a shape by chance.
  std::vector<MotifNote> figure_of_pattern(const Gap& room, Rng& chance) const {
    const double energy = context_.bar(context_.bar_at(room.begin)).energy;
    const std::vector<StepPattern> patterns = patterns_at(pack_.patterns, energy);
    const StepPattern& pattern = draw_pattern(patterns, chance);
    const Motif rhythm = rhythm_of(pattern, context_.beat_ticks());
    std::vector<MotifNote> figure;
    int height = 0;
    const int last = context_.bar_at(room.end - 1);
    for (int bar = context_.bar_at(room.begin); bar <= last; ++bar) {
      for (MotifNote note : notes_of_bar(context_, rhythm, bar)) {
        note.onset_ticks += context_.onset(bar);
        const bool there = note.onset_ticks >= room.begin && note.onset_ticks < room.end;
        if (!there || (note.maybe && chance.below(2) == 0)) continue;
        note.height = height;
        height += chance.below(3) == 0 ? 1 : -1;
        figure.push_back(note);
      }
    }
    return figure;
  }

  // The beginning of the lead's motif, as it is or upside down.
  static std::vector<MotifNote> figure_of_motif(const Motif& motif, const Gap& room, Rng& chance) {
    constexpr std::size_t kMostNotes = 5;
    const bool mirrored = chance.below(2) == 0;
    std::vector<MotifNote> figure;
    for (MotifNote note : motif.notes) {
      note.onset_ticks += room.begin - motif.notes.front().onset_ticks;
      if (mirrored) note.height = -note.height;
      if (note.onset_ticks < room.end && figure.size() < kMostNotes) figure.push_back(note);
    }
    return figure;
  }

  std::vector<MotifNote> figure_rhythm(const Motif& motif, const Gap& room, Rng& chance) const {
    std::vector<MotifNote> figure;
    if (!pack_.patterns.empty() && chance.uniform() < 0.6) figure = figure_of_pattern(room, chance);
    return figure.size() >= 2 ? figure : figure_of_motif(motif, room, chance);
  }

  void write_figure(const Motif& motif, const Gap& room, Rng& chance) {
    std::vector<MotifNote> figure = figure_rhythm(motif, room, chance);
    std::erase_if(figure, [&](const MotifNote& note) {
      return !plays_at(note.onset_ticks) || context_.is_final(context_.bar_at(note.onset_ticks));
    });
    if (figure.size() < 2) return;
    const int base = figure_base(room);
    std::vector<MelodySlot> slots;
    for (std::size_t i = 0; i < figure.size(); ++i) {
      MotifNote& note = figure[i];
      const Ticks next = i + 1 < figure.size() ? figure[i + 1].onset_ticks : room.end;
      note.duration_ticks = std::min(note.end_ticks(), next) - note.onset_ticks;
      slots.push_back(slot_for(note, move_on_ladder(ladder_, base, note.height)));
    }
    slots.back().is_long = true;  // where it stops it is heard
    const MelodyRules rules{pack_.range, MelodyScale::kMode, 0.2};
    const std::vector<int> pitches =
        melody_pitches(slots, rules, {-1, last_, -1}, chance.fork("pitches"));
    for (std::size_t i = 0; i < figure.size(); ++i) {
      const MotifNote& note = figure[i];
      add(note.onset_ticks, note.end_ticks(), pitches[i], std::min(2, note.accent));
    }
  }

  MelodySlot slot_for(const MotifNote& note, int target) const {
    MelodySlot slot;
    slot.chord = context_.chord(note.onset_ticks);
    slot.later_chord = context_.chord(note.end_ticks() - 1);
    slot.key = key_;
    slot.weight = context_.is_strong(note.onset_ticks)            ? Weight::kStrong
                  : note.onset_ticks % context_.beat_ticks() == 0 ? Weight::kBeat
                                                                  : Weight::kOff;
    slot.is_long = note.duration_ticks >= kPlanTicksPerQuarter;
    slot.target = std::clamp(target, pack_.range.low, pack_.range.high);
    slot.taken = lead_at(note.onset_ticks);
    return slot;
  }

  // Half an octave under what the lead last sang, or above it where the instrument is higher.
  int figure_base(const Gap& room) const {
    int sung = -1;
    for (const Note& note : lead_)
      if (note.onset_ticks < room.begin) sung = note.pitch;
    if (sung < 0) return middle_;
    const int base = sung - 7 >= pack_.range.low + 3 ? sung - 7 : sung + 7;
    return std::clamp(base, pack_.range.low + 2, pack_.range.high - 2);
  }

  // ---- In thirds and sixths
  // ----------------------------------------------------------------------

  int cost_of_parallel(const Note& note, int pitch) const {
    const bool held = note.duration_ticks >= kPlanTicksPerQuarter ||
                      note.onset_ticks % context_.beat_ticks() == 0;
    const int leap = last_ >= 0 ? std::max(0, std::abs(pitch - last_) - 4) : 0;
    switch (consonance(pitch, context_.chord(note.onset_ticks), key_)) {
      case Consonance::kChordTone: break;
      case Consonance::kTension: return leap + (held ? 14 : 1);
      case Consonance::kAvoid: return leap + (held ? kClash : 4);
      case Consonance::kOutside: return leap + (held ? kClash : 8);
    }
    return leap;
  }

  // -1 where nothing below goes with the lead.
  int parallel_pitch(const Note& note) {
    int best = -1;
    int best_steps = 0;
    int least = kClash;
    // A third, a sixth, a tenth below, a fourth where the chord wants it.
    constexpr std::array<std::pair<int, int>, 4> kSteps = {{{-2, 0}, {-5, 2}, {-9, 5}, {-3, 6}}};
    for (const auto& [steps, cost_of_steps] : kSteps) {
      const int pitch = move_on_ladder(ladder_, note.pitch, steps);
      if (pitch < pack_.range.low || pitch > pack_.range.high) continue;
      // Thirds stay thirds for a while.
      const int change = steps == last_steps_ ? 0 : 3;
      const int cost = cost_of_steps + change + cost_of_parallel(note, pitch);
      if (cost >= least) continue;
      best = pitch;
      best_steps = steps;
      least = cost;
    }
    if (best >= 0) last_steps_ = best_steps;
    return best;
  }

  void follow() {
    for (const Note& note : lead_) {
      if (!plays_at(note.onset_ticks) || note.duration_ticks < kPlanTicksPerQuarter / 4) continue;
      const int pitch = parallel_pitch(note);
      if (pitch < 0 || context_.is_final(context_.bar_at(note.onset_ticks))) continue;
      const Ticks end = note.onset_ticks + note.duration_ticks;
      notes_.push_back(make_note(note.onset_ticks, end, pitch, note.velocity - kSofter - 4));
      last_ = pitch;
    }
    add_final();
  }

  // ---- All
  // ---------------------------------------------------------------------------------------

  void add_final() {
    const int bar = bars_.last - 1;
    if (!context_.is_final(bar) || !context_.plays(Role::kCounter, bar)) return;
    Rng chance = rng_.fork("final");
    const int pitch = best_guide_tone(context_.onset(bar), context_.final_end(), chance);
    if (pitch >= 0) add(context_.onset(bar), context_.final_end(), pitch, 2);
  }

  // Hits, the length of the final chord, and one voice at a time.
  void finish() {
    for (int bar = bars_.first; bar < bars_.last; ++bar) {
      if (context_.bar(bar).hit && !context_.is_final(bar) && plays_at(context_.onset(bar)))
        mark_hit(context_.onset(bar));
    }
    std::sort(notes_.begin(), notes_.end());
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      Note& note = notes_[i];
      if (context_.is_final(context_.bar_at(note.onset_ticks)))
        note.duration_ticks = context_.final_end() - note.onset_ticks;
      const Ticks change = context_.stretch(note.onset_ticks).end;
      const bool held_over =
          change > note.onset_ticks && change < note.onset_ticks + note.duration_ticks;
      if (held_over && change < context_.end() && !contains(context_.chord(change), note.pitch))
        note.duration_ticks = change - note.onset_ticks;
      if (i + 1 < notes_.size())
        note.duration_ticks =
            std::min(note.duration_ticks, notes_[i + 1].onset_ticks - note.onset_ticks);
    }
    std::erase_if(notes_, [](const Note& note) { return note.duration_ticks <= 0; });
  }

  void mark_hit(Ticks onset) {
    for (const Note& note : notes_)
      if (note.onset_ticks == onset) return;
    for (Note& note : notes_) {
      if (note.onset_ticks < onset && note.onset_ticks + note.duration_ticks > onset)
        note.duration_ticks = onset - note.onset_ticks;
    }
    Rng chance = rng_.fork("hit");
    const Ticks end = onset + context_.beat_ticks();
    const int pitch = best_guide_tone(onset, end, chance);
    if (pitch >= 0) notes_.push_back(make_note(onset, end, pitch, accent_velocity(3) - kSofter));
  }

  const WriterContext& context_;
  BarSpan bars_;
  const std::vector<Note>& lead_;
  Rng rng_;
  const RolePack& pack_;
  Key key_;
  std::vector<int> ladder_;
  int middle_ = 60;
  int last_ = -1;
  int last_steps_ = -2;  // between it and the lead
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> write_counter(const WriterContext& context, const PartRequest& request, Rng rng) {
  return CounterWriter(context, request, rng).written();
}

}  // namespace undersong
