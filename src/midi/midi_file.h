#pragma once
// Standard MIDI Files, bytes <-> Score.
//
// Goals: every file that can be told is told, at 250 MB/s and more; a damaged one never crashes,
// hangs or eats memory; read(write(s)) == s. Non-goals: playing, real-time messages. Source: The
// Complete MIDI 1.0 Detailed Specification, "Standard MIDI Files 1.0" (RP-001); RMID: RP-029.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "score/score.h"

namespace undersong {

struct MidiReading {
  Score score;
  int format = 1;                    // 0, 1 or 2, as the header says
  std::vector<std::string> repairs;  // what was mended, each with its byte: "byte 71: track 2 is
                                     // cut short"; empty for a sound file
};

// Format 0 is split into a track a channel; the patterns of format 2 follow each other. SMPTE
// divisions become an equal number of ticks a quarter note at the tempo that keeps every time.
// Errors: kFormat with the byte, when nothing can be read (no header, no track chunk, no event
// before the damage).
MidiReading read_midi(std::span<const std::uint8_t> bytes);

// Format 1, running status; tempo, meters, keys and markers in the first track chunk (a conductor
// track).
std::vector<std::uint8_t> write_midi(const Score& score);

// The same, from and to files.
MidiReading load_midi(const std::filesystem::path& path);
void save_midi(const std::filesystem::path& path, const Score& score, Overwrite overwrite);

}  // namespace undersong
