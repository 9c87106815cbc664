#pragma once
// Candidates are drawn until one is original: what every verb that writes music puts between a
// model and a file.

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "pipeline/comparison.h"
#include "pipeline/references.h"
#include "score/score.h"

namespace undersong {

enum class Copies { kRefuse, kAllow };

struct GateOptions {
  int candidates = 8;  // drawn at most
  Copies copies = Copies::kRefuse;
  LimitOverrides limits;
  // What else to try when none passes.
  std::string remedy = "try another --seed, a higher --temperature or more --candidates";
};

// Errors: kUsage for no candidate, or more than 1,000; those of check_limits.
void check_options(const GateOptions& options);

// What the music was compared with, and what became of the candidates.
struct GateReport {
  // Empty when there was nothing to compare with; `why_not` says why.
  std::vector<OpenReference> references;
  std::string why_not;
  std::vector<std::vector<Comparison>> rejected;  // comparisons of each, in the order of drawing
  std::vector<Comparison> comparisons;            // of what was taken, one a reference
};

// A piece that a model wrote, and, where the rhythm is not the model's own, what it did say: one
// symbol after another. That is compared too, so that a recital is seen through any rhythm.
struct DrawnPiece {
  Score score;
  std::optional<Score> symbols;
};

struct GatedScore {
  Score score;
  GateReport report;
};

// Draws candidate 0, 1, … until one is no closer to any reference than human pieces are to each
// other. With Copies::kAllow the first is taken whatever it copies; without references too.
//
// The same candidates and the same references give the same choice on every machine.
// Errors: kTooClose when none passes, naming the nearest piece and its bars; what `draw` throws.
GatedScore draw_original(const std::function<DrawnPiece(int number)>& draw,
                         std::vector<OpenReference> references, const GateOptions& options);

// The stream of a candidate: the first has the seed's own, so that it is what the seed gave before
// there were candidates.
Rng candidate_rng(std::uint64_t seed, int candidate);

// A few lines: compared with what, how many candidates went and why, how close the taken one is.
std::string to_text(const GateReport& report);
// Keys: compared, not_compared, rejected, comparisons (docs/formats/check-report.md).
nlohmann::ordered_json to_json(const GateReport& report);

}  // namespace undersong
