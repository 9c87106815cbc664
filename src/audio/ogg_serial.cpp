#include "audio/ogg_serial.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace undersong::detail {
namespace {

constexpr std::size_t kHeaderBytes = 27;  // before the segment table
constexpr std::size_t kSerialAt = 14;
constexpr std::size_t kChecksumAt = 22;
constexpr std::size_t kSegmentCountAt = 26;

void put_u32(std::uint8_t* at, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (8U * i));
}

// CRC-32 with polynomial 0x04C11DB7, not reflected, from 0.
std::uint32_t checksum(std::span<const std::uint8_t> page) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t value = i << 24U;
      for (int bit = 0; bit < 8; ++bit)
        value = (value << 1U) ^ ((value & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0;
  for (const std::uint8_t byte : page) crc = (crc << 8U) ^ kTable[(crc >> 24U) ^ byte];
  return crc;
}

}  // namespace

std::size_t set_ogg_serial(std::span<std::uint8_t> stream, std::uint32_t serial) {
  const std::size_t size = stream.size();
  while (stream.size() >= kHeaderBytes && std::memcmp(stream.data(), "OggS", 4) == 0) {
    std::size_t length = kHeaderBytes + stream[kSegmentCountAt];
    if (length > stream.size()) break;
    for (std::size_t i = kHeaderBytes, end = length; i < end; ++i) length += stream[i];
    if (length > stream.size()) break;
    const auto page = stream.first(length);
    put_u32(page.data() + kSerialAt, serial);
    put_u32(page.data() + kChecksumAt, 0);
    put_u32(page.data() + kChecksumAt, checksum(page));
    stream = stream.subspan(length);
  }
  return size - stream.size();
}

}  // namespace undersong::detail
