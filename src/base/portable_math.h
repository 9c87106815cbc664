#pragma once
// exp and log that give the same bits on every machine. The standard library's differ in their last
// bit between C libraries, and one bit decides a draw. Within 2 units in the last place of the true
// value.

namespace undersong {

// 0 below -745.2, infinity above 709.78; NaN for NaN.
double portable_exp(double x);

// -infinity for 0, NaN below it.
double portable_log(double x);

}  // namespace undersong
