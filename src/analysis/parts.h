#pragma once
// The parts of a score and what each does in every bar: what roles are decided by.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/part_roles.h"
#include "score/score.h"

namespace undersong {

// What an instrument is for, by its name or else its program.
enum class PartKind : std::uint8_t {
  kVoice,      // sings the melody
  kBass,       // bass guitar, double bass, tuba
  kLow,        // violoncello, bassoon: bass where nothing is lower
  kMelodic,    // one note at a time, and long ones too: violin, flute, synth lead
  kKeyboard,   // both hands: piano, organ, harp
  kPlucked,    // guitar, vibraphone: chords, figures and melodies
  kSustained,  // strings, choir, pad
};

// What a part does in a bar where it has notes.
struct PartBar {
  int onsets = 0;
  int notes = 0;
  double pitch_sum = 0.0;
  double quarters_sum = 0.0;             // of durations
  int leaps = 0;                         // of a minor third and more, between onsets
  std::vector<std::uint16_t> positions;  // of onsets in the bar, in 1/12 of a quarter, sorted
  std::uint16_t pitch_classes = 0;       // as bits

  double polyphony() const { return onsets == 0 ? 0.0 : static_cast<double>(notes) / onsets; }
  double mean_pitch() const { return notes == 0 ? 0.0 : pitch_sum / notes; }
  double mean_quarters() const { return notes == 0 ? 0.0 : quarters_sum / notes; }
};

// The notes of one track, channel and program.
struct Part {
  std::size_t track = 0;
  int channel = 0;
  int program = 0;
  std::string name;  // of the track, in lower case
  PartKind kind = PartKind::kMelodic;
  double lead_prior = 0.0;         // how much it is made for melodies: 0 not at all, 1 well
  std::vector<std::size_t> notes;  // into the list of all notes
  std::vector<PartBar> bars;       // by number of the frame
  double mean_pitch = 0.0;
  double polyphony = 0.0;
  double mean_velocity = 64.0;
};

// The parts of a score without percussion, in bars that have notes ("frames").
struct PartTable {
  std::vector<Part> parts;
  std::vector<std::size_t> part_of;   // note -> part; kNoPart for percussion
  std::vector<std::size_t> frame_of;  // note -> frame
  std::vector<std::int64_t> frames;   // frame -> number of the bar

  static constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);
};

PartTable part_table(const Score& score, const std::vector<RoledNote>& notes);

// Whether a track's name has a word (or begins of one) in it.
bool has_word(const std::string& name, std::string_view word);

}  // namespace undersong
