#include "evaluate/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/check.h"
#include "base/parallel.h"
#include "base/portable_math.h"
#include "base/rng.h"

namespace undersong {
namespace {

// Scores 0 … count-1 on all processors; the results stand in the order of the indices.
std::vector<SequenceScore> score_all(std::size_t count, Progress& progress,
                                     const std::function<SequenceScore(std::size_t)>& score) {
  std::vector<SequenceScore> scores(count);
  for_each_in_parallel(
      count, [&](std::size_t i) { scores[i] = score(i); }, progress);
  return scores;
}

CrossEntropy summary_of(const std::vector<SequenceScore>& scores) {
  CrossEntropy result;
  std::int64_t correct = 0;
  for (const SequenceScore& score : scores) {
    result.nats += score.nats;
    result.symbols += score.targets;
    correct += score.correct;
  }
  if (result.symbols == 0) return result;
  const auto symbols = static_cast<double>(result.symbols);
  result.nats /= symbols;
  result.perplexity = portable_exp(result.nats);
  result.accuracy = static_cast<double>(correct) / symbols;
  return result;
}

struct Window {
  std::uint32_t piece = 0;
  std::uint32_t start = 0;
};

// As undersong-train deals them out for `--split windows` from the same pieces and the same seed,
// so that a model trained that way is judged on windows that it did not see.
std::vector<Window> held_out_windows(std::span<const std::vector<TokenId>> pieces,
                                     std::size_t window, std::uint64_t seed) {
  std::vector<Window> windows;
  for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
    for (std::size_t start = 0; start + window < pieces[piece].size(); ++start) {
      windows.push_back({static_cast<std::uint32_t>(piece), static_cast<std::uint32_t>(start)});
    }
  }
  Rng rng = Rng(seed).fork("windows");
  rng.shuffle(std::span<Window>(windows));
  const double training_share = 0.8;
  const auto training =
      static_cast<std::ptrdiff_t>(std::ceil(training_share * static_cast<double>(windows.size())));
  windows.erase(windows.begin(), windows.begin() + training);
  return windows;
}

}  // namespace

CrossEntropy cross_entropy_by_piece(const Model& model,
                                    std::span<const std::vector<TokenId>> pieces,
                                    Progress& progress) {
  const auto context = static_cast<std::size_t>(std::max(kFewestContext, model.minimum_prompt()));
  progress.begin("foretelling pieces", static_cast<std::int64_t>(pieces.size()), "pieces");
  const auto scores = score_all(pieces.size(), progress, [&](std::size_t i) {
    return score_sequence(model, pieces[i], context);
  });
  progress.end();
  return summary_of(scores);
}

CrossEntropy cross_entropy_by_window(const Model& model,
                                     std::span<const std::vector<TokenId>> pieces, int window,
                                     std::size_t most_windows, std::uint64_t seed,
                                     Progress& progress) {
  UNDERSONG_CHECK(window >= 1 && window >= model.minimum_prompt());
  const auto length = static_cast<std::size_t>(window);
  std::vector<Window> windows = held_out_windows(pieces, length, seed);
  if (windows.size() > most_windows) windows.resize(most_windows);
  progress.begin("foretelling windows", static_cast<std::int64_t>(windows.size()), "windows");
  const auto scores = score_all(windows.size(), progress, [&](std::size_t i) {
    const std::span<const TokenId> piece = pieces[windows[i].piece];
    return score_sequence(model, piece.subspan(windows[i].start, length + 1), length);
  });
  progress.end();
  return summary_of(scores);
}

}  // namespace undersong
