#include "transcribe/pitch_activations.h"

#include <algorithm>
#include <cmath>

#include "base/cancel.h"
#include "base/parallel.h"
#include "transcribe/band_levels.h"

namespace undersong {
namespace {

// A window's first and last frames hear too little of what is around them.
constexpr std::size_t kDroppedFrames = 15;
constexpr std::size_t kKeptFrames = kPitchWindowFrames - 2 * kDroppedFrames;
constexpr std::size_t kOverlapSamples = 2 * kDroppedFrames * kPitchFrameSamples;
constexpr std::size_t kWindowHop = kPitchWindowSamples - kOverlapSamples;
static_assert(kWindowHop == 36164);
constexpr std::size_t kFirstZeros = kOverlapSamples / 2;
// Windows that are heard between two looks at the reader, shared among the processors: 26 seconds.
constexpr std::size_t kBatch = 16;

// As many frames as the reference keeps of a recording.
std::size_t frames_of(std::uint64_t samples) {
  constexpr double kFramesPerSecond = 86.0;
  return static_cast<std::size_t>(
      std::floor(static_cast<double>(samples) * (kFramesPerSecond / kHeardSampleRate)));
}

// The samples of the windows to come: what was read, after kFirstZeros zeros and before as many as
// it takes.
class WindowSource {
 public:
  explicit WindowSource(const SampleReader& read) : read_(read), waiting_(kFirstZeros, 0.0F) {}

  // The next windows, kBatch at most; none at the end. They are valid until the next call.
  std::vector<std::span<const float>> next() {
    fill((kBatch - 1) * kWindowHop + kPitchWindowSamples);
    std::vector<std::span<const float>> windows;
    if (samples_ == 0) return windows;
    std::size_t begin = 0;
    while (windows.size() < kBatch && begin < waiting_.size()) {
      windows.emplace_back();
      begin += kWindowHop;
    }
    const std::size_t most = windows.empty() ? 0 : begin - kWindowHop + kPitchWindowSamples;
    padded_ = waiting_;
    padded_.resize(std::max(most, padded_.size()), 0.0F);
    for (std::size_t i = 0; i < windows.size(); ++i)
      windows[i] = std::span(padded_).subspan(i * kWindowHop, kPitchWindowSamples);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(
                                                            std::min(begin, waiting_.size())));
    return windows;
  }

  std::uint64_t samples() const { return samples_; }

 private:
  void fill(std::size_t count) {
    while (!is_over_ && waiting_.size() < count) {
      const std::size_t before = waiting_.size();
      waiting_.resize(count, 0.0F);
      const std::size_t got = read_(std::span(waiting_).subspan(before));
      waiting_.resize(before + got);
      for (std::size_t i = before; i < waiting_.size(); ++i)
        if (!std::isfinite(waiting_[i])) waiting_[i] = 0.0F;
      samples_ += got;
      is_over_ = got == 0;
    }
  }

  const SampleReader& read_;
  std::vector<float> waiting_;
  std::vector<float> padded_;
  std::uint64_t samples_ = 0;
  bool is_over_ = false;
};

void keep(const PitchWindow& window, Contours contours, PitchActivations& to) {
  for (std::size_t i = kDroppedFrames; i < kDroppedFrames + kKeptFrames; ++i) {
    to.notes.push(std::span(window.notes).subspan(i * kPitchKeys, kPitchKeys));
    to.onsets.push(std::span(window.onsets).subspan(i * kPitchKeys, kPitchKeys));
    to.levels.push(std::span(window.levels).subspan(i * kPitchKeys, kPitchKeys));
    if (contours == Contours::kKeep)
      to.contours.push(std::span(window.contours).subspan(i * kPitchContours, kPitchContours));
  }
}

}  // namespace

double pitch_frame_seconds(std::size_t frame) {
  const std::size_t samples =
      frame / kKeptFrames * kWindowHop + frame % kKeptFrames * kPitchFrameSamples;
  return static_cast<double>(samples) / kHeardSampleRate;
}

PitchActivations hear_pitches(const PitchNetwork& network, const SampleReader& read,
                              const PitchHearingOptions& options, Progress& progress) {
  PitchActivations heard;
  WindowSource source(read);
  progress.begin("listening", static_cast<std::int64_t>(options.length_seconds.value_or(0.0)), "s");
  for (auto windows = source.next(); !windows.empty(); windows = source.next()) {
    std::vector<PitchWindow> answers(windows.size());
    for_each_in_parallel(windows.size(), [&](std::size_t i) {
      throw_if_cancelled();
      answers[i] = network.hear(windows[i]);
    });
    for (const PitchWindow& answer : answers) keep(answer, options.contours, heard);
    progress.update(
        static_cast<std::int64_t>(static_cast<double>(source.samples()) / kHeardSampleRate), "");
  }
  progress.end();
  heard.length_seconds = static_cast<double>(source.samples()) / kHeardSampleRate;
  heard.truncate(frames_of(source.samples()));
  return heard;
}

}  // namespace undersong
