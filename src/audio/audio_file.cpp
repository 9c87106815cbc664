#include "audio/audio_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "audio/id3_tag.h"
#include "audio/ogg_serial.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/hash.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSamples = std::size_t{1} << 31U;
constexpr std::size_t kBlockFrames = 65536;

// About 250 kbit/s MP3 (V0) and 190 kbit/s Vorbis for stereo music: nobody hears the difference.
// libsndfile counts from 0, least compressed, to 1.
constexpr double kMp3Compression = 0.0;
constexpr double kVorbisQuality = 0.6;

// A descriptor that libsndfile reads and writes through callbacks, so that the reason of a failed
// write (a full disk, say) is not lost inside it.
class VirtualFile {
 public:
  VirtualFile(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {
    if (fd_ < 0) failure_ = errno;
  }
  ~VirtualFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  VirtualFile(const VirtualFile&) = delete;
  VirtualFile& operator=(const VirtualFile&) = delete;

  int failure() const { return failure_; }  // the first errno; 0 when all went well

  // Hides what was written so far: for libsndfile the file begins here.
  void begin_here() { begin_ = ::lseek(fd_, 0, SEEK_CUR); }

  sf_count_t length() const {
    struct stat info {};
    return ::fstat(fd_, &info) == 0 ? info.st_size - begin_ : 0;
  }

  sf_count_t seek(sf_count_t offset, int whence) {
    return ::lseek(fd_, whence == SEEK_SET ? offset + begin_ : offset, whence) - begin_;
  }

  sf_count_t read(void* to, sf_count_t count) {
    return transfer(count, static_cast<char*>(to),
                    [this](char* at, std::size_t bytes) { return ::read(fd_, at, bytes); });
  }

  sf_count_t write(const void* from, sf_count_t count) {
    return transfer(count, static_cast<const char*>(from),
                    [this](const char* at, std::size_t n) { return ::write(fd_, at, n); });
  }

 private:
  template <typename Char, typename Call>
  sf_count_t transfer(sf_count_t count, Char* at, const Call& call) {
    sf_count_t done = 0;
    while (done < count) {
      const ssize_t moved = call(at + done, static_cast<std::size_t>(count - done));
      if (moved < 0 && errno == EINTR) continue;
      if (moved < 0 && failure_ == 0) failure_ = errno;
      if (moved <= 0) break;
      done += moved;
    }
    return done;
  }

  int fd_;
  int failure_ = 0;
  sf_count_t begin_ = 0;
};

VirtualFile& file_of(void* user) { return *static_cast<VirtualFile*>(user); }

SF_VIRTUAL_IO virtual_callbacks() {
  return {
      .get_filelen = [](void* user) { return file_of(user).length(); },
      .seek = [](sf_count_t offset, int whence,
                 void* user) { return file_of(user).seek(offset, whence); },
      .read = [](void* to, sf_count_t count, void* user) { return file_of(user).read(to, count); },
      .write = [](const void* from, sf_count_t count,
                  void* user) { return file_of(user).write(from, count); },
      .tell = [](void* user) { return file_of(user).seek(0, SEEK_CUR); },
  };
}

struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

// Without libsndfile's final full stop.
std::string reason_of(SNDFILE* sound) {
  std::string reason = sf_strerror(sound);
  while (!reason.empty() && (reason.back() == '.' || reason.back() == ' ')) reason.pop_back();
  return reason;
}

int libsndfile_format(AudioFormat format) {
  switch (format) {
    case AudioFormat::kWav: return SF_FORMAT_WAV | SF_FORMAT_PCM_24;
    case AudioFormat::kFlac: return SF_FORMAT_FLAC | SF_FORMAT_PCM_24;
    case AudioFormat::kOggVorbis: return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    case AudioFormat::kMp3: return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  }
  return 0;
}

constexpr std::array kTagFields = {std::pair{SF_STR_TITLE, &AudioTags::title},
                                   std::pair{SF_STR_ARTIST, &AudioTags::artist},
                                   std::pair{SF_STR_DATE, &AudioTags::date},
                                   std::pair{SF_STR_GENRE, &AudioTags::genre},
                                   std::pair{SF_STR_COMMENT, &AudioTags::comment},
                                   std::pair{SF_STR_SOFTWARE, &AudioTags::software}};

AudioTags read_tags(SNDFILE* sound) {
  AudioTags tags;
  for (const auto& [field, member] : kTagFields) {
    if (const char* text = sf_get_string(sound, field); text != nullptr) tags.*member = text;
  }
  return tags;
}

void set_quality(SNDFILE* sound, AudioFormat format) {
  if (format == AudioFormat::kMp3) {
    int mode = SF_BITRATE_MODE_VARIABLE;
    sf_command(sound, SFC_SET_BITRATE_MODE, &mode, sizeof mode);
    double compression = kMp3Compression;
    sf_command(sound, SFC_SET_COMPRESSION_LEVEL, &compression, sizeof compression);
  } else if (format == AudioFormat::kOggVorbis) {
    double quality = kVorbisQuality;
    sf_command(sound, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
  } else {
    sf_command(sound, SFC_SET_CLIPPING, nullptr, SF_TRUE);
  }
}

[[noreturn]] void throw_write_failure(const fs::path& path, const std::string& reason) {
  throw Error(ErrorKind::kIo, "cannot write " + display(path) + ": " + reason);
}

// MP3 has its tag in front, which is written already.
void set_tags(SNDFILE* sound, AudioFormat format, const AudioTags& tags) {
  if (format == AudioFormat::kMp3) return;
  for (const auto& [field, member] : kTagFields) {
    if (!(tags.*member).empty()) sf_set_string(sound, field, (tags.*member).c_str());
  }
}

void write_frames(SNDFILE* sound, const AudioBuffer& audio, const VirtualFile& file,
                  const fs::path& path) {
  const auto channels = static_cast<std::size_t>(audio.channels);
  const std::size_t frames = audio.frames();
  for (std::size_t first = 0; first < frames; first += kBlockFrames) {
    throw_if_cancelled();
    const auto count = static_cast<sf_count_t>(std::min(kBlockFrames, frames - first));
    const sf_count_t put = sf_writef_float(sound, audio.samples.data() + first * channels, count);
    if (file.failure() != 0) return;  // told by the caller, with its errno
    if (put != count) throw_write_failure(path, reason_of(sound));
  }
}

// The whole of it, into `temporary`; messages speak of `path`.
void encode(const fs::path& temporary, const fs::path& path, AudioFormat format,
            const AudioBuffer& audio, const AudioTags& tags) {
  VirtualFile file(temporary, O_RDWR | O_TRUNC);
  const auto check = [&] {
    if (file.failure() != 0)
      throw_write_failure(path, std::generic_category().message(file.failure()));
  };
  check();
  SF_VIRTUAL_IO callbacks = virtual_callbacks();
  SF_INFO info{};
  info.samplerate = audio.sample_rate;
  info.channels = audio.channels;
  info.format = libsndfile_format(format);
  if (sf_format_check(&info) == 0) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("cannot write {}: this format does not take {} channels at {} Hz",
                            display(path), audio.channels, audio.sample_rate));
  }
  if (format == AudioFormat::kMp3) {
    const auto tag = detail::id3_tag(tags);
    file.write(tag.data(), static_cast<sf_count_t>(tag.size()));
    file.begin_here();
  }
  Sound sound(sf_open_virtual(&callbacks, SFM_WRITE, &info, &file));
  check();
  if (sound == nullptr) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("cannot write {} ({} channels at {} Hz): {}", display(path),
                            audio.channels, audio.sample_rate, reason_of(nullptr)));
  }
  set_quality(sound.get(), format);
  set_tags(sound.get(), format, tags);
  write_frames(sound.get(), audio, file, path);
  check();
  const int status = sf_close(sound.release());  // headers and last pages are written only now
  check();
  if (status != SF_ERR_NO_ERROR) throw_write_failure(path, sf_error_number(status));
}

void fix_ogg_serial(AtomicFile& file, const AudioBuffer& audio) {
  std::vector<std::uint8_t> stream = read_file(file.temporary_path());
  const std::string_view content(reinterpret_cast<const char*>(audio.samples.data()),
                                 audio.samples.size() * sizeof(float));
  detail::set_ogg_serial(stream, static_cast<std::uint32_t>(hash64(content)));
  file.write(stream);
}

std::vector<float> read_frames(SNDFILE* sound, std::size_t channels, const fs::path& path) {
  // Grows with what is there: the length in a header may be a lie.
  std::vector<float> samples;
  std::vector<float> block(kBlockFrames * channels);
  for (;;) {
    throw_if_cancelled();
    const sf_count_t got =
        sf_readf_float(sound, block.data(), static_cast<sf_count_t>(kBlockFrames));
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
  SF_VIRTUAL_IO callbacks = virtual_callbacks();
  SF_INFO info{};
  const Sound sound(sf_open_virtual(&callbacks, SFM_READ, &info, &file));
  check();
  if (sound == nullptr) {
    throw Error(ErrorKind::kFormat,
                display(path) + " is not an audio file that can be read: " + reason_of(nullptr));
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
  const auto format = audio_format_of(path);
  if (!format) {
    throw Error(ErrorKind::kUsage, "cannot tell the format of " + display(path) +
                                       " by its suffix: end the name in " + kAudioSuffixes);
  }
  AtomicFile file(path, overwrite);
  encode(file.temporary_path(), path, *format, audio, tags);
  if (*format == AudioFormat::kOggVorbis) fix_ogg_serial(file, audio);
  file.commit();
}

}  // namespace undersong
