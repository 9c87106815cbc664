#include "originality/reference.h"

#include <algorithm>

namespace undersong {

const WindowOverlap* highest_overlap(const Closeness& closeness) {
  const auto highest = std::max_element(
      closeness.windows.begin(), closeness.windows.end(),
      [](const WindowOverlap& a, const WindowOverlap& b) { return a.overlap < b.overlap; });
  return highest == closeness.windows.end() ? nullptr : &*highest;
}

std::optional<double> mean_originality(const Closeness& closeness) {
  if (closeness.windows.empty()) return std::nullopt;
  double sum = 0.0;
  for (const WindowOverlap& window : closeness.windows) sum += 1.0 - window.overlap;
  return sum / static_cast<double>(closeness.windows.size());
}

Verdict judge(const Closeness& closeness, const Limits& limits) {
  if (closeness.most_distinctive_run.distinctive_notes > limits.distinctive_notes)
    return Verdict::kTooClose;
  if (closeness.symbol_run.distinctive_notes > limits.distinctive_symbols)
    return Verdict::kTooClose;
  const WindowOverlap* highest = highest_overlap(closeness);
  if (limits.overlap && highest != nullptr && highest->overlap > *limits.overlap)
    return Verdict::kTooClose;
  return Verdict::kOriginal;
}

}  // namespace undersong
