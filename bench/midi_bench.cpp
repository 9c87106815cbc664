// Reading and writing MIDI from and to memory, all files of a folder at a time.
//
//   UNDERSONG_MIDI_FOLDER=folder midi_bench --benchmark_repetitions=9
//
// Without the variable: piano-midi-de of ../shared/data. mido (Debian's python3-mido) reads the
// same files in the same run.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/subprocess.h"
#include "midi/midi_file.h"
#include "support/shared_music.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

struct Music {
  fs::path folder;
  std::vector<std::vector<std::uint8_t>> files;
  std::size_t bytes = 0;
  std::size_t notes = 0;
};

fs::path music_folder() {
  if (const char* folder = std::getenv("UNDERSONG_MIDI_FOLDER")) return folder;
  return shared_music("piano-midi-de").value_or(fs::path());
}

Music load_music() {
  Music music{.folder = music_folder(), .files = {}};
  if (music.folder.empty()) return music;
  for (const auto& entry : fs::recursive_directory_iterator(music.folder)) {
    const auto suffix = entry.path().extension();
    if (suffix != ".mid" && suffix != ".MID") continue;
    music.files.push_back(read_file(entry.path()));
    music.bytes += music.files.back().size();
    music.notes += note_count(read_midi(music.files.back()).score);
  }
  return music;
}

const Music& music() {
  static const Music loaded = load_music();
  return loaded;
}

bool has_music(benchmark::State& state) {
  if (music().files.empty()) state.SkipWithError(kNoSharedMusic);
  return !music().files.empty();
}

void report(benchmark::State& state) {
  const auto rounds = static_cast<double>(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(music().bytes));
  state.counters["notes_per_second"] =
      benchmark::Counter(static_cast<double>(music().notes) * rounds, benchmark::Counter::kIsRate);
}

void read_all(benchmark::State& state) {
  if (!has_music(state)) return;
  for (auto _ : state) {
    for (const auto& file : music().files) benchmark::DoNotOptimize(read_midi(file));
  }
  report(state);
}
BENCHMARK(read_all)->Unit(benchmark::kMillisecond);

void write_all(benchmark::State& state) {
  if (!has_music(state)) return;
  std::vector<Score> scores;
  for (const auto& file : music().files) scores.push_back(read_midi(file).score);
  for (auto _ : state) {
    for (const auto& score : scores) benchmark::DoNotOptimize(write_midi(score));
  }
  report(state);
}
BENCHMARK(write_all)->Unit(benchmark::kMillisecond);

// mido gives messages with delta times; notes are not even paired. It times itself, without the
// start of Python.
constexpr const char* kMido = R"(
import io, mido, pathlib, sys, time
files = [p.read_bytes() for p in pathlib.Path(sys.argv[1]).rglob('*') if p.suffix.lower() == '.mid']
start = time.process_time()
for data in files: mido.MidiFile(file=io.BytesIO(data))
print(time.process_time() - start)
)";

void read_all_with_mido(benchmark::State& state) {
  if (!has_music(state)) return;
  for (auto _ : state) {
    const auto result = run_subprocess({"/usr/bin/python3", "-c", kMido, music().folder.string()},
                                       std::chrono::minutes(5));
    if (result.exit_code != 0) {
      state.SkipWithError("python3-mido is not installed, or cannot read a file");
      return;
    }
    state.SetIterationTime(std::stod(result.output));
  }
  report(state);
}
BENCHMARK(read_all_with_mido)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(1);

}  // namespace
}  // namespace undersong

BENCHMARK_MAIN();
