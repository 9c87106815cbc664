#include "render/effects/waves.h"

#include <cmath>
#include <numbers>

#include "base/portable_math.h"

namespace undersong::detail {

namespace {

// Taylor's series for up to an eighth of a turn; the first terms left out are under 1e-16.
double sine_of_angle(double angle) {
  const double square = angle * angle;
  double sum = 1.0;
  for (int n = 14; n >= 2; n -= 2) sum = 1.0 - sum * square / (n * (n + 1));
  return angle * sum;
}

double cosine_of_angle(double angle) {
  const double square = angle * angle;
  double sum = 1.0;
  for (int n = 15; n >= 1; n -= 2) sum = 1.0 - sum * square / (n * (n + 1));
  return sum;
}

}  // namespace

double sine_of_turns(double turns) {
  const double quarters = 4.0 * (turns - std::floor(turns));  // [0, 4]
  const auto nearest = static_cast<int>(quarters + 0.5);
  const double angle = 0.5 * std::numbers::pi * (quarters - nearest);
  switch (nearest % 4) {
    case 0: return sine_of_angle(angle);
    case 1: return cosine_of_angle(angle);
    case 2: return -sine_of_angle(angle);
    default: return -cosine_of_angle(angle);
  }
}

double cosine_of_turns(double turns) { return sine_of_turns(turns + 0.25); }

double tangent_of_half_turns(double x) { return sine_of_turns(0.5 * x) / cosine_of_turns(0.5 * x); }

double power(double base, double exponent) { return portable_exp(exponent * portable_log(base)); }

}  // namespace undersong::detail
