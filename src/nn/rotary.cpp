#include "nn/rotary.h"

#include <cmath>

#include "base/portable_math.h"

namespace undersong {
namespace {

constexpr double kLogOfBase = 9.210340371976184;  // ln 10000

struct SineAndCosine {
  double sine;
  double cosine;
};

// Taylor's series for |x| <= pi / 4; the next terms are below 1e-15.
SineAndCosine near_zero(double x) {
  const double z = x * x;
  double sine = -1.0 / 1307674368000.0;
  for (const double term : {1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0, -1.0 / 5040.0,
                            1.0 / 120.0, -1.0 / 6.0, 1.0}) {
    sine = sine * z + term;
  }
  double cosine = 1.0 / 20922789888000.0;
  for (const double term : {-1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0,
                            1.0 / 40320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5, 1.0}) {
    cosine = cosine * z + term;
  }
  return {sine * x, cosine};
}

// Quarter turns are taken off in two parts, the first of which has few enough digits to be exact.
SineAndCosine sine_and_cosine(double angle) {
  constexpr double kQuarterHigh = 1.5707963109016418;
  constexpr double kQuarterLow = 1.5893254712295857e-8;
  const double turns = std::floor(angle * 0.63661977236758134 + 0.5);
  const auto [sine, cosine] = near_zero((angle - turns * kQuarterHigh) - turns * kQuarterLow);
  switch (static_cast<std::int64_t>(turns) & 3) {
    case 0: return {sine, cosine};
    case 1: return {cosine, -sine};
    case 2: return {-sine, -cosine};
    default: return {-cosine, sine};
  }
}

}  // namespace

RotaryAngles::RotaryAngles(std::size_t head_width) {
  for (std::size_t i = 0; i < head_width / 2; ++i) {
    const double part = 2.0 * static_cast<double>(i) / static_cast<double>(head_width);
    frequencies_.push_back(portable_exp(-kLogOfBase * part));
  }
}

void RotaryAngles::at(std::int64_t position, float* cosines, float* sines) const {
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    const auto turn = sine_and_cosine(static_cast<double>(position) * frequencies_[i]);
    cosines[i] = static_cast<float>(turn.cosine);
    sines[i] = static_cast<float>(turn.sine);
  }
}

}  // namespace undersong
