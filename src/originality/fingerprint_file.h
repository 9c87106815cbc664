#pragma once
// The bytes of a fingerprints file (docs/formats/fingerprints.md).

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "originality/reference.h"

namespace undersong {

// A run of eight notes in a learned piece.
struct Print {
  std::uint64_t hash = 0;   // below 2^kHashBits
  std::uint32_t piece = 0;  // index into FingerprintFile::pieces
  std::uint32_t bar = 0;    // of its first note, from 0; below the piece's number of bars

  auto operator<=>(const Print&) const = default;
};

struct FingerprintFile {
  std::string corpus;
  std::string corpus_sha256;
  Baseline baseline;
  std::vector<LearnedPiece> pieces;
  std::vector<std::uint32_t> bars;  // of each piece
  std::vector<Print> prints;        // sorted, each once

  bool operator==(const FingerprintFile&) const = default;
};

// The same content gives the same bytes on every machine.
std::vector<std::uint8_t> write_fingerprints(const FingerprintFile& file);

// Cost: memory in proportion to the bytes. Errors: kFormat (no fingerprints, cut short, damaged);
// kUnsupported (a newer version's, or runs of another length).
FingerprintFile read_fingerprints(std::span<const std::uint8_t> bytes);

}  // namespace undersong
