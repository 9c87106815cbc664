// A binary of its own, since it replaces the global operator new.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "nn/decoder.h"
#include "nn/network.h"
#include "nn/reference_decoder.h"
#include "nn/tiny_networks.h"
#include "support/random_weights.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }

namespace undersong {
namespace {

TEST(Network, AllocatesNothingAfterItsStart) {
  for (const auto& tiny : tiny_networks()) {
    const Network network(tiny.spec, random_weights(tiny.spec, 1));
    const auto ids = random_ids(tiny.spec, 100, 2);
    std::vector<float> logits(static_cast<std::size_t>(tiny.spec.vocab_size));
    NetworkState state = network.start();
    const long before = allocations;
    network.feed(state, std::span(ids).first(40), logits);
    for (std::size_t i = 40; i < ids.size(); ++i) {
      network.feed(state, std::span(ids).subspan(i, 1), logits);
    }
    EXPECT_EQ(allocations, before) << tiny.name;
    EXPECT_GT(before, 0);
  }
}

// Keys and values come in blocks of 64 steps.
TEST(Decoder, AllocatesNothingBetweenBlocks) {
  for (const TinyDecoder& tiny : tiny_decoders()) {
    const Decoder decoder(tiny.spec, random_decoder_weights(tiny.spec, 1), 2);
    const auto steps = random_steps(tiny.spec, 64, 2);
    std::vector<float> logits(static_cast<std::size_t>(tiny.spec.vocab_size));
    const auto state = decoder.start();
    decoder.feed(*state, std::span(steps).first(1), logits);
    const long before = allocations;
    decoder.feed(*state, std::span(steps).subspan(1, 30), logits);
    for (std::size_t i = 31; i < steps.size(); ++i) {
      decoder.feed(*state, std::span(steps).subspan(i, 1), logits);
    }
    EXPECT_EQ(allocations, before) << tiny.name;
  }
}

}  // namespace
}  // namespace undersong
