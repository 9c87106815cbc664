// The originality index: build, size, memory, comparison, and how often it finds what brute force
// finds.
//
//   originality_bench build FOLDER NOTES INDEX    index of that many notes; FOLDER holds MIDI files
//   originality_bench check FOLDER INDEX          tracks of three minutes, cold and warm
//   originality_bench agreement FOLDER NOTES EVERY    every so many windows against brute force
//
// bench/originality_table.sh runs all of it and prints the table of docs/benchmarks.md. Every tenth
// file is no part of an index: tracks are cut from those. Above what the files hold, the corpus
// grows by music made of them: inverted, retrograde, in another mode, bars in another order. Not
// transposed, and not at another speed, which an index cannot tell apart.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/rng.h"
#include "midi/midi_file.h"
#include "originality/index.h"
#include "originality/points.h"
#include "originality/window_grid.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of this process, on all processors: what others on the machine do is not in it.
double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0.0 : values[values.size() / 2];
}

struct Music {
  std::vector<std::pair<std::string, Score>> learned;
  std::vector<std::pair<std::string, Score>> held_out;
};

// So many give some twenty tracks of three minutes.
constexpr std::size_t kLeastFiles = 1500;

// In an order that mixes the sets, the same on every machine.
Music load_music(const fs::path& folder, std::size_t most_notes) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto suffix = entry.path().extension();
    if (suffix == ".mid" || suffix == ".MID") paths.push_back(fs::relative(entry.path(), folder));
  }
  std::sort(paths.begin(), paths.end());
  Rng(1).shuffle(std::span(paths));
  Music music;
  std::size_t notes = 0;
  for (std::size_t i = 0; i < paths.size() && (notes < most_notes || i < kLeastFiles); ++i) {
    const bool hold_out = i % 10 == 0;
    if (!hold_out && notes >= most_notes) continue;
    try {
      Score score = load_midi(folder / paths[i]).score;
      if (hold_out) {
        music.held_out.emplace_back(paths[i], std::move(score));
      } else {
        notes += points_of(score).size();
        music.learned.emplace_back(paths[i], std::move(score));
      }
    } catch (const Error&) {
      // The sets hold a few files that cannot be read.
    }
  }
  return music;
}

// ---- Other music made of music ----

void invert(Score& score) {
  for (Track& track : score.tracks) {
    for (Note& note : track.notes)
      note.pitch = static_cast<std::uint8_t>(note.pitch > 120 ? 0 : 120 - note.pitch);
  }
}

void reverse(Score& score) {
  const Ticks end = end_ticks(score);
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) note.onset_ticks = end - note.onset_ticks - note.duration_ticks;
  }
}

// The white keys from C, D, E … take the place of those from C.
void change_mode(Score& score, std::size_t mode) {
  constexpr std::array<int, 7> kScale = {0, 2, 4, 5, 7, 9, 11};
  constexpr std::array<std::size_t, 12> kDegree = {0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6};
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      const std::size_t degree = kDegree[note.pitch % 12];
      const int accidental = note.pitch % 12 - kScale[degree];
      const std::size_t to = degree + mode;
      const int pitch = note.pitch - note.pitch % 12 + kScale[to % 7] +
                        static_cast<int>(to / 7) * 12 - kScale[mode] + accidental;
      note.pitch = static_cast<std::uint8_t>(std::clamp(pitch, 0, 127));
    }
  }
}

void permute_bars(Score& score, std::uint64_t seed) {
  const BarGrid bars(score);
  std::vector<std::int64_t> order(static_cast<std::size_t>(bars.count()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  Rng(seed).shuffle(std::span(order));
  std::vector<Ticks> onsets(order.size());  // of each old bar
  Ticks onset = 0;
  for (const std::int64_t bar : order) {
    onsets[static_cast<std::size_t>(bar)] = onset;
    onset += bars.onset(bar + 1) - bars.onset(bar);
  }
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      const std::int64_t bar = bars.bar_at(note.onset_ticks);
      note.onset_ticks += onsets[static_cast<std::size_t>(bar)] - bars.onset(bar);
    }
  }
  score.meters.clear();
}

// Variant 0 is the piece itself.
Score variant_of(Score score, std::size_t variant) {
  if (variant == 0) return score;
  if (variant % 2 == 1) invert(score);
  if (variant / 2 % 2 == 1) reverse(score);
  change_mode(score, 1 + variant % 6);
  permute_bars(score, variant);
  sort_events(score);
  return score;
}

Score first_seconds(Score score, double seconds) {
  const Ticks end = TempoMap(score).ticks_at(seconds);
  for (Track& track : score.tracks)
    std::erase_if(track.notes, [end](const Note& note) { return note.onset_ticks >= end; });
  return score;
}

// Three minutes of pieces that are at least as long, and dense enough to be music.
std::vector<Score> three_minute_tracks(const Music& music, std::size_t most) {
  std::vector<Score> tracks;
  for (const auto& [path, score] : music.held_out) {
    if (tracks.size() == most) break;
    if (length_seconds(score) < 180.0) continue;
    Score track = first_seconds(score, 180.0);
    if (points_of(track).size() >= 500) tracks.push_back(std::move(track));
  }
  return tracks;
}

// ---- Commands ----

void add_until(IndexBuilder& builder, const Music& music, std::size_t notes) {
  std::size_t added = 0;
  for (std::size_t variant = 0; added < notes && variant < 1000; ++variant) {
    for (const auto& [path, score] : music.learned) {
      if (added >= notes) break;
      const Score piece = variant_of(score, variant);
      const std::string id = fmt::format("{}#{}", path, variant);
      builder.add({id, "", path, "", "", id}, piece);
      added += points_of(piece).size();
    }
  }
}

void build(const fs::path& folder, std::size_t notes, const fs::path& path) {
  const Music music = load_music(folder, notes);
  const double before = peak_megabytes();
  IndexBuilder builder("bench", std::string(64, '0'));
  const auto start = Clock::now();
  const double processor = processor_seconds();
  add_until(builder, music, notes);
  const double added = seconds_since(start);
  builder.save(path, 0, Overwrite::kAllow, silent_progress());
  const double seconds = seconds_since(start);
  const double used = processor_seconds() - processor;
  const auto index = OriginalityIndex::open(path);
  const auto count = static_cast<double>(index->notes());
  const auto bytes = static_cast<double>(fs::file_size(path));
  fmt::print(
      "build notes {} pieces {} add_s {:.2f} total_s {:.2f} processor_s {:.2f} notes_per_s {:.0f} "
      "bytes {} "
      "bytes_per_note {:.1f} music_mb {:.0f} peak_mb {:.0f}\n",
      index->notes(), index->pieces().size(), added, seconds, used, count / seconds, bytes,
      bytes / count, before, peak_megabytes());
}

// Drops the file's pages from the system's cache, so that the next look is at the disk.
void make_cold(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void check(const fs::path& folder, const fs::path& path) {
  const std::vector<Score> tracks = three_minute_tracks(load_music(folder, 0), 15);
  const double before = peak_megabytes();
  std::vector<double> cold;
  std::vector<double> warm;
  std::vector<double> processor;
  std::vector<double> notes;
  for (const Score& track : tracks) {
    make_cold(path);
    auto start = Clock::now();
    // Not kept: a second mapping would count twice.
    const Closeness closeness = OriginalityIndex::open(path)->compare(track);
    cold.push_back(seconds_since(start));
    start = Clock::now();
    const double used = processor_seconds();
    const auto again = OriginalityIndex::open(path);
    if (again->compare(track).longest_run != closeness.longest_run) std::abort();
    warm.push_back(seconds_since(start));
    processor.push_back(processor_seconds() - used);
    notes.push_back(static_cast<double>(closeness.notes));
  }
  const auto largest = [](const std::vector<double>& v) {
    return *std::max_element(v.begin(), v.end());
  };
  fmt::print(
      "check tracks {} median_notes {:.0f} cold_s {:.3f} cold_max_s {:.3f} warm_s {:.3f} "
      "warm_max_s {:.3f} processor_s {:.3f} processor_max_s {:.3f} before_mb {:.0f} peak_mb "
      "{:.0f}\n",
      tracks.size(), median(notes), median(cold), largest(cold), median(warm), largest(warm),
      median(processor), largest(processor), before, peak_megabytes());
}

// The highest cardinality score, as cardinality_score counts it, with a table in place of sorting.
class BruteForce {
 public:
  BruteForce() : table_(std::size_t{kSteps} * kSemitones, 0) {}

  double best(const Window& p, const std::vector<Window>& windows) {
    double best = 0.0;
    for (const Window& q : windows) {
      const auto larger = std::max(p.points.size(), q.points.size());
      const auto most = std::min(p.points.size(), q.points.size());
      if (static_cast<double>(most) / static_cast<double>(larger) <= best) continue;
      best = std::max(best, static_cast<double>(common(p, q)) / static_cast<double>(larger));
    }
    return best;
  }

 private:
  static constexpr int kSteps = 4096;
  static constexpr std::size_t kSemitones = 256;

  std::uint16_t common(const Window& p, const Window& q) {
    std::uint16_t most = 0;
    touched_.clear();
    for (const Point& a : p.points) {
      for (const Point& b : q.points) {
        const int steps = (b.onset_steps - q.begin_steps) - (a.onset_steps - p.begin_steps);
        const auto row = static_cast<std::size_t>(steps + kSteps / 2) % kSteps;
        const std::size_t cell =
            row * kSemitones + static_cast<std::size_t>(b.pitch - a.pitch + 128);
        if (table_[cell]++ == 0) touched_.push_back(cell);
        most = std::max(most, table_[cell]);
      }
    }
    for (const std::size_t cell : touched_) table_[cell] = 0;
    return most;
  }

  std::vector<std::uint16_t> table_;
  std::vector<std::size_t> touched_;
};

// A piece with a share of its notes changed, left out or joined by another: what a disguised copy
// looks like, and pairs of windows of every overlap.
Score disguised(Score score, double share, std::uint64_t seed) {
  Rng rng(seed);
  for (Track& track : score.tracks) {
    std::vector<Note> notes;
    for (Note note : track.notes) {
      if (rng.uniform() >= share) {
        notes.push_back(note);
        continue;
      }
      const auto pitch = static_cast<std::uint8_t>(
          std::clamp(note.pitch + static_cast<int>(rng.below(15)) - 7, 0, 127));
      const std::uint64_t kind = rng.below(4);
      if (kind == 0) continue;
      if (kind == 1) notes.push_back(note);
      note.pitch = pitch;
      if (kind == 1) note.onset_ticks += score.ticks_per_quarter / 4;
      notes.push_back(note);
    }
    track.notes = std::move(notes);
  }
  sort_events(score);
  return score;
}

// Pieces that are not in the index, and disguised ones that are.
std::vector<Score> tracks_to_agree_on(const Music& music) {
  std::vector<Score> tracks;
  for (std::size_t i = 0; i < music.held_out.size() && i < 20; ++i)
    tracks.push_back(music.held_out[i].second);
  for (std::size_t i = 0; i < music.learned.size() && tracks.size() < 60; ++i) {
    constexpr std::array<double, 4> kShares = {0.15, 0.3, 0.45, 0.6};
    tracks.push_back(disguised(music.learned[i].second, kShares[i % kShares.size()], i));
  }
  return tracks;
}

struct Agreement {
  std::size_t windows = 0;
  std::size_t same = 0;
  double short_by = 0.0;
};

void agreement(const fs::path& folder, std::size_t notes, std::size_t every) {
  const Music music = load_music(folder, notes);
  IndexBuilder builder("bench", std::string(64, '0'));
  std::vector<std::vector<Point>> points;
  std::vector<Window> learned;
  points.reserve(music.learned.size());
  for (const auto& [path, score] : music.learned) {
    builder.add({path, "", path, "", "", path}, score);
    points.push_back(points_of(score));
    const auto windows = windows_of(points.back(), WindowGrid(score, points.back()));
    learned.insert(learned.end(), windows.begin(), windows.end());
  }
  const fs::path path = fs::temp_directory_path() / fmt::format("agreement{}.index", ::getpid());
  builder.save(path, 0, Overwrite::kAllow, silent_progress());
  const auto index = OriginalityIndex::open(path);
  fs::remove(path);

  std::map<int, Agreement> by_tenth;
  BruteForce brute_force;
  for (const Score& score : tracks_to_agree_on(music)) {
    const std::vector<Point> track = points_of(score);
    const WindowGrid grid(score, track);
    const Closeness closeness = index->compare(score);
    std::size_t number = 0;
    for (const Window& window : windows_of(track, grid)) {
      if (window.points.size() < kLeastWindowPoints) continue;
      const double found = closeness.windows.at(number++).overlap;
      if (number % every != 0) continue;
      const double best = brute_force.best(window, learned);
      if (found > best) std::abort();
      Agreement& tenth = by_tenth[static_cast<int>(best * 10.0)];
      ++tenth.windows;
      if (found == best) ++tenth.same;
      tenth.short_by += best - found;
    }
  }
  fmt::print("agreement learned_windows {} notes {}\n", learned.size(), index->notes());
  for (const auto& [tenth, sum] : by_tenth) {
    const auto windows = static_cast<double>(sum.windows);
    fmt::print("  from {:.1f}: {} windows, same {:.2f} %, short by {:.4f} on average\n",
               static_cast<double>(tenth) / 10.0, sum.windows,
               100.0 * static_cast<double>(sum.same) / windows, sum.short_by / windows);
  }
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 5 && words[1] == "build") {
    build(words[2], std::stoul(words[3]), words[4]);
  } else if (words.size() == 4 && words[1] == "check") {
    check(words[2], words[3]);
  } else if (words.size() == 5 && words[1] == "agreement") {
    agreement(words[2], std::stoul(words[3]), std::stoul(words[4]));
  } else {
    fmt::print(stderr,
               "originality_bench build FOLDER NOTES INDEX | check FOLDER INDEX | "
               "agreement FOLDER NOTES EVERY\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int argc, char** argv) { return undersong::run({argv, argv + argc}); }
