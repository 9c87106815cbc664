// How fast the decoder writes, as a share of what the memory allows, and beside LibTorch where the
// trainer is built. Rounds take turns, so that whatever else the machine does hits all alike.
//
//   decode_bench [rounds] [threads]     medians over the rounds, 5 by default; 2 threads

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "nn/decoder.h"
#include "nn/kernels.h"
#include "nn/reference_decoder.h"
#ifdef UNDERSONG_BENCH_TORCH
#include "torch_decoder.h"
#endif

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;

// The composer's network at 26 million parameters.
DecoderSpec bench_spec() {
  DecoderSpec spec;
  spec.vocab_size = 515;
  spec.feature_count = 705;
  spec.features_per_step = 6;
  spec.relative_heads = {{100, 88, 0}, {100, 88, 12}};
  return spec;
}

double seconds_of(const std::function<void()>& run) {
  const auto begin = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Sums with the widest loads, asking for bytes ahead of their use as the decoder does.
__attribute__((target_clones("avx512f", "avx2", "default"))) std::uint64_t sum_of(
    const std::uint64_t* words, std::size_t count) {
  constexpr std::size_t kSums = 32;
  constexpr std::size_t kAhead = 16384 / sizeof(std::uint64_t);
  std::uint64_t sums[kSums] = {};
  for (std::size_t i = 0; i + kSums <= count; i += kSums) {
    for (std::size_t s = 0; s < kSums; s += 8) __builtin_prefetch(words + i + s + kAhead, 0, 2);
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += words[i + s];
  }
  return std::accumulate(sums, sums + kSums, std::uint64_t{0});
}

// Bytes a second of `threads` that each read their stretch of `bytes` from front to back, again
// and again, `total` bytes in all.
class Reader {
 public:
  Reader(std::size_t bytes, double total, int threads)
      : words_(bytes / sizeof(std::uint64_t), 1), total_(total), threads_(threads) {}

  double bytes_per_second() {
    const std::size_t bytes = words_.size() * sizeof(std::uint64_t);
    const int times = std::max(1, static_cast<int>(total_ / static_cast<double>(bytes)));
    const double seconds = seconds_of([&] {
      std::vector<std::thread> others;
      for (int t = 1; t < threads_; ++t) others.emplace_back([&, t] { read(t, times); });
      read(0, times);
      for (std::thread& other : others) other.join();
    });
    return static_cast<double>(bytes) * times / seconds;
  }

 private:
  void read(int thread, int times) {
    const auto share = words_.size() / static_cast<std::size_t>(threads_);
    const std::uint64_t* begin = words_.data() + share * static_cast<std::size_t>(thread);
    for (int time = 0; time < times; ++time) {
      volatile std::uint64_t sink = sum_of(begin, share);
      static_cast<void>(sink);
    }
  }

  std::vector<std::uint64_t> words_;
  double total_;
  int threads_;
};

struct Contender {
  std::string name;
  int tokens;  // of one run
  std::function<void()> run;
  std::vector<double> rates = {};  // tokens a second
};

DecoderStep step_of(const DecoderSpec& spec, const std::vector<float>& logits, std::size_t at) {
  const auto row = logits.begin() + static_cast<std::ptrdiff_t>(at) * spec.vocab_size;
  const auto best = std::max_element(row, row + spec.vocab_size) - row;
  return {{static_cast<std::int32_t>(best), 520, 540, 580, -1, 700}, {44, 7}};
}

// Greedy, from nothing.
void write_alone(const Decoder& decoder, int tokens) {
  const auto state = decoder.start();
  std::vector<float> logits(static_cast<std::size_t>(decoder.spec().vocab_size));
  for (int i = 0; i < tokens; ++i) {
    const DecoderStep step = step_of(decoder.spec(), logits, 0);
    decoder.feed(*state, {&step, 1}, logits);
  }
}

// Candidates that share a prompt of 64 steps.
void write_candidates(const Decoder& decoder, std::size_t candidates, int tokens) {
  const auto prompt = random_steps(decoder.spec(), 64, 1);
  const auto vocab = static_cast<std::size_t>(decoder.spec().vocab_size);
  std::vector<float> logits(vocab * candidates);
  std::vector<std::unique_ptr<DecoderState>> states;
  states.push_back(decoder.start());
  decoder.feed(*states[0], prompt, std::span(logits).first(vocab));
  while (states.size() < candidates) states.push_back(states[0]->clone());
  std::vector<DecoderState*> together;
  for (const auto& state : states) together.push_back(state.get());
  std::vector<DecoderStep> steps(candidates);
  for (int i = 0; i < tokens; ++i) {
    for (std::size_t c = 0; c < candidates; ++c) steps[c] = step_of(decoder.spec(), logits, c);
    decoder.feed_together(together, steps, logits);
  }
}

std::vector<Contender> all_contenders(const Decoder& decoder, const WeightFile& weights) {
  std::vector<Contender> contenders;
  for (const int tokens : {128, 1024}) {
    contenders.push_back({std::to_string(tokens) + " tokens", tokens,
                          [&decoder, tokens] { write_alone(decoder, tokens); }});
  }
  contenders.push_back(
      {"8 candidates of 128 tokens", 8 * 128, [&decoder] { write_candidates(decoder, 8, 128); }});
  const auto prompt =
      std::make_shared<std::vector<DecoderStep>>(random_steps(decoder.spec(), 512, 1));
  contenders.push_back({"prompt of 512 tokens", 512, [&decoder, prompt] {
                          std::vector<float> logits(
                              static_cast<std::size_t>(decoder.spec().vocab_size));
                          decoder.feed(*decoder.start(), *prompt, logits);
                        }});
#ifdef UNDERSONG_BENCH_TORCH
  const auto torch = std::make_shared<TorchDecoder>(decoder.spec(), weights);
  for (const int threads : {1, 2}) {
    const std::string name = "LibTorch float32, " + std::to_string(threads) + " thread(s), ";
    constexpr int kFew = 128;
    contenders.push_back(
        {name + "128 tokens", kFew, [torch, threads] { torch->write(kFew, 1, threads); }});
  }
  constexpr int kCandidates = 8;
  contenders.push_back({"LibTorch float32, 2 thread(s), 8 candidates", 32 * kCandidates,
                        [torch] { torch->write(32, kCandidates, 2); }});
#else
  static_cast<void>(weights);
#endif
  return contenders;
}

void print_all(const std::vector<Contender>& contenders, const std::vector<double>& near,
               const std::vector<double>& far, std::size_t weight_bytes) {
  const double megabytes = static_cast<double>(weight_bytes) / 1e6;
  std::printf("reading: %.1f MB again and again %.1f GB/s, 400 MB %.1f GB/s\n", megabytes,
              median(near) / 1e9, median(far) / 1e9);
  std::printf("%-46s %10s %10s %14s\n", "", "tokens/s", "best", "of the limit");
  for (const Contender& contender : contenders) {
    std::vector<double> shares;  // each beside its own round's
    for (std::size_t i = 0; i < near.size(); ++i) {
      shares.push_back(contender.rates[i] * static_cast<double>(weight_bytes) /
                       std::max(near[i], far[i]));
    }
    std::printf("%-46s %10.0f %10.0f %12.0f %%\n", contender.name.c_str(), median(contender.rates),
                *std::ranges::max_element(contender.rates), 100.0 * median(shares));
  }
}

int bench(int rounds, int threads) {
  const DecoderSpec spec = bench_spec();
  const WeightFile weights = random_decoder_weights(spec, 1);
  const Decoder decoder(spec, weights, threads);
  std::printf("%.1f million parameters, %d threads, vectors: %s, %d rounds\n",
              static_cast<double>(parameter_count(spec)) / 1e6, threads,
              target_name(vector_targets().front()).c_str(), rounds);
  auto contenders = all_contenders(decoder, weights);
  Reader near(decoder.weight_bytes(), 2e9, threads);
  Reader far(400'000'000, 8e8, threads);
  std::vector<double> near_rates;
  std::vector<double> far_rates;
  write_alone(decoder, 64);  // warm
  for (int round = 0; round < rounds; ++round) {
    near_rates.push_back(near.bytes_per_second());
    far_rates.push_back(far.bytes_per_second());
    for (Contender& contender : contenders) {
      contender.rates.push_back(contender.tokens / seconds_of(contender.run));
    }
  }
  print_all(contenders, near_rates, far_rates, decoder.weight_bytes());
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const int threads = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2;
  return undersong::bench(rounds, threads);
}
