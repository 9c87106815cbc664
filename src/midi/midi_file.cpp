#include "midi/midi_file.h"

#include <fmt/format.h>

#include <system_error>

#include "base/error.h"
#include "midi/limits.h"

namespace undersong {

MidiReading load_midi(const std::filesystem::path& path) {
  // A film is refused before it fills the memory.
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown && size > detail::kMostFileBytes) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("reading {}: the file has {} bytes; MIDI files of more than {} are not "
                            "read",
                            display(path), size, detail::kMostFileBytes));
  }
  const auto bytes = read_file(path);
  return with_context("reading " + display(path), [&] { return read_midi(bytes); });
}

void save_midi(const std::filesystem::path& path, const Score& score, Overwrite overwrite) {
  save_file(path, write_midi(score), overwrite);
}

}  // namespace undersong
