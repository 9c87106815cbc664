#include "nn/decoder_cache.h"

#include <atomic>

namespace undersong {
namespace {

std::size_t numbers_of_plane(const CacheShape& shape) {
  return kBlockSteps * (shape.in + shape.out);
}

constexpr std::size_t kScalesOfPlane = 2 * kBlockSteps;

}  // namespace

CacheShape::CacheShape(const DecoderSpec& spec)
    : layers(static_cast<std::size_t>(spec.layers)),
      kv_heads(static_cast<std::size_t>(spec.kv_heads)),
      head_width(static_cast<std::size_t>(spec.head_width())),
      in(round_up(head_width, kInPadding)),
      out(round_up(head_width, kInt8Panel)) {}

CacheBlock::CacheBlock(const CacheShape& shape)
    : numbers_(shape.planes() * numbers_of_plane(shape)),
      scales_(shape.planes() * kScalesOfPlane) {}

CachedHead CacheBlock::head(const CacheShape& shape, std::size_t plane) const {
  const std::int16_t* numbers = numbers_.data() + plane * numbers_of_plane(shape);
  const float* scales = scales_.data() + plane * kScalesOfPlane;
  return {numbers, numbers + kBlockSteps * shape.in, scales, scales + kBlockSteps};
}

void CacheBlock::remember(const CacheShape& shape, std::size_t plane, std::size_t step,
                          std::span<const std::int16_t> key, float key_scale,
                          std::span<const std::int16_t> value, float value_scale) {
  std::int16_t* keys = numbers_.data() + plane * numbers_of_plane(shape);
  std::int16_t* to = keys + step / kInt8Panel * kInt8Panel * shape.in + step % kInt8Panel * 2;
  for (std::size_t i = 0; i < key.size(); i += 2) {
    to[i * kInt8Panel] = key[i];
    to[i * kInt8Panel + 1] = key[i + 1];
  }
  to = keys + kBlockSteps * shape.in + step / 2 * 2 * kInt8Panel + step % 2;
  for (std::size_t d = 0; d < value.size(); ++d) {
    to[d / kInt8Panel * kInt8Panel * kBlockSteps + d % kInt8Panel * 2] = value[d];
  }
  float* scales = scales_.data() + plane * kScalesOfPlane;
  scales[step] = key_scale;
  scales[kBlockSteps + step] = value_scale;
}

DecoderCache::DecoderCache(const CacheShape& shape, std::size_t context) : shape_(shape) {
  blocks_.reserve((context + kBlockSteps - 1) / kBlockSteps);
}

void DecoderCache::make_room(std::size_t count) {
  const std::size_t first = steps_ / kBlockSteps;
  if (first < blocks_.size()) {
    if (blocks_[first].use_count() > 1) {
      blocks_[first] = std::make_shared<CacheBlock>(*blocks_[first]);
    } else {
      // Another thread may have read this block until it let go of it.
      std::atomic_thread_fence(std::memory_order_acquire);
    }
  }
  while (blocks_.size() * kBlockSteps < steps_ + count) {
    blocks_.push_back(std::make_shared<CacheBlock>(shape_));
  }
}

void DecoderCache::heads(std::size_t plane, std::size_t steps, CachedHead* to) const {
  for (std::size_t block = 0; block * kBlockSteps < steps; ++block) {
    to[block] = blocks_[block]->head(shape_, plane);
  }
}

}  // namespace undersong
