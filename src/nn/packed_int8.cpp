#include "nn/packed_int8.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace undersong {
namespace {

// |sum| <= levels * (sum of a row's sizes), which has to fit 32 bits.
int levels_of(const Int8Matrix& matrix) {
  std::int64_t largest = 1;
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < matrix.in; ++i) sum += std::abs(matrix.values[r * matrix.in + i]);
    largest = std::max(largest, sum);
  }
  const std::int64_t levels = std::numeric_limits<std::int32_t>::max() / largest;
  return static_cast<int>(std::min<std::int64_t>(levels, 32767));
}

}  // namespace

HugePages::HugePages(std::size_t bytes) : size_(bytes) {
  constexpr std::size_t kPage = std::size_t{2} << 20;
  const std::size_t whole = round_up(bytes, kPage);
  data_.reset(static_cast<std::int8_t*>(std::aligned_alloc(kPage, whole)));
  if (!data_) throw std::bad_alloc();
#ifdef __linux__
  madvise(data_.get(), whole, MADV_HUGEPAGE);  // a wish; nothing is lost where it is not granted
#endif
}

PackedInt8& PackedStream::add(Int8Matrix matrix, std::vector<std::size_t> order,
                              std::size_t panels_per_output) {
  auto packed = std::make_unique<PackedInt8>();
  packed->in_ = matrix.in;
  packed->panels_per_output_ = panels_per_output;
  packed->levels_ = levels_of(matrix);
  order.resize(round_up(order.size(), kInt8Panel * panels_per_output), kNoRow);
  for (const std::size_t row : order) {
    packed->scales_.push_back(row == kNoRow ? 0.0F : matrix.scales[row]);
  }
  waiting_.push_back({std::move(matrix), std::move(order), packed.get()});
  products_.push_back(std::move(packed));
  return *products_.back();
}

// Outputs [begin, end) of a part are whole panels, as evenly as they go.
void PackedStream::pack(const Waiting& waiting, std::size_t part, std::int8_t*& to) {
  PackedInt8& packed = *waiting.packed;
  const std::size_t together = packed.panels_per_output_;
  const std::size_t outputs = waiting.order.size() / (kInt8Panel * together);
  const std::size_t begin = outputs * part / parts_ * together;
  const std::size_t end = outputs * (part + 1) / parts_ * together;
  const std::size_t in = packed.padded_in();
  packed.parts_.push_back({{to, packed.scales_.data() + begin * kInt8Panel, end - begin, in},
                           begin / together * kInt8Panel});
  for (std::size_t panel = begin; panel < end; ++panel) {
    for (std::size_t i = 0; i < in; ++i) {
      for (std::size_t o = 0; o < kInt8Panel; ++o) {
        const std::size_t row = waiting.order[panel * kInt8Panel + o];
        const bool there = row != kNoRow && i < waiting.matrix.in;
        to[i / 2 * 2 * kInt8Panel + o * 2 + i % 2] =
            there ? waiting.matrix.values[row * waiting.matrix.in + i] : std::int8_t{0};
      }
    }
    to += in * kInt8Panel;
  }
}

void PackedStream::finish() {
  std::size_t bytes = 0;
  for (const Waiting& waiting : waiting_) {
    bytes += waiting.order.size() * waiting.packed->padded_in();
  }
  stream_ = HugePages(bytes);
  std::int8_t* to = stream_.data();
  for (std::size_t part = 0; part < parts_; ++part) {
    for (const Waiting& waiting : waiting_) pack(waiting, part, to);
  }
  waiting_.clear();
}

}  // namespace undersong
