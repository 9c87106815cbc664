// Any bytes are an originality index or an Error; with an index a track is compared, whatever its
// tables hold. The header's hashes are put right first, since no fuzzer guesses them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "originality/index.h"
#include "originality/index_layout.h"

namespace {

using undersong::detail::IndexHeader;
using undersong::detail::Section;

void put_hashes_right(std::vector<std::uint8_t>& bytes) {
  IndexHeader header;
  if (bytes.size() < sizeof(header)) return;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const auto text = [](const void* at, std::size_t size) {
    return std::string_view(static_cast<const char*>(at), size);
  };
  const auto& description = header.sections[static_cast<std::size_t>(Section::kDescription)];
  if (description.offset <= bytes.size() &&
      description.bytes <= bytes.size() - description.offset) {
    header.description_hash =
        undersong::hash64(text(bytes.data() + description.offset, description.bytes));
  }
  header.file_bytes = bytes.size();
  header.hash = undersong::hash64(text(&header, offsetof(IndexHeader, hash)));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

// Two voices with a trill, a scale and a chord.
undersong::Score small_track() {
  undersong::Score score;
  auto& notes = score.tracks.emplace_back().notes;
  for (undersong::Ticks i = 0; i < 24; ++i) {
    const auto pitch = static_cast<std::uint8_t>(i < 8 ? 60 + i % 2 : 60 + i);
    notes.push_back({.onset_ticks = i * 240, .duration_ticks = 240, .pitch = pitch});
    if (i % 4 == 0) notes.push_back({.onset_ticks = i * 240, .duration_ticks = 480, .pitch = 40});
  }
  undersong::sort_events(score);
  return score;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const undersong::Score track = small_track();
  std::vector<std::uint8_t> bytes(data, data + size);
  put_hashes_right(bytes);
  try {
    const auto index = undersong::OriginalityIndex::parse(std::move(bytes));
    const auto closeness = index->compare(track, "one");
    for (const auto& window : closeness.windows) {
      if (!(window.overlap >= 0.0 && window.overlap <= 1.0)) std::abort();
      if (window.overlap > 0.0 && window.nearest.piece >= index->pieces().size()) std::abort();
    }
  } catch (const undersong::Error&) {
  }
  return 0;
}
