// Rendering and mastering, stage by stage.
//
//   render_bench PIECE.mid [SOUNDFONT...]
//
// For each SoundFont (by default the one that the program would choose): processor seconds and
// times real time of playing, of mastering and of writing each format, medians of three runs, and
// the peak memory of the process so far.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "audio/audio_file.h"
#include "audio/loudness.h"
#include "base/error.h"
#include "midi/midi_file.h"
#include "render/mastering.h"
#include "render/render.h"
#include "render/soundfont.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

struct Spent {
  double wall_seconds;
  double cpu_seconds;
};

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Median of three, by processor time: other programs share the machine.
Spent median_of_three(const std::function<void()>& work) {
  std::array<Spent, 3> runs{};
  for (auto& run : runs) {
    const auto wall = std::chrono::steady_clock::now();
    const double cpu = cpu_now();
    work();
    run.cpu_seconds = cpu_now() - cpu;
    run.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
  }
  std::sort(runs.begin(), runs.end(),
            [](const Spent& a, const Spent& b) { return a.cpu_seconds < b.cpu_seconds; });
  return runs[1];
}

void tell(const char* stage, const Spent& spent, double length_seconds) {
  fmt::print("  {:<28} {:7.3f} s cpu {:7.3f} s wall  {:7.1f} x real time  {:.3f} s a minute\n",
             stage, spent.cpu_seconds, spent.wall_seconds, length_seconds / spent.cpu_seconds,
             60.0 * spent.cpu_seconds / length_seconds);
}

double peak_memory_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

Score one_short_note() {
  Score score;
  score.tracks.emplace_back().notes = {{.onset_ticks = 0, .duration_ticks = 1}};
  return score;
}

void run(const Score& score, const fs::path& soundfont) {
  const RenderOptions options{.soundfont = soundfont, .longest_tail_seconds = 8.0};
  const RenderOptions no_tail{.soundfont = soundfont, .longest_tail_seconds = 0.0};
  fmt::print("{}\n", soundfont.string());
  const Score tiny = one_short_note();
  tell("loading", median_of_three([&] { render(tiny, no_tail, silent_progress()); }), 1.0);
  fmt::print("  peak memory {:.0f} MB\n", peak_memory_mb());

  AudioBuffer audio;
  const Spent playing = median_of_three([&] { audio = render(score, options, silent_progress()); });
  const double length = audio.length_seconds();
  fmt::print("  {:.1f} s of sound\n", length);
  tell("playing, loading included", playing, length);
  fmt::print("  peak memory {:.0f} MB\n", peak_memory_mb());

  AudioBuffer mastered;
  MasteringReport report;
  tell("mastering, copy included", median_of_three([&] {
         mastered = audio;
         report = master(mastered, {});
       }),
       length);
  fmt::print("  {:.2f} LUFS, {:.2f} dBTP, {} passes, at most {:.1f} dB taken\n",
             report.loudness_lufs, report.true_peak_dbtp, report.passes, report.reduction_db);
  tell("measuring loudness once", median_of_three([&] { measure_loudness(mastered); }), length);

  const fs::path folder = fs::temp_directory_path() / fmt::format("undersong-bench-{}", ::clock());
  for (const char* suffix : {".wav", ".flac", ".ogg", ".mp3"}) {
    const fs::path path = folder / (std::string("bench") + suffix);
    tell(suffix, median_of_three([&] { save_audio(path, mastered, {}, Overwrite::kAllow); }),
         length);
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  fmt::print("  peak memory {:.0f} MB\n", peak_memory_mb());
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "usage: render_bench PIECE.mid [SOUNDFONT...]\n");
    return 2;
  }
  const Score score = load_midi(arguments[0]).score;
  std::vector<fs::path> soundfonts(arguments.begin() + 1, arguments.end());
  if (soundfonts.empty()) soundfonts.push_back(find_soundfont());
  for (const auto& soundfont : soundfonts) run(score, soundfont);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** arguments) {
  try {
    return undersong::main_of({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "render_bench: {}\n", error.what());
    return 1;
  }
}
