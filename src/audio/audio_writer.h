#pragma once
// Audio files block by block, for sound that does not fit in memory.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "audio/audio_file.h"
#include "base/file.h"

namespace undersong {

// For editors that loop a file by themselves. Stored in WAV alone, as `smpl` (endless, the whole
// file) and `acid` chunks.
struct LoopMark {
  std::int32_t beats = 0;  // quarter notes in the file
  double bpm = 120.0;
  int root_note = 60;  // the tonic as a MIDI pitch
  int meter_numerator = 4;
  int meter_denominator = 4;
};

// How the samples of a WAV file are stored; the other formats have but one way.
enum class SampleFormat : std::uint8_t {
  k24Bit,  // for listening; beyond [-1, 1] clipped
  kFloat,  // 32 bits, for mixing: nothing is clipped, and sums come out even
};

// Appears under its name by commit() alone, as AtomicFile has it.
class AudioWriter {
 public:
  struct Format {
    int sample_rate = 48000;  // Hz
    int channels = 2;
    SampleFormat samples = SampleFormat::k24Bit;
  };
  // Errors: as save_audio.
  AudioWriter(const std::filesystem::path& path, Format format, const AudioTags& tags,
              Overwrite overwrite);
  ~AudioWriter();
  AudioWriter(const AudioWriter&) = delete;
  AudioWriter& operator=(const AudioWriter&) = delete;

  // Only in WAV, before commit(). Errors: kUnsupported for other formats.
  void mark_loop(const LoopMark& loop);
  // Interleaved whole frames; beyond [-1, 1] clipped in FLAC and in WAV of 24 bits. Errors: kIo.
  void write(std::span<const float> samples);
  // Errors: kIo.
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace undersong
