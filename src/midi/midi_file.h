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
                                     // cut short; what came before is kept"; empty for a sound
                                     // file. At most some fifty
};

// Reads a Standard MIDI File or an RMID file. Notes are paired within their track chunk, first in,
// first out. Format 0 is split into a track a channel; the patterns of format 2 follow each other.
// SMPTE divisions become an equal number of ticks a quarter note at the tempo that keeps every
// time. docs/formats/midi.md has the rest: what is kept, what is not, and every repair.
//
// Cost:   O(bytes), and O(n log n) in events at one tick; memory up to some 25 times the file for
//         made ones (empty messages), whatever lengths they claim.
// Errors: kFormat with the byte, when nothing can be read (no header, no track chunk, no event
//         before the damage); kUnsupported above 64 MiB.
MidiReading read_midi(std::span<const std::uint8_t> bytes);

// Writes format 1 with running status; tempo, meters, keys and markers in the first track chunk (a
// conductor track), then a chunk a track, empty ones too.
//
// A score comes back equal from read_midi when it is canonical, which all that read_midi returns
// is: sorted as score.h says; no two neighbours among tempos, meters or keys equal; texts in UTF-8
// without NULs at their end; and of two notes of one key and channel in a track, the one that
// starts first, or is shorter, does not end later. Other overlaps of a key with itself come back
// with their ends exchanged.
//
// Errors: kUnsupported for more than 65534 tracks. Values out of range (score.h) are bugs:
//         std::logic_error.
std::vector<std::uint8_t> write_midi(const Score& score);

// The same, from and to files. Errors are preceded by the path; besides those above, what
// read_file and save_file say.
MidiReading load_midi(const std::filesystem::path& path);
void save_midi(const std::filesystem::path& path, const Score& score, Overwrite overwrite);

}  // namespace undersong
