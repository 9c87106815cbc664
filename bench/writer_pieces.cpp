#include "writer_pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/parallel.h"
#include "compose/neural_grid.h"
#include "compose/neural_writer.h"
#include "compose/writer_context.h"
#include "composed_likeness.h"
#include "originality/fingerprints.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using PieceName = std::tuple<std::string, std::uint64_t, double, std::string, std::string>;

PieceName name_of(const MeasuredPiece& piece) {
  return {piece.style, piece.seed, piece.seconds, std::string(name_of(piece.writer)),
          piece.weights};
}

json to_json(const Measures& measures) {
  json list = json::array();
  for (const auto& value : measures) list.push_back(value ? json(*value) : json());
  return list;
}

Measures measures_from(const json& list) {
  Measures measures;
  for (const json& value : list)
    measures.push_back(value.is_null() ? std::nullopt : std::optional(value.get<double>()));
  return measures;
}

json to_json(const Ratio& ratio) { return {ratio.part, ratio.whole}; }
Ratio ratio_from(const json& pair) { return {pair.at(0).get<double>(), pair.at(1).get<double>()}; }

json to_json(const MeasuredPiece& piece) {
  json line = {{"style", piece.style},
               {"seed", piece.seed},
               {"seconds", piece.seconds},
               {"writer", name_of(piece.writer)},
               {"weights", piece.weights},
               {"bars", piece.bars},
               {"features", piece.features},
               {"length_error", piece.length_error_seconds},
               {"energy", to_json(Measures{piece.energy_correlation})},
               {"in_chord", to_json(piece.in_chord)},
               {"strong_in_chord", to_json(piece.strong_in_chord)},
               {"density", to_json(piece.density)},
               {"run_notes", piece.run_notes},
               {"distinctive_notes", piece.distinctive_notes},
               {"too_close", piece.too_close},
               {"seconds_taken", piece.seconds_taken}};
  for (const HalfMeasures& half : piece.halves)
    line["halves"].push_back({to_json(half.textures), half.features});
  for (const Measures& role : piece.roles) line["roles"].push_back(to_json(role));
  return line;
}

MeasuredPiece piece_from(const json& line) {
  MeasuredPiece piece;
  piece.style = line.at("style");
  piece.seed = line.at("seed");
  piece.seconds = line.at("seconds");
  piece.writer = parse_writer_kind(line.at("writer").get<std::string>());
  piece.weights = line.at("weights");
  piece.bars = line.at("bars");
  piece.features = line.at("features").get<std::vector<double>>();
  piece.length_error_seconds = line.at("length_error");
  piece.energy_correlation = measures_from(line.at("energy")).at(0);
  piece.in_chord = ratio_from(line.at("in_chord"));
  piece.strong_in_chord = ratio_from(line.at("strong_in_chord"));
  piece.density = ratio_from(line.at("density"));
  piece.run_notes = line.at("run_notes");
  piece.distinctive_notes = line.at("distinctive_notes");
  piece.too_close = line.at("too_close");
  piece.seconds_taken = line.at("seconds_taken");
  for (std::size_t half = 0; half < kHalves; ++half) {
    const json& values = line.at("halves").at(half);
    piece.halves.at(half) = {measures_from(values.at(0)), values.at(1).get<std::vector<double>>()};
  }
  for (const json& role : line.at("roles")) piece.roles.push_back(measures_from(role));
  return piece;
}

void measure_control(const ComposedPiece& composed, const Style& style,
                     const WriterNetwork& network, MeasuredPiece& piece) {
  const NoteMeasures notes = measure_notes(composed, style);
  piece.length_error_seconds = notes.length_error_seconds;
  piece.energy_correlation = notes.energy_correlation;
  const WriterContext context(composed.plan, style);
  for (const Half half : {Half::kMusic, Half::kDrums}) {
    const auto heard = network_style(style, half);
    if (!heard) continue;
    const NeuralGrid grid(context, *heard, network.source->densities(*heard));
    for (const Role role : kRoles) {
      if (!(writable_roles(style, *network.source) & roles_of(half)).contains(role)) continue;
      std::vector<int> onsets(static_cast<std::size_t>(context.bar_count()), 0);
      Ticks last = -1;
      for (const Note& note : composed.parts[index_of(role)]) {
        if (note.onset_ticks != last)
          ++onsets[static_cast<std::size_t>(context.bar_at(note.onset_ticks))];
        last = note.onset_ticks;
        if (half == Half::kDrums) continue;
        const bool fits = contains(context.chord(note.onset_ticks), note.pitch);
        piece.in_chord.add(fits);
        if (context.is_strong(note.onset_ticks)) piece.strong_in_chord.add(fits);
      }
      for (int bar = 0; bar < context.bar_count(); ++bar) {
        if (!context.plays(role, bar) || context.is_final(bar)) continue;
        const auto asked = grid.asked_density(role, bar);
        const int played = std::max(1, onsets[static_cast<std::size_t>(bar)]);
        if (asked)
          piece.density += {std::abs(static_cast<double>(density_step(played)) - *asked), 1.0};
      }
    }
  }
}

void measure_copying(const Score& score, const WriterNetwork& network, MeasuredPiece& piece) {
  if (network.fingerprints == nullptr) return;
  const Closeness closeness = network.fingerprints->compare(score);
  piece.run_notes = closeness.longest_run.notes;
  piece.distinctive_notes = closeness.most_distinctive_run.distinctive_notes;
  piece.too_close =
      judge(closeness, limits_of(network.fingerprints->baseline())) == Verdict::kTooClose;
}

MeasuredPiece measure(const MeasuredPiece& wanted, const Style& style,
                      const WriterBenchSetting& setting) {
  const auto begin = std::chrono::steady_clock::now();
  const ComposedPiece composed = compose_piece(
      style, writer_request(style, setting, wanted.seed, wanted.writer), setting.network);
  MeasuredPiece piece = wanted;
  piece.seconds_taken =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const GridPiece grid = grid_of(composed, style, *setting.network);
  piece.bars = static_cast<int>(grid.bars.size());
  for (const Half half : {Half::kMusic, Half::kDrums})
    piece.halves.at(static_cast<std::size_t>(half)) = measure_half(grid, half);
  const RoleSet roles = writable_roles(style, *setting.network->source);
  for (const Role role : kRoles)
    piece.roles.push_back(roles.contains(role) ? role_measures(grid, role)
                                               : Measures(kRoleMeasures));
  piece.features = features_of(composed.score);
  measure_control(composed, style, *setting.network, piece);
  measure_copying(composed.score, *setting.network, piece);
  return piece;
}

std::vector<MeasuredPiece> wanted_pieces(const WriterBenchSetting& setting) {
  std::vector<MeasuredPiece> wanted;
  // Seeds outermost: what was cut short has pieces of every style.
  for (std::uint64_t seed = 1; seed <= setting.seeds; ++seed) {
    for (const Style& style : setting.styles) {
      for (const WriterKind kind : {WriterKind::kPattern, WriterKind::kNeural}) {
        MeasuredPiece piece;
        piece.style = style.name;
        piece.seed = seed;
        piece.seconds = setting.seconds;
        piece.writer = kind;
        piece.weights = setting.network->sha256;
        wanted.push_back(std::move(piece));
      }
    }
  }
  return wanted;
}

}  // namespace

std::optional<GridStyle> network_style(const Style& style, Half half) {
  if (!style.network) return std::nullopt;
  return half == Half::kMusic ? style.network->music : style.network->drums;
}

RoleSet roles_of(Half half) { return half == Half::kMusic ? pitched_roles() : percussive_roles(); }

HalfMeasures measure_half(const GridPiece& piece, Half half) {
  const GridPiece alone = only(piece, roles_of(half));
  return {passage_textures(alone), features_of(from_grid(alone))};
}

CompositionRequest writer_request(const Style& style, const WriterBenchSetting& setting,
                                  std::uint64_t seed, WriterKind kind) {
  CompositionRequest request = bench_request(style, seed, setting.seconds, Asking::kFreely);
  request.writer = WriterChoice{};
  request.writer->kind = kind;
  if (kind == WriterKind::kNeural) {
    request.writer->roles = writable_roles(style, *setting.network->source);
    request.writer->drafts = setting.drafts;
  }
  return request;
}

GridPiece grid_of(const ComposedPiece& piece, const Style& style, const WriterNetwork& network) {
  const WriterContext context(piece.plan, style);
  const auto heard =
      network_style(style, Half::kMusic).value_or(style.network->drums.value_or(GridStyle::kOwn));
  const NeuralGrid grid(context, heard, network.source->densities(heard));
  GridPiece music = grid.piece(piece.parts, RoleSet::all(), {0, context.bar_count()});
  if (context.is_final(context.bar_count() - 1)) music.bars.pop_back();
  set_relations(music);
  return music;
}

void make_pieces(const WriterBenchSetting& setting, const fs::path& results) {
  std::set<PieceName> there;
  if (fs::exists(results)) {
    for (const MeasuredPiece& piece : load_pieces(results)) there.insert(name_of(piece));
  }
  std::vector<MeasuredPiece> wanted = wanted_pieces(setting);
  std::erase_if(wanted, [&](const MeasuredPiece& p) { return there.contains(name_of(p)); });
  std::ofstream file(results, std::ios::app);
  if (!file) throw Error(ErrorKind::kIo, "cannot write " + results.string());
  // A run that was cut while it wrote leaves half a line.
  if (fs::file_size(results) > 0) file << "\n";
  std::mutex mutex;
  std::size_t done = 0;
  for_each_in_parallel(wanted.size(), [&](std::size_t i) {
    const auto style = std::ranges::find(setting.styles, wanted[i].style, &Style::name);
    const std::string line = to_json(measure(wanted[i], *style, setting)).dump();
    const std::lock_guard lock(mutex);
    file << line << "\n" << std::flush;
    if (++done % 50 == 0) fmt::print(stderr, "{} of {} pieces\n", done, wanted.size());
  });
}

std::vector<MeasuredPiece> load_pieces(const fs::path& results) {
  std::ifstream file(results);
  if (!file) throw Error(ErrorKind::kNotFound, "there is no " + results.string());
  std::vector<MeasuredPiece> pieces;
  for (std::string line; std::getline(file, line);) {
    const json parsed = json::parse(line, nullptr, false);
    if (parsed.is_discarded()) continue;
    pieces.push_back(piece_from(parsed));
  }
  return pieces;
}

}  // namespace undersong
