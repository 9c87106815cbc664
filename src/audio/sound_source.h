#pragma once
// Where a MonoStream gets its frames: libsndfile in this process, or ffmpeg beside it.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace undersong::detail {

struct SoundDescription {
  int sample_rate = 0;  // Hz
  int channels = 0;
  std::optional<double> seconds;             // what the file says of itself
  std::optional<int> low_frequency_channel;  // of surround sound: bass effects, not music
  std::string decoder;                       // "libsndfile" or "ffmpeg"
};

class SoundSource {
 public:
  virtual ~SoundSource() = default;
  virtual const SoundDescription& description() const = 0;
  // Writes whole interleaved frames, and returns how many; 0 at the end. `to` holds a whole number
  // of frames. Errors: kIo, kFormat, kCancelled.
  virtual std::size_t read(std::span<float> to) = 0;
};

// What libsndfile cannot read is no error but an empty pointer, with its reason in `reason`.
// Errors: kNotFound, kUsage for a folder, kIo.
std::unique_ptr<SoundSource> open_with_sndfile(const std::filesystem::path& path,
                                               std::string& reason);

// Errors: kNotFound when ffmpeg is missing (says `sndfile_reason` too), kFormat when the file is no
// sound or has none.
std::unique_ptr<SoundSource> open_with_ffmpeg(const std::filesystem::path& path,
                                              const std::string& sndfile_reason);

}  // namespace undersong::detail
