#include "base/portable_math.h"

#include <bit>
#include <cstdint>
#include <limits>

// Only additions, multiplications and divisions, which IEEE 754 rounds in one way; the build
// forbids fusing them (-ffp-contract=off).

namespace undersong {
namespace {

// ln 2 in two parts: the first has zeros enough at its end that k * kLn2High is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseLn2 = 0x1.71547652b82fep0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// 2^k for k in [-1022, 1023].
double power_of_two(int k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52U);
}

}  // namespace

double portable_exp(double x) {
  if (x != x) return x;
  if (x > 709.79) return kInfinity;
  if (x < -745.2) return 0.0;
  const double scaled = x * kInverseLn2;
  const int k = static_cast<int>(scaled + (scaled < 0.0 ? -0.5 : 0.5));
  const double r = (x - k * kLn2High) - k * kLn2Low;  // |r| <= 0.35
  // Taylor's series; the first term left out is under 1e-17 of the sum.
  double sum = 1.0;
  for (int n = 14; n >= 1; --n) sum = 1.0 + sum * r / n;
  // In two steps, since 2^k itself may lie beyond the normal numbers.
  const int half = k / 2;
  return sum * power_of_two(half) * power_of_two(k - half);
}

double portable_log(double x) {
  if (x != x || x < 0.0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0.0) return -kInfinity;
  if (x == kInfinity) return x;
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52U) - 1023;
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52U) - 1;
  double m = std::bit_cast<double>((bits & kMantissa) | (std::uint64_t{1023} << 52U));
  if (m > 0x1.6a09e667f3bcdp0) {  // sqrt 2
    m *= 0.5;
    ++exponent;
  }
  // log m = f - (f^2/2 - s (f^2/2 + R)), where f = m - 1, s = f / (2 + f) and R is the rest of
  // 2 artanh(s) beyond its first term: the large parts stay exact. |s| <= 0.172.
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double rest = 0.0;
  for (int n = 23; n >= 3; n -= 2) rest = (rest + 2.0 / n) * z;
  const double half_square = 0.5 * f * f;
  const double low = s * (half_square + rest) + exponent * kLn2Low;
  return exponent * kLn2High - ((half_square - low) - f);
}

}  // namespace undersong
