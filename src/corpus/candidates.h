#pragma once
// The MIDI files in folders and archives, before anyone has read them.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

struct Candidate {
  std::string path;            // below what was added, with '/': Chopin/chpn_op7_1.mid
  std::string group;           // the first folder of `path`, else the name of what was added; empty
                               // for a file that was named itself
  std::string origin;          // the whole path on this machine
  std::filesystem::path file;  // where to read; empty when `bytes` came out of an archive
  std::vector<std::uint8_t> bytes;
  std::string problem;  // why it cannot be read at all; empty when it may be tried
};

// .mid, .midi, .kar and .rmi in any case; not the "._" companions that macOS leaves.
bool is_midi_name(std::string_view path);

// Folders are searched through, links included, in the order of names; archives are opened where
// they are named, not inside folders. The one folder that holds everything in an archive is no
// group. All text is valid UTF-8.
// Errors: kNotFound for a missing path, and one without MIDI files; kUsage for a file that is
// neither MIDI nor an archive; what read_archive throws.
std::vector<Candidate> find_candidates(std::span<const std::filesystem::path> paths);

// `text` with U+FFFD for what is no UTF-8.
std::string valid_utf8(std::string_view text);

}  // namespace undersong
