#pragma once
// Scores by hand and by chance, for the tests of this module.

#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "originality/voices.h"
#include "score/score.h"

namespace undersong {

// One track at 4 ticks a quarter note; notes are {onset, duration, pitch}.
inline Score score_of(const std::vector<VoiceNote>& notes, std::uint8_t channel = 0) {
  Score score;
  score.ticks_per_quarter = 4;
  Track& track = score.tracks.emplace_back();
  for (const VoiceNote& note : notes) {
    track.notes.push_back({.onset_ticks = note.onset_ticks,
                           .duration_ticks = note.duration_ticks,
                           .pitch = note.pitch,
                           .channel = channel});
  }
  sort_events(score);
  return score;
}

// Quarter notes of these pitches, one after another.
inline Voice line_of(const std::vector<int>& pitches) {
  Voice voice;
  for (const int pitch : pitches)
    voice.push_back({static_cast<Ticks>(4 * voice.size()), 4, static_cast<std::uint8_t>(pitch)});
  return voice;
}

inline std::vector<int> pitches_of(const Voice& voice) {
  std::vector<int> pitches;
  for (const VoiceNote& note : voice) pitches.push_back(note.pitch);
  return pitches;
}

inline Score transposed(Score score, int semitones) {
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) note.pitch = static_cast<std::uint8_t>(note.pitch + semitones);
  }
  return score;
}

inline Score stretched(Score score, Ticks factor) {
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      note.onset_ticks *= factor;
      note.duration_ticks *= factor;
    }
  }
  return score;
}

// Up to three parts of up to 40 notes, pitches 30-90, with chords, unisons and rests.
inline Score any_score() {
  Score score;
  for (int part = *rc::gen::inRange(1, 4); part > 0; --part) {
    Track& track = score.tracks.emplace_back();
    Ticks onset = 0;
    for (int note = *rc::gen::inRange(0, 40); note > 0; --note) {
      onset += *rc::gen::element(0, 0, 1, 1, 2, 3, 4, 8);
      track.notes.push_back({.onset_ticks = onset,
                             .duration_ticks = *rc::gen::inRange(1, 40),
                             .pitch = static_cast<std::uint8_t>(*rc::gen::inRange(30, 91)),
                             .channel = static_cast<std::uint8_t>(*rc::gen::inRange(0, 3))});
    }
  }
  sort_events(score);
  return score;
}

// 1-30 notes, one after another without a gap.
inline Voice any_line() {
  Voice voice;
  Ticks onset = *rc::gen::inRange(0, 10);
  for (int note = *rc::gen::inRange(1, 31); note > 0; --note) {
    const Ticks duration = *rc::gen::inRange(1, 20);
    voice.push_back({onset, duration, static_cast<std::uint8_t>(*rc::gen::inRange(0, 128))});
    onset += duration;
  }
  return voice;
}

}  // namespace undersong
