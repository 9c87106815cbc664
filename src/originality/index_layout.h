#pragma once
// The bytes of an index file; docs/formats/originality-index.md describes them. Everything is
// little-endian and stands at a multiple of eight bytes.

#include <array>
#include <cstddef>
#include <cstdint>

namespace undersong::detail {

inline constexpr std::array<char, 8> kIndexMagic = {'U', 'S', 'O', 'R', 'I', 'G', 'I', 'N'};
inline constexpr std::uint32_t kIndexVersion = 1;
// Reads 04 03 02 01 in a file of the other byte order.
inline constexpr std::uint32_t kByteOrder = 0x01020304;
inline constexpr std::size_t kSectionAlignment = 8;

enum class Section : std::uint32_t {
  kText,          // u8:  the voices' melodic texts, kEndOfVoice after each
  kSuffixes,      // u32: positions in the text that hold an interval, by their suffixes
  kVoices,        // VoiceRecord, and one that ends the last
  kNoteOnsets,    // i32: ticks of the voices' notes, in the order of the text
  kNotePitches,   // u8:  their pitches
  kPieces,        // PieceRecord, and one that ends the last
  kMeters,        // MeterRecord
  kPointOnsets,   // u32: steps of the points on one axis, modulo 2^32
  kPointPitches,  // u8:  their pitches
  kBuckets,       // u32: where each bucket of the figures begins, and the last one ends
  kAnchors,       // u32: points that figures are anchored at, by bucket
  kDescription,   // JSON: corpus, pieces and baseline
  kCount,
};
inline constexpr std::size_t kSections = static_cast<std::size_t>(Section::kCount);

struct SectionEntry {
  std::uint64_t offset = 0;  // from the start of the file
  std::uint64_t bytes = 0;
};

struct IndexHeader {
  std::array<char, 8> magic = kIndexMagic;
  std::uint32_t version = kIndexVersion;
  std::uint32_t byte_order = kByteOrder;
  std::uint64_t file_bytes = 0;
  std::uint64_t description_hash = 0;  // hash64 of kDescription
  std::array<SectionEntry, kSections> sections{};
  std::uint64_t hash = 0;  // hash64 of everything before it
};

struct VoiceRecord {
  std::uint32_t text_begin = 0;
  std::uint32_t note_begin = 0;
};

struct PieceRecord {
  std::int64_t bars = 0;
  std::int32_t ticks_per_quarter = 0;
  std::uint32_t axis_begin = 0;  // of its first step, modulo 2^32
  std::uint32_t text_begin = 0;
  std::uint32_t meter_begin = 0;
  std::uint32_t point_begin = 0;
  std::uint32_t reserved = 0;
};

struct MeterRecord {
  std::int32_t tick = 0;
  std::uint8_t numerator = 4;
  std::uint8_t denominator = 4;
  std::uint16_t reserved = 0;
};

static_assert(sizeof(IndexHeader) == 8 + 4 + 4 + 8 + 8 + kSections * 16 + 8);
static_assert(sizeof(VoiceRecord) == 8 && sizeof(PieceRecord) == 32 && sizeof(MeterRecord) == 8);

}  // namespace undersong::detail
