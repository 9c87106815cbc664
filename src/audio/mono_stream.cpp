#include "audio/mono_stream.h"

#include <fmt/format.h>
#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <system_error>
#include <vector>

#include "audio/sound_source.h"
#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockFrames = 4096;
// Half of what libsamplerate allows, so that no rate of a file can be out of its range unseen.
constexpr double kLargestRatio = 128.0;
// A file that ends earlier than it says by more than this was cut; MP3 and AAC round to frames and
// count their padding.
constexpr double kMissingSeconds = 0.5;

std::unique_ptr<detail::SoundSource> open_source(const fs::path& path) {
  std::string reason;
  if (auto source = detail::open_with_sndfile(path, reason)) return source;
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) == 0)
    throw Error(ErrorKind::kFormat, display(path) + " is empty");
  return detail::open_with_ffmpeg(path, reason);
}

struct DeleteResampler {
  void operator()(SRC_STATE* state) const { src_delete(state); }
};

}  // namespace

class MonoStream::Implementation {
 public:
  Implementation(const fs::path& path, const MonoStreamOptions& options)
      : source_(open_source(path)), rate_(options.sample_rate) {
    const detail::SoundDescription& sound = source_->description();
    ratio_ = static_cast<double>(rate_) / sound.sample_rate;
    if (ratio_ > kLargestRatio || ratio_ < 1.0 / kLargestRatio) {
      throw Error(ErrorKind::kUnsupported, fmt::format("{} has {} Hz, which {} Hz are too far from",
                                                       display(path), sound.sample_rate, rate_));
    }
    frames_.resize(kBlockFrames * static_cast<std::size_t>(sound.channels));
    mono_.resize(kBlockFrames);
    if (sound.sample_rate == rate_) return;
    int failure = 0;
    // Its pass band ends at 0.9 of half the rate, beyond the highest pitch that is listened for.
    resampler_.reset(
        src_callback_new(&Implementation::next_block, SRC_SINC_MEDIUM_QUALITY, 1, &failure, this));
    UNDERSONG_CHECK(resampler_ != nullptr);
  }

  std::size_t read(std::span<float> to) {
    std::size_t filled = 0;
    while (!at_end_ && filled < to.size()) {
      throw_if_cancelled();
      const std::size_t got = read_some(to.subspan(filled));
      if (got == 0) break;
      filled += got;
    }
    samples_read_ += filled;
    at_end_ = at_end_ || filled < to.size();
    return filled;
  }

  const detail::SoundDescription& sound() const { return source_->description(); }
  double seconds_read() const { return static_cast<double>(samples_read_) / rate_; }
  bool at_end() const { return at_end_; }

 private:
  std::size_t read_some(std::span<float> to) {
    if (resampler_ == nullptr) return read_plain(to);
    const auto wanted = static_cast<long>(std::min(to.size(), kBlockFrames));
    const long got = src_callback_read(resampler_.get(), ratio_, wanted, to.data());
    if (failure_) std::rethrow_exception(failure_);
    return static_cast<std::size_t>(std::max(got, 0L));
  }

  std::size_t read_plain(std::span<float> to) {
    if (left_.empty()) left_ = mix_block();
    const std::size_t count = std::min(to.size(), left_.size());
    std::copy_n(left_.begin(), count, to.begin());
    left_ = left_.subspan(count);
    return count;
  }

  // What libsamplerate, which is C, calls: an exception waits until it has returned.
  static long next_block(void* self, float** data) {
    auto& stream = *static_cast<Implementation*>(self);
    try {
      const std::span<float> block = stream.failure_ ? std::span<float>() : stream.mix_block();
      *data = block.data();
      return static_cast<long>(block.size());
    } catch (...) {
      stream.failure_ = std::current_exception();
      return 0;
    }
  }

  std::span<float> mix_block() {
    throw_if_cancelled();
    const std::size_t count = source_->read(frames_);
    const auto channels = static_cast<std::size_t>(sound().channels);
    const auto left_out = static_cast<std::size_t>(sound().low_frequency_channel.value_or(-1));
    const float share = 1.0F / static_cast<float>(channels - (left_out < channels ? 1 : 0));
    for (std::size_t i = 0; i < count; ++i) {
      float sum = 0.0F;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        if (channel != left_out) sum += frames_[i * channels + channel];
      }
      // A file of floats may hold what is no number.
      mono_[i] = std::isfinite(sum) ? sum * share : 0.0F;
    }
    return std::span(mono_).first(count);
  }

  std::unique_ptr<detail::SoundSource> source_;
  int rate_;
  double ratio_ = 1.0;
  std::vector<float> frames_;  // [kBlockFrames, channels]
  std::vector<float> mono_;    // [kBlockFrames]
  std::span<float> left_;      // of mono_, without a resampler
  std::unique_ptr<SRC_STATE, DeleteResampler> resampler_;
  std::exception_ptr failure_;
  std::uint64_t samples_read_ = 0;
  bool at_end_ = false;
};

MonoStream::MonoStream(const fs::path& path, const MonoStreamOptions& options) {
  if (options.sample_rate < 1) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} Hz is no sample rate; ask for 1 or more", options.sample_rate));
  }
  implementation_ = std::make_unique<Implementation>(path, options);
}

MonoStream::~MonoStream() = default;

std::size_t MonoStream::read(std::span<float> to) { return implementation_->read(to); }

SampleReader MonoStream::reader() {
  return [this](std::span<float> to) { return read(to); };
}

std::optional<double> MonoStream::length_seconds() const {
  return implementation_->sound().seconds;
}

double MonoStream::seconds_read() const { return implementation_->seconds_read(); }

bool MonoStream::ended_early() const {
  return implementation_->at_end() &&
         seconds_read() + kMissingSeconds < length_seconds().value_or(0.0);
}

int MonoStream::source_rate() const { return implementation_->sound().sample_rate; }

int MonoStream::source_channels() const { return implementation_->sound().channels; }

const std::string& MonoStream::decoder() const { return implementation_->sound().decoder; }

}  // namespace undersong
