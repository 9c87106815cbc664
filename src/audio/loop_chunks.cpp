#include "audio/loop_chunks.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace undersong::detail {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append_u16(unsigned value, Bytes& bytes) {
  bytes.push_back(static_cast<std::uint8_t>(value));
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
}

void append_u32(std::uint32_t value, Bytes& bytes) {
  append_u16(value & 0xFFFFU, bytes);
  append_u16(value >> 16U, bytes);
}

void append_chunk(std::string_view id, const Bytes& content, Bytes& bytes) {
  bytes.insert(bytes.end(), id.begin(), id.end());
  append_u32(static_cast<std::uint32_t>(content.size()), bytes);
  bytes.insert(bytes.end(), content.begin(), content.end());
}

Bytes smpl(const LoopMark& loop, std::int64_t frames, int sample_rate) {
  constexpr std::uint32_t kForward = 0;
  constexpr std::uint32_t kEndless = 0;
  Bytes bytes;
  append_u32(0, bytes);  // maker and product: none in particular
  append_u32(0, bytes);
  append_u32(1000000000U / static_cast<std::uint32_t>(sample_rate), bytes);  // ns a sample
  append_u32(static_cast<std::uint32_t>(loop.root_note), bytes);
  append_u32(0, bytes);  // fraction of a semitone
  append_u32(0, bytes);  // SMPTE format and offset: none
  append_u32(0, bytes);
  append_u32(1, bytes);  // loops
  append_u32(0, bytes);  // bytes after the loops
  append_u32(0, bytes);  // the loop's name
  append_u32(kForward, bytes);
  append_u32(0, bytes);
  append_u32(static_cast<std::uint32_t>(std::max<std::int64_t>(frames - 1, 0)),
             bytes);     // inclusive
  append_u32(0, bytes);  // fraction of a sample
  append_u32(kEndless, bytes);
  return bytes;
}

Bytes acid(const LoopMark& loop) {
  constexpr std::uint32_t kHasRootNote = 2;
  constexpr std::uint32_t kStretch = 4;
  Bytes bytes;
  append_u32(kHasRootNote | kStretch, bytes);
  append_u16(static_cast<unsigned>(loop.root_note), bytes);
  append_u16(0x8000U, bytes);
  append_u32(0, bytes);
  append_u32(static_cast<std::uint32_t>(loop.beats), bytes);
  append_u16(static_cast<unsigned>(loop.meter_denominator), bytes);
  append_u16(static_cast<unsigned>(loop.meter_numerator), bytes);
  append_u32(std::bit_cast<std::uint32_t>(static_cast<float>(loop.bpm)), bytes);
  return bytes;
}

}  // namespace

Bytes loop_chunks(const LoopMark& loop, std::int64_t frames, int sample_rate) {
  Bytes bytes;
  append_chunk("smpl", smpl(loop, frames, sample_rate), bytes);
  append_chunk("acid", acid(loop), bytes);
  return bytes;
}

}  // namespace undersong::detail
