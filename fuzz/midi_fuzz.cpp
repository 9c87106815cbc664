// Any bytes: an Error of the format, or a reading that comes back equal from what is written.
//
//   cmake --preset fuzz && cmake --build --preset fuzz --target midi_fuzz
//   build/fuzz/bin/midi_fuzz -max_len=4096 -rss_limit_mb=2048 -timeout=5 fuzz/corpus/midi

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "base/error.h"
#include "midi/midi_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace undersong;
  MidiReading reading;
  try {
    reading = read_midi(std::span(data, size));
  } catch (const Error& error) {
    UNDERSONG_CHECK(error.kind() == ErrorKind::kFormat);
    return 0;
  }
  const MidiReading again = read_midi(write_midi(reading.score));
  UNDERSONG_CHECK(again.score == reading.score);
  UNDERSONG_CHECK(again.repairs.empty());
  return 0;
}
