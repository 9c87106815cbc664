// One step and 300 symbols of every architecture, and the seed's LSTM beside LibTorch where the
// trainer is built. Rounds take turns, so that whatever else the machine does hits all alike.
//
//   nn_bench [rounds]        medians over the rounds, 11 by default

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/rng.h"
#include "model/architecture.h"
#include "model/counting_model.h"
#include "model/network_model.h"
#include "nn/kernels.h"
#include "support/random_weights.h"
#include "tokens/note_matrix.h"
#ifdef UNDERSONG_BENCH_TORCH
#include "torch_lstm.h"
#endif

namespace undersong {
namespace {

constexpr int kVocab = 300;
constexpr int kSymbols = 300;

struct Contender {
  std::string name;
  int symbols = kSymbols;  // that one run writes
  std::function<void()> run;
  std::vector<double> milliseconds = {};  // of every round, for 300 symbols
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// What `undersong generate --greedy` does with a prompt of ten symbols.
void write_symbols(const Model& model, std::vector<float>& logits) {
  const auto state = model.start();
  if (model.minimum_prompt() > 0) {
    std::vector<TokenId> prompt(static_cast<std::size_t>(model.minimum_prompt()));
    std::iota(prompt.begin(), prompt.end(), 7);
    model.feed(*state, prompt, logits);
  } else {
    model.feed(*state, {}, logits);
  }
  for (int i = 0; i < kSymbols; ++i) {
    const auto best = std::ranges::max_element(logits) - logits.begin();
    const auto id = static_cast<TokenId>(best);
    model.feed(*state, {&id, 1}, logits);
  }
}

std::shared_ptr<const Model> random_model(const Architecture& architecture) {
  if (architecture.kind == Architecture::Kind::kCounting) {
    Rng rng(1);
    std::vector<TokenId> piece(50000);
    for (TokenId& id : piece)
      id = static_cast<TokenId>(rng.below(kVocab) * rng.below(kVocab) / kVocab);
    const CountingSettings settings{architecture.order, kVocab};
    return make_counting_model(train_counts({&piece, 1}, settings), settings);
  }
  const bool matrix = architecture.representation == Representation::kNoteMatrix;
  const auto spec =
      matrix ? architecture.network(note_matrix_vocabulary().size(), 64, note_column_sizes())
             : architecture.network(kVocab, architecture.defaults.window);
  return make_network_model(spec, random_weights(spec, 1));
}

std::vector<Contender> all_contenders() {
  std::vector<Contender> contenders;
  for (const Architecture& architecture : architectures()) {
    if (architecture.kind == Architecture::Kind::kDecoder) continue;  // decode_bench measures it
    const auto model = random_model(architecture);
    const auto logits =
        std::make_shared<std::vector<float>>(static_cast<std::size_t>(model->vocab_size()));
    contenders.push_back(
        {architecture.name, kSymbols, [model, logits] { write_symbols(*model, *logits); }});
  }
#ifdef UNDERSONG_BENCH_TORCH
  for (const int threads : {1, 2}) {
    const auto lstm = std::make_shared<TorchLstm>(kVocab);
    constexpr int kFew = 60;  // its steps all cost the same, and this is long enough
    contenders.push_back({"LibTorch lstm, " + std::to_string(threads) + " thread(s)", kFew,
                          [lstm, threads] { lstm->write_symbols(kFew, threads); }});
  }
#endif
  return contenders;
}

double time_of(const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  run();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void print_all(const std::vector<Contender>& contenders) {
  std::printf("%-26s %14s %14s %14s\n", "", "300 symbols", "one step", "best round");
  for (const Contender& contender : contenders) {
    const double middle = median(contender.milliseconds);
    std::printf("%-26s %11.3f ms %11.4f ms %11.3f ms\n", contender.name.c_str(), middle,
                middle / kSymbols, *std::ranges::min_element(contender.milliseconds));
  }
#ifdef UNDERSONG_BENCH_TORCH
  const double ours = median(contenders.front().milliseconds);
  const double one = median(contenders[contenders.size() - 2].milliseconds);
  const double two = median(contenders.back().milliseconds);
  std::printf("lstm: %.2f times as fast as LibTorch at its better number of threads\n",
              std::min(one, two) / ours);
#endif
}

int bench(int rounds) {
  auto contenders = all_contenders();
  std::printf("vectors: %s, V = %d, %d rounds\n", target_name(vector_targets().front()).c_str(),
              kVocab, rounds);
  for (Contender& contender : contenders) contender.run();  // warm
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      contender.milliseconds.push_back(time_of(contender.run) * kSymbols / contender.symbols);
    }
  }
  print_all(contenders);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int argc, char** argv) {
  return undersong::bench(argc > 1 ? std::max(1, std::atoi(argv[1])) : 11);
}
