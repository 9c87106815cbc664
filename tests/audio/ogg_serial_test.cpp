#include "audio/ogg_serial.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace undersong::detail {
namespace {

// A page with one segment of `body`.
std::vector<std::uint8_t> page(const std::vector<std::uint8_t>& body) {
  std::vector<std::uint8_t> bytes(27, 0);
  std::memcpy(bytes.data(), "OggS", 4);
  bytes[26] = 1;
  bytes.push_back(static_cast<std::uint8_t>(body.size()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

TEST(OggSerial, IsWrittenIntoEveryPage) {
  std::vector<std::uint8_t> stream = page({1, 2, 3});
  const std::vector<std::uint8_t> second = page({4});
  const std::size_t first_size = stream.size();
  stream.insert(stream.end(), second.begin(), second.end());
  set_ogg_serial(stream, 0x04030201U);
  for (const std::size_t start : {std::size_t{0}, first_size}) {
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(stream[start + 14 + i], i + 1);
  }
}

// The checksum of this page is what a bitwise division by the polynomial gives.
TEST(OggSerial, FixesTheChecksum) {
  std::vector<std::uint8_t> bytes = page({1, 2, 3});
  set_ogg_serial(bytes, 7);
  std::uint32_t found = 0;
  for (unsigned i = 0; i < 4; ++i) found |= static_cast<std::uint32_t>(bytes[22 + i]) << (8 * i);
  std::memset(bytes.data() + 22, 0, 4);
  std::uint32_t crc = 0;
  for (const std::uint8_t byte : bytes) {
    for (int bit = 7; bit >= 0; --bit) {
      const bool carry = ((crc >> 31U) & 1U) != ((static_cast<unsigned>(byte) >> bit) & 1U);
      crc = (crc << 1U) ^ (carry ? 0x04C11DB7U : 0U);
    }
  }
  EXPECT_EQ(found, crc);
}

TEST(OggSerial, LeavesWhatIsNoPage) {
  for (const std::size_t length : {0U, 3U, 26U, 28U, 30U}) {
    std::vector<std::uint8_t> bytes = page({1, 2, 3});
    bytes.resize(length);
    const auto before = bytes;
    set_ogg_serial(bytes, 7);
    EXPECT_EQ(bytes, before) << length;
  }
}

}  // namespace
}  // namespace undersong::detail
