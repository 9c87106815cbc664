#pragma once
// Seeded random numbers that are the same on every machine. The standard library's distributions
// are not: each implementation draws differently, so nothing here uses them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace undersong {

// xoshiro256++ seeded through splitmix64. Source: Blackman & Vigna 2021, doi:10.1145/3460772.
class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  std::uint64_t next_u64();

  // Uniform in [0, 1), 53 random bits.
  double uniform();

  // Uniform in [0, bound) without bias; bound >= 1.
  std::uint64_t below(std::uint64_t bound);

  // Draws an index with probability weights[i] / sum(weights). Weights are finite, not negative,
  // and not all 0.
  std::size_t weighted(std::span<const double> weights);

  // An independent stream that depends on this generator's seed and on `name` only, not on what was
  // drawn before: adding a draw in one place does not change the music of another.
  Rng fork(std::string_view name) const;
  Rng fork(std::uint64_t index) const;

  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace undersong
