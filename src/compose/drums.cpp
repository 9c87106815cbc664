// The drum kit: a groove a section, fills that lead over, cymbals where something begins, and an
// end with the final chord.

#include <algorithm>
#include <array>
#include <utility>

#include "compose/groove_player.h"
#include "compose/mutation.h"
#include "compose/pattern_parts.h"
#include "compose/steps.h"

namespace undersong {
namespace {

// Keys of General MIDI's percussion.
constexpr int kKick = 36;
constexpr int kSnare = 38;
constexpr int kClosedHat = 42;
constexpr int kOpenHat = 46;
constexpr int kRide = 51;
constexpr std::array kToms = {50, 48, 47, 45, 43};

// From here on the ride takes over from the hat, in some sections of styles that know a ride.
constexpr double kRideEnergy = 0.8;
constexpr double kRideSections = 0.5;
// From here on the hat opens before a new group of four bars.
constexpr double kOpenHatEnergy = 0.45;

class DrumPart {
 public:
  DrumPart(const WriterContext& context, const BarSpan& bars, const Rng& rng)
      : context_(context),
        pack_(context.pack(Role::kDrums)),
        bars_(bars),
        rng_(rng),
        groove_(groove_of_section(context, Role::kDrums, bars.first, rng)),
        rides_(rides()) {}

  std::vector<Note> run() {
    for (int bar = bars_.first; bar < bars_.last; ++bar) {
      if (!context_.plays(Role::kDrums, bar)) continue;
      std::vector<Note> notes = context_.is_final(bar) ? final_stroke(bar) : play(bar);
      part_.insert(part_.end(), notes.begin(), notes.end());
    }
    return std::move(part_);
  }

 private:
  bool rides() const {
    Rng chance = rng_.fork("ride");
    return knows_ride() && groove_.energy >= kRideEnergy && chance.uniform() < kRideSections;
  }
  bool knows_ride() const {
    return std::any_of(pack_.grooves.begin(), pack_.grooves.end(), [](const Groove& groove) {
      return std::any_of(groove.voices.begin(), groove.voices.end(),
                         [](const Groove::Voice& voice) { return voice.key == kRide; });
    });
  }

  std::vector<Note> play(int bar) {
    // Bars four apart are played alike: a listener hears a groove, not dice.
    const auto row = static_cast<std::uint64_t>(context_.bar_of_section(bar) % 4);
    std::vector<Note> notes = play_groove(context_, groove_, bar, rng_.fork("bar").fork(row));
    if (rides_) {
      for (Note& note : notes)
        note.pitch = note.pitch == kClosedHat ? static_cast<std::uint8_t>(kRide) : note.pitch;
    }
    if (!context_.bar(bar).fill) open_hat(bar, notes);
    if (context_.bar(bar).fill) play_fill(bar, notes);
    if (is_marked(bar)) mark(bar, notes);
    return notes;
  }

  // The last closed hat of every fourth bar opens.
  void open_hat(int bar, std::vector<Note>& notes) const {
    const bool turns = (context_.bar_of_section(bar) + 1) % 4 == 0;
    if (!turns || context_.bar(bar).energy < kOpenHatEnergy) return;
    Note* last = nullptr;
    for (Note& note : notes) {
      const Ticks inside = note.onset_ticks - context_.onset(bar);
      const bool late = inside >= context_.length(bar) - context_.beat_ticks();
      const bool off_beat = inside % context_.beat_ticks() == context_.beat_ticks() / 2;
      if (note.pitch == kClosedHat && late && off_beat) last = &note;
    }
    if (last != nullptr) last->pitch = kOpenHat;
  }

  bool is_marked(int bar) const {
    return context_.bar(bar).hit || begins_with_crash(context_, pack_, bar);
  }
  void mark(int bar, std::vector<Note>& notes) const {
    mark_with_crash(context_.onset(bar), context_.beat_ticks() / 2, notes);
  }

  std::vector<Note> final_stroke(int bar) const {
    std::vector<Note> notes;
    const Ticks onset = context_.onset(bar);
    const Ticks length = context_.beat_ticks();
    if (pack_.crash) {
      mark_with_crash(onset, length, notes);
    } else {
      notes.push_back(make_note(onset, onset + length, kKick, step_velocity('x')));
      notes.push_back(make_note(onset, onset + length, uses(kOpenHat) ? kOpenHat : kClosedHat,
                                step_velocity('o')));
    }
    return notes;
  }

  bool uses(int key) const {
    return std::any_of(groove_.groove.voices.begin(), groove_.groove.voices.end(),
                       [&](const Groove::Voice& voice) { return voice.key == key; });
  }

  // In place of the last beats of the bar. A fill is the bar's own, the same groove leads over in
  // another way each time.
  void play_fill(int bar, std::vector<Note>& notes) const {
    Rng chance = rng_.fork("fill").fork(static_cast<std::uint64_t>(bar));
    const double energy = fill_energy(bar);
    std::vector<Note> fill = pack_.fills.empty() ? improvised_fill(bar, energy, chance)
                                                 : written_fill(bar, energy, chance);
    if (fill.empty()) return;
    Ticks begin = context_.onset(bar + 1);
    for (const Note& note : fill) begin = std::min(begin, note.onset_ticks);
    std::erase_if(notes, [&](const Note& note) { return note.onset_ticks >= begin; });
    notes.insert(notes.end(), fill.begin(), fill.end());
  }

  // A fill belongs to what it leads to as much as to its own bar.
  double fill_energy(int bar) const {
    const double here = context_.bar(bar).energy;
    if (bar + 1 >= context_.bar_count() || context_.is_final(bar + 1)) return here;
    return (here + context_.bar(bar + 1).energy) / 2.0;
  }

  std::vector<Note> written_fill(int bar, double energy, Rng& chance) const {
    const std::size_t index = choose_by_energy(pack_.fills, energy, chance.fork("choice"));
    const Fill& fill = pack_.fills[index];
    const Ticks step = context_.beat_ticks() / fill.steps_per_beat;
    const std::size_t count = fill.voices.empty() ? 0 : fill.voices.front().steps.size();
    const auto room = static_cast<std::size_t>(context_.length(bar) / step);
    std::vector<Groove::Voice> voices = fill.voices;
    const StepGrid grid = {fill.steps_per_beat, context_.style().beats};
    for (std::size_t i = 0; i < voices.size(); ++i) {
      voices[i].steps = mutate_voice(voices[i].steps, voices[i].key, grid, Mutation::kPiece,
                                     chance.fork("form").fork(i));
      // In a bar that is shorter than the fill, its end.
      if (voices[i].steps.size() > room) voices[i].steps.erase(0, voices[i].steps.size() - room);
    }
    const Ticks begin = context_.onset(bar + 1) - static_cast<Ticks>(std::min(count, room)) * step;
    std::vector<Note> notes = play_voices(voices, step, begin, chance);
    if (std::none_of(notes.begin(), notes.end(),
                     [&](const Note& note) { return note.onset_ticks == begin; })) {
      notes.push_back(make_note(begin, begin + step, kKick, step_velocity('x')));
    }
    return notes;
  }

  // Snare and toms downwards, longer and denser with more energy.
  std::vector<Note> improvised_fill(int bar, double energy, Rng& chance) const {
    const Ticks beat = context_.beat_ticks();
    const int most = std::max(1, context_.bar(bar).beats / 2);
    const int beats = energy > 0.6 ? most : 1;
    const Ticks step = energy > 0.3 ? beat / 4 : beat / 2;
    const int steps = static_cast<int>(beats * beat / step);
    const Ticks begin = context_.onset(bar + 1) - steps * step;
    std::vector<Note> notes;
    for (int i = 0; i < steps; ++i) {
      const bool first = i == 0;
      if (!first && chance.uniform() < 0.3) continue;
      const int way = i * static_cast<int>(kToms.size() + 1) / steps;
      const int key = way == 0 ? kSnare : kToms[static_cast<std::size_t>(way - 1)];
      const int velocity = step_velocity(i % 2 == 0 ? 'x' : 'o') + 14 * i / steps;
      notes.push_back(make_note(begin + i * step, begin + (i + 1) * step, key, velocity));
      if (first) notes.push_back(make_note(begin, begin + step, kKick, step_velocity('x')));
    }
    return notes;
  }

  const WriterContext& context_;
  const RolePack& pack_;
  BarSpan bars_;
  Rng rng_;
  SectionGroove groove_;
  bool rides_ = false;
  std::vector<Note> part_;
};

}  // namespace

std::vector<Note> write_drums(const WriterContext& context, const PartRequest& request, Rng rng) {
  return DrumPart(context, request.bars, rng).run();
}

}  // namespace undersong
