#include "compose/groove_player.h"

#include <algorithm>
#include <string>

#include "compose/mutation.h"
#include "compose/steps.h"

namespace undersong {
namespace {

// Percussion does not ring longer for a longer note; a sixteenth reads well in an editor.
constexpr Ticks kStrokeTicks = 120;
// Below this energy weak strokes go.
constexpr double kSparse = 0.35;
// From here on a crash marks a section, where the style has one.
constexpr double kCrashEnergy = 0.4;

// Keys of General MIDI's percussion.
constexpr int kKick = 36;
constexpr int kClosedHat = 42;
constexpr int kPedalHat = 44;
constexpr int kOpenHat = 46;
constexpr int kCrash = 49;
constexpr int kRide = 51;

bool is_cymbal_or_hat(int key) {
  return key == kClosedHat || key == kPedalHat || key == kOpenHat || key == kRide;
}

// A hand that keeps time leans on the beat and is lightest on the sixteenths between: played hats
// deviate by 22-36 in velocity (Groove MIDI Dataset, rock to jazz), snares and kicks less by place.
int lean(const WriterContext& context, int bar, Ticks onset, int key) {
  if (!keeps_time(key)) return 0;
  const Ticks beat = context.beat_ticks();
  const Ticks inside = (onset - context.onset(bar)) % beat;
  if (inside == 0) return 5;
  return inside * 2 == beat ? -5 : -14;
}

void add_strokes(std::vector<Note>& notes, Ticks onset, Ticks step_ticks, int key, char symbol) {
  const int strokes = symbol == 'r' ? 2 : symbol == 't' ? 3 : 1;
  const int velocity = step_velocity(symbol);
  for (int i = 0; i < strokes; ++i) {
    const Ticks begin = onset + step_ticks * i / strokes;
    const Ticks end = std::min(begin + kStrokeTicks, onset + step_ticks * (i + 1) / strokes);
    // A roll grows into what follows.
    const int softer = (strokes - 1 - i) * 8;
    notes.push_back(make_note(begin,
                              strokes == 1 ? begin + std::min(kStrokeTicks, step_ticks) : end, key,
                              velocity - softer));
  }
}

class BarPlayer {
 public:
  BarPlayer(const WriterContext& context, const SectionGroove& groove, int bar, Rng rng)
      : context_(context), groove_(groove), bar_(bar), rng_(rng) {}

  std::vector<Note> run() {
    for (std::size_t i = 0; i < groove_.groove.voices.size(); ++i) {
      // Each voice has a chance of its own, so that one more hat does not move a kick.
      Rng chance = rng_.fork(i);
      play(groove_.groove.voices[i], chance);
    }
    return std::move(notes_);
  }

 private:
  void play(const Groove::Voice& voice, Rng& chance) {
    const double energy = context_.bar(bar_).energy;
    for (const StepOnset& step :
         unroll(voice.steps, groove_.groove.steps_per_beat, context_, {bar_, bar_ + 1})) {
      const double draw = chance.uniform();
      if (is_played(step, energy, draw)) {
        const std::size_t first = notes_.size();
        add_strokes(notes_, step.onset, step.step, voice.key, step.symbol);
        const int shift = lean(context_, bar_, step.onset, voice.key);
        for (std::size_t i = first; i < notes_.size(); ++i) {
          notes_[i].velocity =
              static_cast<std::uint8_t>(std::clamp(notes_[i].velocity + shift, 1, 127));
        }
      }
    }
  }

  bool is_played(const StepOnset& step, double energy, double draw) const {
    const bool on_beat = (step.onset - context_.onset(bar_)) % context_.beat_ticks() == 0;
    switch (step.symbol) {
      // Half of the times at a middling energy.
      case '?': return draw < 0.2 + 0.6 * energy;
      case 'g': return draw < 0.35 + energy;
      case 'o': return on_beat || energy > kSparse || draw < 0.3 + energy;
      case 'r':
      case 't': return energy > kSparse || draw < 0.5;
      default: return true;
    }
  }

  const WriterContext& context_;
  const SectionGroove& groove_;
  int bar_;
  Rng rng_;
  std::vector<Note> notes_;
};

}  // namespace

SectionGroove groove_of_section(const WriterContext& context, Role role, int bar, const Rng& rng) {
  const auto& grooves = context.pack(role).grooves;
  const Rng piece = context.piece_stream(name_of(role));
  SectionGroove chosen;
  chosen.energy = section_energy(context, context.section(bar));
  const std::size_t index = choose_for_section(grooves, chosen.energy, piece, rng);
  const int beats = context.style().beats;
  chosen.groove =
      mutate_groove(grooves[index], beats, Mutation::kPiece, piece.fork("form").fork(index));
  chosen.groove = mutate_groove(chosen.groove, beats, Mutation::kSection, rng.fork("form"));
  return chosen;
}

std::vector<Note> play_groove(const WriterContext& context, const SectionGroove& groove, int bar,
                              Rng rng) {
  return BarPlayer(context, groove, bar, rng).run();
}

std::vector<Note> play_voices(const std::vector<Groove::Voice>& voices, Ticks step_ticks,
                              Ticks begin, Rng& rng) {
  std::vector<Note> notes;
  for (const Groove::Voice& voice : voices) {
    for (std::size_t i = 0; i < voice.steps.size(); ++i) {
      const char symbol = voice.steps[i];
      if (step_velocity(symbol) == 0 || (symbol == '?' && rng.uniform() < 0.5)) continue;
      add_strokes(notes, begin + static_cast<Ticks>(i) * step_ticks, step_ticks, voice.key, symbol);
    }
  }
  return notes;
}

bool begins_with_crash(const WriterContext& context, const RolePack& pack, int bar) {
  return pack.crash && context.bar(bar).energy >= kCrashEnergy && context.bar_of_section(bar) == 0;
}

void mark_with_crash(Ticks onset, Ticks length, std::vector<Note>& notes) {
  std::erase_if(notes, [&](const Note& note) {
    return note.onset_ticks == onset && (is_cymbal_or_hat(note.pitch) || note.pitch == kKick);
  });
  notes.push_back(make_note(onset, onset + length, kKick, step_velocity('X')));
  notes.push_back(make_note(onset, onset + length, kCrash, step_velocity('X')));
}

}  // namespace undersong
