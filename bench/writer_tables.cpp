// Texture, control, copying, recognisability and variety of both writers.

#include <fmt/format.h>

#include <algorithm>

#include "bench_verbs.h"
#include "composed_likeness.h"
#include "originality/fingerprints.h"
#include "writer_yardsticks.h"

namespace undersong {
namespace {

using Pieces = std::vector<MeasuredPiece>;

constexpr std::array kWriters = {WriterKind::kPattern, WriterKind::kNeural};
constexpr std::array kHalvesNamed = {std::pair(Half::kMusic, "music"),
                                     std::pair(Half::kDrums, "drums")};

const HalfMeasures& half_of(const MeasuredPiece& piece, Half half) {
  return piece.halves.at(static_cast<std::size_t>(half));
}

std::vector<Measures> textures_of(const Pieces& pieces, Half half) {
  std::vector<Measures> textures;
  for (const MeasuredPiece& piece : pieces) textures.push_back(half_of(piece, half).textures);
  return textures;
}

void print_heading(const char* first_columns, std::size_t count, const std::string& rest) {
  fmt::print("{}", first_columns);
  for (const char* name : kPassageTextureNames) fmt::print(" {} |", name);
  fmt::print("{}\n|", rest);
  for (std::size_t k = 0; k < count + kPassageTextures; ++k) fmt::print("---|");
  fmt::print("\n");
}

// Share of measures inside, one value a piece.
std::vector<double> shares_of(const std::vector<Measures>& textures, const Bands& bands) {
  std::vector<double> shares;
  for (const Measures& piece : textures) {
    if (const auto share = inside(piece, bands).share()) shares.push_back(*share);
  }
  return shares;
}

std::string mean_with_interval(const std::vector<double>& values) {
  Ratio mean;
  for (const double value : values) mean += {value, 1.0};
  const auto interval = interval_of_mean(values);
  return interval
             ? fmt::format("{:.2f} ({:.2f}-{:.2f})", *mean.share(), interval->low, interval->high)
             : shown(mean.share());
}

void print_inside_row(const std::string& name, WriterKind writer, std::size_t pieces,
                      const std::vector<Ratio>& shares, const std::vector<double>& means) {
  fmt::print("| {} | {} | {} |", name, name_of(writer), pieces);
  for (const Ratio& share : shares) fmt::print(" {} |", shown(share.share()));
  fmt::print(" {} |\n", mean_with_interval(means));
}

void print_textures(const std::vector<PackPieces>& packs, Yardsticks& real, Half half,
                    const char* title) {
  fmt::print(
      "\n### Inside the band of real pieces: {}\n\nShare of pieces between 5 % and 95 % of {} real "
      "passages as long in bars (real: 0.90).\n\n",
      title, kYardstickPassages);
  print_heading("| style (real) | writer | pieces |", 4, " mean (95 %) |");
  std::map<WriterKind, std::vector<Ratio>> sums;
  std::map<WriterKind, std::vector<double>> all_means;
  std::map<WriterKind, std::size_t> counts;
  for (const PackPieces& pack : packs) {
    const auto style = network_style(pack.style, half);
    if (!style) continue;
    const Bands& bands = real.of(*style, half, pack.bars()).textures;
    for (const WriterKind writer : kWriters) {
      const auto textures = textures_of(pack.by_writer.at(writer), half);
      const auto shares = inside(textures, bands);
      const auto means = shares_of(textures, bands);
      print_inside_row(fmt::format("{} ({})", pack.style.name, name_of(*style)), writer,
                       textures.size(), shares, means);
      sums[writer].resize(kPassageTextures);
      for (std::size_t k = 0; k < kPassageTextures; ++k) sums[writer][k] += shares[k];
      all_means[writer].insert(all_means[writer].end(), means.begin(), means.end());
      counts[writer] += textures.size();
    }
  }
  for (const auto& [writer, shares] : sums)
    print_inside_row("all", writer, counts[writer], shares, all_means[writer]);
}

void print_medians(const std::vector<PackPieces>& packs, Yardsticks& real, Half half,
                   const char* title) {
  fmt::print("\nMedians of {}; of real passages the median and 5 % to 95 %.\n\n", title);
  print_heading("| style | of |", 2, "");
  for (const PackPieces& pack : packs) {
    const auto style = network_style(pack.style, half);
    if (!style) continue;
    for (const WriterKind writer : kWriters) {
      const auto textures = textures_of(pack.by_writer.at(writer), half);
      fmt::print("| {} | {} |", pack.style.name, name_of(writer));
      for (std::size_t k = 0; k < kPassageTextures; ++k)
        fmt::print(" {} |", shown(median(column(textures, k))));
      fmt::print("\n");
    }
    fmt::print("| {} | {}, {} bars |", pack.style.name, name_of(*style), pack.bars());
    for (const auto& band : real.of(*style, half, pack.bars()).textures) {
      if (band)
        fmt::print(" {:.2f} ({:.2f}-{:.2f}) |", band->middle, band->low, band->high);
      else
        fmt::print(" - |");
    }
    fmt::print("\n");
  }
}

void print_control_row(const std::string& name, WriterKind writer, const Pieces& pieces) {
  double worst = 0.0;
  std::vector<double> energies;
  std::vector<double> seconds;
  Ratio in_chord, strong, density;
  for (const MeasuredPiece& piece : pieces) {
    worst = std::max(worst, std::abs(piece.length_error_seconds));
    if (piece.energy_correlation) energies.push_back(*piece.energy_correlation);
    seconds.push_back(piece.seconds_taken);
    in_chord += piece.in_chord;
    strong += piece.strong_in_chord;
    density += piece.density;
  }
  fmt::print("| {} | {} | {} | {:.1e} | {} | {} | {} | {} | {} | {} |\n", name, name_of(writer),
             pieces.size(), worst, shown(median(energies)), shown(share_below(energies, 0.05)),
             shown(in_chord.share()), shown(strong.share()), shown(density.share()),
             shown(median(seconds)));
}

// Of each writer, all packs.
Pieces all_of(const std::vector<PackPieces>& packs, WriterKind writer) {
  Pieces all;
  for (const PackPieces& pack : packs) {
    const Pieces& pieces = pack.by_writer.at(writer);
    all.insert(all.end(), pieces.begin(), pieces.end());
  }
  return all;
}

using PrintRow = void (*)(const std::string&, WriterKind, const Pieces&);
void print_rows(const std::vector<PackPieces>& packs, PrintRow print) {
  for (const PackPieces& pack : packs) {
    for (const WriterKind writer : kWriters)
      print(pack.style.name, writer, pack.by_writer.at(writer));
  }
  for (const WriterKind writer : kWriters) print("all", writer, all_of(packs, writer));
}

void print_control(const std::vector<PackPieces>& packs) {
  fmt::print(
      "\n### Control\n\nIn the chord and density: of the roles that the network writes. Density: "
      "steps off what the network is asked; patterns are never asked it, so theirs is no fault. "
      "Seconds: wall clock of planning and composing, pieces beside each other.\n\n"
      "| style | writer | pieces | worst length error, s | energy r, median | at 5 % | in chord | "
      "strong beats in chord | density off | s a piece |\n|---|---|---|---|---|---|---|---|---|---|"
      "\n");
  print_rows(packs, print_control_row);
}

void print_copying_row(const std::string& name, WriterKind writer, const Pieces& pieces) {
  std::vector<double> runs;
  std::vector<double> distinctive;
  std::size_t close = 0;
  for (const MeasuredPiece& piece : pieces) {
    runs.push_back(static_cast<double>(piece.run_notes));
    distinctive.push_back(static_cast<double>(piece.distinctive_notes));
    close += piece.too_close ? 1 : 0;
  }
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.0f}", *value) : "-";
  };
  fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name, name_of(writer),
             pieces.size(), number(median(runs)), number(share_below(runs, 1.0)),
             number(median(distinctive)), number(share_below(distinctive, 0.95)),
             number(share_below(distinctive, 1.0)), close);
}

void print_copying(const std::vector<PackPieces>& packs, const WriterNetwork& network) {
  if (network.fingerprints == nullptr) {
    fmt::print("\n### Copying\n\nNot measured: no fingerprints stand beside the weights.\n");
    return;
  }
  const Baseline& human = network.fingerprints->baseline();
  fmt::print(
      "\n### Copying\n\nBeside the fingerprints of what the network learned, before any gate. "
      "Limit: "
      "{} distinctive notes. {} human pieces beside the others: longest run {:.1f} in the mean "
      "({:.0f}-{:.0f} of 95 %), distinctive notes {:.1f} ({:.0f}-{:.0f}).\n\n"
      "| style | writer | pieces | longest run, median | longest | distinctive notes, median | at "
      "95 % | most | too close |\n|---|---|---|---|---|---|---|---|---|\n",
      limits_of(human).distinctive_notes, human.pieces, human.run_notes.mean, human.run_notes.low,
      human.run_notes.high, human.distinctive_notes.mean, human.distinctive_notes.low,
      human.distinctive_notes.high);
  print_rows(packs, print_copying_row);
}

void print_recognisability(const std::vector<PackPieces>& packs) {
  fmt::print("\n### Recognised by the score alone\n\n");
  for (const WriterKind writer : kWriters) {
    FeaturesByStyle features;
    for (const PackPieces& pack : packs) {
      for (const MeasuredPiece& piece : pack.by_writer.at(writer))
        features[pack.style.name].push_back(piece.features);
    }
    fmt::print("{}: ", name_of(writer));
    print_recognition(features);
    fmt::print("\n");
  }
}

void print_varieties(const std::vector<PackPieces>& packs, Yardsticks& real) {
  fmt::print(
      "\n### Variety\n\nDistance between the seeds of a style over that between real passages of "
      "its network style (1: as varied), on the network's grid: mean over pairs, and to the "
      "nearest "
      "of as many.\n\n| style | half | pattern, mean | network, mean | pattern, nearest | network, "
      "nearest |\n|---|---|---|---|---|---|\n");
  for (const PackPieces& pack : packs) {
    for (const auto& [half, title] : kHalvesNamed) {
      const auto style = network_style(pack.style, half);
      if (!style) continue;
      std::vector<std::vector<double>> yardstick;
      for (const HalfMeasures& passage : real.of(*style, half, pack.bars()).passages)
        yardstick.push_back(passage.features);
      std::map<WriterKind, VarietyRatios> variety;
      for (const WriterKind writer : kWriters) {
        std::vector<std::vector<double>> features;
        for (const MeasuredPiece& piece : pack.by_writer.at(writer))
          features.push_back(half_of(piece, half).features);
        variety[writer] = variety_of(features, yardstick);
      }
      const VarietyRatios& pattern = variety[WriterKind::kPattern];
      const VarietyRatios& neural = variety[WriterKind::kNeural];
      fmt::print("| {} | {} | {} | {} | {} | {} |\n", pack.style.name, title, shown(pattern.mean),
                 shown(neural.mean), shown(pattern.nearest), shown(neural.nearest));
    }
  }
}

}  // namespace

void print_writer_tables(const std::vector<PackPieces>& packs, Yardsticks& real,
                         const WriterNetwork& network) {
  for (const auto& [half, title] : kHalvesNamed) {
    print_textures(packs, real, half, title);
    print_medians(packs, real, half, title);
  }
  print_control(packs);
  print_copying(packs, network);
  print_recognisability(packs);
  print_varieties(packs, real);
}

}  // namespace undersong
