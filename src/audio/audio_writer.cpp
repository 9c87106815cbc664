#include "audio/audio_writer.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <system_error>
#include <vector>

#include "audio/id3_tag.h"
#include "audio/loop_chunks.h"
#include "audio/ogg_serial.h"
#include "audio/sound_file.h"
#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using detail::Sound;
using detail::VirtualFile;

// About 250 kbit/s MP3 (V0) and 190 kbit/s Vorbis for stereo music: nobody hears the difference.
// libsndfile counts from 0, least compressed, to 1.
constexpr double kMp3Compression = 0.0;
constexpr double kVorbisQuality = 0.6;

int libsndfile_format(AudioFormat format, SampleFormat samples) {
  switch (format) {
    case AudioFormat::kWav:
      return SF_FORMAT_WAV | (samples == SampleFormat::kFloat ? SF_FORMAT_FLOAT : SF_FORMAT_PCM_24);
    case AudioFormat::kFlac: return SF_FORMAT_FLAC | SF_FORMAT_PCM_24;
    case AudioFormat::kOggVorbis: return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    case AudioFormat::kMp3: return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  }
  return 0;
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
    // Of float files alone; it holds the time of writing, and the same sound is the same bytes.
    sf_command(sound, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
  }
}

// MP3 has its tag in front, which is written already.
void set_tags(SNDFILE* sound, AudioFormat format, const AudioTags& tags) {
  if (format == AudioFormat::kMp3) return;
  for (const auto& [field, member] : detail::kTagFields) {
    if (!(tags.*member).empty()) sf_set_string(sound, field, (tags.*member).c_str());
  }
}

AudioFormat require_format(const fs::path& path) {
  const auto format = audio_format_of(path);
  if (format) return *format;
  throw Error(ErrorKind::kUsage, "cannot tell the format of " + display(path) +
                                     " by its suffix: end the name in " + kAudioSuffixes);
}

// A number that the sound alone decides. FNV-1a, a sample a step.
class ContentHash {
 public:
  void add(std::span<const float> samples) {
    for (const float sample : samples)
      state_ = (state_ ^ std::bit_cast<std::uint32_t>(sample)) * 0x100000001B3U;
  }
  std::uint32_t value() const { return static_cast<std::uint32_t>(state_ ^ (state_ >> 32U)); }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325U;
};

}  // namespace

struct AudioWriter::State {
  State(const fs::path& path_of_file, Format format_of_sound, Overwrite overwrite)
      : path(path_of_file),
        format(require_format(path_of_file)),
        sound_format(format_of_sound),
        target(path_of_file, overwrite),
        file(target.temporary_path(), O_RDWR | O_TRUNC) {}

  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorKind::kIo, "cannot write " + display(path) + ": " + reason);
  }
  void check() const {
    if (file.failure() != 0) fail(std::generic_category().message(file.failure()));
  }
  void open(const AudioTags& tags);
  void flush();
  void close();
  void append_loop();
  void fix_ogg_serial();

  fs::path path;
  AudioFormat format;
  Format sound_format;
  AtomicFile target;
  VirtualFile file;
  SF_VIRTUAL_IO callbacks = detail::virtual_callbacks();
  Sound sound;
  // Whole blocks of one size go to libsndfile: the bytes of its Ogg streams depend on how the sound
  // is cut.
  std::vector<float> pending{};
  std::int64_t frames = 0;
  ContentHash content;
  std::optional<LoopMark> loop;
};

void AudioWriter::State::open(const AudioTags& tags) {
  check();
  SF_INFO info{};
  info.samplerate = sound_format.sample_rate;
  info.channels = sound_format.channels;
  info.format = libsndfile_format(format, sound_format.samples);
  if (sf_format_check(&info) == 0) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("cannot write {}: this format does not take {} channels at {} Hz",
                            display(path), info.channels, info.samplerate));
  }
  if (format == AudioFormat::kMp3) {
    const auto tag = detail::id3_tag(tags);
    file.write(tag.data(), static_cast<sf_count_t>(tag.size()));
    file.begin_here();
  }
  sound.reset(sf_open_virtual(&callbacks, SFM_WRITE, &info, &file));
  check();
  if (sound == nullptr) {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("cannot write {} ({} channels at {} Hz): {}", display(path),
                    sound_format.channels, sound_format.sample_rate, detail::reason_of(nullptr)));
  }
  set_quality(sound.get(), format);
  set_tags(sound.get(), format, tags);
}

void AudioWriter::State::flush() {
  throw_if_cancelled();
  if (pending.empty()) return;
  const auto count = static_cast<sf_count_t>(pending.size()) / sound_format.channels;
  const sf_count_t put = sf_writef_float(sound.get(), pending.data(), count);
  check();
  if (put != count) fail(detail::reason_of(sound.get()));
  content.add(pending);
  frames += count;
  pending.clear();
}

void AudioWriter::State::close() {
  const int status = sf_close(sound.release());  // headers and last pages are written only now
  check();
  if (status != SF_ERR_NO_ERROR) fail(sf_error_number(status));
}

// Behind all other chunks, and the length of the whole in the file's head anew.
void AudioWriter::State::append_loop() {
  const auto chunks = detail::loop_chunks(*loop, frames, sound_format.sample_rate);
  const sf_count_t end = file.seek(0, SEEK_END);
  if (end % 2 != 0) file.write("", 1);  // chunks begin at even bytes
  file.write(chunks.data(), static_cast<sf_count_t>(chunks.size()));
  const auto riff_size = static_cast<std::uint32_t>(file.length() - 8);
  std::array<std::uint8_t, 4> bytes{};
  for (unsigned i = 0; i < 4; ++i) bytes.at(i) = static_cast<std::uint8_t>(riff_size >> (8U * i));
  file.seek(4, SEEK_SET);
  file.write(bytes.data(), bytes.size());
  check();
}

// Page after page in a window over the file.
void AudioWriter::State::fix_ogg_serial() {
  std::vector<std::uint8_t> window(1U << 20U);  // holds many pages of at most 65307 bytes
  sf_count_t at = 0;
  for (;;) {
    file.seek(at, SEEK_SET);
    const sf_count_t got = file.read(window.data(), static_cast<sf_count_t>(window.size()));
    const auto bytes = std::span(window).first(static_cast<std::size_t>(got));
    const std::size_t whole = detail::set_ogg_serial(bytes, content.value());
    if (whole == 0) break;
    file.seek(at, SEEK_SET);
    file.write(window.data(), static_cast<sf_count_t>(whole));
    at += static_cast<sf_count_t>(whole);
    check();
  }
}

AudioWriter::AudioWriter(const fs::path& path, Format format, const AudioTags& tags,
                         Overwrite overwrite)
    : state_(std::make_unique<State>(path, format, overwrite)) {
  state_->open(tags);
}

AudioWriter::~AudioWriter() = default;

void AudioWriter::mark_loop(const LoopMark& loop) {
  if (state_->format != AudioFormat::kWav) {
    throw Error(ErrorKind::kUnsupported,
                "cannot mark a loop in " + display(state_->path) + ": only .wav holds one");
  }
  state_->loop = loop;
}

void AudioWriter::write(std::span<const float> samples) {
  const auto channels = static_cast<std::size_t>(state_->sound_format.channels);
  UNDERSONG_CHECK(state_->sound != nullptr && samples.size() % channels == 0);
  const std::size_t block = detail::kSoundBlockFrames * channels;
  std::vector<float>& pending = state_->pending;
  while (!samples.empty()) {
    const auto taken = samples.first(std::min(samples.size(), block - pending.size()));
    pending.insert(pending.end(), taken.begin(), taken.end());
    samples = samples.subspan(taken.size());
    if (pending.size() == block) state_->flush();
  }
}

void AudioWriter::commit() {
  UNDERSONG_CHECK(state_->sound != nullptr);
  state_->flush();
  state_->close();
  if (state_->loop) state_->append_loop();
  if (state_->format == AudioFormat::kOggVorbis) state_->fix_ogg_serial();
  state_->target.commit();
}

}  // namespace undersong
