#include "base/rng.h"

#include <bit>
#include <cmath>

#include "base/check.h"
#include "base/hash.h"

namespace undersong {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed), state_{} {
  std::uint64_t mixer = seed;
  for (auto& word : state_) word = splitmix64(mixer);
}

std::uint64_t Rng::next_u64() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

std::uint64_t Rng::below(std::uint64_t bound) {
  UNDERSONG_CHECK(bound >= 1);
  // Values under `threshold` would make the low remainders likelier.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t value = next_u64();
  while (value < threshold) value = next_u64();
  return value % bound;
}

std::size_t Rng::weighted(std::span<const double> weights) {
  double total = 0.0;
  for (const double weight : weights) total += weight;
  UNDERSONG_CHECK(total > 0.0 && std::isfinite(total));
  double left = uniform() * total;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0) continue;
    last = i;
    left -= weights[i];
    if (left < 0.0) return i;
  }
  return last;
}

Rng Rng::fork(std::string_view name) const { return fork(hash64(name)); }

Rng Rng::fork(std::uint64_t index) const {
  std::uint64_t mixer = seed_ ^ std::rotl(index, 32);
  const std::uint64_t a = splitmix64(mixer);
  mixer += index;
  return Rng(a ^ splitmix64(mixer));
}

}  // namespace undersong
