#pragma once
// Ogg streams carry a serial number, which libsndfile draws from the clock. The same music is to be
// the same bytes, so it is replaced.

#include <cstddef>
#include <cstdint>
#include <span>

namespace undersong::detail {

// Gives every page of `stream` the serial number `serial`, and the checksum that goes with it.
// Stops at the first byte that begins no page, or none that is whole, and returns how many bytes
// stand before it. Source: RFC 3533, section 6.
std::size_t set_ogg_serial(std::span<std::uint8_t> stream, std::uint32_t serial);

}  // namespace undersong::detail
