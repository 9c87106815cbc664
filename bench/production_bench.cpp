// Productions: seconds, times real time and memory; what each effect costs.
//
//   production_bench SECONDS none|keep [SOUNDFONT]     one production of eight tracks
//   production_bench effects                            each effect alone, nanoseconds a frame
//
// One run a process, so that the peak memory is the production's own.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "audio/audio_writer.h"
#include "audio/loudness.h"
#include "audio/loudness_profile.h"
#include "audio/true_peak.h"
#include "base/rng.h"
#include "render/effects/biquad.h"
#include "render/effects/chorus.h"
#include "render/effects/echo.h"
#include "render/effects/placement.h"
#include "render/effects/reverb.h"
#include "render/effects/saturation.h"
#include "render/effects/side_chain.h"
#include "render/effects/tape_wow.h"
#include "render/effects/vinyl.h"
#include "render/production.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double peak_memory_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

struct Part {
  Role role;
  int program;
  std::vector<int> pitches;  // of one chord of four
  int steps;                 // sixteenths between two onsets
  RoleSound sound;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> kParts = {
      {Role::kDrums,
       0,
       {36, 42, 38, 42},
       1,
       {.level_db = -1, .low_pass_hz = 7000, .saturation = 0.35, .reverb = 0.08}},
      {Role::kPercussion, 0, {70, 54, 70, 63}, 2, {.level_db = -8, .pan = 0.3, .reverb = 0.15}},
      {Role::kBass,
       33,
       {36, 43, 36, 48},
       4,
       {.level_db = -1, .low_pass_hz = 1200, .saturation = 0.2}},
      {Role::kChords,
       4,
       {57, 60, 64, 67},
       8,
       {.level_db = -3,
        .pan = -0.1,
        .low_pass_hz = 5000,
        .saturation = 0.15,
        .side_chain_db = 4,
        .chorus = 0.3,
        .reverb = 0.2}},
      {Role::kPad,
       89,
       {60, 64, 67, 71},
       16,
       {.level_db = -12, .low_pass_hz = 3500, .width = 1.4, .side_chain_db = 6, .reverb = 0.4}},
      {Role::kArpeggio,
       11,
       {72, 76, 79, 83},
       2,
       {.level_db = -8, .pan = 0.4, .delay = 0.2, .reverb = 0.2}},
      {Role::kLead,
       26,
       {72, 74, 76, 79},
       3,
       {.level_db = -4,
        .pan = 0.15,
        .low_pass_hz = 6000,
        .saturation = 0.1,
        .delay = 0.15,
        .reverb = 0.25}},
      {Role::kCounter, 73, {67, 69, 71, 72}, 6, {.level_db = -8, .pan = -0.3, .reverb = 0.3}},
  };
  return kParts;
}

// Eight tracks, about 25 notes a second.
Score piece(double seconds) {
  Score score;
  score.tempos = {{0, 60000000 / 84}};
  const auto sixteenths = static_cast<int>(seconds * 84.0 / 60.0 * 4.0) - 8;
  Rng rng(1);
  for (std::size_t i = 0; i < parts().size(); ++i) {
    const Part& part = parts()[i];
    Track& track = score.tracks.emplace_back();
    const bool percussive = is_percussive(part.role);
    const auto channel = static_cast<std::uint8_t>(percussive ? kDrumChannel : i);
    track.controls.push_back(
        {0, ControlEvent::Kind::kProgram, channel, 0, static_cast<std::int16_t>(part.program)});
    const bool is_chord = part.role == Role::kChords || part.role == Role::kPad;
    for (int at = 0; at < sixteenths; at += part.steps) {
      const auto index = static_cast<std::size_t>(at / part.steps);
      for (std::size_t voice = 0; voice < (is_chord ? 4U : 1U); ++voice) {
        const int pitch = part.pitches[(index + voice) % 4] + (percussive ? 0 : 5 * (at / 16 % 2));
        track.notes.push_back({.onset_ticks = 120 * at,
                               .duration_ticks = 120 * part.steps - 10,
                               .pitch = static_cast<std::uint8_t>(pitch),
                               .velocity = static_cast<std::uint8_t>(70 + rng.below(40)),
                               .channel = channel});
      }
    }
  }
  sort_events(score);
  return score;
}

ProductionSettings settings_for(double seconds, const char* soundfont) {
  ProductionSettings settings;
  for (std::size_t i = 0; i < parts().size(); ++i) {
    settings.stems.push_back({.track = i,
                              .name = std::string(title_of(parts()[i].role)),
                              .role = parts()[i].role,
                              .sound = parts()[i].sound});
  }
  settings.mix = {.low_pass_hz = 9000, .wow_cents = 7, .vinyl_db = -46, .reverb_seconds = 1.6};
  settings.frames = static_cast<std::int64_t>(seconds * settings.sample_rate);
  settings.seed = 7;
  if (soundfont != nullptr) settings.soundfont = soundfont;
  return settings;
}

void write_wav(const Production& production, const fs::path& path) {
  AudioWriter writer(path, {.sample_rate = production.sample_rate()}, {}, Overwrite::kAllow);
  std::vector<float> block(2 * 65536);
  for (std::int64_t first = 0; first < production.frames();) {
    const auto count = std::min<std::int64_t>(production.frames() - first, 65536);
    const auto samples = std::span(block).first(static_cast<std::size_t>(2 * count));
    production.read_mix(first, samples);
    writer.write(samples);
    first += count;
  }
  writer.commit();
}

void run_production(double seconds, Stems stems, const char* soundfont) {
  const Score score = piece(seconds);
  const ProductionSettings settings = settings_for(seconds, soundfont);
  const auto wall = std::chrono::steady_clock::now();
  const auto wall_so_far = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
  };
  const double cpu = cpu_now();
  const Production production = produce(score, settings, stems, silent_progress());
  const double produced = wall_so_far();
  const fs::path path = fs::temp_directory_path() / "undersong-bench.wav";
  write_wav(production, path);
  const MasteringReport& report = production.mastering();
  fmt::print(
      "{:.0f} s, {} stems, {} notes: produced in {:.2f} s, in a WAV after {:.2f} s ({:.2f} s of "
      "processor, {:.0f} x real time); {:.0f} MB; {:.2f} LUFS, {:.2f} dBTP, {} passes, gain {:.1f} "
      "dB, at most {:.1f} dB taken\n",
      seconds, production.stems().size(), note_count(score), produced, wall_so_far(),
      cpu_now() - cpu, seconds / wall_so_far(), peak_memory_mb(), report.loudness_lufs,
      report.true_peak_dbtp, report.passes, report.gain_db, report.reduction_db);
}

using detail::StereoBlock;

// Median of five runs over ten seconds.
void time_effect(const char* name, const std::function<void(StereoBlock)>& process) {
  constexpr std::size_t kFrames = 480000;
  detail::StereoBuffer sound(kFrames);
  Rng rng(1);
  for (std::size_t i = 0; i < kFrames; ++i) {
    sound.all().left[i] = static_cast<float>(0.4 * rng.uniform() - 0.2);
    sound.all().right[i] = static_cast<float>(0.4 * rng.uniform() - 0.2);
  }
  std::vector<double> runs;
  for (int i = 0; i < 5; ++i) {
    detail::StereoBuffer copy = sound;
    const double start = cpu_now();
    for (std::size_t at = 0; at < kFrames; at += 8192) {
      const std::size_t count = std::min<std::size_t>(8192, kFrames - at);
      process({copy.all().left.subspan(at, count), copy.all().right.subspan(at, count)});
    }
    runs.push_back(cpu_now() - start);
  }
  std::sort(runs.begin(), runs.end());
  fmt::print("| {} | {:.1f} ns | {:.0f} ms |\n", name, 1e9 * runs[2] / kFrames, 6000.0 * runs[2]);
}

void run_effects() {
  constexpr int kRate = 48000;
  fmt::print("| effect | a frame | a minute |\n|---|---|---|\n");
  detail::Biquad filter(detail::low_pass(5000.0, kRate));
  time_effect("filter", [&](StereoBlock block) { filter.process(block); });
  detail::Saturation saturation(0.4, kRate);
  time_effect("saturation", [&](StereoBlock block) { saturation.process(block); });
  const detail::Placement placement({.width = 1.3, .pan = 0.2, .level_db = -3.0});
  time_effect("width, pan, level", [&](StereoBlock block) { placement.process(block); });
  detail::SideChain chain({.depth_db = 6.0}, {0, 24000, 48000, 72000}, kRate);
  std::int64_t first = 0;
  time_effect("side chain", [&](StereoBlock block) {
    chain.process(first % 90000, block);
    first += 8192;
  });
  detail::Chorus chorus(kRate);
  time_effect("chorus", [&](StereoBlock block) { chorus.process(block); });
  detail::Echo echo({}, kRate);
  time_effect("delay", [&](StereoBlock block) { echo.process(block); });
  detail::Reverb reverb({}, kRate);
  time_effect("reverb", [&](StereoBlock block) { reverb.process(block); });
  detail::TapeWow wow({}, kRate);
  time_effect("wow", [&](StereoBlock block) { wow.process(block); });
  detail::Vinyl vinyl(1, kRate);
  time_effect("vinyl",
              [&](StereoBlock block) { vinyl.generate(block, detail::Vinyl::Source::kOn); });
  std::vector<float> peaks;
  std::vector<float> interleaved;
  TruePeakDetector detector(2);
  LoudnessProfile profile(kRate, 2);
  LoudnessMeter meter(kRate, 2);
  const auto interleave = [&](StereoBlock block) {
    interleaved.clear();
    for (std::size_t i = 0; i < block.frames(); ++i) {
      interleaved.push_back(block.left[i]);
      interleaved.push_back(block.right[i]);
    }
  };
  time_effect("true peak", [&](StereoBlock block) {
    interleave(block);
    peaks.clear();
    detector.add(interleaved, peaks);
  });
  time_effect("loudness in cells", [&](StereoBlock block) {
    interleave(block);
    profile.add(interleaved);
  });
  time_effect("loudness by libebur128", [&](StereoBlock block) {
    interleave(block);
    meter.add(interleaved);
  });
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "effects") {
    run_effects();
    return 0;
  }
  if (arguments.size() < 2) {
    fmt::print(stderr, "usage: production_bench SECONDS none|keep [SOUNDFONT], or effects\n");
    return 2;
  }
  run_production(std::stod(arguments[0]), arguments[1] == "keep" ? Stems::kKeep : Stems::kNone,
                 arguments.size() > 2 ? arguments[2].c_str() : nullptr);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** arguments) {
  try {
    return undersong::main_of({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "production_bench: {}\n", error.what());
    return 1;
  }
}
