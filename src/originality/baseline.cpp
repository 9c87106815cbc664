#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"
#include "base/quantile.h"
#include "base/rng.h"
#include "originality/reference.h"

namespace undersong {
namespace {

// 2.5 % of the pieces lie outside at each end.
constexpr double kTail = 0.025;
constexpr int kResamples = 1000;
// Any number: it makes the interval the same on every machine.
constexpr std::uint64_t kBootstrapSeed = 20220101;

// Of a track against the others.
struct Measured {
  double run_notes = 0.0;
  double distinctive_notes = 0.0;
  double distinctive_symbols = 0.0;
  std::array<std::optional<double>, 3> coverage;
  std::optional<double> highest_overlap;
  std::optional<double> mean_originality;
};

Measured measured(const Closeness& closeness) {
  Measured values;
  values.run_notes = static_cast<double>(closeness.longest_run.notes);
  values.distinctive_notes = static_cast<double>(closeness.most_distinctive_run.distinctive_notes);
  values.distinctive_symbols = static_cast<double>(closeness.symbol_run.distinctive_notes);
  values.coverage = closeness.coverage;
  if (const WindowOverlap* highest = highest_overlap(closeness))
    values.highest_overlap = highest->overlap;
  values.mean_originality = mean_originality(closeness);
  return values;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Source: Efron 1979, doi:10.1214/aos/1176344552 (percentile bootstrap).
Band band_of(std::vector<double> values, std::string_view name) {
  if (values.empty()) return {};
  Band band;
  band.mean = mean_of(values);
  Rng rng = Rng(kBootstrapSeed).fork(name);
  std::vector<double> means;
  for (int i = 0; i < kResamples; ++i) {
    double sum = 0.0;
    for (std::size_t draw = 0; draw < values.size(); ++draw)
      sum += values[rng.below(values.size())];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::sort(means.begin(), means.end());
  band.mean_low = quantile(means, kTail);
  band.mean_high = quantile(means, 1.0 - kTail);
  std::sort(values.begin(), values.end());
  band.low = quantile(values, kTail);
  band.high = quantile(values, 1.0 - kTail);
  return band;
}

// Leaves out the tracks of which `value` says nothing.
template <typename Value>
Band band_of(const std::vector<Measured>& all, std::string_view name, Value value) {
  std::vector<double> values;
  for (const Measured& one : all) {
    if (const std::optional<double> known = value(one)) values.push_back(*known);
  }
  return band_of(std::move(values), name);
}

}  // namespace

Baseline measure_baseline(const Reference& reference, std::span<const Score> tracks,
                          std::span<const std::string> families, Progress& progress) {
  UNDERSONG_CHECK(tracks.size() == families.size());
  Baseline baseline;
  if (tracks.empty()) return baseline;
  std::vector<Measured> all(tracks.size());
  progress.begin("comparing pieces with each other", static_cast<std::int64_t>(tracks.size()),
                 "pieces");
  for_each_in_parallel(
      tracks.size(),
      [&](std::size_t i) { all[i] = measured(reference.compare(tracks[i], families[i])); },
      progress);
  progress.end();

  using Known = std::optional<double>;
  baseline.pieces = static_cast<std::int64_t>(tracks.size());
  baseline.run_notes =
      band_of(all, "run_notes", [](const Measured& m) { return Known(m.run_notes); });
  baseline.distinctive_notes = band_of(
      all, "distinctive_notes", [](const Measured& m) { return Known(m.distinctive_notes); });
  baseline.distinctive_symbols = band_of(
      all, "distinctive_symbols", [](const Measured& m) { return Known(m.distinctive_symbols); });
  for (std::size_t i = 0; i < kCoverageLengths.size(); ++i) {
    baseline.coverage[i] = band_of(all, "coverage " + std::to_string(kCoverageLengths[i]),
                                   [i](const Measured& m) { return m.coverage[i]; });
  }
  baseline.highest_overlap =
      band_of(all, "highest_overlap", [](const Measured& m) { return m.highest_overlap; });
  baseline.mean_originality =
      band_of(all, "mean_originality", [](const Measured& m) { return m.mean_originality; });
  return baseline;
}

Limits limits_of(const Baseline& baseline) {
  // Measured on 1,493 pieces (2.6 million notes) and 372 others (docs/benchmarks.md): at 15 notes
  // two honest tracks in a hundred are called copies, at 13 seven; above 16 what was called one was
  // mostly the same tune or the same broken chords. The upper quantile of a hundred pieces moves by
  // several notes from sample to sample, so it decides between these bounds only; likewise for
  // windows, which meet in chords and scales below two thirds.
  constexpr std::int64_t kLeastDistinctiveNotes = 15;
  constexpr std::int64_t kMostDistinctiveNotes = 16;
  // Rows of notes and chords say more: at 14 one honest track in two hundred is called a copy, at
  // 12 three in a hundred.
  constexpr std::int64_t kLeastDistinctiveSymbols = 14;
  constexpr std::int64_t kMostDistinctiveSymbols = 15;
  constexpr double kLeastOverlap = 0.65;
  constexpr double kMostOverlap = 0.75;

  Limits limits;
  limits.distinctive_notes =
      std::clamp(static_cast<std::int64_t>(std::ceil(baseline.distinctive_notes.high)),
                 kLeastDistinctiveNotes, kMostDistinctiveNotes);
  limits.distinctive_symbols =
      std::clamp(static_cast<std::int64_t>(std::ceil(baseline.distinctive_symbols.high)),
                 kLeastDistinctiveSymbols, kMostDistinctiveSymbols);
  // A band of 0 to 0 says that the reference cannot judge windows.
  if (baseline.highest_overlap.high > 0.0)
    limits.overlap = std::clamp(baseline.highest_overlap.high, kLeastOverlap, kMostOverlap);
  return limits;
}

}  // namespace undersong
