#include "excerpt_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "audio/audio_file.h"
#include "base/error.h"
#include "base/subprocess.h"
#include "render/render.h"
#include "score/tempo_map.h"
#include "score/transform.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr int kSampleRate = 44100;
constexpr float kPeak = 0.7F;
constexpr Ticks kTicksPerSecond = 10000;  // of an excerpt: 120 BPM, 5000 a quarter
constexpr int kFirstEffect = 115;         // woodblock, drums and noises: keys without a pitch
constexpr double kUnisonSeconds = 0.02;

Ticks excerpt_ticks(double seconds) {
  return static_cast<Ticks>(std::lround(seconds * kTicksPerSecond));
}

// Registered parameters mean something in their order alone (Complete MIDI 1.0, "RPN").
bool is_parameter(const ControlEvent& event) {
  return event.kind == ControlEvent::Kind::kController &&
         (event.number == 6 || event.number == 38 || (event.number >= 96 && event.number <= 101));
}

// What holds at `begin`, then what comes until `end`; ticks are the piece's.
std::vector<ControlEvent> controls_between(const Track& track, Ticks begin, Ticks end) {
  std::vector<ControlEvent> controls;
  std::set<std::tuple<ControlEvent::Kind, int, int>> said;
  for (auto event = track.controls.rbegin(); event != track.controls.rend(); ++event) {
    if (event->tick >= end) continue;
    const bool is_new = said.insert({event->kind, event->channel, event->number}).second;
    if (event->tick > begin || is_parameter(*event) || is_new) controls.push_back(*event);
  }
  std::reverse(controls.begin(), controls.end());
  return controls;
}

// The program that a note plays with: the last one that its channel was given in any track.
class Programs {
 public:
  explicit Programs(const Score& score) {
    for (const Track& track : score.tracks) {
      for (const ControlEvent& event : track.controls) {
        if (event.kind != ControlEvent::Kind::kProgram) continue;
        changes_[event.channel][event.tick] = event.value;
      }
    }
  }

  int at(const Note& note) const {
    const auto channel = changes_.find(note.channel);
    if (channel == changes_.end()) return 0;
    const auto after = channel->second.upper_bound(note.onset_ticks);
    return after == channel->second.begin() ? 0 : std::prev(after)->second;
  }

 private:
  std::map<int, std::map<Ticks, int>> changes_;
};

bool is_heard(const Note& note, const Programs& programs, const ExcerptPlan& plan) {
  if (note.channel == kDrumChannel) return !plan.program;
  return plan.program || programs.at(note) < kFirstEffect;
}

// Each pitch's notes whose onsets are together become one.
std::vector<NoteInSeconds> without_unisons(std::vector<NoteInSeconds> notes) {
  std::sort(notes.begin(), notes.end(), [](const NoteInSeconds& a, const NoteInSeconds& b) {
    return std::tie(a.pitch, a.onset_seconds) < std::tie(b.pitch, b.onset_seconds);
  });
  std::vector<NoteInSeconds> kept;
  for (const NoteInSeconds& note : notes) {
    if (!kept.empty() && kept.back().pitch == note.pitch &&
        note.onset_seconds - kept.back().onset_seconds <= kUnisonSeconds) {
      kept.back().offset_seconds = std::max(kept.back().offset_seconds, note.offset_seconds);
    } else {
      kept.push_back(note);
    }
  }
  std::sort(kept.begin(), kept.end(), [](const NoteInSeconds& a, const NoteInSeconds& b) {
    return std::tie(a.onset_seconds, a.pitch) < std::tie(b.onset_seconds, b.pitch);
  });
  return kept;
}

double beat_ticks(const Score& piece, const Meter& meter) {
  const double unit = 4.0 * piece.ticks_per_quarter / meter.denominator;
  const bool is_compound =
      meter.denominator >= 8 && meter.numerator > 3 && meter.numerator % 3 == 0;
  return is_compound ? 3.0 * unit : unit;
}

std::vector<double> beats_of(const Score& piece, const ExcerptPlan& plan) {
  std::vector<Meter> meters = piece.meters;
  if (meters.empty() || meters.front().tick > 0) meters.insert(meters.begin(), Meter{});
  const TempoMap tempo(piece);
  const double end = plan.begin_seconds + plan.length_seconds;
  const double last_tick = tempo.ticks_at(end);
  std::vector<double> beats;
  for (std::size_t i = 0; i < meters.size(); ++i) {
    const double until = i + 1 < meters.size() ? meters[i + 1].tick : last_tick + 1.0;
    const double step = beat_ticks(piece, meters[i]);
    for (double tick = meters[i].tick; tick < std::min(until, last_tick + 1.0); tick += step) {
      const double at = tempo.seconds_at(static_cast<Ticks>(tick));
      if (at >= plan.begin_seconds && at < end) beats.push_back(at - plan.begin_seconds);
    }
  }
  return beats;
}

void measure_tempo(ExcerptTruth& truth) {
  std::vector<double> lengths;
  for (std::size_t i = 1; i < truth.beats.size(); ++i) {
    lengths.push_back(truth.beats[i] - truth.beats[i - 1]);
  }
  if (lengths.empty()) return;
  std::sort(lengths.begin(), lengths.end());
  const double median = lengths[lengths.size() / 2];
  truth.tempo_bpm = 60.0 / median;
  truth.tempo_spread = (lengths[lengths.size() * 3 / 4] - lengths[lengths.size() / 4]) / median;
}

AudioBuffer to_mono(const AudioBuffer& audio) {
  AudioBuffer mono{.sample_rate = audio.sample_rate, .channels = 1, .samples = {}};
  const auto channels = static_cast<std::size_t>(audio.channels);
  for (std::size_t i = 0; i < audio.frames(); ++i) {
    float sum = 0.0F;
    for (std::size_t c = 0; c < channels; ++c) sum += audio.samples[i * channels + c];
    mono.samples.push_back(sum / static_cast<float>(audio.channels));
  }
  return mono;
}

double mean_power(const std::vector<float>& samples) {
  double sum = 0.0;
  for (const float sample : samples) sum += std::pow(static_cast<double>(sample), 2.0);
  return sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
}

// White noise, or pink by Paul Kellet's three poles (firstpr.com.au/dsp/pink-noise).
std::vector<float> noise_of(NoiseKind kind, std::size_t count, Rng rng) {
  std::vector<float> noise(count);
  double low = 0.0;
  double middle = 0.0;
  double high = 0.0;
  for (float& sample : noise) {
    const double white = 2.0 * rng.uniform() - 1.0;
    low = 0.99765 * low + white * 0.0990460;
    middle = 0.96300 * middle + white * 0.2965164;
    high = 0.57000 * high + white * 1.0526913;
    const double pink = low + middle + high + white * 0.1848;
    sample = static_cast<float>(kind == NoiseKind::kWhite ? white : pink);
  }
  return noise;
}

void add_noise(AudioBuffer& audio, const AddedNoise& added, const Rng& rng) {
  const std::vector<float> noise = noise_of(added.kind, audio.samples.size(), rng);
  const double wanted = mean_power(audio.samples) / std::pow(10.0, added.snr_db / 10.0);
  const double scale = std::sqrt(wanted / std::max(mean_power(noise), 1e-30));
  for (std::size_t i = 0; i < noise.size(); ++i) {
    audio.samples[i] += static_cast<float>(scale) * noise[i];
  }
}

void set_peak(AudioBuffer& audio) {
  float peak = 1e-9F;
  for (const float sample : audio.samples) peak = std::max(peak, std::abs(sample));
  for (float& sample : audio.samples) sample *= kPeak / peak;
}

void to_mp3(const fs::path& wav, const fs::path& mp3, int kbps) {
  const SubprocessResult result =
      run_subprocess({"ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", wav.string(), "-b:a",
                      fmt::format("{}k", kbps), mp3.string()},
                     std::chrono::minutes(1));
  if (result.exit_code != 0) throw Error(ErrorKind::kIo, "ffmpeg: " + result.errors);
}

}  // namespace

Score cut_excerpt(const Score& piece, const ExcerptPlan& plan) {
  const TempoMap tempo(piece);
  const Programs programs(piece);
  const double end = plan.begin_seconds + plan.length_seconds;
  const Ticks last_tick = tempo.ticks_at(end);
  const auto placed = [&](Ticks tick) {
    const double at = std::min(tempo.seconds_at(tick), end) - plan.begin_seconds;
    return excerpt_ticks(std::max(at, 0.0));
  };
  Score excerpt;
  excerpt.ticks_per_quarter = kTicksPerSecond / 2;
  for (const Track& track : piece.tracks) {
    Track& cut = excerpt.tracks.emplace_back();
    cut.controls = controls_between(track, tempo.ticks_at(plan.begin_seconds), last_tick);
    for (ControlEvent& event : cut.controls) event.tick = placed(event.tick);
    for (Note note : track.notes) {
      const double onset = tempo.seconds_at(note.onset_ticks);
      if (onset < plan.begin_seconds || onset >= end || !is_heard(note, programs, plan)) continue;
      const Ticks offset = placed(note.onset_ticks + note.duration_ticks);
      note.onset_ticks = placed(note.onset_ticks);
      note.duration_ticks = std::max(offset - note.onset_ticks, Ticks{1});
      cut.notes.push_back(note);
    }
  }
  sort_events(excerpt);
  return plan.program ? with_program(std::move(excerpt), *plan.program) : excerpt;
}

ExcerptTruth truth_of(const Score& piece, const Score& excerpt, const ExcerptPlan& plan) {
  ExcerptTruth truth;
  for (const Track& track : excerpt.tracks) {
    for (const Note& note : track.notes) {
      const double onset = static_cast<double>(note.onset_ticks) / kTicksPerSecond;
      const double length = static_cast<double>(note.duration_ticks) / kTicksPerSecond;
      if (note.channel == kDrumChannel) {
        truth.hits.push_back({onset, note.pitch});
      } else {
        truth.notes.push_back({onset, onset + length, note.pitch});
      }
    }
  }
  truth.notes = without_unisons(std::move(truth.notes));
  std::sort(truth.hits.begin(), truth.hits.end(), [](const HitInSeconds& a, const HitInSeconds& b) {
    return std::tie(a.seconds, a.kind) < std::tie(b.seconds, b.kind);
  });
  truth.beats = beats_of(piece, plan);
  measure_tempo(truth);
  return truth;
}

fs::path save_excerpt_sound(const Score& excerpt, const ExcerptPlan& plan, const Rng& rng,
                            const fs::path& folder) {
  const RenderOptions options{
      .soundfont = plan.soundfont, .sample_rate = kSampleRate, .longest_tail_seconds = 1.0};
  AudioBuffer audio = render(excerpt, options, silent_progress());
  if (!plan.mp3_kbps) audio = to_mono(audio);
  if (plan.noise) add_noise(audio, *plan.noise, rng);
  set_peak(audio);
  const fs::path wav = plan.name + ".wav";
  save_audio(folder / wav, audio, {}, Overwrite::kAllow);
  if (!plan.mp3_kbps) return wav;
  const fs::path mp3 = plan.name + ".mp3";
  to_mp3(folder / wav, folder / mp3, *plan.mp3_kbps);
  fs::remove(folder / wav);
  return mp3;
}

}  // namespace undersong
