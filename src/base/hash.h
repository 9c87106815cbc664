#pragma once
// Digests. SHA-256 identifies content (files, manifests); hash64 mixes keys and is never written as
// an identity.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace undersong {

// Source: FIPS 180-4, section 6.2. Written here because the trainer builds where no cryptographic
// library is.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view text);
  // Lower-case hexadecimal, 64 characters. The object is spent afterwards.
  std::string finish_hex();

 private:
  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> block_{};
  std::size_t block_fill_ = 0;
  std::uint64_t total_bytes_ = 0;
};

std::string sha256_hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(std::string_view text);

// 64-bit FNV-1a with a final mix.
std::uint64_t hash64(std::string_view text);

}  // namespace undersong
