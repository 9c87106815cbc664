// The melody: motifs of the piece in phrases of the section, as pitches over its chords.

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/check.h"
#include "compose/comping.h"
#include "compose/melodic_rhythm.h"
#include "compose/melody.h"
#include "compose/pattern_parts.h"
#include "compose/phrase.h"
#include "compose/piece_motifs.h"
#include "compose/steps.h"

namespace undersong {
namespace {

constexpr Ticks kGraceTicks = 60;

// A unit of the section with its pitches.
struct SungUnit {
  std::vector<MotifNote> upbeat;
  std::vector<MotifNote> notes;
  std::vector<int> pitches;  // of the upbeat, then of the notes

  std::size_t size() const { return upbeat.size() + notes.size(); }
  const MotifNote& note(std::size_t i) const {
    return i < upbeat.size() ? upbeat[i] : notes[i - upbeat.size()];
  }
  int pitch_of_note(std::size_t i) const { return pitches[upbeat.size() + i]; }
};

class LeadWriter {
 public:
  LeadWriter(const WriterContext& context, const PartRequest& request, Rng rng)
      : context_(context),
        request_(request),
        rng_(rng),
        pack_(context.pack(Role::kLead)),
        section_(context.section(request.bars.first)),
        ladder_(scale_ladder(section_.key, pack_.melody.scale)) {
    energy_ = section_energy(context_, context_.section(request.bars.first));
    rests_ = std::clamp(pack_.melody.rests + (0.5 - energy_) * 0.3, 0.0, 0.8);
    const SectionMotifs motifs = motifs_of_section(context_, request.bars.first, rng_);
    motifs_ = {motifs.main, motifs.contrast};
    const int span = pack_.range.high - pack_.range.low;
    const int usual = pack_.range.low + static_cast<int>(span * (0.3 + 0.25 * energy_));
    // Above the chords, if the instrument goes so high.
    base_ = std::clamp(mean_top_of_chords() + 4, usual, pack_.range.low + span * 6 / 10);
    peak_ = std::min(pack_.range.high - 1, base_ + 9 + static_cast<int>(4.0 * energy_));
  }

  // The whole section each time, so that some bars of it are as they would be in it; then what
  // begins in the range.
  std::vector<Note> written() {
    const int motif_bars = pack_.melody.motif_bars;
    units_ = plan_phrases(section_.phrases, motif_bars, rng_.fork("phrases"));
    for (std::size_t i = 0; i < units_.size(); ++i) sing(i);
    for (std::size_t i = 0; i < units_.size(); ++i) add_notes(i);
    return finished();
  }

 private:
  int first_bar(const PhraseUnit& unit) const { return section_.first_bar + unit.first_bar; }
  int last_bar(const PhraseUnit& unit) const { return first_bar(unit) + unit.bars - 1; }
  Ticks begin() const { return context_.onset(request_.bars.first); }
  Ticks end() const { return context_.onset(request_.bars.last); }

  // Of the section's strokes, 0 without any.
  int mean_top_of_chords() const {
    const Ticks from = context_.onset(section_.first_bar);
    const Ticks to = context_.onset(section_.first_bar + section_.bars);
    int sum = 0;
    int strokes = 0;
    Ticks last = -1;
    int top = 0;
    for (const Note& note : request_.parts[index_of(Role::kChords)]) {
      if (note.onset_ticks < from || note.onset_ticks >= to) continue;
      if (note.onset_ticks != last) {
        sum += top;
        ++strokes;
      }
      top = note.pitch;  // notes of one onset ascend
      last = note.onset_ticks;
    }
    return strokes == 0 ? 0 : (sum + top) / strokes;
  }

  // ---- Rhythm of a unit
  // --------------------------------------------------------------------------

  void sing(std::size_t index) {
    const PhraseUnit& unit = units_[index];
    SungUnit sung;
    Rng chance = rng_.fork("unit").fork(index);
    const bool silent = is_silent(index, chance);
    if (!silent) sung.notes = rhythm_of_unit(unit, chance);
    if (!silent && unit.end != UnitEnd::kGoesOn)
      close_phrase(context_, sung.notes, last_bar(unit), breath_of(unit), chance);
    mark_hits(context_, sung.notes, first_bar(unit), unit.bars);
    const bool free = begins_phrase(index) && !is_answered(units_[index - 1]);
    if (free && chance.uniform() < pack_.melody.anacrusis)
      sung.upbeat = upbeat_to(context_, sung.notes, first_bar(unit), sung_.back().notes, chance);
    sung_.push_back(std::move(sung));
    give_pitches(index, chance);
  }

  // Whether the counter-melody speaks at the end of a phrase.
  bool is_answered(const PhraseUnit& unit) const {
    const RolePack* counter = context_.style().role(Role::kCounter);
    return counter != nullptr && counter->counter == CounterWay::kAnswer &&
           context_.plays(Role::kCounter, last_bar(unit));
  }

  // The share of a phrase's last bar that is left to others.
  double breath_of(const PhraseUnit& unit) const {
    return is_answered(unit) ? std::max(rests_, 0.65) : rests_;
  }

  // Where much rests, units within a phrase may be silent, so that others answer.
  bool is_silent(std::size_t index, Rng& chance) const {
    const PhraseUnit& unit = units_[index];
    const double drawn = chance.uniform();
    if (unit.end != UnitEnd::kGoesOn || unit.climax || index == 0) return false;
    return index % 2 == 1 && drawn < (rests_ - 0.4) * 1.5;
  }

  bool begins_phrase(std::size_t index) const {
    return index > 0 && units_[index].phrase != units_[index - 1].phrase && !sung_.empty();
  }

  bool has_source(const PhraseUnit& unit) const {
    return unit.like >= 0 && !sung_[static_cast<std::size_t>(unit.like)].notes.empty();
  }

  std::vector<MotifNote> rhythm_of_unit(const PhraseUnit& unit, Rng& chance) const {
    const bool takes_over = unit.way == UnitWay::kPlain || unit.way == UnitWay::kSequence ||
                            unit.way == UnitWay::kInversion;
    if (takes_over && has_source(unit)) {
      const auto like = static_cast<std::size_t>(unit.like);
      return move_to_bar(context_, sung_[like].notes, first_bar(units_[like]), first_bar(unit));
    }
    Motif motif = motifs_[static_cast<std::size_t>(unit.motif)];
    if (unit.way == UnitWay::kInversion) motif = inverted(std::move(motif));
    if (unit.way == UnitWay::kLiquidation) motif = liquidated(motif, unit.steps);
    if (unit.way == UnitWay::kRetention)
      motif = with_new_shape(std::move(motif), pack_.melody.leaps, chance.fork("shape"));
    return place_motif(context_, motif, first_bar(unit), unit.bars);
  }

  // ---- Wishes
  // ------------------------------------------------------------------------------------

  // The pitches that the shape wishes for, the upbeat among them.
  std::vector<int> targets_of(std::size_t index) const {
    const PhraseUnit& unit = units_[index];
    const SungUnit& sung = sung_[index];
    // Shapes lie around the section's register, wherever they begin.
    int sum = 0;
    for (const MotifNote& note : sung.notes) sum += note.height;
    const int mean = sung.notes.empty() ? 0 : sum / static_cast<int>(sung.notes.size());
    std::vector<int> targets;
    for (std::size_t i = 0; i < sung.size(); ++i)
      targets.push_back(move_on_ladder(ladder_, base_, sung.note(i).height - mean + unit.lift));
    if (!takes_pitches(unit)) return targets;
    const SungUnit& source = sung_[static_cast<std::size_t>(unit.like)];
    const std::size_t shared = std::min(sung.notes.size(), source.notes.size());
    if (shared == 0) return targets;
    const int axis = source.pitch_of_note(0);
    for (std::size_t i = 0; i < shared; ++i) {
      const int from_axis = steps_between(ladder_, axis, source.pitch_of_note(i));
      const int steps = unit.way == UnitWay::kInversion ? -2 * from_axis + 1 : unit.steps;
      targets[sung.upbeat.size() + i] = move_on_ladder(ladder_, source.pitch_of_note(i), steps);
    }
    for (std::size_t i = 0; i < sung.upbeat.size(); ++i) {
      const int up = sung.upbeat[i].height - sung.notes.front().height;
      targets[i] = move_on_ladder(ladder_, targets[sung.upbeat.size()], up);
    }
    return targets;
  }

  bool takes_pitches(const PhraseUnit& unit) const {
    return has_source(unit) && unit.way != UnitWay::kRetention && unit.way != UnitWay::kLiquidation;
  }

  Weight weight_of(const MotifNote& note) const {
    const Ticks beat = context_.beat_ticks();
    Weight weight = Weight::kOff;
    const Ticks bar_onset = context_.onset(context_.bar_at(note.onset_ticks));
    Ticks at = bar_onset + (note.onset_ticks - bar_onset + beat - 1) / beat * beat;
    for (; at < note.end_ticks(); at += beat) {
      if (context_.is_strong(at)) return Weight::kStrong;
      weight = Weight::kBeat;
    }
    return weight;
  }

  // The highest pitch that chords have while a note begins.
  int floor_at(Ticks tick) const {
    int floor = 0;
    for (const Role role : {Role::kChords, Role::kArpeggio}) {
      if (role == Role::kArpeggio && floor > 0) break;
      for (const Note& note : request_.parts[index_of(role)]) {
        if (note.onset_ticks > tick) break;
        const bool sounds = note.onset_ticks + note.duration_ticks > tick;
        if (sounds && role == Role::kChords) floor = std::max(floor, int{note.pitch});
      }
    }
    return floor;
  }

  MelodySlot slot_for(std::size_t index, std::size_t i, int target) const {
    const PhraseUnit& unit = units_[index];
    const SungUnit& sung = sung_[index];
    const MotifNote& note = sung.note(i);
    MelodySlot slot;
    slot.chord = context_.chord(note.onset_ticks);
    slot.later_chord = context_.chord(note.end_ticks() - 1);
    slot.key = section_.key;
    slot.weight = weight_of(note);
    slot.is_long = note.duration_ticks >= kPlanTicksPerQuarter;
    slot.target = std::clamp(target, pack_.range.low, pack_.range.high);
    slot.pull = takes_pitches(unit) ? 4 : 2;
    slot.floor = floor_at(note.onset_ticks);
    slot.ceiling = unit.climax ? peak_ : peak_ - 2;
    if (i + 1 == sung.size()) slot.goal = goal_of(unit);
    if (context_.is_final(context_.bar_at(note.onset_ticks))) slot.goal = NoteGoal::kFinal;
    return slot;
  }

  static NoteGoal goal_of(const PhraseUnit& unit) {
    switch (unit.end) {
      case UnitEnd::kOpen: return NoteGoal::kOpen;
      case UnitEnd::kClosed: return NoteGoal::kClosed;
      case UnitEnd::kGoesOn: break;
    }
    return NoteGoal::kNone;
  }

  // ---- Pitches
  // -----------------------------------------------------------------------------------

  void give_pitches(std::size_t index, Rng& chance) {
    SungUnit& sung = sung_[index];
    if (sung.size() == 0) return;
    std::vector<int> targets = targets_of(index);
    if (units_[index].climax) lift_to_peak(targets);
    if (units_[index].end == UnitEnd::kClosed) lead_home(targets);
    std::vector<MelodySlot> slots;
    for (std::size_t i = 0; i < sung.size(); ++i) slots.push_back(slot_for(index, i, targets[i]));
    const MelodyRules rules{pack_.range, pack_.melody.scale, pack_.melody.leaps};
    sung.pitches = melody_pitches(slots, rules, neighbours(index), chance.fork("pitches"));
  }

  // The whole unit goes up, by a fifth at most, for its highest note to be the section's.
  void lift_to_peak(std::vector<int>& targets) const {
    const int highest = *std::max_element(targets.begin(), targets.end());
    const int steps = std::clamp(steps_between(ladder_, highest, peak_), 0, 4);
    for (int& target : targets) target = move_on_ladder(ladder_, target, steps);
  }

  // Bends the end of a line towards where it began, so that it comes to rest.
  void lead_home(std::vector<int>& targets) const {
    const int last = static_cast<int>(targets.size()) - 1;
    const int steps = steps_between(ladder_, targets.back(), base_);
    for (int i = 0; i <= last; ++i) {
      int& target = targets[static_cast<std::size_t>(i)];
      target = move_on_ladder(ladder_, target, last == 0 ? steps : steps * i / last);
    }
  }

  // Of the section's own line, and of what is written around the range.
  MelodyNeighbours neighbours(std::size_t index) const {
    MelodyNeighbours around;
    const Ticks unit_begin = context_.onset(first_bar(units_[index]));
    const Ticks unit_end = context_.onset(last_bar(units_[index]) + 1);
    for (std::size_t i = index; i-- > 0 && around.last < 0;) {
      const std::vector<int>& pitches = sung_[i].pitches;
      if (pitches.empty()) continue;
      around.last = pitches.back();
      if (pitches.size() > 1) around.before_last = pitches[pitches.size() - 2];
    }
    const auto& written = request_.parts[index_of(Role::kLead)];
    const bool first = unit_begin <= begin() && unit_end > begin();
    for (const Note& note : written) {
      if (first && note.onset_ticks < unit_begin) {
        around.before_last = around.last;
        around.last = note.pitch;
      }
      if (unit_end >= end() && unit_begin < end() && note.onset_ticks >= end()) {
        if (note.onset_ticks < end() + 8 * context_.beat_ticks()) around.next = note.pitch;
        break;
      }
    }
    return around;
  }

  // ---- Notes
  // -------------------------------------------------------------------------------------

  void add_notes(std::size_t index) {
    const SungUnit& sung = sung_[index];
    for (std::size_t i = 0; i < sung.size(); ++i) {
      const MotifNote& note = sung.note(i);
      if (note.onset_ticks < begin() || note.onset_ticks >= end() || note.duration_ticks <= 0)
        continue;
      Ticks note_end = note.end_ticks();
      const ChordStretch& stretch = context_.stretch(note.onset_ticks);
      const bool held_over = stretch.end < note_end && stretch.end > note.onset_ticks;
      if (held_over && !contains(context_.chord(stretch.end), sung.pitches[i]))
        note_end = stretch.end;
      notes_.push_back(
          make_note(note.onset_ticks, note_end, sung.pitches[i], velocity_of(index, i)));
    }
  }

  // Louder towards the middle of a phrase and upwards, softer where it closes.
  int velocity_of(std::size_t index, std::size_t i) const {
    const PhraseUnit& unit = units_[index];
    const MotifNote& note = sung_[index].note(i);
    const WriterContext::Phrase phrase = context_.phrase(first_bar(unit));
    const Ticks from = context_.onset(phrase.bars.first);
    const double length = context_.onset(phrase.bars.last) - from;
    const double t = std::clamp((note.onset_ticks - from) / length, 0.0, 1.0);
    int velocity = accent_velocity(note.accent) + static_cast<int>(28.0 * t * (1.0 - t)) - 3;
    velocity += std::clamp((sung_[index].pitches[i] - base_) / 2, -4, 5);
    if (weight_of(note) == Weight::kStrong) velocity += 3;
    if (i + 1 == sung_[index].size() && unit.end != UnitEnd::kGoesOn) velocity -= 6;
    return velocity;
  }

  std::vector<Note> finished() {
    std::sort(notes_.begin(), notes_.end());
    for (std::size_t i = 0; i + 1 < notes_.size(); ++i) {
      notes_[i].duration_ticks =
          std::min(notes_[i].duration_ticks, notes_[i + 1].onset_ticks - notes_[i].onset_ticks);
    }
    std::erase_if(notes_, [](const Note& note) { return note.duration_ticks <= 0; });
    colour_with_semitones();
    return with_graces();
  }

  // A short weak note before a chord tone becomes its lower neighbour by a semitone.
  void colour_with_semitones() {
    Rng chance = rng_.fork("chromatic");
    for (std::size_t i = 1; i + 1 < notes_.size(); ++i) {
      const bool drawn = chance.uniform() < pack_.melody.chromatic;
      const Note& next = notes_[i + 1];
      Note& note = notes_[i];
      const bool short_and_weak = note.duration_ticks <= kPlanTicksPerQuarter / 2 &&
                                  note.onset_ticks % context_.beat_ticks() != 0;
      const bool leads = note.onset_ticks + note.duration_ticks == next.onset_ticks &&
                         contains(context_.chord(next.onset_ticks), next.pitch) &&
                         std::abs(note.pitch - next.pitch) <= 4 &&
                         std::abs(notes_[i - 1].pitch - next.pitch) <= 5;
      if (drawn && short_and_weak && leads && next.pitch > pack_.range.low)
        note.pitch = static_cast<std::uint8_t>(next.pitch - 1);
    }
  }

  // From the scale's next step below or above, just before the beat.
  std::vector<Note> with_graces() {
    Rng chance = rng_.fork("ornaments");
    std::vector<Note> all;
    for (const Note& note : notes_) {
      const bool drawn = chance.uniform() < pack_.melody.ornaments * 0.4;
      const int side = chance.below(3) == 0 ? 1 : -1;
      const Ticks at = note.onset_ticks - kGraceTicks;
      const bool apart = all.empty() || at - all.back().onset_ticks >= 2 * kGraceTicks;
      const bool fits = note.duration_ticks >= kPlanTicksPerQuarter / 2 && at >= begin() && apart &&
                        !context_.is_final(context_.bar_at(note.onset_ticks));
      const int pitch = move_on_ladder(ladder_, note.pitch, side);
      const bool in_range = pitch >= pack_.range.low && pitch <= pack_.range.high;
      if (drawn && fits && in_range && pitch != note.pitch && std::abs(pitch - note.pitch) <= 3) {
        if (!all.empty())
          all.back().duration_ticks =
              std::min(all.back().duration_ticks, at - all.back().onset_ticks);
        all.push_back(make_note(at, note.onset_ticks, pitch, note.velocity - 16));
      }
      all.push_back(note);
    }
    return all;
  }

  const WriterContext& context_;
  const PartRequest& request_;
  Rng rng_;
  const RolePack& pack_;
  const PlannedSection& section_;
  std::vector<int> ladder_;
  double energy_ = 0.5;
  double rests_ = 0.25;
  int base_ = 60;  // where motifs begin
  int peak_ = 72;  // the section's highest pitch
  std::array<Motif, 2> motifs_;
  std::vector<PhraseUnit> units_;
  std::vector<SungUnit> sung_;
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> write_lead(const WriterContext& context, const PartRequest& request, Rng rng) {
  return LeadWriter(context, request, rng).written();
}

}  // namespace undersong
