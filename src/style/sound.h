#pragma once
// How a style sounds beyond its instruments: levels and effects, as numbers that `render` turns
// into signal processing.

namespace undersong {

// One role's way to the mix, in the order of processing. The defaults do nothing.
struct RoleSound {
  double level_db = 0.0;       // -40…12
  double pan = 0.0;            // -1 left … 1 right
  double high_pass_hz = 0.0;   // 0: none, else 20-2000; 12 dB an octave
  double low_pass_hz = 0.0;    // 0: none, else 200-20000; 12 dB an octave
  double saturation = 0.0;     // 0-1: tape-like, louder partials at the same level
  double width = 1.0;          // 0 mono … 2: the side signal's gain
  double side_chain_db = 0.0;  // 0-24: how far the level falls at each bass drum
  double chorus = 0.0;         // sends, 0-1
  double delay = 0.0;
  double reverb = 0.0;

  bool operator==(const RoleSound&) const = default;
};

// What the whole mix goes through. Every step is linear in the sound, so that stems that each went
// through it add up to the mix.
struct MixSound {
  double low_pass_hz = 0.0;  // as in RoleSound
  double high_pass_hz = 0.0;
  double width = 1.0;
  double wow_cents = 0.0;             // 0-50: slow and quick wavering of the pitch, as of tape
  double vinyl_db = -120.0;           // -120: none, to -20: crackle and hiss, below full scale
  double reverb_seconds = 1.8;        // 0.2-12: until the reverb has fallen by 60 dB
  double reverb_damping_hz = 6000.0;  // 500-20000: above it the reverb falls faster
  double delay_beats = 0.75;          // 0.125-4: echo time
  double delay_feedback = 0.35;       // 0-0.85

  bool operator==(const MixSound&) const = default;
};

}  // namespace undersong
