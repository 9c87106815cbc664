#include "originality/symbol_runs.h"

#include <algorithm>

#include "tokens/symbols.h"

namespace undersong {

namespace {

// One note, or the pitch classes of a chord above its first.
struct Shape {
  int first = 0;            // pitch of a note, pitch class of a chord's first
  std::uint64_t above = 0;  // bit n: a note n semitones higher; 0 for a note
};

Shape shape_of(const std::string& symbol) {
  const std::vector<int> pitches = symbol_pitches(symbol, 0);
  Shape shape;
  shape.first = pitches.front();
  for (std::size_t i = 1; i < pitches.size(); ++i)
    shape.above |= std::uint64_t{1} << static_cast<unsigned>((pitches[i] - pitches[0]) % 12);
  return shape;
}

std::uint64_t step_between(const Shape& from, const Shape& to) {
  int distance = to.first - from.first;
  if (from.above != 0 || to.above != 0) distance = (distance % 12 + 12) % 12;
  // Twelve bits a shape; distances are -127 … 127.
  return from.above << 24U | to.above << 12U | static_cast<std::uint64_t>(distance + 128);
}

}  // namespace

std::vector<std::uint64_t> symbol_steps(std::span<const std::string> symbols) {
  std::vector<std::uint64_t> steps;
  for (std::size_t i = 1; i < symbols.size(); ++i)
    steps.push_back(step_between(shape_of(symbols[i - 1]), shape_of(symbols[i])));
  return steps;
}

SymbolRecital recital_of(std::span<const std::uint64_t> track,
                         std::span<const std::vector<std::uint64_t>> pieces, std::size_t except) {
  SymbolRecital recital;
  // The longest run of steps that ends with each step of the track and stands somewhere.
  std::vector<std::int64_t> longest(track.size(), 0);
  std::vector<std::int64_t> runs;
  for (std::size_t number = 0; number < pieces.size(); ++number) {
    if (number == except) continue;
    const std::vector<std::uint64_t>& piece = pieces[number];
    // runs[j]: of the run that ends with the piece's step j - 1 and the track's step.
    runs.assign(piece.size() + 1, 0);
    for (std::size_t i = 0; i < track.size(); ++i) {
      for (std::size_t j = piece.size(); j > 0; --j) {
        runs[j] = piece[j - 1] == track[i] ? runs[j - 1] + 1 : 0;
        longest[i] = std::max(longest[i], runs[j]);
      }
      if (longest[i] > 0 && longest[i] + 1 > recital.symbols) {
        recital.symbols = longest[i] + 1;
        recital.piece = number;
      }
    }
  }
  for (std::size_t n = 0; n < kCoverageLengths.size(); ++n) {
    const std::int64_t steps = kCoverageLengths[n] - 1;
    const auto all = static_cast<std::int64_t>(track.size()) - steps + 1;
    if (all <= 0) continue;
    const auto known = std::count_if(longest.begin(), longest.end(),
                                     [steps](std::int64_t run) { return run >= steps; });
    recital.coverage[n] = static_cast<double>(known) / static_cast<double>(all);
  }
  return recital;
}

}  // namespace undersong
