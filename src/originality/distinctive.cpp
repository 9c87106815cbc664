#include "originality/distinctive.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "originality/melodic_text.h"

namespace undersong {

std::int64_t distinctive_notes(std::span<const std::uint8_t> run) {
  if (run.empty()) return 0;
  UNDERSONG_CHECK(run.size() % 2 == 1 && is_interval(run[0]));
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 2; i < run.size(); i += 2)
    steps.push_back(std::uint32_t{run[i - 2]} << 16 | std::uint32_t{run[i - 1]} << 8 | run[i]);
  std::sort(steps.begin(), steps.end());
  const auto distinct = std::unique(steps.begin(), steps.end()) - steps.begin();
  return std::int64_t{distinct} + 2;
}

}  // namespace undersong
