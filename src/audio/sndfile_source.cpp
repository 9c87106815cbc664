#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "audio/sound_file.h"
#include "audio/sound_source.h"
#include "base/error.h"
#include "base/file.h"

namespace undersong::detail {
namespace {

namespace fs = std::filesystem;

// An empty answer where the format has no map of its channels.
std::optional<int> low_frequency_channel(SNDFILE* sound, int channels) {
  std::vector<int> map(static_cast<std::size_t>(channels));
  const int bytes = static_cast<int>(map.size() * sizeof(int));
  if (sf_command(sound, SFC_GET_CHANNEL_MAP_INFO, map.data(), bytes) == SF_FALSE)
    return std::nullopt;
  const auto found = std::find(map.begin(), map.end(), SF_CHANNEL_MAP_LFE);
  if (found == map.end() || channels < 3) return std::nullopt;
  return static_cast<int>(found - map.begin());
}

class SndfileSource : public SoundSource {
 public:
  SndfileSource(const fs::path& path, std::string& reason) : path_(path), file_(path, O_RDONLY) {
    if (file_.failure() == ENOENT || file_.failure() == ENOTDIR)
      throw Error(ErrorKind::kNotFound, display(path) + ": there is no such file");
    check();
    SF_VIRTUAL_IO callbacks = virtual_callbacks();
    SF_INFO info{};
    sound_.reset(sf_open_virtual(&callbacks, SFM_READ, &info, &file_));
    check();
    if (sound_ == nullptr) {
      reason = reason_of(nullptr);
      return;
    }
    description_.sample_rate = info.samplerate;
    description_.channels = info.channels;
    // A stream of unknown length says the largest number there is.
    if (info.frames > 0 && info.frames < SF_COUNT_MAX && info.samplerate > 0)
      description_.seconds = static_cast<double>(info.frames) / info.samplerate;
    description_.low_frequency_channel = low_frequency_channel(sound_.get(), info.channels);
    description_.decoder = "libsndfile";
  }

  bool is_open() const { return sound_ != nullptr; }
  const SoundDescription& description() const override { return description_; }

  std::size_t read(std::span<float> to) override {
    const auto frames = static_cast<sf_count_t>(to.size()) / description_.channels;
    const sf_count_t got = sf_readf_float(sound_.get(), to.data(), frames);
    check();
    return static_cast<std::size_t>(std::max<sf_count_t>(got, 0));
  }

 private:
  void check() const {
    if (file_.failure() == 0) return;
    throw Error(ErrorKind::kIo, "cannot read " + display(path_) + ": " +
                                    std::generic_category().message(file_.failure()));
  }

  fs::path path_;
  VirtualFile file_;
  Sound sound_;
  SoundDescription description_;
};

}  // namespace

std::unique_ptr<SoundSource> open_with_sndfile(const fs::path& path, std::string& reason) {
  if (std::error_code ignored; fs::is_directory(path, ignored))
    throw Error(ErrorKind::kUsage, display(path) + " is a folder; name a file");
  auto source = std::make_unique<SndfileSource>(path, reason);
  if (!source->is_open()) return nullptr;
  return source;
}

}  // namespace undersong::detail
