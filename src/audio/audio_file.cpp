#include "audio/audio_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <vector>

#include "audio/audio_writer.h"
#include "audio/sound_file.h"
#include "base/cancel.h"
#include "base/error.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSamples = std::size_t{1} << 31U;
using detail::Sound;
using detail::VirtualFile;

AudioTags read_tags(SNDFILE* sound) {
  AudioTags tags;
  for (const auto& [field, member] : detail::kTagFields) {
    if (const char* text = sf_get_string(sound, field); text != nullptr) tags.*member = text;
  }
  return tags;
}

std::vector<float> read_frames(SNDFILE* sound, std::size_t channels, const fs::path& path) {
  // Grows with what is there: the length in a header may be a lie.
  std::vector<float> samples;
  std::vector<float> block(detail::kSoundBlockFrames * channels);
  for (;;) {
    throw_if_cancelled();
    const sf_count_t got =
        sf_readf_float(sound, block.data(), static_cast<sf_count_t>(detail::kSoundBlockFrames));
    if (got <= 0) break;
    const auto end = block.begin() + got * static_cast<std::ptrdiff_t>(channels);
    samples.insert(samples.end(), block.begin(), end);
    if (samples.size() > kMostSamples) {
      throw Error(ErrorKind::kUnsupported, display(path) + " is too long: cut it into pieces");
    }
  }
  return samples;
}

}  // namespace

std::optional<AudioFormat> audio_format_of(const fs::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  if (suffix == ".wav") return AudioFormat::kWav;
  if (suffix == ".flac") return AudioFormat::kFlac;
  if (suffix == ".ogg") return AudioFormat::kOggVorbis;
  if (suffix == ".mp3") return AudioFormat::kMp3;
  return std::nullopt;
}

AudioFile load_audio(const fs::path& path) {
  VirtualFile file(path, O_RDONLY);
  if (file.failure() == ENOENT || file.failure() == ENOTDIR)
    throw Error(ErrorKind::kNotFound, display(path) + ": there is no such file");
  if (std::error_code ignored; fs::is_directory(path, ignored))
    throw Error(ErrorKind::kUsage, display(path) + " is a folder; name a file");
  const auto check = [&] {
    if (file.failure() != 0) {
      throw Error(ErrorKind::kIo, "cannot read " + display(path) + ": " +
                                      std::generic_category().message(file.failure()));
    }
  };
  check();
  SF_VIRTUAL_IO callbacks = detail::virtual_callbacks();
  SF_INFO info{};
  const Sound sound(sf_open_virtual(&callbacks, SFM_READ, &info, &file));
  check();
  if (sound == nullptr) {
    throw Error(ErrorKind::kFormat, display(path) + " is not an audio file that can be read: " +
                                        detail::reason_of(nullptr));
  }
  AudioFile result;
  result.audio.sample_rate = info.samplerate;
  result.audio.channels = info.channels;
  result.audio.samples = read_frames(sound.get(), static_cast<std::size_t>(info.channels), path);
  check();
  result.tags = read_tags(sound.get());
  return result;
}

void save_audio(const fs::path& path, const AudioBuffer& audio, const AudioTags& tags,
                Overwrite overwrite) {
  AudioWriter writer(path, {.sample_rate = audio.sample_rate, .channels = audio.channels}, tags,
                     overwrite);
  writer.write(audio.samples);
  writer.commit();
}

}  // namespace undersong
