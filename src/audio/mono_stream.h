#pragma once
// Any file that has sound, as one channel at one rate, a block at a time: WAV, FLAC, Ogg, MP3 and
// the like through libsndfile, everything else (AAC, WMA, the sound of a video) through the program
// ffmpeg where it is installed. What a file is called does not count, only its bytes.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "audio/sample_reader.h"

namespace undersong {

struct MonoStreamOptions {
  int sample_rate = 22050;  // Hz, of what comes out
};

// Channels are averaged; the channel of bass effects of 5.1 and its like is left out where the file
// says which it is. Rates are changed by libsamplerate.
// Memory: about a megabyte, however long the file is.
class MonoStream {
 public:
  // Errors: kNotFound when there is no such file, or it takes ffmpeg and that is not installed;
  // kUsage for a folder or an impossible rate; kFormat for an empty file, for what is no sound, and
  // for a video without sound; kUnsupported for rates or channels beyond reason; kIo.
  explicit MonoStream(const std::filesystem::path& path, const MonoStreamOptions& options = {});
  ~MonoStream();
  MonoStream(const MonoStream&) = delete;
  MonoStream& operator=(const MonoStream&) = delete;

  // Writes the next samples and returns how many: as many as `to` holds, fewer at the end, then 0.
  // Errors: kIo, kFormat, kCancelled.
  std::size_t read(std::span<float> to);

  // read() as a SampleReader; the stream must outlive it.
  SampleReader reader();

  // What the file says of its length; empty when it does not say. A damaged file may lie.
  std::optional<double> length_seconds() const;
  // Of what was read so far.
  double seconds_read() const;
  // After the end: whether the file says that it is longer than what could be read of it, as one
  // that is cut short does.
  bool ended_early() const;

  int source_rate() const;      // Hz
  int source_channels() const;  // such as 6
  // "libsndfile" or "ffmpeg".
  const std::string& decoder() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace undersong
