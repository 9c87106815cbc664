#include "render/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>

#include "base/cancel.h"
#include "base/error.h"
#include "render/channel_plan.h"
#include "render/player.h"
#include "render/schedule.h"
#include "render/soundfont.h"
#include "render/synth.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

using detail::SynthEvent;

constexpr std::int64_t kBlockFrames = 8192;  // between looks for cancellation
constexpr std::int64_t kTailBlockFrames = 512;
constexpr float kInaudible = 3.16e-5F;  // of the loudest sample: -90 dB

// A tail that ends by itself needs only its last step smoothed; one that is cut off gets a fade
// that is heard as one.
constexpr double kShortFadeSeconds = 0.02;
constexpr double kLongFadeSeconds = 2.0;

void check_options(const RenderOptions& options) {
  if (options.sample_rate < 8000 || options.sample_rate > 96000) {
    throw Error(ErrorKind::kUsage,
                fmt::format("a sample rate of {} Hz is out of range: give 8000 to 96000",
                            options.sample_rate));
  }
  if (!(options.gain > 0.0 && options.gain <= 10.0)) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("a gain of {} is out of range: give more than 0 and at most 10", options.gain));
  }
  if (!(options.longest_tail_seconds >= 0.0 && options.longest_tail_seconds <= 60.0)) {
    throw Error(ErrorKind::kUsage, fmt::format("a tail of {} s is out of range: give 0 to 60",
                                               options.longest_tail_seconds));
  }
}

void check_score(const Score& score) {
  if (note_count(score) == 0)
    throw Error(ErrorKind::kUsage, "there is nothing to render: the piece has no notes");
  const double seconds = length_seconds(score);
  if (seconds > kLongestRenderSeconds) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the piece lasts {:.1f} hours, and the longest that is rendered is "
                            "{:.0f}: cut it, or raise its tempo",
                            seconds / 3600.0, kLongestRenderSeconds / 3600.0));
  }
}

// Multiplies the last `seconds` by a falling half cosine.
void fade_out(AudioBuffer& audio, double seconds) {
  const std::size_t frames = audio.frames();
  const auto fade = std::min(frames, static_cast<std::size_t>(seconds * audio.sample_rate));
  for (std::size_t i = 0; i < fade; ++i) {
    const double left = static_cast<double>(fade - 1 - i) / static_cast<double>(fade);
    const auto gain = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * left));
    for (std::size_t channel = 0; channel < 2; ++channel)
      audio.samples[2 * (frames - fade + i) + channel] *= gain;
  }
}

float peak_of(std::span<const float> samples) {
  float peak = 0.0F;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  return peak;
}

// A player whose sound goes to the end of a buffer.
class Playback {
 public:
  Playback(detail::Synth& synth, std::span<const SynthEvent> events, AudioBuffer& audio)
      : synth_(synth), player_(synth, events), audio_(audio) {}

  std::int64_t frame() const { return player_.frame(); }

  // Plays on until `end`, events before it included. Returns what was added.
  std::span<const float> play_until(std::int64_t end) {
    const std::size_t first = audio_.samples.size();
    player_.play_until(end, [this](std::size_t frames) {
      const std::size_t before = audio_.samples.size();
      audio_.samples.resize(before + 2 * frames);
      synth_.render(std::span(audio_.samples).subspan(before));
    });
    return std::span<const float>(audio_.samples).subspan(first);
  }

 private:
  detail::Synth& synth_;
  detail::Player player_;
  AudioBuffer& audio_;
};

std::int64_t last_note_end(std::span<const SynthEvent> events) {
  std::int64_t end = 0;
  for (const auto& event : events) {
    if (event.kind == SynthEvent::Kind::kNoteOff) end = std::max(end, event.frame);
  }
  return end;
}

// Lets the last notes ring. Returns how long the end is to be faded, in seconds.
double ring_out(Playback& playback, const detail::Synth& synth, float silence,
                std::int64_t longest_end) {
  while (playback.frame() < longest_end) {
    throw_if_cancelled();
    const auto block = playback.play_until(playback.frame() + kTailBlockFrames);
    if (synth.sounding_voices() == 0 && peak_of(block) <= silence) return kShortFadeSeconds;
  }
  return kLongFadeSeconds;
}

}  // namespace

AudioBuffer render(const Score& score, const RenderOptions& options, Progress& progress) {
  check_options(options);
  check_score(score);
  const auto soundfont = find_soundfont(options.soundfont);
  const auto channels = detail::plan_channels(score);
  const auto events = detail::schedule(score, channels, options.sample_rate);
  const std::int64_t music_end = last_note_end(events);
  const auto longest_tail =
      static_cast<std::int64_t>(options.longest_tail_seconds * options.sample_rate);

  AudioBuffer audio{.sample_rate = options.sample_rate, .channels = 2, .samples = {}};
  audio.samples.reserve(2 * static_cast<std::size_t>(music_end + longest_tail + kTailBlockFrames));
  detail::Synth synth(soundfont, {.sample_rate = options.sample_rate,
                                  .gain = options.gain,
                                  .is_percussion = channels.is_percussion});
  Playback playback(synth, events, audio);
  progress.begin("rendering", music_end / options.sample_rate, "s");
  while (playback.frame() < music_end) {
    throw_if_cancelled();
    playback.play_until(std::min(music_end, playback.frame() + kBlockFrames));
    progress.update(playback.frame() / options.sample_rate, "");
  }
  const double fade_seconds =
      ring_out(playback, synth, kInaudible * peak_of(audio.samples), music_end + longest_tail);
  // What is cut off fades within the tail, never over the music itself.
  fade_out(audio,
           std::min(fade_seconds,
                    std::max(kShortFadeSeconds, static_cast<double>(playback.frame() - music_end) /
                                                    options.sample_rate)));
  progress.end();
  return audio;
}

}  // namespace undersong
