#pragma once
// What the element-wise loops of training share: how they are compiled, and an exp that vectorises.

#include <bit>
#include <cstdint>

// One body, compiled for three widths and chosen when the program starts. clang 14 has no such
// attribute for C++20 templates of ours and builds the plain one.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define UNDERSONG_CLONES \
  __attribute__((noinline, target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define UNDERSONG_CLONES __attribute__((noinline))
#endif
#define UNDERSONG_INLINE inline __attribute__((always_inline))

namespace undersong {

// exp to about 2 units in the last place, without a branch so that loops vectorise: x = n ln 2 + r
// with |r| <= ln 2 / 2, a polynomial of degree 6 for exp(r), n put into the exponent.
UNDERSONG_INLINE float fast_exp(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it leaves the integer in the bits
  const float shifted = x * 1.44269504F + kRounder;
  const float n = shifted - kRounder;
  const float r = (x - n * 0.693145752F) - n * 1.42860677e-6F;
  float p = 1.0F / 720.0F;
  p = p * r + 1.0F / 120.0F;
  p = p * r + 1.0F / 24.0F;
  p = p * r + 1.0F / 6.0F;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  const auto exponent = (std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3F800000U;
  return p * std::bit_cast<float>(exponent);
}

UNDERSONG_INLINE float sigmoid(float x) { return 1.0F / (1.0F + fast_exp(-x)); }

// A 32-bit finaliser with low bias. Source: Wellons, github.com/skeeto/hash-prospector (constants).
UNDERSONG_INLINE std::uint32_t mixed_bits(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7FEB352DU;
  x ^= x >> 15;
  x *= 0x846CA68BU;
  x ^= x >> 16;
  return x;
}

}  // namespace undersong
