#pragma once
// Pieces of both writers from the same plans, measured, a line of JSON each: what writer_bench's
// tables are made of. What has a line is not made again.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "composed_piece.h"
#include "pipeline/writer_network.h"
#include "real_bands.h"
#include "role_measures.h"

namespace undersong {

// Of a piece: what has pitch, and drums with percussion.
inline constexpr std::size_t kHalves = 2;
enum class Half : std::uint8_t { kMusic, kDrums };
// What the network hears a half as; unset where the pack takes nothing from it.
std::optional<GridStyle> network_style(const Style& style, Half half);
RoleSet roles_of(Half half);

// One half on the network's grid. Real and written pieces are measured there, so that neither
// humanising nor instruments count.
struct HalfMeasures {
  Measures textures;             // passage_textures
  std::vector<double> features;  // style_features
};
HalfMeasures measure_half(const GridPiece& piece, Half half);

struct MeasuredPiece {
  // What it is.
  std::string style;
  std::uint64_t seed = 0;
  double seconds = 0.0;
  WriterKind writer = WriterKind::kPattern;
  std::string weights;  // SHA-256, also of patterns: roles are those that it would write

  int bars = 0;  // without a last bar of one chord
  std::array<HalfMeasures, kHalves> halves;
  std::vector<Measures> roles;   // by number; those that the network writes
  std::vector<double> features;  // of the finished score

  // Control. Of the roles that the network writes, as both writers were asked by the plan.
  double length_error_seconds = 0.0;
  std::optional<double> energy_correlation;
  Ratio in_chord, strong_in_chord;
  Ratio density;  // steps off what the network is asked; patterns are not asked that

  // Beside what the network learned.
  std::int64_t run_notes = 0;
  std::int64_t distinctive_notes = 0;
  bool too_close = false;

  double seconds_taken = 0.0;
};

struct WriterBenchSetting {
  std::shared_ptr<const WriterNetwork> network;
  std::vector<Style> styles;  // those with a [network]
  std::uint64_t seeds = 50;
  double seconds = 30.0;
  int drafts = 4;
};

// The request of one piece; the same plan for both writers.
CompositionRequest writer_request(const Style& style, const WriterBenchSetting& setting,
                                  std::uint64_t seed, WriterKind kind);
// A piece on the network's grid, with its planned chords, without a last bar of one chord.
GridPiece grid_of(const ComposedPiece& piece, const Style& style, const WriterNetwork& network);

// Appends what is missing, `results` being created where it is not; pieces are made on all
// processors, so the network should have one thread.
void make_pieces(const WriterBenchSetting& setting, const std::filesystem::path& results);

// Errors: kFormat for what is no such line.
std::vector<MeasuredPiece> load_pieces(const std::filesystem::path& results);

}  // namespace undersong
