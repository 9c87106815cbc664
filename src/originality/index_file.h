#pragma once
// An index file as typed spans, from a mapping or from memory.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "originality/index_description.h"
#include "originality/index_layout.h"
#include "originality/window_grid.h"

namespace undersong::detail {

// Bytes that somebody keeps: a read-only mapping of a file, or a vector.
class KeptBytes {
 public:
  virtual ~KeptBytes() = default;
  virtual std::span<const std::uint8_t> bytes() const = 0;
};
// Errors: kNotFound, kUsage for a folder, kIo.
std::unique_ptr<const KeptBytes> map_file(const std::filesystem::path& path);
std::unique_ptr<const KeptBytes> keep(std::vector<std::uint8_t> bytes);

// A note of a voice of a learned piece.
struct LearnedNote {
  std::size_t piece = 0;
  std::size_t index = 0;  // among the notes of all voices
  Ticks onset_ticks = 0;
  int pitch = 0;
};

// Pieces that a search passes over, ascending. They are few: one family.
using PieceList = std::vector<std::size_t>;

// The tables of one index. Whatever their bytes say, every function here answers: what is read
// from them is checked or clamped before it is used.
class IndexTables {
 public:
  // Errors: kFormat, kUnsupported.
  explicit IndexTables(std::unique_ptr<const KeptBytes> bytes);

  const IndexDescription& description() const { return description_; }
  std::size_t pieces() const { return description_.pieces.size(); }
  // Pieces of this family; none for the empty one.
  PieceList family(const std::string& family) const;

  // Runs.
  std::span<const std::uint8_t> text() const { return text_; }
  std::size_t suffixes() const { return suffixes_.size(); }
  // The text from the rank-th suffix on; empty where the table is damaged.
  std::span<const std::uint8_t> suffix(std::size_t rank) const;
  std::size_t suffix_begin(std::size_t rank) const { return suffixes_[rank]; }
  std::size_t piece_of_text(std::size_t position) const;
  // The note at which the interval at `position` begins, and the `notes`-th from there (from 0);
  // unset where the tables are damaged.
  std::optional<LearnedNote> note_at(std::size_t position, std::int64_t notes) const;
  Ticks ticks_per_quarter(std::size_t piece) const;

  // Windows.
  struct PointRange {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  PointRange points_of_piece(std::size_t piece) const;
  std::size_t points() const { return point_pitches_.size(); }
  std::uint32_t axis_steps(std::size_t point) const { return point_onsets_[point]; }
  int point_pitch(std::size_t point) const { return point_pitches_[point]; }
  std::size_t piece_of_point(std::size_t point) const;
  std::uint32_t axis_begin(std::size_t piece) const { return piece_records_[piece].axis_begin; }
  const WindowGrid& grid(std::size_t piece) const { return grids_[piece]; }
  std::size_t buckets() const { return bucket_begins_.size() - 1; }
  // Points; some may be beyond points() in a damaged file.
  std::span<const std::uint32_t> anchors(std::size_t bucket) const;

 private:
  void read_header();
  template <typename T>
  std::span<const T> section(Section name) const;
  void check_tables() const;
  WindowGrid read_grid(std::size_t piece) const;

  std::unique_ptr<const KeptBytes> bytes_;
  IndexHeader header_;
  IndexDescription description_;
  std::span<const std::uint8_t> text_;
  std::span<const std::uint32_t> suffixes_;
  std::span<const VoiceRecord> voices_;
  std::span<const std::int32_t> note_onsets_;
  std::span<const std::uint8_t> note_pitches_;
  std::span<const PieceRecord> piece_records_;
  std::span<const MeterRecord> meters_;
  std::span<const std::uint32_t> point_onsets_;
  std::span<const std::uint8_t> point_pitches_;
  std::span<const std::uint32_t> bucket_begins_;
  std::span<const std::uint32_t> anchors_;
  std::vector<WindowGrid> grids_;
};

}  // namespace undersong::detail
