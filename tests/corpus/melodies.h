#pragma once
// Small pieces of music for the tests of corpora.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "midi/midi_file.h"
#include "score/score.h"

namespace undersong {

// Quarter notes on one track.
inline Score melody(const std::vector<int>& pitches, const std::string& name = "") {
  Score score;
  score.tracks.resize(1);
  score.tracks[0].name = name;
  Ticks onset = 0;
  for (const int pitch : pitches) {
    score.tracks[0].notes.push_back(
        {.onset_ticks = onset, .duration_ticks = 480, .pitch = static_cast<std::uint8_t>(pitch)});
    onset += 480;
  }
  return score;
}

// A melody of twelve notes that no other number has, not even transposed.
inline Score numbered_melody(int number) {
  std::vector<int> pitches = {60, 62};
  for (int bit = 0; bit < 10; ++bit) pitches.push_back(((number >> bit) & 1) != 0 ? 65 : 61);
  return melody(pitches);
}

inline Score transposed(Score score, int semitones) {
  for (auto& track : score.tracks) {
    for (auto& note : track.notes) note.pitch = static_cast<std::uint8_t>(note.pitch + semitones);
  }
  return score;
}

inline void save(const std::filesystem::path& path, const Score& score) {
  save_file(path, write_midi(score), Overwrite::kAllow);
}

}  // namespace undersong
