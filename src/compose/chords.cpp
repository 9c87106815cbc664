// Comping: the style's patterns in a rhythm of the piece's own, voiced from chord to chord.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "compose/comping.h"
#include "compose/pattern_parts.h"
#include "compose/steps.h"

namespace undersong {
namespace {

// The piece's own form of a pattern. What is on the beat stays; between the beats strokes move by a
// step, come or go, and how long they are held differs.
class Touch {
 public:
  Touch(Motif rhythm, Rng rng)
      : rhythm_(std::move(rhythm)), rng_(rng), lets_go_early_(rng_.below(3) == 0) {}

  Motif varied() {
    for (std::size_t i = 0; i < rhythm_.notes.size(); ++i) {
      const double drawn = rng_.uniform();
      const bool later = rng_.below(2) == 0;
      if (!is_free(rhythm_.notes[i])) {
        hold(rhythm_.notes[i], drawn, later);
      } else if (drawn >= 0.12 || rhythm_.notes.size() <= 2) {
        hold(drawn < 0.35 ? moved(i, later) : rhythm_.notes[i], drawn, later);
      }
    }
    if (!varied_.empty()) rhythm_.notes = std::move(varied_);
    return std::move(rhythm_);
  }

 private:
  bool has_offbeats() const { return 2 * rhythm_.step_ticks <= rhythm_.beat_ticks; }
  bool is_free(const MotifNote& note) const {
    return has_offbeats() && note.onset_ticks % rhythm_.beat_ticks != 0;
  }

  MotifNote moved(std::size_t index, bool later) {
    MotifNote note = rhythm_.notes[index];
    const Ticks step = rhythm_.step_ticks;
    const bool last = index + 1 == rhythm_.notes.size();
    const Ticks next = last ? rhythm_.length_ticks : rhythm_.notes[index + 1].onset_ticks;
    const Ticks first_free = varied_.empty() ? 0 : varied_.back().onset_ticks + step;
    if (later && note.onset_ticks + 2 * step <= next) {
      note.onset_ticks += step;
      note.duration_ticks = std::max(step, note.duration_ticks - step);
    } else if (!later && note.onset_ticks - step >= first_free) {
      note.onset_ticks -= step;
      note.duration_ticks += step;
      if (!varied_.empty() && varied_.back().end_ticks() > note.onset_ticks)
        varied_.back().duration_ticks = note.onset_ticks - varied_.back().onset_ticks;
    }
    return note;
  }

  // A long hold may be struck again, softly, between two beats; or let go early.
  void hold(MotifNote note, double drawn, bool later) {
    const Ticks step = rhythm_.step_ticks;
    const Ticks beat = rhythm_.beat_ticks;
    if (lets_go_early_ && note.duration_ticks >= 2 * beat) {
      note.duration_ticks -= step;
    } else if (note.duration_ticks >= 3 * beat && drawn > 0.75 && has_offbeats()) {
      MotifNote again = note;
      again.onset_ticks += note.duration_ticks / 2 / step * step + (later ? step : 0);
      again.duration_ticks = note.end_ticks() - again.onset_ticks;
      again.accent = std::max(0, note.accent - 1);
      note.duration_ticks = again.onset_ticks - note.onset_ticks;
      varied_.push_back(note);
      note = again;
    }
    varied_.push_back(note);
  }

  Motif rhythm_;
  Rng rng_;
  bool lets_go_early_;
  std::vector<MotifNote> varied_;
};

constexpr double kEchoes = 0.55;

// A rhythm of one bar as one of two, which may then differ.
Motif twice(Motif rhythm) {
  const std::size_t count = rhythm.notes.size();
  for (std::size_t i = 0; i < count; ++i) {
    MotifNote again = rhythm.notes[i];
    again.onset_ticks += rhythm.length_ticks;
    rhythm.notes.push_back(again);
  }
  rhythm.length_ticks *= 2;
  return rhythm;
}

// A soft stroke between the beats in some of the bars that have hardly any; what is held there is
// struck again.
Motif with_echoes(Motif rhythm, Ticks bar_ticks, Rng rng) {
  const Ticks beat = rhythm.beat_ticks;
  const Ticks half = beat / 2;
  if (half % rhythm.step_ticks != 0) return rhythm;
  for (Ticks bar = 0; bar < rhythm.length_ticks; bar += bar_ticks) {
    const bool wanted = rng.uniform() < kEchoes;
    const auto beats = static_cast<std::uint64_t>(bar_ticks / beat);
    const Ticks at =
        bar + (1 + static_cast<Ticks>(rng.below(std::max<std::uint64_t>(beats, 2) - 1))) * beat +
        half;
    int strokes = 0;
    bool apart = true;
    std::size_t place = 0;
    for (const MotifNote& note : rhythm.notes) {
      strokes += note.onset_ticks >= bar && note.onset_ticks < bar + bar_ticks ? 1 : 0;
      apart = apart && (note.onset_ticks <= at - beat || note.onset_ticks >= at + half);
      place += note.onset_ticks < at ? 1 : 0;
    }
    if (!wanted || strokes > 2 || !apart || at + half > bar + bar_ticks) continue;
    MotifNote echo = {at, half, 1, 0, false};
    if (place > 0 && rhythm.notes[place - 1].end_ticks() > at) {
      MotifNote& held = rhythm.notes[place - 1];
      echo.duration_ticks = held.end_ticks() - at;
      held.duration_ticks = at - held.onset_ticks;
    }
    rhythm.notes.insert(rhythm.notes.begin() + static_cast<std::ptrdiff_t>(place), echo);
  }
  return rhythm;
}

// How the tones of a long chord begin where there is room around them.
enum class Attack : std::uint8_t {
  kTogether,
  kLowFirst,  // the lowest, then the others
  kUpwards,   // one after the other
  kTopAgain,  // together, and the highest once more
};

// Above this energy everything is struck together.
constexpr double kQuietEnergy = 0.5;
constexpr double kTwoBars = 0.7;  // how often a rhythm of one bar becomes one of two

class ChordsWriter {
 public:
  ChordsWriter(const WriterContext& context, const PartRequest& request, Rng rng)
      : context_(context), bars_(request.bars), rng_(rng), pack_(context.pack(Role::kChords)) {
    Rng draw = rng_.fork("voicing");
    PassageVoicing options;
    options.role = Role::kChords;
    options.type = draw_voicing(pack_, draw);
    options.aim = aim(draw);
    options.ceiling = room_below_lead(context_, bars_, 0.33);
    options.roots = {Role::kBass};
    const Ticks from = context_.onset(bars_.first);
    passage_ = voice_passage(
        context_, bars_, options,
        sounding_before(request.parts[index_of(Role::kChords)], from, 8 * context_.beat_ticks()));
  }

  std::vector<Note> written() {
    choose_rhythms();
    choose_attacks();
    for (int bar = bars_.first; bar < bars_.last; ++bar) {
      if (context_.plays(Role::kChords, bar)) write_bar(bar);
    }
    return std::move(notes_);
  }

 private:
  // A little off the middle of the range, by the seed, higher where there is more energy.
  int aim(Rng& draw) const {
    const int middle = (pack_.range.low + pack_.range.high) / 2;
    const double energy = section_energy(context_, context_.section(bars_.first));
    return middle - 5 + static_cast<int>(draw.below(9)) + static_cast<int>(energy * 3.0);
  }

  // The section's rhythm, and another one for the ends of its phrases.
  void choose_rhythms() {
    const double energy = section_energy(context_, context_.section(bars_.first));
    const std::vector<StepPattern> patterns = patterns_at(pack_.patterns, energy);
    if (patterns.empty()) return;
    Rng draw = rng_.fork("rhythm");
    for (std::optional<Motif>* rhythm : {&main_, &turn_}) {
      Motif drawn = rhythm_of(draw_pattern(patterns, draw), context_.beat_ticks());
      const Ticks bar = context_.style().beats * context_.beat_ticks();
      const bool longer = draw.fork("longer").uniform() < kTwoBars;
      if (drawn.length_ticks == bar && longer) drawn = twice(std::move(drawn));
      drawn = Touch(std::move(drawn), draw.fork("touch")).varied();
      if (energy < 0.35) drawn = at_energy(std::move(drawn), energy, draw.fork("thin"));
      if (energy < kQuietEnergy) drawn = with_echoes(std::move(drawn), bar, draw.fork("echoes"));
      *rhythm = std::move(drawn);
    }
  }

  // Two in turn, so that quiet chords are no row of blocks.
  void choose_attacks() {
    if (section_energy(context_, context_.section(bars_.first)) >= kQuietEnergy) return;
    Rng draw = rng_.fork("attack");
    constexpr std::array kWeights = {0.35, 0.2, 0.25, 0.2};
    for (Attack& attack : attacks_) attack = static_cast<Attack>(draw.weighted(kWeights));
  }

  void write_bar(int bar) {
    const Ticks onset = context_.onset(bar);
    if (context_.is_final(bar)) {
      strike(onset, context_.final_end(), voiced_at(passage_, onset).voicing, 3);
      return;
    }
    std::vector<MotifNote> strokes = strokes_of(bar);
    if (context_.bar(bar).hit && (strokes.empty() || strokes.front().onset_ticks != 0))
      strokes.insert(strokes.begin(), {0, context_.beat_ticks(), 3, 0, false});
    for (std::size_t i = 0; i < strokes.size(); ++i) {
      const bool last = i + 1 == strokes.size();
      const Ticks next = last ? context_.length(bar) : strokes[i + 1].onset_ticks;
      write_stroke(bar, strokes[i], onset + next, last);
    }
    strike_unheard(bar);
  }

  std::vector<MotifNote> strokes_of(int bar) {
    const WriterContext::Phrase phrase = context_.phrase(bar);
    const bool turns = bar + 1 == phrase.bars.last && phrase.bars.last - phrase.bars.first > 2;
    const std::optional<Motif>& rhythm = turns ? turn_ : main_;
    std::vector<MotifNote> strokes;
    if (!rhythm) {
      strokes.push_back({0, context_.length(bar), 2, 0, false});
      return strokes;
    }
    Rng chance = rng_.fork("maybe").fork(static_cast<std::uint64_t>(bar));
    for (const MotifNote& note : notes_of_bar(context_, *rhythm, bar)) {
      if (!note.maybe || chance.below(2) == 0) strokes.push_back(note);
    }
    return strokes;
  }

  // A stroke on the last half beat that is tied over brings the next bar's chord.
  bool anticipates(int bar, const MotifNote& note, bool last) const {
    const Ticks length = context_.length(bar);
    const bool tied =
        last && note.end_ticks() > length && note.onset_ticks >= length - context_.beat_ticks() / 2;
    const int next = bar + 1;
    return tied && next < bars_.last && context_.plays(Role::kChords, next) &&
           !context_.bar(next).hit && !context_.is_final(next);
  }

  void write_stroke(int bar, const MotifNote& note, Ticks next, bool last) {
    const Ticks onset = context_.onset(bar) + note.onset_ticks;
    if (anticipates(bar, note, last)) {
      const Ticks bar_end = context_.onset(bar + 1);
      Ticks end = context_.onset(bar) + note.end_ticks();
      const std::vector<MotifNote> following = strokes_of(bar + 1);
      if (!following.empty()) end = std::min(end, bar_end + following.front().onset_ticks);
      strike(onset, std::max(end, bar_end), voiced_at(passage_, bar_end).voicing, note.accent);
      return;
    }
    const Ticks end = std::min(onset + note.duration_ticks, next);
    const VoicedStretch& stretch = voiced_at(passage_, onset);
    const bool marked = context_.bar(bar).hit && note.onset_ticks == 0;
    attack(onset, std::min(end, stretch.end), stretch.voicing,
           {note.accent, marked ? Attack::kTogether : attack_of(bar, note)});
    // Never held into another chord: what goes on is struck again.
    if (end <= stretch.end || stretch.end >= context_.onset(bar + 1)) return;
    strike(stretch.end, end, voiced_at(passage_, stretch.end).voicing,
           std::max(1, note.accent - 1));
  }

  // Each chord is heard, by the end of its first beat and a half, in the bars that play.
  void strike_unheard(int bar) {
    for (const PlannedChord& chord : context_.bar(bar).chords) {
      const Ticks begin = context_.onset(bar) + chord.beat * context_.beat_ticks();
      const VoicedStretch& stretch = voiced_at(passage_, begin);
      if (stretch.begin != begin) continue;
      const Ticks patience = begin + context_.beat_ticks() * 3 / 2;
      bool heard = false;
      Ticks next = std::min(stretch.end, context_.onset(bar + 1));
      for (const Note& note : notes_) {
        heard = heard ||
                (note.onset_ticks <= patience && note.onset_ticks + note.duration_ticks > begin);
        if (note.onset_ticks > begin) next = std::min(next, note.onset_ticks);
      }
      if (!heard) strike(begin, next, stretch.voicing, 1);
    }
  }

  Attack attack_of(int bar, const MotifNote& note) const {
    const bool second = note.onset_ticks >= context_.length(bar) / 2;
    const int place = context_.bar_of_section(bar) + (second ? 1 : 0);
    return attacks_[static_cast<std::size_t>(place % 2)];
  }

  struct Manner {
    int accent = 2;
    Attack attack = Attack::kTogether;
  };

  // Short chords are struck together; a long one has the time to unfold.
  void attack(Ticks onset, Ticks end, const Voicing& voicing, const Manner& manner) {
    const Ticks beat = context_.beat_ticks();
    if (manner.attack == Attack::kTogether || end - onset < 2 * beat || voicing.size() < 3)
      return strike(onset, end, voicing, manner.accent);
    const bool roomy = end - onset >= 3 * beat;
    for (std::size_t i = 0; i < voicing.size(); ++i) {
      const bool top = i + 1 == voicing.size();
      Ticks begin = onset;
      if (manner.attack == Attack::kLowFirst && i > 0) begin += roomy ? beat : beat / 2;
      if (manner.attack == Attack::kUpwards)
        begin += static_cast<Ticks>(i) * (roomy ? beat / 2 : beat / 4);
      const int velocity = velocity_of(i, voicing, manner.accent) - (begin > onset ? 6 : 0);
      if (manner.attack == Attack::kTopAgain && top) {
        const Ticks again = onset + (roomy ? 2 * beat : beat * 3 / 2);
        notes_.push_back(make_note(begin, again, voicing[i], velocity));
        notes_.push_back(make_note(again, end, voicing[i], velocity - 10));
      } else {
        notes_.push_back(make_note(begin, end, voicing[i], velocity));
      }
    }
  }

  // The top voice carries, the inner ones fill.
  static int velocity_of(std::size_t voice, const Voicing& voicing, int accent) {
    const int more = voice + 1 == voicing.size() ? 4 : voice == 0 ? 0 : -4;
    return accent_velocity(accent) + more;
  }

  void strike(Ticks onset, Ticks end, const Voicing& voicing, int accent) {
    if (end <= onset) return;
    for (std::size_t i = 0; i < voicing.size(); ++i)
      notes_.push_back(make_note(onset, end, voicing[i], velocity_of(i, voicing, accent)));
  }

  const WriterContext& context_;
  BarSpan bars_;
  Rng rng_;
  const RolePack& pack_;
  std::vector<VoicedStretch> passage_;
  std::optional<Motif> main_;
  std::optional<Motif> turn_;
  std::array<Attack, 2> attacks_{};
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> write_chords(const WriterContext& context, const PartRequest& request, Rng rng) {
  return ChordsWriter(context, request, rng).written();
}

}  // namespace undersong
