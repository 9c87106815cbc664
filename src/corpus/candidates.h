#pragma once
// The music in folders and archives, before anyone has read it: MIDI files, and recordings where
// those are wanted.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/manifest.h"

namespace undersong {

// A recording that is known better than by its path: fetched from a link, say. Texts may be empty.
struct Recording {
  std::filesystem::path file;
  std::string path;  // as a piece's
  std::string group;
  std::string title;
  std::string uploader;
  std::string address;
  std::string licence;
};

struct Candidate {
  std::string path;            // below what was added, with '/': Chopin/chpn_op7_1.mid
  std::string group;           // the first folder of `path`, else the name of what was added; empty
                               // for a file that was named itself
  std::string origin;          // the whole path on this machine
  std::filesystem::path file;  // where to read; empty when `bytes` came out of an archive
  std::vector<std::uint8_t> bytes;
  std::string problem;  // why it cannot be read at all; empty when it may be tried
  bool is_recording = false;
  Recording recording = {};            // of one; what it says of itself, `file` and `path` as above
  TranscriptionNote transcribed = {};  // once it was
  std::string known_piece = {};        // the id of its notes, where the corpus has them
};

enum class Recordings : std::uint8_t { kLeave, kTake };

// .mid, .midi, .kar and .rmi in any case; not the "._" companions that macOS leaves.
bool is_midi_name(std::string_view path);

// The usual suffixes of sound files and videos, in any case.
bool is_recording_name(std::string_view path);

// Folders are searched through, links included, in the order of names; archives are opened where
// they are named, not inside folders. The one folder that holds everything in an archive is no
// group. All text is valid UTF-8. Recordings are taken from folders and where they are named
// themselves; one beside a MIDI file of its name is left out, since its notes are there. What a
// fetch that was stopped left in `.fetching` is no recording.
// Errors: kNotFound for a missing path, and one without music; kUsage for a file that is neither
// MIDI nor an archive nor, where they are taken, a recording; what read_archive throws.
std::vector<Candidate> find_candidates(std::span<const std::filesystem::path> paths,
                                       Recordings recordings = Recordings::kLeave);

// `text` with U+FFFD for what is no UTF-8.
std::string valid_utf8(std::string_view text);

}  // namespace undersong
