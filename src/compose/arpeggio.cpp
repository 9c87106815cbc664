// Broken chords: an order of tones of the piece's own over the voiced chord, octave after octave.

#include <algorithm>
#include <optional>

#include "compose/comping.h"
#include "compose/pattern_parts.h"
#include "compose/steps.h"

namespace undersong {
namespace {

// How often a tone follows itself.
int repetitions(const Motif& rhythm) {
  int count = 0;
  for (std::size_t i = 1; i < rhythm.notes.size(); ++i)
    count += rhythm.notes[i].height == rhythm.notes[i - 1].height ? 1 : 0;
  return count;
}

// The same order from another of its tones on.
void turn_order(Motif& rhythm, std::size_t by) {
  std::vector<int> heights;
  heights.reserve(rhythm.notes.size());
  for (const MotifNote& note : rhythm.notes) heights.push_back(note.height);
  for (std::size_t i = 0; i < heights.size(); ++i)
    rhythm.notes[i].height = heights[(i + by) % heights.size()];
}

// Now and then a note between the beats is left to the one before it; how often is the piece's own.
Motif with_ties(Motif rhythm, Rng rng) {
  const double share = 0.04 + 0.14 * rng.fork("share").uniform();
  std::vector<MotifNote> kept;
  for (const MotifNote& note : rhythm.notes) {
    const bool between = note.onset_ticks % rhythm.beat_ticks != 0 && !kept.empty();
    if (between && rng.uniform() < share) {
      const bool touches = kept.back().end_ticks() == note.onset_ticks;
      if (touches) kept.back().duration_ticks += note.duration_ticks;
      continue;
    }
    kept.push_back(note);
  }
  rhythm.notes = std::move(kept);
  return rhythm;
}

// The order of a pattern's tones changed by the seed: mirrored, some tones exchanged or moved. A
// figure that moves goes on moving.
Motif with_varied_order(Motif rhythm, Rng rng) {
  int highest = 0;
  for (const MotifNote& note : rhythm.notes) highest = std::max(highest, note.height);
  const bool mirrored = rng.below(4) == 0;
  if (mirrored)
    for (MotifNote& note : rhythm.notes) note.height = highest - note.height;
  if (rhythm.notes.size() < 2 || highest == 0) return rhythm;
  if (rng.below(3) == 0) turn_order(rhythm, static_cast<std::size_t>(rng.below(8)));
  // Some tries come to nothing: two tones that are alike exchanged, a tone that would repeat
  // itself.
  const std::size_t wanted = 2 + rhythm.notes.size() / 3;
  std::size_t changes = 0;
  for (std::size_t tries = 4 * wanted; tries > 0 && changes < wanted; --tries) {
    Motif changed = rhythm;
    const auto at = static_cast<std::size_t>(rng.below(rhythm.notes.size()));
    const auto other = static_cast<std::size_t>(rng.below(rhythm.notes.size()));
    if (rng.below(2) == 0) {
      std::swap(changed.notes[at].height, changed.notes[other].height);
    } else {
      const int moved = changed.notes[at].height + (rng.below(2) == 0 ? 1 : -1);
      changed.notes[at].height = std::clamp(moved, 0, std::min(9, highest + 1));
    }
    if (changed == rhythm || repetitions(changed) > repetitions(rhythm)) continue;
    rhythm = std::move(changed);
    ++changes;
  }
  return rhythm;
}

// Twice as long, the second time in a slightly different order: figures of two bars are heard as
// one thought, those of one as a machine.
Motif with_second_half(const Motif& rhythm, Rng rng) {
  const Motif second = with_varied_order(rhythm, rng);
  Motif both = rhythm;
  both.length_ticks = 2 * rhythm.length_ticks;
  for (MotifNote note : second.notes) {
    note.onset_ticks += rhythm.length_ticks;
    both.notes.push_back(note);
  }
  return both;
}

class ArpeggioWriter {
 public:
  ArpeggioWriter(const WriterContext& context, const PartRequest& request, Rng rng)
      : context_(context), bars_(request.bars), rng_(rng), pack_(context.pack(Role::kArpeggio)) {
    Rng draw = rng_.fork("voicing");
    PassageVoicing options;
    options.role = Role::kArpeggio;
    options.type = draw_voicing(pack_, draw);
    const double energy = section_energy(context_, context_.section(bars_.first));
    // Its figures go upwards from the voicing.
    const int span = pack_.range.high - pack_.range.low;
    options.aim = pack_.range.low + span / 3 + static_cast<int>(draw.below(3)) +
                  static_cast<int>(energy * 3.0) - 2;
    options.roots = {Role::kBass, Role::kChords, Role::kPad};
    const Ticks from = context_.onset(bars_.first);
    passage_ = voice_passage(context_, bars_, options, first_voicing(request, from));
  }

  std::vector<Note> written() {
    choose_rhythm();
    for (int bar = bars_.first; rhythm_ && bar < bars_.last; ++bar) {
      if (context_.plays(Role::kArpeggio, bar)) write_bar(bar);
    }
    if (pack_.ring) let_ring();
    return std::move(notes_);
  }

 private:
  // What the last bar's tones spell together, to go on from.
  Voicing first_voicing(const PartRequest& request, Ticks from) const {
    Voicing tones;
    for (const Note& note : request.parts[index_of(Role::kArpeggio)]) {
      if (note.onset_ticks < from && note.onset_ticks >= from - 2 * context_.beat_ticks())
        tones.push_back(note.pitch);
    }
    std::sort(tones.begin(), tones.end());
    tones.erase(std::unique(tones.begin(), tones.end()), tones.end());
    if (tones.size() > 4) tones.resize(4);
    return tones;
  }

  void choose_rhythm() {
    const double energy = section_energy(context_, context_.section(bars_.first));
    const std::vector<StepPattern> patterns = patterns_at(pack_.patterns, energy);
    if (patterns.empty()) return;
    Rng draw = rng_.fork("rhythm");
    rhythm_ = rhythm_of(draw_pattern(patterns, draw), context_.beat_ticks());
    rhythm_ = with_varied_order(std::move(*rhythm_), draw.fork("order"));
    const Ticks bar = context_.style().beats * context_.beat_ticks();
    if (rhythm_->length_ticks == bar) rhythm_ = with_second_half(*rhythm_, draw.fork("second"));
    rhythm_ = with_ties(std::move(*rhythm_), draw.fork("ties"));
  }

  void write_bar(int bar) {
    const Ticks bar_onset = context_.onset(bar);
    if (context_.is_final(bar)) {
      const Voicing& voicing = voiced_at(passage_, bar_onset).voicing;
      add(bar_onset, context_.final_end(), voicing.back(), 2);
      return;
    }
    std::vector<MotifNote> steps = notes_of_bar(context_, *rhythm_, bar);
    if (context_.bar(bar).hit && (steps.empty() || steps.front().onset_ticks != 0))
      steps.insert(steps.begin(), {0, rhythm_->step_ticks, 3, 0, false});
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Ticks next = i + 1 == steps.size() ? context_.length(bar) : steps[i + 1].onset_ticks;
      const Ticks onset = bar_onset + steps[i].onset_ticks;
      const VoicedStretch& stretch = voiced_at(passage_, onset);
      const Ticks end = std::min({onset + steps[i].duration_ticks, bar_onset + next, stretch.end});
      add(onset, end, tone(stretch.voicing, steps[i].height), accent_at(bar, steps[i]));
    }
  }

  // Every tone sounds on until its chord or its bar ends, or until it is struck again.
  void let_ring() {
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      const int bar = context_.bar_at(notes_[i].onset_ticks);
      if (context_.is_final(bar)) continue;
      Ticks end = std::min(voiced_at(passage_, notes_[i].onset_ticks).end, context_.onset(bar + 1));
      for (std::size_t j = i + 1; j < notes_.size() && notes_[j].onset_ticks < end; ++j) {
        if (notes_[j].pitch == notes_[i].pitch) end = notes_[j].onset_ticks;
      }
      notes_[i].duration_ticks = std::max(notes_[i].duration_ticks, end - notes_[i].onset_ticks);
    }
  }

  int accent_at(int bar, const MotifNote& note) const {
    if (context_.is_strong(context_.onset(bar) + note.onset_ticks)) return 3;
    return note.onset_ticks % context_.beat_ticks() == 0 ? 2 : 1;
  }

  // The ladder of the voicing, octave after octave, turned back at the top of the range.
  int tone(const Voicing& voicing, int index) const {
    const int size = static_cast<int>(voicing.size());
    int pitch = voicing[static_cast<std::size_t>(index % size)] + 12 * (index / size);
    while (pitch > pack_.range.high) pitch -= 12;
    return pitch;
  }

  void add(Ticks onset, Ticks end, int pitch, int accent) {
    if (end > onset) notes_.push_back(make_note(onset, end, pitch, accent_velocity(accent) - 4));
  }

  const WriterContext& context_;
  BarSpan bars_;
  Rng rng_;
  const RolePack& pack_;
  std::vector<VoicedStretch> passage_;
  std::optional<Motif> rhythm_;
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> write_arpeggio(const WriterContext& context, const PartRequest& request,
                                 Rng rng) {
  return ArpeggioWriter(context, request, rng).written();
}

}  // namespace undersong
