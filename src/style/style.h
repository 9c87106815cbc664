#pragma once
// A style pack as a value: everything that makes lo-fi sound like lo-fi and bossa like bossa, as
// data that a person can write without compiling (docs/formats/style-pack.md).
//
// Goals: what plan, compose and render need, validated once; nothing of a piece. Non-goals: the
// TOML (style_file.h), where packs are found (style_library.h), and any choice: those are the
// plan's and the writers', from a seed.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "score/key.h"
#include "score/role.h"
#include "style/mood.h"
#include "style/roman_numeral.h"
#include "style/sound.h"
#include "tokens/composer_grid.h"

namespace undersong {

struct EnergyRange {
  double low = 0.0;  // 0-1, both ends belong to it
  double high = 1.0;
};

struct PitchRange {
  int low = 0;  // MIDI pitches, both belong to it
  int high = 127;
};

// A rhythm on an even grid of one or more bars. What the characters of `steps` mean depends on the
// role (docs/formats/style-pack.md); blanks and bar lines `|` of the file are gone. Everywhere `.`
// is a rest and `-` holds what sounds.
//
// Drums, percussion, chords, pad, lead and counter (how hard): g ghost, o soft, x normal, X accent,
//   ? normal, half of the times; drums and percussion also r (two strokes in the step) and t
//   (three).
// Bass (which tone): R root, 3, 5, 6, 7, 8 (the octave), L (the fifth below), A (an approach to the
//   next root), W (a walking tone), K (the root, where the bass drum plays), g (a damped ghost).
// Arpeggio (which tone of the voiced chord): 0 the lowest, 1, 2 … 9, going on in the next octave.
struct StepPattern {
  std::string name;        // may be empty
  std::string steps;       // a whole number of bars long
  int steps_per_beat = 4;  // 1, 2, 3, 4, 6, 8 or 12
  EnergyRange energy;      // where it may be chosen
  double weight = 1.0;     // > 0, among those that may
};

// Several percussion instruments that belong together.
struct Groove {
  struct Voice {
    int key = 36;  // General MIDI percussion
    std::string steps;
  };
  std::string name;
  std::vector<Voice> voices;
  int steps_per_beat = 4;
  EnergyRange energy;
  double weight = 1.0;
};

// Replaces the last `beats` of a bar.
using Fill = Groove;

struct InstrumentChoice {
  int program = 0;  // General MIDI 0-127; for drums the kit
  double weight = 1.0;
};

// What separates a played part from the grid.
struct RoleFeel {
  double late_ms = 0.0;          // -40…40: behind the beat
  double timing_ms = 0.0;        // 0-30: deviation of onsets
  double velocity_spread = 0.0;  // 0-30: deviation of velocities
};

// How the tones of a chord are laid out.
enum class VoicingType : std::uint8_t {
  kTriad,
  kSeventh,   // four tones, close
  kRootless,  // third, seventh and what colours them; the bass has the root
  kDrop2,     // the second from above an octave lower
  kShell,     // root or fifth left out: third and seventh
  kPower,     // root, fifth, octave
  kSpread,    // open: tenths and wider
  kQuartal,   // stacked fourths
};

enum class MelodyScale : std::uint8_t { kMode, kPentatonic, kBlues };

// How the melody goes.
struct MelodyTraits {
  MelodyScale scale = MelodyScale::kMode;
  int motif_bars = 2;      // 1, 2 or 4: what is repeated, sequenced and answered
  double leaps = 0.2;      // 0-1: share of intervals beyond a third
  double rests = 0.25;     // 0-0.8: share of the time in which it breathes
  double ornaments = 0.0;  // 0-1: grace notes and turns
  double chromatic = 0.0;  // 0-1: passing and neighbour tones outside the scale
  double anacrusis = 0.3;  // 0-1: how often a phrase begins before its bar
};

enum class CounterWay : std::uint8_t {
  kAnswer,    // short figures where the lead rests
  kSustain,   // long thirds and sevenths that move by step
  kParallel,  // thirds and sixths below the lead
};

// One role of the style. Fields that its role has no use for keep their defaults.
struct RolePack {
  double from_energy = 0.0;                              // plays in bars of this energy or more
  std::vector<InstrumentChoice> instruments;             // at least one
  PitchRange range;                                      // not of drums and percussion
  std::vector<StepPattern> patterns;                     // not of drums, percussion and pad
  std::vector<Groove> grooves;                           // drums and percussion
  std::vector<Fill> fills;                               // drums
  std::vector<std::pair<VoicingType, double>> voicings;  // with weights: chords, pad, arpeggio
  double strum_ms = 0.0;                      // 0-60 between the tones of a chord: chords
  bool ring = false;                          // tones sound on, as under a pedal: arpeggio
  bool crash = false;                         // a cymbal where sections begin: drums
  MelodyTraits melody;                        // lead
  CounterWay counter = CounterWay::kSustain;  // counter
  RoleFeel feel;
  RoleSound sound;
};

// Kinds of section that a form names: "intro", "outro", and letters "A", "B", "C" … for the body.
struct SectionPack {
  std::string kind;
  double energy = 0.5;  // 0-1
  int bars = 8;         // 4, 8, 12 or 16; of intro and outro 1, 2, 4 or 8, as the most
  RoleSet roles;        // who may play
};

// The order of a piece of usual length. Longer ones go around the body again.
struct FormPack {
  double weight = 1.0;
  // Kinds of sections; each apostrophe is a variation of the section before with that letter. The
  // intro and the outro stand apart.
  std::vector<std::string> body;
};

// Chords in Roman numerals; a bar holds one, or two of half a bar each.
struct ProgressionPack {
  std::vector<std::vector<RomanNumeral>> bars;  // 1, 2, 4, 8, 12 or 16
  std::vector<Mode> modes;                      // where they are at home; empty: everywhere
  std::vector<std::string> sections;            // kinds; empty: everywhere
  std::vector<Mood> moods;                      // empty: every
  double weight = 1.0;
};

// The last bars of a section, or of the piece.
struct CadencePack {
  enum class At : std::uint8_t { kSection, kEnd };
  At at = At::kSection;
  std::vector<std::vector<RomanNumeral>> bars;  // 1-4; at the end the last one is the final chord's
  std::vector<Mode> modes;
  double weight = 1.0;
};

// What a composer network writes for this style, and as which music (tokens/composer_grid.h).
struct NetworkPack {
  std::optional<GridStyle> music;  // of all but drums and percussion
  std::optional<GridStyle> drums;  // of these
  RoleSet roles;                   // that it writes unless somebody asks for patterns
};

struct Style {
  std::string name;   // what --style takes: lower-case letters, digits and hyphens
  std::string title;  // "Lo-fi hip hop"
  std::string about;  // a sentence or two
  std::vector<std::string> aliases;
  std::vector<Mood> moods;  // at least one; the first unless another is asked for

  double slowest_bpm = 60.0;  // quarter notes a minute; what the style bears
  double fastest_bpm = 180.0;
  double usual_low_bpm = 90.0;  // what is drawn from
  double usual_high_bpm = 120.0;
  int beats = 4;      // of a bar: the meter's numerator
  int beat_unit = 4;  // its denominator, 4 or 8

  std::vector<int> tonics;                     // pitch classes, at least one
  std::vector<std::pair<Mode, double>> modes;  // with weights, at least one

  double swing = 0.5;   // 0.5 straight … 0.75: where the second of two subdivisions falls
  int swing_unit = 16;  // 8 or 16: which subdivisions

  std::vector<FormPack> forms;        // at least one
  std::vector<SectionPack> sections;  // "intro", "outro", and all that the forms name
  std::vector<ProgressionPack> progressions;
  std::vector<CadencePack> cadences;  // at least one of each kind for each mode
  double key_change = 0.0;  // 0-1: how often the last round of a long piece goes up a tone
  double ritardando = 0.0;  // 0-0.3: how much slower the last bar before the final chord is
  double shortest_tail_seconds = 1.5;  // how long the final chord rings, within
  double longest_tail_seconds = 4.0;

  std::array<std::optional<RolePack>, kRoleCount> roles;
  MixSound mix;
  std::optional<NetworkPack> network;  // none: patterns alone

  const RolePack* role(Role wanted) const {
    const auto& found = roles[index_of(wanted)];
    return found ? &*found : nullptr;
  }
};

}  // namespace undersong
