#include "plot/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace undersong {
namespace {

std::vector<double> linear_ticks(double low, double high, double step) {
  std::vector<double> ticks;
  // Counted in whole steps: adding the step up would drift. The slack takes a tick that rounding
  // put a hair outside.
  const double slack = 1e-9;
  for (double i = std::ceil(low / step - slack); i <= std::floor(high / step + slack); i += 1.0)
    ticks.push_back(i * step);
  return ticks;
}

std::vector<double> logarithmic_ticks(double low, double high, int wanted) {
  const double decades = std::log10(high / low);
  const double slack = 1.0 + 1e-9;
  std::vector<double> ticks;
  for (double power = std::floor(std::log10(low)); power <= std::ceil(std::log10(high));
       power += 1.0) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (digit > 1.0 && decades * 3.0 > 1.5 * wanted) continue;
      const double value = digit * std::pow(10.0, power);
      if (value >= low / slack && value <= high * slack) ticks.push_back(value);
    }
  }
  return ticks;
}

}  // namespace

Scale::Scale(ScaleKind kind, double low, double high, double low_pixel, double high_pixel)
    : kind_(kind), low_(low), high_(high), low_pixel_(low_pixel), high_pixel_(high_pixel) {
  UNDERSONG_CHECK(std::isfinite(low) && std::isfinite(high) && low <= high);
  UNDERSONG_CHECK(kind == ScaleKind::kLinear || low > 0.0);
  if (low_ < high_) return;
  if (kind_ == ScaleKind::kLogarithmic) {
    low_ /= 2.0;
    high_ *= 2.0;
  } else {
    const double margin = low_ == 0.0 ? 1.0 : std::abs(low_) / 2.0;
    low_ -= margin;
    high_ += margin;
  }
}

double Scale::pixel(double value) const {
  const double share = kind_ == ScaleKind::kLinear
                           ? (value - low_) / (high_ - low_)
                           : std::log(value / low_) / std::log(high_ / low_);
  return low_pixel_ + share * (high_pixel_ - low_pixel_);
}

std::vector<Tick> Scale::ticks(int wanted) const {
  std::vector<Tick> ticks;
  if (kind_ == ScaleKind::kLogarithmic) {
    for (const double value : logarithmic_ticks(low_, high_, wanted))
      ticks.push_back({value, tick_label(value, value)});
    if (ticks.size() >= 3) return ticks;
    ticks.clear();
  }
  const double step = round_step(high_ - low_, wanted);
  for (const double value : linear_ticks(low_, high_, step))
    ticks.push_back({value, tick_label(value, step)});
  return ticks;
}

double round_step(double span, int wanted) {
  const double rough = span / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double digit = rough / power;
  // The geometric means between 1, 2, 5 and 10.
  if (digit < std::sqrt(2.0)) return power;
  if (digit < std::sqrt(10.0)) return 2.0 * power;
  return digit < std::sqrt(50.0) ? 5.0 * power : 10.0 * power;
}

std::string tick_label(double value, double step) {
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 12);
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  const std::size_t whole = std::min(text.find('.'), text.size());
  for (std::size_t i = whole; i > 3; i -= 3) text.insert(i - 3, 1, ',');
  const bool is_zero = text.find_first_not_of("0.,") == text.npos;
  return value < 0.0 && !is_zero ? std::string("−").append(text) : text;
}

std::string with_thousands(std::int64_t value) {
  return tick_label(static_cast<double>(value), 1.0);
}

}  // namespace undersong
