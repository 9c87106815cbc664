#include "audio/loudness.h"

#include <ebur128.h>

#include <limits>
#include <new>

#include "audio/true_peak.h"
#include "base/check.h"

namespace undersong {

struct LoudnessMeter::State {
  State(int sample_rate, int channels)
      : library(ebur128_init(static_cast<unsigned>(channels),
                             static_cast<unsigned long>(sample_rate),
                             EBUR128_MODE_I | EBUR128_MODE_LRA)) {
    if (library == nullptr) throw std::bad_alloc();
  }
  ~State() { ebur128_destroy(&library); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ebur128_state* library;
};

LoudnessMeter::LoudnessMeter(int sample_rate, int channels)
    : state_(std::make_unique<State>(sample_rate, channels)) {}

LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::add(std::span<const float> samples) {
  const std::size_t channels = state_->library->channels;
  UNDERSONG_CHECK(samples.size() % channels == 0);
  const int status =
      ebur128_add_frames_float(state_->library, samples.data(), samples.size() / channels);
  if (status == EBUR128_ERROR_NOMEM) throw std::bad_alloc();
  UNDERSONG_CHECK(status == EBUR128_SUCCESS);
}

double LoudnessMeter::integrated_lufs() const {
  double lufs = 0.0;
  UNDERSONG_CHECK(ebur128_loudness_global(state_->library, &lufs) == EBUR128_SUCCESS);
  return lufs;
}

double LoudnessMeter::range_lu() const {
  double range = 0.0;
  UNDERSONG_CHECK(ebur128_loudness_range(state_->library, &range) == EBUR128_SUCCESS);
  return range;
}

Loudness measure_loudness(const AudioBuffer& audio) {
  LoudnessMeter meter(audio.sample_rate, audio.channels);
  meter.add(audio.samples);
  return {.integrated_lufs = meter.integrated_lufs(),
          .true_peak_dbtp = db_from_linear(static_cast<double>(true_peak(audio))),
          .range_lu = meter.range_lu()};
}

}  // namespace undersong
