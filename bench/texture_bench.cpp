// Texture and structure of real music; docs/benchmarks.md has the tables.
//
//   texture_bench sets PIECES FOLDER…   PIECES evenly spaced files of each folder: between which
//                                       values do 95 % of them lie, and how long does it take?
//   texture_bench shuffled PIECES FOLDER…   the same with the bars of each piece in random order
//   texture_bench hours HOURS           a made piece of 30 notes a second

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "midi/midi_file.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 7> kMeasures = {"H1",       "H4",     "GS",     "CPI",
                                                  "SI short", "SI mid", "SI long"};

struct Measured {
  std::array<std::optional<double>, kMeasures.size()> values;
  std::array<double, 3> seconds{};  // processor time of texture, matrix, structure
};

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Measured measure(const Score& score) {
  const double start = cpu_now();
  const Texture texture = measure_texture(score);
  const double textured = cpu_now();
  const SimilarityMatrix similarity = self_similarity(score);
  const double compared = cpu_now();
  const Structureness structure = measure_structure(similarity);
  return {.values = {texture.entropy_1_bar, texture.entropy_4_bars, texture.grooving_similarity,
                     texture.chord_irregularity, structure.short_term, structure.mid_term,
                     structure.long_term},
          .seconds = {textured - start, compared - textured, cpu_now() - compared}};
}

std::vector<fs::path> evenly_spaced(const fs::path& folder, std::size_t pieces) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".mid") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<fs::path> chosen;
  for (std::size_t i = 0; i < std::min(pieces, files.size()); ++i)
    chosen.push_back(files[i * files.size() / std::min(pieces, files.size())]);
  return chosen;
}

// Between neighbours in order where `share` falls between them.
double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - std::floor(at)) * (values[high] - values[low]);
}

void print_row(const std::string& name, const std::vector<Measured>& pieces, double seconds) {
  fmt::print("| {} | {} |", name, pieces.size());
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    std::vector<double> values;
    for (const Measured& piece : pieces) {
      if (piece.values[i]) values.push_back(*piece.values[i]);
    }
    if (values.empty()) {
      fmt::print(" - |");
    } else {
      fmt::print(" {:.2f}-{:.2f} ({:.2f}) |", quantile(values, 0.025), quantile(values, 0.975),
                 quantile(values, 0.5));
    }
  }
  fmt::print(" {:.0f} s |", seconds);
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<double> spent;
    spent.reserve(pieces.size());
    for (const Measured& piece : pieces) spent.push_back(piece.seconds[i] * 1e3);
    fmt::print(" {:.1f} |", quantile(spent, 0.5));
  }
  fmt::print("\n");
}

// Notes stay at their place in the bar and end with it; meters and tempos stay where they are.
Score with_shuffled_bars(Score score) {
  const BarGrid bars(score);
  std::vector<std::int64_t> order(static_cast<std::size_t>(bars.count()));
  std::iota(order.begin(), order.end(), 0);
  Rng(1).shuffle(std::span(order));
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      const std::int64_t bar = bars.bar_at(note.onset_ticks);
      if (bar >= bars.count()) continue;
      const Ticks left = bars.onset(bar + 1) - note.onset_ticks;
      note.duration_ticks = std::min(note.duration_ticks, left);
      note.onset_ticks += bars.onset(order[static_cast<std::size_t>(bar)]) - bars.onset(bar);
    }
  }
  sort_events(score);
  return score;
}

enum class Bars { kInOrder, kShuffled };

void print_set(const fs::path& folder, std::size_t pieces, Bars bars) {
  std::vector<Measured> measured;
  std::vector<double> lengths;
  for (const fs::path& file : evenly_spaced(folder, pieces)) {
    try {
      Score score = load_midi(file).score;
      if (bars == Bars::kShuffled) score = with_shuffled_bars(std::move(score));
      measured.push_back(measure(score));
      lengths.push_back(length_seconds(score));
    } catch (const Error& error) {
      fmt::print(stderr, "{}\n", error.message());
    }
  }
  if (!measured.empty()) print_row(folder.filename().string(), measured, quantile(lengths, 0.5));
}

Score made_piece(double hours) {
  constexpr Ticks kStep = 32;  // a thirtieth of a second at 960 ticks a second
  Rng rng(1);
  Score score;
  score.tracks.resize(1);
  const auto notes = static_cast<Ticks>(hours * 3600 * 30);
  for (Ticks i = 0; i < notes; ++i) {
    const auto pitch = static_cast<std::uint8_t>(36 + rng.below(48));
    score.tracks[0].notes.push_back(
        {.onset_ticks = i * kStep, .duration_ticks = 480, .pitch = pitch});
  }
  sort_events(score);
  return score;
}

int run(const std::vector<std::string>& arguments) {
  const bool shuffled = !arguments.empty() && arguments[0] == "shuffled";
  const bool sets = arguments.size() >= 3 && (shuffled || arguments[0] == "sets");
  const bool hours = arguments.size() == 2 && arguments[0] == "hours";
  if (!sets && !hours) {
    fmt::print(stderr,
               "texture_bench sets|shuffled PIECES FOLDER…, or texture_bench hours HOURS\n");
    return 2;
  }
  fmt::print("| set | pieces |");
  for (const char* name : kMeasures) fmt::print(" {} |", name);
  fmt::print(" length | texture ms | matrix ms | structure ms |\n");
  if (sets) {
    for (std::size_t i = 2; i < arguments.size(); ++i)
      print_set(arguments[i], std::strtoul(arguments[1].c_str(), nullptr, 10),
                shuffled ? Bars::kShuffled : Bars::kInOrder);
  } else {
    const Score score = made_piece(std::strtod(arguments[1].c_str(), nullptr));
    print_row(fmt::format("{} notes", note_count(score)), {measure(score)}, length_seconds(score));
  }
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) {
  return undersong::run(std::vector<std::string>(words + 1, words + count));
}
