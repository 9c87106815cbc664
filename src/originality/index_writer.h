#pragma once
// The sections of an index, from memory to a file.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "originality/index_description.h"
#include "originality/index_layout.h"

namespace undersong::detail {

// All that an index holds, but for its description. Filled by IndexBuilder, which says how.
struct IndexContent {
  std::vector<std::uint8_t> text;
  std::vector<std::uint32_t> suffixes;
  std::vector<VoiceRecord> voices;
  std::vector<std::int32_t> note_onsets;
  std::vector<std::uint8_t> note_pitches;
  std::vector<PieceRecord> pieces;
  std::vector<MeterRecord> meters;
  std::vector<std::uint32_t> point_onsets;
  std::vector<std::uint8_t> point_pitches;
  std::vector<std::uint32_t> bucket_begins;
  std::vector<std::uint32_t> anchors;
};

// Writes over `path`, which exists. Errors: kIo.
void write_index(const std::filesystem::path& path, const IndexContent& content,
                 const IndexDescription& description);

// Gives the index at `path` another description. Errors: kIo, and those of reading it.
void replace_description(const std::filesystem::path& path, const IndexDescription& description);

}  // namespace undersong::detail
