#pragma once
// Audio files by libsndfile: WAV (24-bit), FLAC (24-bit), Ogg Vorbis and MP3, chosen by suffix,
// with UTF-8 tags.

#include <filesystem>
#include <optional>
#include <string>

#include "audio/audio_buffer.h"
#include "base/file.h"

namespace undersong {

enum class AudioFormat { kWav, kFlac, kOggVorbis, kMp3 };

// How suffixes are named in messages and in --help.
inline constexpr const char* kAudioSuffixes = ".wav, .flac, .ogg or .mp3";

// By the suffix, in any case; empty for another one.
std::optional<AudioFormat> audio_format_of(const std::filesystem::path& path);

// UTF-8; an empty text is not written.
struct AudioTags {
  std::string title;
  std::string artist;
  std::string date;  // ISO 8601, such as 2026-11-23
  std::string genre;
  std::string comment;
  std::string software;  // libsndfile adds its own name where it writes tags (all but MP3)

  bool operator==(const AudioTags&) const = default;
};

struct AudioFile {
  AudioBuffer audio;
  AudioTags tags;
};

// Errors: kNotFound, kFormat when the bytes are no audio that libsndfile knows, kUnsupported beyond
// 2^31 samples, kIo.
AudioFile load_audio(const std::filesystem::path& path);

// Samples beyond [-1, 1] are clipped in WAV and FLAC. The same call writes the same bytes.
// Errors: kUsage for an unknown suffix or an existing file that may not be overwritten,
// kUnsupported when the format does not take the sample rate or the channels, kIo.
void save_audio(const std::filesystem::path& path, const AudioBuffer& audio, const AudioTags& tags,
                Overwrite overwrite);

}  // namespace undersong
