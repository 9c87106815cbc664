// Training rate of an architecture on random ids: the counterpart of train_bench.py.
//   train_rate ARCHITECTURE [STEPS] [THREADS] [BATCH] [VOCABULARY] [WINDOW]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/rng.h"
#include "model/architecture.h"
#include "train/engine.h"

namespace undersong {
namespace {

Batch random_batch(Rng& rng, const NetworkSpec& spec, std::int64_t rows) {
  Batch batch{.steps = spec.window, .rows = rows, .columns = 1, .inputs = {}, .targets = {}};
  const auto vocab = static_cast<std::uint64_t>(spec.vocab_size);
  batch.inputs.resize(static_cast<std::size_t>(batch.steps * rows));
  for (auto& id : batch.inputs) id = static_cast<std::int32_t>(rng.below(vocab));
  const bool window = spec.reading == Reading::kWindow;
  batch.targets.resize(static_cast<std::size_t>(window ? rows : batch.steps * rows));
  for (auto& id : batch.targets) id = static_cast<std::int32_t>(rng.below(vocab));
  return batch;
}

int measure(int count, char** arguments) {
  const auto number = [&](int at, int otherwise) {
    return count > at ? std::atoi(arguments[at]) : otherwise;
  };
  const Architecture& architecture = find_architecture(count > 1 ? arguments[1] : "lstm");
  const int steps = number(2, 30);
  const int rows = number(4, 256);
  const NetworkSpec spec = architecture.network(number(5, 300), number(6, 10));
  Engine engine(spec, {.device = Device::kAuto, .threads = number(3, 0), .seed = 1});
  Rng rng(1);
  std::vector<double> seconds;
  double loss = 0.0;
  constexpr int kWarmUp = 3;
  for (int step = 0; step < steps + kWarmUp; ++step) {
    const Batch batch = random_batch(rng, spec, rows);
    const auto start = std::chrono::steady_clock::now();
    loss = engine.train(batch).mean();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (step >= kWarmUp) seconds.push_back(spent.count());
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  fmt::print("undersong {} [{}]: median step {:.2f} ms -> {:.0f} samples/s; loss {:.3f}\n",
             architecture.name, engine.device_line(), 1e3 * median, rows / median, loss);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** arguments) { return undersong::measure(count, arguments); }
