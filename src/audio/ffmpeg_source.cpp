// ffmpeg as a program: what libsndfile cannot read (AAC, WMA, the sound of videos).

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "audio/sound_source.h"
#include "base/error.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "base/subprocess_pipe.h"

namespace undersong::detail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Looking takes a quarter of a second; a file on a sleeping disk or a share takes longer.
constexpr std::chrono::seconds kLookLimit{60};
// A decoder that gives nothing for so long hangs.
constexpr std::chrono::seconds kSilenceLimit{60};
// More than any file of music has; a lie beyond them would ask for gigabytes.
constexpr int kMostChannels = 64;
constexpr int kHighestRate = 1 << 20;

// ffmpeg would take "a:b" for a protocol and "-i" for a flag; `file:` ends both. What a playlist
// names is not fetched.
std::vector<std::string> input_arguments(const fs::path& path) {
  return {"-protocol_whitelist", "file,pipe", "-i", "file:" + fs::absolute(path).string()};
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const std::size_t line = text.rfind('\n');
  return line == text.npos ? text : text.substr(line + 1);
}

// The reason without the file's name, which ffprobe puts before it.
std::string reason_in(const std::string& errors, const fs::path& path) {
  std::string line = last_line(errors);
  const std::string name = "file:" + fs::absolute(path).string() + ": ";
  if (line.starts_with(name)) line.erase(0, name.size());
  return line.empty() ? "it gave no reason" : line;
}

// A number that ffprobe writes as one, or as a text; 0 where it says neither.
double number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return 0.0;
  if (found->is_number()) return found->get<double>();
  if (!found->is_string()) return 0.0;
  return std::strtod(found->get_ref<const std::string&>().c_str(), nullptr);
}

int small_number_at(const Json& json, const char* key, int most) {
  return static_cast<int>(std::clamp(number_at(json, key), 0.0, static_cast<double>(most) + 1.0));
}

// ffmpeg's own order: the channel of bass effects is the fourth, of 2.1 the third.
std::optional<int> low_frequency_channel(const Json& stream, int channels) {
  const std::string layout = stream.value("channel_layout", "");
  if (layout.find(".1") == layout.npos || channels < 3) return std::nullopt;
  return channels == 3 ? 2 : 3;
}

// Lists of other files are no sound themselves; of what they name ffmpeg would open what is local,
// and wait for what is not.
void refuse_playlist(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string begin(16, ' ');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (begin.starts_with("#EXTM3U") || begin.starts_with("ffconcat")) {
    throw Error(ErrorKind::kFormat,
                display(path) + " is a playlist, which names recordings and holds none");
  }
}

Json look_at(const fs::path& path) {
  refuse_playlist(path);
  std::vector<std::string> arguments = {"ffprobe",
                                        "-v",
                                        "error",
                                        "-of",
                                        "json",
                                        "-show_entries",
                                        "stream=codec_type,sample_rate,channels,channel_layout"
                                        ":format=duration"};
  const auto input = input_arguments(path);
  arguments.insert(arguments.end(), input.begin(), input.end());
  const SubprocessResult result = run_subprocess(arguments, kLookLimit);
  if (result.timed_out) {
    throw Error(ErrorKind::kIo, fmt::format("ffprobe could not make out what {} is in {} seconds",
                                            display(path), kLookLimit.count()));
  }
  if (result.exit_code != 0) {
    throw Error(ErrorKind::kFormat, display(path) +
                                        " is not an audio file that can be read: ffmpeg says: " +
                                        reason_in(result.errors, path));
  }
  return Json::parse(result.output, nullptr, false);
}

SoundDescription describe(const Json& seen, const fs::path& path) {
  const Json streams = seen.is_object() ? seen.value("streams", Json::array()) : Json::array();
  const auto is_sound = [](const Json& stream) {
    return stream.value("codec_type", "") == "audio" &&
           small_number_at(stream, "channels", kMostChannels) > 0;
  };
  const auto found = std::find_if(streams.begin(), streams.end(), is_sound);
  if (found == streams.end()) {
    throw Error(ErrorKind::kFormat,
                display(path) + (streams.empty() ? " is not an audio file that can be read"
                                                 : " has pictures and no sound"));
  }
  SoundDescription description;
  description.sample_rate = small_number_at(*found, "sample_rate", kHighestRate);
  description.channels = small_number_at(*found, "channels", kMostChannels);
  if (description.sample_rate < 1 || description.sample_rate > kHighestRate ||
      description.channels > kMostChannels) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("{} says that it has {} channels at {} Hz", display(path),
                            description.channels, description.sample_rate));
  }
  const double seconds = number_at(seen.value("format", Json::object()), "duration");
  if (seconds > 0.0) description.seconds = seconds;
  description.low_frequency_channel = low_frequency_channel(*found, description.channels);
  description.decoder = "ffmpeg";
  return description;
}

// The rate and the channels are told, since a stream may change them on its way.
std::vector<std::string> decode_arguments(const fs::path& path,
                                          const SoundDescription& description) {
  std::vector<std::string> arguments = {"ffmpeg", "-nostdin", "-hide_banner", "-v", "error"};
  const auto input = input_arguments(path);
  arguments.insert(arguments.end(), input.begin(), input.end());
  for (const std::string& argument : {std::string("-map"), std::string("0:a:0"), std::string("-ac"),
                                      std::to_string(description.channels), std::string("-ar"),
                                      std::to_string(description.sample_rate), std::string("-f"),
                                      std::string("f32le"), std::string("pipe:1")})
    arguments.push_back(argument);
  return arguments;
}

class FfmpegSource : public SoundSource {
 public:
  explicit FfmpegSource(const fs::path& path)
      : path_(path),
        description_(describe(look_at(path), path)),
        program_(decode_arguments(path, description_)) {}

  const SoundDescription& description() const override { return description_; }

  std::size_t read(std::span<float> to) override {
    const std::size_t frame = static_cast<std::size_t>(description_.channels) * sizeof(float);
    const auto bytes = std::as_writable_bytes(to);
    std::size_t filled = 0;
    // A pipe gives what it has, in the middle of a frame too.
    while (filled < bytes.size()) {
      const std::size_t got = read_some(bytes.subspan(filled));
      if (got == 0) break;
      filled += got;
    }
    if (filled < bytes.size()) check_end(filled > 0);
    gave_sound_ = gave_sound_ || filled > 0;
    return filled / frame;
  }

 private:
  std::size_t read_some(std::span<std::byte> to) {
    const auto got = program_.read(to, kSilenceLimit);
    if (got) return *got;
    program_.kill();
    throw Error(ErrorKind::kIo,
                fmt::format("ffmpeg gave no more of {} for {} seconds and was ended",
                            display(path_), kSilenceLimit.count()));
  }

  // A file that is cut short ends early; one of which nothing can be decoded is no sound.
  void check_end(bool more) {
    if (ended_) return;
    ended_ = true;
    const int exit_code = program_.wait(kSilenceLimit);
    if (exit_code == 0 || more || gave_sound_) return;
    throw Error(ErrorKind::kFormat, "nothing of " + display(path_) + " can be decoded: ffmpeg " +
                                        "says: " + reason_in(program_.errors(), path_));
  }

  fs::path path_;
  SoundDescription description_;
  SubprocessPipe program_;
  bool gave_sound_ = false;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<SoundSource> open_with_ffmpeg(const fs::path& path,
                                              const std::string& sndfile_reason) {
  for (const char* name : {"ffmpeg", "ffprobe"}) {
    if (find_program(name)) continue;
    throw Error(ErrorKind::kNotFound,
                fmt::format("{} cannot be read by libsndfile ({}), and {}, which may know it, is "
                            "not installed: apt-get install ffmpeg",
                            display(path), sndfile_reason, name));
  }
  return std::make_unique<FfmpegSource>(path);
}

}  // namespace undersong::detail
