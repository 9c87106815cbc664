// How far the composer obeys its controls, and how like real music its passages are;
// docs/benchmarks.md has the tables.
//
//   composer_control_bench control WEIGHTS TRAINING-FILE [options]   passages under the controls of
//                                           held-out ones: control, repeats, scale, texture
//   composer_control_bench pieces WEIGHTS TRAINING-FILE [options]   whole pieces that it writes
//   alone
//                                           (--passages of them a style), beside held-out ones
//   composer_control_bench infill WEIGHTS TRAINING-FILE [options]    gaps in held-out passages: do
//                                           their bar lines look like real ones?
//
// Options, each with a value: --styles NAMES (with commas between), --passages a style (2),
// --candidates a passage (4), --bars (16), --seed (1), --temperature (1), --top-p (0.95),
// --guidance (1), --free KINDS (controls that are not told: chords,energy,relation,left,density),
// --density hard (as many onsets as the step asked has), --chord-penalty NATS (0), --choose bars
// (candidates: the best goes on after every bar), --rows all (the last row alone), --midi FOLDER
// (the first candidates and the real passages, to look at).

#include <fmt/format.h>

#include <functional>
#include <map>

#include "base/error.h"
#include "composer_bench.h"

namespace undersong {
namespace {

void leave_out(const std::string& kinds, ControlChoice& controls) {
  const std::map<std::string, bool*> known = {{"chords", &controls.chords},
                                              {"energy", &controls.energy},
                                              {"relation", &controls.relation},
                                              {"left", &controls.left},
                                              {"density", &controls.density}};
  for (const std::string& kind : between_commas(kinds)) *known.at(kind) = false;
}

ComposerBenchOptions parse(const Arguments& words) {
  ComposerBenchOptions options;
  options.weights = words.at(0);
  options.data = words.at(1);
  options.draw.draw.sampling.top_p = 0.95;
  const std::map<std::string, std::function<void(const std::string&)>> known = {
      {"--styles",
       [&](const auto& value) {
         for (const auto& name : between_commas(value))
           options.styles.push_back(parse_grid_style(name));
       }},
      {"--passages", [&](const auto& value) { options.passages = std::stoul(value); }},
      {"--candidates", [&](const auto& value) { options.draw.candidates = std::stoul(value); }},
      {"--bars", [&](const auto& value) { options.bars = std::stoi(value); }},
      {"--seed", [&](const auto& value) { options.seed = std::stoull(value); }},
      {"--temperature",
       [&](const auto& value) { options.draw.draw.sampling.temperature = std::stod(value); }},
      {"--top-p", [&](const auto& value) { options.draw.draw.sampling.top_p = std::stod(value); }},
      {"--guidance", [&](const auto& value) { options.draw.draw.guidance = std::stod(value); }},
      {"--free", [&](const auto& value) { leave_out(value, options.draw.controls); }},
      {"--density", [&](const auto&) { options.draw.density = DensityBounds::kHard; }},
      {"--chord-penalty",
       [&](const auto& value) { options.draw.chord_penalty = std::stod(value); }},
      {"--choose", [&](const auto&) { options.draw.choice = Choice::kEveryBar; }},
      {"--rows", [&](const auto&) { options.all_row_only = true; }},
      {"--midi", [&](const auto& value) { options.midi = value; }}};
  for (std::size_t i = 2; i < words.size(); i += 2) {
    const auto option = known.find(words[i]);
    if (option == known.end() || i + 1 == words.size())
      throw Error(ErrorKind::kUsage, words[i] + " is no option, or has no value");
    option->second(words[i + 1]);
  }
  return options;
}

// One thread: passages are drawn beside each other.
ComposerModel load_composer(const std::filesystem::path& path) {
  const WeightFile weights = load_weights(path);
  return {composer_from_metadata(weights.metadata), weights, 1};
}

using Measure = void (*)(const ComposerModel&, const TrainingFile&, const ComposerBenchOptions&);

BenchVerb verb(Measure measure) {
  const auto run = [measure](const Arguments& words) {
    ComposerBenchOptions options = parse(words);
    const TrainingFile file = TrainingFile::open(options.data);
    if (options.styles.empty()) {
      for (int style = 0; style < kGridStyleCount; ++style)
        options.styles.push_back(static_cast<GridStyle>(style));
    }
    measure(load_composer(options.weights), file, options);
  };
  return {run, 2};
}

int run(int count, char** words) {
  return run_verb("composer_control_bench",
                  {{"control", verb(measure_control)},
                   {"pieces", verb(measure_pieces)},
                   {"infill", verb(measure_infill)}},
                  count, words);
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) { return undersong::run(count, words); }
