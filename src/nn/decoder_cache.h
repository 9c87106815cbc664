#pragma once
// Keys and values of a sequence, in blocks of kBlockSteps steps of all layers that sequences share
// until one of them writes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "nn/decoder_kernels.h"
#include "nn/decoder_spec.h"
#include "nn/kernels.h"

namespace undersong {

using AlignedShorts = std::vector<std::int16_t, AlignedAllocator<std::int16_t>>;

struct CacheShape {
  std::size_t layers = 0;
  std::size_t kv_heads = 0;
  std::size_t head_width = 0;
  std::size_t in = 0;   // head_width padded to kInPadding
  std::size_t out = 0;  // head_width padded to kInt8Panel

  CacheShape() = default;
  explicit CacheShape(const DecoderSpec& spec);
  std::size_t planes() const { return layers * kv_heads; }  // plane: one head of one layer
};

class CacheBlock {
 public:
  explicit CacheBlock(const CacheShape& shape);

  CachedHead head(const CacheShape& shape, std::size_t plane) const;
  // Whole numbers of one step, [head_width] each, and their scales.
  void remember(const CacheShape& shape, std::size_t plane, std::size_t step,
                std::span<const std::int16_t> key, float key_scale,
                std::span<const std::int16_t> value, float value_scale);

 private:
  AlignedShorts numbers_;  // [plane][keys, values]
  AlignedFloats scales_;   // [plane][key scales, value scales]
};

class DecoderCache {
 public:
  DecoderCache(const CacheShape& shape, std::size_t context);

  std::size_t steps() const { return steps_; }
  // Room of its own for `count` more steps.
  void make_room(std::size_t count);
  CacheBlock& block_of(std::size_t step) { return *blocks_[step / kBlockSteps]; }
  // The blocks of the first `steps` steps.
  void heads(std::size_t plane, std::size_t steps, CachedHead* to) const;
  void advance(std::size_t count) { steps_ += count; }
  const CacheShape& shape() const { return shape_; }

 private:
  CacheShape shape_;
  std::vector<std::shared_ptr<CacheBlock>> blocks_;
  std::size_t steps_ = 0;
};

}  // namespace undersong
