#include "evaluate/fitness_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evaluate/fitness_rows.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace undersong::detail::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, kRowPadding>;

void accumulate(const FitnessRows& rows) {
  const Tag tag;
  const std::size_t lanes = hn::Lanes(tag);
  const float* similarity = rows.similarity;
  float* row = rows.sums + kRowMargin * rows.sums_stride + kRowMargin;
  float without = 0.0F;
  for (std::size_t r = 0; r < rows.frames; ++r) {
    rows.before_paths[r] = without;
    const float* above = row - rows.sums_stride;
    const float* above_2 = above - rows.sums_stride;
    // The first column comes from no path, so that the vector's -infinity there is replaced.
    for (std::size_t c = 0; c < rows.length; c += lanes) {
      const auto best =
          hn::Max(hn::Max(hn::LoadU(tag, above + c - 1), hn::LoadU(tag, above_2 + c - 1)),
                  hn::LoadU(tag, above + c - 2));
      hn::StoreU(hn::Add(hn::LoadU(tag, similarity + c), best), tag, row + c);
    }
    row[0] = without + similarity[0];
    without = std::max(without, row[rows.length - 1]);
    similarity += rows.similarity_stride;
    row += rows.sums_stride;
  }
  rows.before_paths[rows.frames] = without;
}

}  // namespace
}  // namespace undersong::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace undersong::detail {
namespace {

HWY_EXPORT(accumulate);

}  // namespace

void accumulate_fitness_rows(const FitnessRows& rows) { HWY_DYNAMIC_DISPATCH(accumulate)(rows); }

}  // namespace undersong::detail
#endif  // HWY_ONCE
