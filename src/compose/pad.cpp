// Sustained chords: tones that two chords share are tied, and long chords move inside.

#include <algorithm>
#include <cstdlib>

#include "compose/comping.h"
#include "compose/melody.h"
#include "compose/pattern_parts.h"
#include "compose/steps.h"

namespace undersong {
namespace {

constexpr int kVelocity = 80;
constexpr int kLongestTieBars = 4;  // then the bow turns

class PadWriter {
 public:
  PadWriter(const WriterContext& context, const PartRequest& request, Rng rng)
      : context_(context), bars_(request.bars), rng_(rng) {
    const RolePack& pack = context_.pack(Role::kPad);
    Rng draw = rng_.fork("voicing");
    PassageVoicing options;
    options.role = Role::kPad;
    options.type = draw_voicing(pack, draw);
    const int middle = (pack.range.low + pack.range.high) / 2;
    const double energy = section_energy(context_, context_.section(bars_.first));
    options.aim = middle - 6 + static_cast<int>(draw.below(9)) + static_cast<int>(energy * 4.0);
    // Under the lead's upper half: a pad that covers its peaks covers the melody.
    options.ceiling = room_below_lead(context_, bars_, 0.5);
    options.roots = {Role::kBass, Role::kChords};
    const Ticks from = context_.onset(bars_.first);
    const Ticks recent = 8 * context_.beat_ticks();
    passage_ = voice_passage(context_, bars_, options,
                             sounding_before(request.parts[index_of(Role::kPad)], from, recent));
    ties_ = rng_.fork("ties").uniform() < 0.7;
    // In some sections upper voices come in late.
    Rng late = rng_.fork("late");
    if (late.uniform() < 0.6) late_beats_ = 1 + static_cast<int>(late.below(3));
    late_voice_ = 1 + static_cast<std::size_t>(late.below(2));
    cascades_ = late.uniform() < 0.4;
  }

  std::vector<Note> written() {
    for (int bar = bars_.first; bar < bars_.last;) {
      int end = bar;
      while (end < bars_.last && context_.plays(Role::kPad, end)) ++end;
      if (end > bar) write_run({bar, end});
      bar = end + 1;
    }
    return std::move(notes_);
  }

 private:
  // Bars without a break, in which all chords follow each other.
  void write_run(const BarSpan& run) {
    const std::size_t first_note = notes_.size();
    for (std::size_t i = 0; i < passage_.size(); ++i) {
      VoicedStretch stretch = passage_[i];
      stretch.begin = std::max(stretch.begin, context_.onset(run.first));
      stretch.end = std::min(stretch.end, context_.onset(run.last));
      if (stretch.begin < stretch.end) write_stretch(stretch, first_note, i);
    }
    const int last = run.last - 1;
    if (!context_.is_final(last)) return;
    for (std::size_t i = first_note; i < notes_.size(); ++i) {
      Note& note = notes_[i];
      if (note.onset_ticks + note.duration_ticks == context_.onset(run.last))
        note.duration_ticks = context_.final_end() - note.onset_ticks;
    }
  }

  void write_stretch(const VoicedStretch& stretch, std::size_t first_note, std::size_t index) {
    // Hits and the final chord begin with everybody, so a stretch is cut there.
    Ticks begin = stretch.begin;
    bool fresh = false;
    for (int bar = context_.bar_at(begin) + 1; bar < bars_.last; ++bar) {
      const Ticks onset = context_.onset(bar);
      if (onset >= stretch.end) break;
      if (!context_.bar(bar).hit && !context_.is_final(bar)) continue;
      hold(begin, onset, stretch, {first_note, fresh, index});
      begin = onset;
      fresh = true;
    }
    const int bar = context_.bar_at(begin);
    const bool downbeat = context_.onset(bar) == begin;
    fresh = fresh || (downbeat && (context_.bar(bar).hit || context_.is_final(bar)));
    hold(begin, stretch.end, stretch, {first_note, fresh, index});
  }

  struct Manner {
    std::size_t first_note = 0;  // ties reach back no farther
    bool fresh = false;          // everything is struck
    std::size_t index = 0;
  };

  void hold(Ticks begin, Ticks end, const VoicedStretch& stretch, const Manner& manner) {
    const std::size_t moving = moving_voice(begin, end, stretch, manner.index);
    for (std::size_t voice = 0; voice < stretch.voicing.size(); ++voice) {
      const int pitch = stretch.voicing[voice];
      if (voice == moving) {
        move_inside(begin, end, pitch);
      } else if (manner.fresh || !tie(begin, end, pitch, manner.first_note)) {
        const Ticks late = manner.fresh ? 0 : lateness(voice, end - begin, stretch.voicing.size());
        notes_.push_back(make_note(begin + late, end, pitch, kVelocity));
      }
    }
  }

  // How long a voice waits: one of the upper ones, or each a while after the one below it.
  Ticks lateness(std::size_t voice, Ticks length, std::size_t voices) const {
    const Ticks wait = late_beats_ * context_.beat_ticks();
    if (voice == 0 || length < 4 * context_.beat_ticks()) return 0;
    const Ticks rising = static_cast<Ticks>(voice) * wait;
    if (cascades_ && rising <= length / 2) return rising;
    return voice + late_voice_ == voices ? wait : 0;
  }

  bool tie(Ticks begin, Ticks end, int pitch, std::size_t first_note) {
    if (!ties_) return false;
    for (std::size_t i = first_note; i < notes_.size(); ++i) {
      Note& note = notes_[i];
      if (note.pitch != pitch || note.onset_ticks + note.duration_ticks != begin) continue;
      const int bars = context_.bar_at(end - 1) - context_.bar_at(note.onset_ticks) + 1;
      if (bars > kLongestTieBars) return false;
      note.duration_ticks = end - note.onset_ticks;
      return true;
    }
    return false;
  }

  // In chords of eight beats or more, the inner voice whose upper neighbour rubs with nobody; the
  // number of voices when there is none.
  std::size_t moving_voice(Ticks begin, Ticks end, const VoicedStretch& stretch,
                           std::size_t index) const {
    const std::size_t none = stretch.voicing.size();
    if (end - begin < 8 * context_.beat_ticks() || none < 3) return none;
    if (rng_.fork("movement").fork(index).uniform() < 0.3) return none;
    for (std::size_t voice = none - 1; voice-- > 0;) {
      const int to = neighbour(stretch.voicing[voice], begin);
      const bool apart = to < stretch.voicing[voice + 1] - 1;
      if (apart && consonance(to, stretch.symbol, context_.key(context_.bar_at(begin))) ==
                       Consonance::kTension)
        return voice;
    }
    return none;
  }

  int neighbour(int pitch, Ticks at) const {
    const Key& key = context_.key(context_.bar_at(at));
    return move_on_ladder(scale_ladder(key, MelodyScale::kMode), pitch, 1);
  }

  // Up within the third quarter, off its downbeat, and back on the next.
  void move_inside(Ticks begin, Ticks end, int pitch) {
    const Ticks beat = context_.beat_ticks();
    const Ticks quarter = (end - begin) / beat / 4 * beat;
    const Ticks up = begin + 2 * quarter + beat;
    const Ticks back = begin + 3 * quarter;
    notes_.push_back(make_note(begin, up, pitch, kVelocity));
    notes_.push_back(make_note(up, back, neighbour(pitch, begin), kVelocity - 4));
    notes_.push_back(make_note(back, end, pitch, kVelocity - 6));
  }

  const WriterContext& context_;
  BarSpan bars_;
  Rng rng_;
  std::vector<VoicedStretch> passage_;
  bool ties_ = true;
  int late_beats_ = 0;
  bool cascades_ = false;
  std::size_t late_voice_ = 1;  // from above
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> write_pad(const WriterContext& context, const PartRequest& request, Rng rng) {
  return PadWriter(context, request, rng).written();
}

}  // namespace undersong
