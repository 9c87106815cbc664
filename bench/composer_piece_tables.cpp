// Whole pieces that the composer writes alone, beside real ones.

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/parallel.h"
#include "composer_bench.h"
#include "real_bands.h"
#include "sample/composer_piece.h"

namespace undersong {
namespace {

using Options = ComposerBenchOptions;

constexpr std::array kPieceBars = {16, 24, 32};
constexpr std::size_t kBandPassages = 200;

std::vector<Measures> real_textures(const TrainingFile& file, GridStyle style, From from,
                                    std::size_t count, const Rng& rng) {
  std::vector<RealPassage> passages;
  for (std::size_t i = 0; i < kPieceBars.size(); ++i) {
    const std::size_t share = (count + i) / kPieceBars.size();
    for (RealPassage& passage :
         passages_of(file, style, from, share, kPieceBars.at(i), rng.fork(i)))
      passages.push_back(std::move(passage));
  }
  std::vector<Measures> textures(passages.size());
  for_each_in_parallel(passages.size(), [&](std::size_t i) {
    textures[i] = passage_textures(cut_out(passages[i]));
  });
  return textures;
}

std::vector<Measures> written_textures(const ComposerModel& model, GridStyle style,
                                       const Options& options, const Rng& rng) {
  std::vector<Measures> textures(options.passages);
  for_each_in_parallel(options.passages, [&](std::size_t i) {
    ComposerPieceRequest request;
    request.style = style;
    request.bars = kPieceBars.at(i % kPieceBars.size());
    request.draw = options.draw.draw;
    GridPiece piece = write_piece(model, request, rng.fork(i), silent_progress());
    textures[i] = passage_textures(piece);
    write_passage(options, "alone", i, piece);
  });
  return textures;
}

void print_row(std::string_view style, std::string_view of, const std::vector<Measures>& pieces,
               const Bands& bands) {
  fmt::print("| {} | {} | {} |", style, of, pieces.size());
  const std::vector<Ratio> shares = inside(pieces, bands);
  std::vector<double> means;
  for (const Measures& piece : pieces) {
    if (const auto share = inside(piece, bands).share()) means.push_back(*share);
  }
  for (std::size_t k = 0; k < kPassageTextures; ++k) {
    if (bands[k])
      fmt::print(" {} {} |", shown(shares[k].share()), shown(median(column(pieces, k))));
    else
      fmt::print(" - |");
  }
  Ratio mean;
  for (const double each : means) mean += {each, 1.0};
  const auto interval = interval_of_mean(means);
  fmt::print(" {}{} |\n", shown(mean.share()),
             interval ? fmt::format(" ({:.2f}-{:.2f})", interval->low, interval->high) : "");
  std::fflush(stdout);
}

void print_bands(std::string_view style, const Bands& bands) {
  fmt::print("| {} | real, 5 % to 95 % | |", style);
  for (const auto& band : bands)
    fmt::print(" {} |", band ? fmt::format("{:.2f}-{:.2f}", band->low, band->high) : "-");
  fmt::print(" |\n");
}

void print_heading() {
  fmt::print(
      "Pieces of 16, 24 and 32 bars that the composer writes alone, and held-out passages as long: "
      "share between 5 % and 95 % of {} real passages, and median.\n\n| style | of | pieces |",
      kBandPassages);
  for (const char* name : kPassageTextureNames) fmt::print(" {} |", name);
  fmt::print(" mean inside (95 %) |\n|---|---|---|");
  for (std::size_t k = 0; k <= kPassageTextures; ++k) fmt::print("---|");
  fmt::print("\n");
}

}  // namespace

void measure_pieces(const ComposerModel& model, const TrainingFile& file, const Options& options) {
  print_heading();
  for (const GridStyle style : options.styles) {
    const Rng rng = Rng(options.seed).fork("pieces").fork(name_of(style));
    const auto held_out =
        real_textures(file, style, From::kHeldOut, options.passages, rng.fork("held out"));
    if (held_out.empty()) continue;
    const Bands bands =
        bands_of(real_textures(file, style, From::kEverywhere, kBandPassages, rng.fork("band")));
    const auto begin = std::chrono::steady_clock::now();
    const auto written = written_textures(model, style, options, rng.fork("alone"));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    print_row(name_of(style), fmt::format("network, {:.0f} s", seconds.count()), written, bands);
    print_row(name_of(style), "held out", held_out, bands);
    print_bands(name_of(style), bands);
  }
}

}  // namespace undersong
