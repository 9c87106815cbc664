#include "writer_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/scratch_folder.h"
#include "composer_passages.h"
#include "midi/midi_file.h"
#include "model/composer_model.h"
#include "pipeline/compose.h"
#include "pipeline/generate.h"
#include "pipeline/picture.h"
#include "pipeline/style_example.h"
#include "plot/page.h"
#include "style/style_library.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr int kAloneBars = 16;

struct ExampleCount {
  int all = 0;
  int over_mean = 0;  // more distinctive notes than human pieces share in the mean
  int over_limit = 0;
};

void print_example(const std::string& name, const GateReport& report, ExampleCount& count) {
  const Comparison* nearest = nearest_of(report.comparisons);
  ++count.all;
  if (nearest == nullptr) {
    fmt::print("| {} | - | - | - | - | {} | not compared |\n", name, report.rejected.size());
    return;
  }
  const Reference& reference = *report.references[nearest->reference].reference;
  const Band& human = reference.baseline().distinctive_notes;
  const auto notes = nearest->closeness.most_distinctive_run.distinctive_notes;
  const bool over = static_cast<double>(notes) > human.mean;
  count.over_mean += over ? 1 : 0;
  count.over_limit += nearest->verdict == Verdict::kTooClose ? 1 : 0;
  fmt::print("| {} | {} | {} | {:.1f} ({:.0f}-{:.0f}) | {} | {} | {} |\n", name, reference.name(),
             notes, human.mean, human.low, human.high, nearest->limits.distinctive_notes,
             report.rejected.size(),
             nearest->verdict == Verdict::kTooClose ? "too close"
             : over                                 ? "original, above the human mean"
                                                    : "original");
  std::fflush(stdout);
}

GateReport composed(const std::string& style, double seconds, const WriterWish& wish) {
  const ScratchFolder folder;
  ComposeRequest request;
  request.composition.style = style;
  request.composition.length_seconds = seconds;
  request.seed = 1;
  request.writer = wish;
  request.outputs = {folder.path() / "example.mid"};
  request.certificate = CertificateWish::kOmit;
  return compose_music(request, silent_progress()).variants.front().originality;
}

GateReport generated(const GenerateRequest& wanted) {
  const ScratchFolder folder;
  GenerateRequest request = wanted;
  request.seed = 1;
  request.outputs = {folder.path() / "example.mid"};
  return generate(request, silent_progress()).originality;
}

// A refusal is a result too.
void print_made(const std::string& name, const std::function<GateReport()>& make,
                ExampleCount& count) {
  try {
    print_example(name, make(), count);
  } catch (const Error& error) {
    fmt::print("| {} | - | - | - | - | - | {} |\n", name, error.message());
  }
}

void print_by_pack(const fs::path& weights, ExampleCount& count) {
  for (const FoundStyle& found : list_styles().styles) {
    const Style& style = found.style;
    print_made(
        style.name, [&] { return composed(style.name, kStyleExampleSeconds, {}); }, count);
    if (!style.network) continue;
    WriterWish wish;
    wish.kind = WriterKind::kNeural;
    wish.model = weights;
    print_made(
        style.name + ", --writer neural",
        [&] { return composed(style.name, kStyleExampleSeconds, wish); }, count);
  }
}

void print_alone(const fs::path& weights, ExampleCount& count) {
  const LoadedModel model = load_model(weights);
  for (const GridStyle style : known_styles(composer_of(model).knowledge())) {
    GenerateRequest request;
    request.model = weights;
    request.composer.style = style;
    request.composer.bars = kAloneBars;
    request.sampling.top_p = 0.95;
    print_made(
        fmt::format("generate --style {} --bars {}", name_of(style), kAloneBars),
        [&] { return generated(request); }, count);
  }
}

Score on_grid(const ComposedPiece& piece, const Style& style, const WriterNetwork& network) {
  return from_grid(grid_of(piece, style, network));
}

std::vector<Figure> figures_of(const Style& style, std::uint64_t seed,
                               const WriterBenchSetting& setting, const TrainingFile& file,
                               const fs::path& folder) {
  std::vector<std::pair<std::string, Score>> scores;
  int bars = 0;
  for (const WriterKind kind : {WriterKind::kPattern, WriterKind::kNeural}) {
    const ComposedPiece piece =
        compose_piece(style, writer_request(style, setting, seed, kind), setting.network);
    scores.emplace_back(name_of(kind), on_grid(piece, style, *setting.network));
    save_midi(folder / fmt::format("{}-{}-{}.mid", style.name, seed, name_of(kind)), piece.score,
              Overwrite::kAllow);
    bars = static_cast<int>(piece.plan.bars.size());
  }
  for (const Half half : {Half::kMusic, Half::kDrums}) {
    const auto heard = network_style(style, half);
    if (!heard) continue;
    const auto real = passages_of(file, *heard, From::kEverywhere, 1, bars,
                                  Rng(seed).fork("rolls").fork(style.name));
    if (real.empty()) continue;
    scores.emplace_back(fmt::format("real {}", name_of(*heard)), from_grid(cut_out(real.front())));
    save_midi(folder / fmt::format("{}-{}-real-{}.mid", style.name, seed, name_of(*heard)),
              scores.back().second, Overwrite::kAllow);
  }
  std::vector<Figure> figures;
  for (const auto& [name, score] : scores) figures.push_back({piano_roll_svg(score, name), name});
  return figures;
}

}  // namespace

void print_examples(const fs::path& weights) {
  fmt::print(
      "\n### What ships as an example\n\nThe reference that it comes nearest to. Human: "
      "distinctive "
      "notes that human pieces of that reference share with the others, mean (95 % of pieces).\n\n"
      "| example | nearest reference | distinctive notes | human | limit | candidates rejected | "
      "verdict |\n|---|---|---|---|---|---|---|\n");
  ExampleCount count;
  print_by_pack(weights, count);
  print_made(
      "./music: lofi, a minute", [] { return composed("lofi", 60.0, {}); }, count);
  print_made(
      "./music: lstm-embedding, 300 symbols",
      [] {
        GenerateRequest request;
        request.model = shipped_folder() / "models" / "lstm-embedding.safetensors";
        request.bpm = 84.0;
        return generated(request);
      },
      count);
  print_alone(weights, count);
  fmt::print("\n{} examples: {} above the limit, {} above what human pieces share in the mean.\n",
             count.all, count.over_limit, count.over_mean);
}

void write_rolls(const WriterBenchSetting& setting, const TrainingFile& file,
                 const fs::path& folder) {
  fs::create_directories(folder);
  Page page("Piano rolls",
            "Both writers from one plan, on the network's grid, and a real passage of the music "
            "that the pack has the network take it for.");
  for (const Style& style : setting.styles) {
    page.section(style.name);
    for (std::uint64_t seed = 1; seed <= setting.seeds; ++seed) {
      page.subsection(fmt::format("seed {}", seed));
      page.figures(figures_of(style, seed, setting, file, folder));
    }
  }
  save_file(folder / "rolls.html", page.finish(), Overwrite::kAllow);
  fmt::print("{}\n", (folder / "rolls.html").string());
}

}  // namespace undersong
