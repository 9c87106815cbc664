// The composer network and the patterns as writers of the same plans, beside each other;
// docs/benchmarks.md has the tables.
//
//   writer_bench compare WEIGHTS STYLES SEEDS SECONDS [DRAFTS]   by role: notes in the chord and in
//                                        the key, density beside what was asked, bars that repeat
//                                        one of the eight before, leaps at bar lines and inside
//   writer_bench time WEIGHTS STYLE SEEDS SECONDS [DRAFTS]       from a request to notes, weights
//                                        loaded: seconds
//   writer_bench write WEIGHTS STYLES SEEDS SECONDS FOLDER       MIDI files of both
//
// STYLES: names with commas between.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "compose/compose.h"
#include "compose/neural_grid.h"
#include "compose/neural_ranking.h"
#include "compose/neural_writer.h"
#include "compose/variation.h"
#include "compose/writer_context.h"
#include "midi/midi_file.h"
#include "pipeline/writer_network.h"
#include "style/style_library.h"

namespace undersong {
namespace {

using Arguments = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

struct Setting {
  std::shared_ptr<const WriterNetwork> network;
  std::vector<Style> styles;
  int seeds = 1;
  double seconds = 60.0;
  int drafts = 4;
};

std::vector<Style> styles_named(const std::string& names) {
  std::vector<Style> styles;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    styles.push_back(find_style(names.substr(begin, end - begin)).style);
    begin = end + 1;
  }
  return styles;
}

Setting setting_of(const Arguments& arguments, std::size_t drafts_at) {
  Setting setting;
  setting.network = load_writer_network(arguments.at(1));
  setting.styles = styles_named(arguments.at(2));
  setting.seeds = std::stoi(arguments.at(3));
  setting.seconds = std::stod(arguments.at(4));
  if (arguments.size() > drafts_at) setting.drafts = std::stoi(arguments[drafts_at]);
  return setting;
}

CompositionRequest request_for(const Style& style, const Setting& setting, int seed,
                               WriterKind kind) {
  CompositionRequest request;
  request.style = style.name;
  request.length_seconds = setting.seconds;
  request.seed = static_cast<std::uint64_t>(seed);
  request.writer = WriterChoice{};
  request.writer->kind = kind;
  if (kind == WriterKind::kNeural) {
    request.writer->roles = writable_roles(style, *setting.network->source);
    request.writer->drafts = setting.drafts;
  }
  return request;
}

std::unique_ptr<PartWriter> writer_for(const Plan& plan, const Style& style,
                                       const Setting& setting) {
  const bool is_neural = plan.request.writer->kind == WriterKind::kNeural;
  return make_part_writer(plan, style, is_neural ? setting.network : nullptr);
}

// ---- compare ----

struct Mean {
  double sum = 0.0;
  double count = 0.0;
  void add(double value, double weight = 1.0) {
    sum += value * weight;
    count += weight;
  }
  double value() const { return count > 0.0 ? sum / count : 0.0; }
};

struct RoleMeasures {
  Mean in_chord;
  Mean strong_in_chord;
  Mean in_key;
  Mean density_error;  // steps, of what the network would be asked
  Mean repeated;       // share of bars
  Mean leap_at_bar;    // semitones
  Mean leap_inside;
  Mean notes_a_bar;
  Mean tones;  // struck at once
};

class PieceMeasurer {
 public:
  PieceMeasurer(const WriterContext& context, const Setting& setting, const Parts& parts)
      : context_(context), setting_(setting), parts_(parts) {}

  void measure(Role role, RoleMeasures& measures) const {
    std::vector<std::vector<GridNote>> before;
    const Note* last = nullptr;
    for (int bar = 0; bar < context_.bar_count(); ++bar) {
      if (!context_.plays(role, bar) || context_.is_final(bar)) continue;
      const std::vector<Note> notes =
          notes_within(parts_[index_of(role)], {context_.onset(bar), context_.onset(bar + 1)});
      std::vector<GridNote> grid;
      int onsets = 0;
      Ticks at = -1;
      bool first = true;
      for (const Note& note : notes) {
        grid.push_back({.role = role,
                        .position = static_cast<std::uint8_t>(
                            (note.onset_ticks - context_.onset(bar)) / kTicksPerGridStep),
                        .pitch = note.pitch});
        if (note.onset_ticks == at) continue;
        at = note.onset_ticks;
        ++onsets;
        if (last != nullptr)
          (first ? measures.leap_at_bar : measures.leap_inside)
              .add(std::abs(int{note.pitch} - int{last->pitch}));
        first = false;
        last = &*std::find(parts_[index_of(role)].begin(), parts_[index_of(role)].end(), note);
      }
      for (const Note& note : notes) add_harmony(note, measures);
      measures.notes_a_bar.add(static_cast<double>(notes.size()));
      if (onsets > 0) measures.tones.add(static_cast<double>(notes.size()) / onsets, onsets);
      measures.repeated.add(is_repeated(grid, before) ? 1.0 : 0.0);
      before.push_back(grid);
      add_density(role, bar, onsets, measures);
    }
  }

 private:
  void add_harmony(const Note& note, RoleMeasures& measures) const {
    const double fits = contains(context_.chord(note.onset_ticks), note.pitch) ? 1.0 : 0.0;
    measures.in_chord.add(fits);
    if (context_.is_strong(note.onset_ticks)) measures.strong_in_chord.add(fits);
    const Key& key = context_.key(context_.bar_at(note.onset_ticks));
    measures.in_key.add(contains(key, note.pitch) ? 1.0 : 0.0);
  }

  void add_density(Role role, int bar, int onsets, RoleMeasures& measures) const {
    const auto& network = context_.style().network;
    const auto style = is_percussive(role) ? network->drums : network->music;
    if (!style) return;
    const NeuralGrid grid(context_, *style, setting_.network->source->densities(*style));
    const auto asked = grid.asked_density(role, bar);
    if (asked) measures.density_error.add(std::abs(density_step(onsets) - *asked));
  }

  const WriterContext& context_;
  const Setting& setting_;
  const Parts& parts_;
};

void print_row(const Style& style, Role role, const char* writer, const RoleMeasures& measures) {
  fmt::print(
      "| {} | {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.1f} | {:.1f} | {:.1f} | "
      "{:.2f} |\n",
      style.name, name_of(role), writer, measures.in_chord.value(),
      measures.strong_in_chord.value(), measures.in_key.value(), measures.density_error.value(),
      measures.repeated.value(), measures.leap_at_bar.value(), measures.leap_inside.value(),
      measures.notes_a_bar.value(), measures.tones.value());
}

void compare(const Arguments& arguments) {
  const Setting setting = setting_of(arguments, 5);
  fmt::print(
      "| style | role | writer | in chord | strong in chord | in key | density error | repeated | "
      "leap at bar | inside | notes a bar | tones "
      "|\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Style& style : setting.styles) {
    const RoleSet roles = writable_roles(style, *setting.network->source);
    for (const WriterKind kind : {WriterKind::kPattern, WriterKind::kNeural}) {
      std::array<RoleMeasures, kRoleCount> measures;
      for (int seed = 1; seed <= setting.seeds; ++seed) {
        const Plan planned = plan(request_for(style, setting, seed, kind), style);
        const WriterContext context(planned, style);
        const Parts parts = write_parts(planned, style, *writer_for(planned, style, setting));
        const PieceMeasurer measurer(context, setting, parts);
        for (const Role role : kRoles) {
          if (roles.contains(role)) measurer.measure(role, measures.at(index_of(role)));
        }
      }
      for (const Role role : kRoles) {
        if (roles.contains(role))
          print_row(style, role, kind == WriterKind::kPattern ? "pattern" : "neural",
                    measures.at(index_of(role)));
      }
    }
  }
}

// ---- time ----

void time_writing(const Arguments& arguments) {
  const Setting setting = setting_of(arguments, 5);
  for (const Style& style : setting.styles) {
    std::vector<double> taken;
    std::size_t notes = 0;
    for (int seed = 1; seed <= setting.seeds; ++seed) {
      const auto begin = Clock::now();
      const Plan planned = plan(request_for(style, setting, seed, WriterKind::kNeural), style);
      const Score score = compose(planned, style, *writer_for(planned, style, setting));
      const auto bytes = write_midi(score);
      taken.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
      notes += note_count(score) + (bytes.empty() ? 1 : 0);
    }
    std::sort(taken.begin(), taken.end());
    fmt::print("{}: {:.0f} s of music, {} drafts: median {:.2f} s ({:.2f} to {:.2f}), {} notes\n",
               style.name, setting.seconds, setting.drafts, taken[taken.size() / 2], taken.front(),
               taken.back(), notes / taken.size());
  }
}

void write_files_of_both(const Arguments& arguments) {
  const Setting setting = setting_of(arguments, 6);
  const std::filesystem::path folder = arguments.at(5);
  std::filesystem::create_directories(folder);
  for (const Style& style : setting.styles) {
    for (int seed = 1; seed <= setting.seeds; ++seed) {
      for (const WriterKind kind : {WriterKind::kPattern, WriterKind::kNeural}) {
        const Plan planned = plan(request_for(style, setting, seed, kind), style);
        const Score score = compose(planned, style, *writer_for(planned, style, setting));
        save_midi(folder / fmt::format("{}-{}-{}.mid", style.name, seed, name_of(kind)), score,
                  Overwrite::kAllow);
      }
    }
  }
}

int run(const Arguments& arguments) {
  if (arguments.size() < 5) {
    fmt::print(stderr, "writer_bench compare|time|write WEIGHTS STYLES SEEDS SECONDS …\n");
    return 2;
  }
  if (arguments[0] == "compare") compare(arguments);
  if (arguments[0] == "time") time_writing(arguments);
  if (arguments[0] == "write") write_files_of_both(arguments);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** values) {
  try {
    return undersong::run({values + 1, values + count});
  } catch (const undersong::Error& error) {
    fmt::print(stderr, "writer_bench: {}\n", error.message());
    return 1;
  }
}
