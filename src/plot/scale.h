#pragma once
// Numbers to pixels, and the round numbers that stand on an axis.

#include <cstdint>
#include <string>
#include <vector>

namespace undersong {

enum class ScaleKind : std::uint8_t { kLinear, kLogarithmic };

struct Tick {
  double value = 0.0;
  std::string label;
};

// Maps [low, high] to [low_pixel, high_pixel], which may run downwards. An empty range is widened
// a little, so that one value has a place. A logarithmic scale needs low > 0.
class Scale {
 public:
  Scale(ScaleKind kind, double low, double high, double low_pixel, double high_pixel);

  double pixel(double value) const;
  double low() const { return low_; }
  double high() const { return high_; }

  // Round values inside the range, about `wanted` of them, ascending: multiples of 1, 2 or 5 times
  // a power of ten; 1, 2 and 5 times powers of ten on a logarithmic scale that spans enough of
  // them.
  std::vector<Tick> ticks(int wanted) const;

 private:
  ScaleKind kind_;
  double low_;
  double high_;
  double low_pixel_;
  double high_pixel_;
};

// 1, 2 or 5 times a power of ten, such that `span` has about `wanted` steps; span > 0, wanted > 0.
double round_step(double span, int wanted);

// With thousands separated, and the decimals that tell neighbouring ticks `step` apart: "12,000"
// at 500, "0.25" at 0.05.
std::string tick_label(double value, double step);

// "1,234,567".
std::string with_thousands(std::int64_t value);

}  // namespace undersong
