#pragma once
// A piece of music as values in ticks. Goals: everything that a Standard MIDI File says that a
// listener or a composer can hear or read, in sorted vectors that transforms copy. Non-goals: bytes
// and running status (`midi`), seconds
// (`score/tempo_map.h` alone converts), sound (`render`).

#include <compare>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace undersong {

// Position or span in ticks; `Score::ticks_per_quarter` of them make a quarter note. Never negative
// in a Score; onset plus duration is at most the largest Ticks.
using Ticks = std::int32_t;

// Channel 10 as people count it: percussion in General MIDI.
inline constexpr std::uint8_t kDrumChannel = 9;

struct Note {
  Ticks onset_ticks = 0;
  Ticks duration_ticks = 0;
  std::uint8_t pitch = 60;     // 0-127, 60 is middle C
  std::uint8_t velocity = 64;  // 1-127
  std::uint8_t channel = 0;    // 0-15
  std::uint8_t release_velocity =
      64;  // 0-127; 64 is what the standard takes when a file does not say

  // By onset, then pitch: a chord reads from its lowest note. Then duration, as the first of two
  // equal keys ends first (midi/midi_file.h says why).
  std::strong_ordering operator<=>(const Note& other) const {
    return std::tie(onset_ticks, pitch, duration_ticks, channel, velocity, release_velocity) <=>
           std::tie(other.onset_ticks, other.pitch, other.duration_ticks, other.channel,
                    other.velocity, other.release_velocity);
  }
  bool operator==(const Note&) const = default;
};

// A channel message other than a note.
struct ControlEvent {
  enum class Kind : std::uint8_t {
    kController,
    kProgram,
    kPitchBend,
    kChannelPressure,
    kKeyPressure
  };

  Ticks tick = 0;
  Kind kind = Kind::kController;
  std::uint8_t channel = 0;
  std::uint8_t number = 0;  // controller number for kController, key for kKeyPressure, else 0
  std::int16_t value = 0;   // 0-127; for kPitchBend -8192…8191

  auto operator<=>(const ControlEvent&) const = default;
};

// Text inside a track. UTF-8 here, whatever the file held.
struct TextEvent {
  enum class Kind : std::uint8_t {
    kText = 1,
    kCopyright = 2,
    kInstrument = 4,
    kLyric = 5,
    kCue = 7
  };

  Ticks tick = 0;
  Kind kind = Kind::kText;
  std::string text;

  auto operator<=>(const TextEvent&) const = default;
};

struct SystemExclusive {
  Ticks tick = 0;
  std::vector<std::uint8_t> bytes;  // without the leading F0, with the trailing F7

  auto operator<=>(const SystemExclusive&) const = default;
};

struct Track {
  std::string name;
  std::vector<Note> notes;               // sorted by (onset, pitch, duration, …)
  std::vector<ControlEvent> controls;    // sorted by tick; the file's order at equal ticks
  std::vector<TextEvent> texts;          // sorted by tick
  std::vector<SystemExclusive> sysexes;  // sorted by tick

  bool operator==(const Track&) const = default;
};

struct TempoChange {
  Ticks tick = 0;
  std::int32_t microseconds_per_quarter = 500000;  // 120 BPM until the first change

  auto operator<=>(const TempoChange&) const = default;
};

struct Meter {
  Ticks tick = 0;
  std::uint8_t numerator = 4;
  std::uint8_t denominator = 4;  // a power of two, 1-128
  std::uint8_t clocks_per_click = 24;
  std::uint8_t thirty_seconds_per_quarter = 8;

  auto operator<=>(const Meter&) const = default;
};

struct KeySignature {
  Ticks tick = 0;
  std::int8_t sharps = 0;  // -7 (flats) … 7
  bool minor = false;

  auto operator<=>(const KeySignature&) const = default;
};

struct Marker {
  Ticks tick = 0;
  std::string text;  // UTF-8

  auto operator<=>(const Marker&) const = default;
};

struct Score {
  Ticks ticks_per_quarter = 480;  // 1-32767
  std::vector<TempoChange> tempos;
  std::vector<Meter> meters;
  std::vector<KeySignature> keys;
  std::vector<Marker> markers;
  std::vector<Track> tracks;

  bool operator==(const Score&) const = default;
};

// The end of the last note, 0 without notes.
Ticks end_ticks(const Score& score);

std::size_t note_count(const Score& score);

// Sorts every vector as documented above. What a caller builds by hand goes through this once.
void sort_events(Score& score);

}  // namespace undersong
