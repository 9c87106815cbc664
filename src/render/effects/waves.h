#pragma once
// Sines of the same bits on every machine: the standard library's differ in their last bit between
// C libraries and processors, and sound is to be repeatable.

namespace undersong::detail {

// sin(2 pi turns), within 1e-14. Cost: some 15 multiplications.
double sine_of_turns(double turns);
double cosine_of_turns(double turns);

// tan(pi x) for 0 <= x < 0.5: bilinear transforms.
double tangent_of_half_turns(double x);

// base^exponent for a positive base.
double power(double base, double exponent);

}  // namespace undersong::detail
