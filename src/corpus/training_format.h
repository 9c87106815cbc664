#pragma once
// Bytes of a training file (docs/formats/training-file.md); for the writer, the reader and their
// tests.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/training_file.h"

namespace undersong::detail {

inline constexpr std::string_view kTrainingFormat = "undersong-training";
inline constexpr int kTrainingVersion = 1;
inline constexpr std::array<char, 8> kShardMagic = {'U', 'S', 'O', 'N', 'G', 'B', 'A', 'R'};

// A shard: its head, the bars of all its pieces, their notes.
struct ShardHead {
  std::array<char, 8> magic = kShardMagic;
  std::uint32_t version = kTrainingVersion;
  std::uint32_t bars = 0;
  std::uint32_t notes = 0;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(ShardHead) == 24);

struct BarRecord {
  std::uint32_t first_note = 0;  // among those of the shard
  std::uint16_t notes = 0;
  std::uint8_t meter = 0;
  std::uint8_t tempo = 0;
  std::array<std::uint8_t, 2> chords = {};
  std::uint8_t energy_and_relation = 0;  // energy + 8 * relation
  std::uint8_t relation_distance = 0;
};
static_assert(sizeof(BarRecord) == 12);

// role, position, pitch, duration, velocity from the highest bits on, so that words sort as notes.
using NoteWord = std::uint32_t;
inline constexpr unsigned kPlaceShift = 16;  // what stands above it: role and position
NoteWord pack(const GridNote& note);
GridNote unpack(NoteWord word);

// Precondition: no more than 65,535 notes.
BarRecord pack(const GridBar& bar, std::size_t first_note);
// `notes`: those of the bar.
GridBar unpack(const BarRecord& record, std::span<const NoteWord> notes);

// Why a bar cannot be one, or nothing. `index`: among the bars of its piece; `first_note`: where
// its notes have to begin.
std::string fault_of(const BarRecord& record, std::size_t index, std::size_t first_note);
std::string fault_of(const BarRecord& record, std::span<const NoteWord> notes);

// Where a piece stands.
struct PiecePlace {
  std::size_t shard = 0;
  std::size_t first_bar = 0;
  bool minor = false;
};

struct ShardEntry {
  std::string file;
  std::int64_t bytes = 0;
  std::int64_t bars = 0;
  std::int64_t notes = 0;
  std::string sha256;
};

// What training.json says.
struct TrainingDescription {
  std::string corpus;
  std::string corpus_sha256;
  std::vector<ShardEntry> shards;
  std::vector<TrainingPiece> pieces;
  std::vector<PiecePlace> places;  // of the pieces
  std::vector<std::vector<double>> energy_borders;
  GridLosses losses;
  std::vector<LeftOut> left_out;

  // Of everything that learning depends on: the shards, and of each piece where it stands, its
  // style, mode and split.
  std::string sha256() const;
  std::string to_json() const;
  // Errors: kFormat; kUnsupported for one that a newer version wrote. What it says fits together:
  // pieces fill the bars of their shards one after another.
  static TrainingDescription from_json(std::string_view text);
};

}  // namespace undersong::detail
