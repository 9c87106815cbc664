// Control, repeats, scale and texture of drawn passages beside those of the real ones.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/parallel.h"
#include "composer_bench.h"
#include "midi/midi_file.h"
#include "real_bands.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

using Options = ComposerBenchOptions;
using Values = std::vector<double>;

constexpr std::size_t kBandPassages = 200;  // a style, for the band of real music

// What the control and texture tables show of one style, or of all.
struct Gathered {
  std::size_t passages = 0;
  std::size_t drawn = 0;
  Ratio chord, real_chord, chance_chord;
  Values chord_shares;
  Ratio density, lost;
  Values asked_activity, activity;  // logarithms would hide what bars without notes are
  Values asked_energy, energy;
  Ratio repeats, real_repeats, copies_asked, copies_not_asked;
  Ratio ends_at_last, ends_early, wrong_bars, bad_text;
  std::array<Ratio, kPassageTextures> inside, real_inside;
  std::array<Values, kPassageTextures> textures, real_textures;
  double seconds = 0.0;

  Gathered& operator+=(const Gathered& more);
};

void append(const Values& more, Values& values) {
  values.insert(values.end(), more.begin(), more.end());
}

Gathered& Gathered::operator+=(const Gathered& more) {
  passages += more.passages;
  drawn += more.drawn;
  seconds += more.seconds;
  for (const auto member :
       {&Gathered::chord, &Gathered::real_chord, &Gathered::chance_chord, &Gathered::density,
        &Gathered::lost, &Gathered::repeats, &Gathered::real_repeats, &Gathered::copies_asked,
        &Gathered::copies_not_asked, &Gathered::ends_at_last, &Gathered::ends_early,
        &Gathered::wrong_bars, &Gathered::bad_text})
    this->*member += more.*member;
  for (const auto member : {&Gathered::chord_shares, &Gathered::asked_activity, &Gathered::activity,
                            &Gathered::asked_energy, &Gathered::energy})
    append(more.*member, this->*member);
  for (std::size_t k = 0; k < kPassageTextures; ++k) {
    inside[k] += more.inside[k];
    real_inside[k] += more.real_inside[k];
    append(more.textures[k], textures[k]);
    append(more.real_textures[k], real_textures[k]);
  }
  return *this;
}

void add_energies(const GridPiece& drawn, const GridPiece& asked, const Values& borders,
                  Gathered& all) {
  GridPiece ranked = drawn;
  set_energies(ranked, borders);
  for (std::size_t bar = 0; bar < std::min(drawn.bars.size(), asked.bars.size()); ++bar) {
    all.asked_energy.push_back(asked.bars[bar].energy);
    all.energy.push_back(ranked.bars[bar].energy);
  }
}

void add_ends(const DrawnPassage& drawn, const RealPassage& passage, Gathered& all) {
  for (std::size_t bar = 0; bar < drawn.end_share.size(); ++bar) {
    if (drawn.end_share[bar] < 0.0) continue;
    const bool is_last = passage.first_bar + static_cast<int>(bar) + 1 ==
                         static_cast<int>(passage.piece.bars.size());
    (is_last ? all.ends_at_last : all.ends_early).add(drawn.end_share[bar] > 0.5);
  }
}

void add_textures(const GridPiece& music, const Bands& bands,
                  std::array<Ratio, kPassageTextures>& inside,
                  std::array<Values, kPassageTextures>& values) {
  const auto textures = passage_textures(music);
  for (std::size_t k = 0; k < kPassageTextures; ++k) {
    if (!textures[k] || !bands[k]) continue;
    inside[k].add(bands[k]->holds(*textures[k]));
    values[k].push_back(*textures[k]);
  }
}

// Of what is asked, `chance` is what another passage was asked.
void add(const DrawnPassage& drawn, const RealPassage& passage, const GridPiece& real,
         const GridPiece& chance, const Values& borders, const Bands& bands, Gathered& all) {
  all.bad_text.add(!drawn.is_grammatical);
  if (!drawn.is_grammatical) return;
  const GridPiece& music = drawn.music;
  ++all.drawn;
  all.wrong_bars.add(music.bars.size() != real.bars.size());
  const Ratio in_chord = notes_in_chord(music, real);
  all.chord += in_chord;
  if (const auto share = in_chord.share()) all.chord_shares.push_back(*share);
  all.chance_chord += notes_in_chord(music, chance);
  const BlockErrors errors = block_errors(music, real);
  all.density += errors.density;
  all.lost += errors.lost;
  add_energies(music, real, borders, all);
  all.repeats += repeated_bars(music);
  all.copies_asked += repeated_bars(music, real, BarRelation::kCopy);
  all.copies_not_asked += repeated_bars(music, real, BarRelation::kNew);
  all.copies_not_asked += repeated_bars(music, real, BarRelation::kVaried);
  add_ends(drawn, passage, all);
  add_textures(music, bands, all.inside, all.textures);
}

Bands real_bands(const TrainingFile& file, GridStyle style, const Options& options) {
  const auto passages = passages_of(file, style, From::kEverywhere, kBandPassages, options.bars,
                                    Rng(options.seed).fork("band").fork(name_of(style)));
  std::vector<Measures> textures(passages.size());
  for_each_in_parallel(passages.size(), [&](std::size_t i) {
    textures[i] = passage_textures(cut_out(passages[i]));
  });
  return bands_of(textures);
}

Gathered gather_control(const ComposerModel& model, const TrainingFile& file, GridStyle style,
                        const Options& options) {
  const Rng rng = Rng(options.seed).fork(name_of(style));
  auto passages = passages_of(file, style, From::kHeldOut, options.passages + 1, options.bars, rng);
  if (passages.empty()) return {};
  const RealPassage spare = std::move(passages.back());
  passages.pop_back();
  const Bands bands = real_bands(file, style, options);
  const Values& borders = file.energy_borders().at(static_cast<std::size_t>(style));
  Gathered all;
  all.passages = passages.size();
  std::vector<Gathered> each(passages.size());
  const auto start = std::chrono::steady_clock::now();
  for_each_in_parallel(passages.size(), [&](std::size_t i) {
    const GridPiece real = cut_out(passages[i]);
    const GridPiece chance = cut_out(i + 1 < passages.size() ? passages[i + 1] : spare);
    each[i].real_chord += notes_in_chord(real, real);
    each[i].real_repeats += repeated_bars(real);
    add_textures(real, bands, each[i].real_inside, each[i].real_textures);
    write_passage(options, "real", i, real);
    const auto drawn = draw_passage(model, passages[i], options.draw, rng.fork("draw").fork(i));
    for (const DrawnPassage& candidate : drawn)
      add(candidate, passages[i], real, chance, borders, bands, each[i]);
    if (drawn.front().is_grammatical) write_passage(options, "drawn", i, drawn.front().music);
  });
  for (const Gathered& one : each) all += one;
  all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return all;
}

std::optional<double> quotient(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b && *b > 0.0 ? std::optional(*a / *b) : std::nullopt;
}

void print_control(std::string_view name, const Gathered& all) {
  Ratio energy_error;
  for (std::size_t i = 0; i < all.energy.size(); ++i)
    energy_error += {std::abs(all.energy[i] - all.asked_energy[i]), 1.0};
  fmt::print(
      "| {} | {} | {} ({}) | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | "
      "{:.0f} |\n",
      name, all.drawn, shown(all.chord.share()), shown(median(all.chord_shares)),
      shown(all.real_chord.share()), shown(all.chance_chord.share()), shown(all.density.share()),
      shown(correlation(all.asked_energy, all.energy)), shown(energy_error.share()),
      shown(all.repeats.share()), shown(all.real_repeats.share()),
      shown(quotient(all.repeats.share(), all.real_repeats.share())),
      shown(all.copies_asked.share()), shown(all.copies_not_asked.share()),
      fmt::format("{:.0f}/{:.0f}", all.ends_at_last.part, all.ends_at_last.whole),
      fmt::format("{:.0f}/{:.0f}", all.ends_early.part, all.ends_early.whole),
      fmt::format("{:.0f}/{:.0f}/{:.0f}", all.lost.part, all.wrong_bars.part, all.bad_text.part),
      all.seconds);
}

void print_textures(std::string_view name, const Gathered& all) {
  fmt::print("| {} | {} |", name, all.drawn);
  for (std::size_t k = 0; k < kPassageTextures; ++k)
    fmt::print(" {} ({}) {}/{} |", shown(median(all.textures[k])),
               shown(median(all.real_textures[k])), shown(all.inside[k].share()),
               shown(all.real_inside[k].share()));
  fmt::print("\n");
}

using Rows = std::vector<std::pair<std::string, Gathered>>;

void print_tables(const Rows& rows, const Options& options) {
  const std::size_t first = options.all_row_only ? rows.size() - 1 : 0;
  fmt::print(
      "| style | drawn | in chord (median) | real | by chance | density off, steps | energy r | "
      "energy off, eighths | bars repeated | real | ratio | repeated where asked | where not | END "
      "after the last bar | END before | lost roles/wrong lengths/bad text | s |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (std::size_t i = first; i < rows.size(); ++i) print_control(rows[i].first, rows[i].second);
  fmt::print("\nmedian (real), inside the real 5-95 % band/real\n\n| style | drawn |");
  for (const char* name : kPassageTextureNames) fmt::print(" {} |", name);
  fmt::print("\n|---|---|");
  for (std::size_t k = 0; k < kPassageTextures; ++k) fmt::print("---|");
  fmt::print("\n");
  for (std::size_t i = first; i < rows.size(); ++i) print_textures(rows[i].first, rows[i].second);
}

}  // namespace

void measure_control(const ComposerModel& model, const TrainingFile& file,
                     const ComposerBenchOptions& options) {
  Rows rows;
  Gathered everything;
  for (const GridStyle style : options.styles) {
    Gathered of_style = gather_control(model, file, style, options);
    if (of_style.passages == 0) continue;
    everything += of_style;
    rows.emplace_back(name_of(style), std::move(of_style));
  }
  rows.emplace_back("all", std::move(everything));
  print_tables(rows, options);
}

void write_passage(const ComposerBenchOptions& options, std::string_view kind, std::size_t number,
                   const GridPiece& music) {
  if (options.midi.empty()) return;
  std::filesystem::create_directories(options.midi);
  save_midi(options.midi / fmt::format("{}-{}-{}.mid", name_of(music.style), number, kind),
            from_grid(music), Overwrite::kAllow);
}

}  // namespace undersong
