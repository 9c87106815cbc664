#include "nn/decoder.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "nn/decoder_cache.h"
#include "nn/decoder_pass.h"
#include "nn/team.h"

namespace undersong {

struct DecoderState::Inside {
  DecoderCache cache;
};

DecoderState::DecoderState() = default;
DecoderState::~DecoderState() = default;

std::unique_ptr<DecoderState> DecoderState::clone() const {
  std::unique_ptr<DecoderState> copy(new DecoderState());
  copy->inside_ = std::make_unique<Inside>(*inside_);
  return copy;
}

int DecoderState::steps() const { return static_cast<int>(inside_->cache.steps()); }

struct Decoder::Inside {
  Inside(DecoderSpec spec, const WeightFile& weights, int threads)
      : network(std::move(spec), weights, static_cast<std::size_t>(threads)), team(threads) {}

  std::unique_ptr<DecoderScratch> take_scratch();
  void run(DecoderFeed& pass);

  DecoderNetwork network;
  Team team;
  std::mutex mutex;  // of the scratch
  std::vector<std::unique_ptr<DecoderScratch>> idle;
};

namespace {

int threads_for(int asked) {
  if (asked > 0) return std::min(asked, Team::kMost);
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
}

void check_step(const DecoderSpec& spec, const DecoderStep& step) {
  UNDERSONG_CHECK(step.features.size() <= static_cast<std::size_t>(spec.features_per_step));
  for (const std::int32_t feature : step.features) {
    UNDERSONG_CHECK(feature >= -1 && feature < spec.feature_count);
  }
  UNDERSONG_CHECK(step.anchors.size() == spec.relative_heads.size());
  for (std::size_t r = 0; r < step.anchors.size(); ++r) {
    const RelativeHead& head = spec.relative_heads[r];
    UNDERSONG_CHECK(step.anchors[r] >= -1 && (head.period > 0 || step.anchors[r] < head.count));
  }
}

void check_room(const DecoderSpec& spec, std::size_t steps) {
  if (steps <= static_cast<std::size_t>(spec.context)) return;
  throw Error(ErrorKind::kUsage, "the network was trained for " + std::to_string(spec.context) +
                                     " steps and cannot hear " + std::to_string(steps) +
                                     "; give it less to begin with, or begin anew");
}

}  // namespace

std::unique_ptr<DecoderScratch> Decoder::Inside::take_scratch() {
  const std::lock_guard lock(mutex);
  if (idle.empty()) return std::make_unique<DecoderScratch>(network);
  auto scratch = std::move(idle.back());
  idle.pop_back();
  return scratch;
}

// On all threads, or on this one alone while another caller has them.
void Decoder::Inside::run(DecoderFeed& pass) {
  auto scratch = take_scratch();
  pass.scratch = scratch.get();
  for (std::size_t r = 0; r < pass.rows; ++r) {
    DecoderFeed::Row& row = pass.row[r];
    if (r == 0 || row.cache != pass.row[r - 1].cache) {
      std::size_t count = 1;
      while (r + count < pass.rows && pass.row[r + count].cache == row.cache) ++count;
      row.cache->make_room(count);
    }
  }
  const auto job = [&](std::size_t stage, std::size_t part) { network.run(pass, stage, part); };
  const std::size_t stages = network.stages(pass);
  const std::unique_lock lock(team.in_use(), std::try_to_lock);
  if (lock.owns_lock()) {
    team.run(stages, job);
  } else {
    for (std::size_t stage = 0; stage < stages; ++stage) {
      for (std::size_t part = 0; part < network.parts(); ++part) job(stage, part);
    }
  }
  network.write_logits(pass);
  for (std::size_t r = 0; r < pass.rows; ++r) pass.row[r].cache->advance(1);
  const std::lock_guard idle_lock(mutex);
  idle.push_back(std::move(scratch));
}

Decoder::Decoder(DecoderSpec spec, const WeightFile& weights, int threads) {
  check_spec(spec);
  inside_ = std::make_unique<Inside>(std::move(spec), weights, threads_for(threads));
}
Decoder::~Decoder() = default;

const DecoderSpec& Decoder::spec() const { return inside_->network.spec(); }

std::size_t Decoder::weight_bytes() const { return inside_->network.weight_bytes(); }

std::unique_ptr<DecoderState> Decoder::start() const {
  std::unique_ptr<DecoderState> state(new DecoderState());
  state->inside_ = std::make_unique<DecoderState::Inside>(DecoderState::Inside{
      DecoderCache(CacheShape(spec()), static_cast<std::size_t>(spec().context))});
  return state;
}

void Decoder::feed(DecoderState& state, std::span<const DecoderStep> steps,
                   std::span<float> logits) const {
  UNDERSONG_CHECK(!steps.empty());
  UNDERSONG_CHECK(logits.size() == static_cast<std::size_t>(spec().vocab_size));
  DecoderCache& cache = state.inside_->cache;
  check_room(spec(), cache.steps() + steps.size());
  for (const DecoderStep& step : steps) check_step(spec(), step);
  for (std::size_t begin = 0; begin < steps.size(); begin += kMostDecoderRows) {
    DecoderFeed pass;
    pass.rows = std::min(kMostDecoderRows, steps.size() - begin);
    for (std::size_t r = 0; r < pass.rows; ++r) {
      pass.row[r] = {&cache, cache.steps() + r, &steps[begin + r], {}};
    }
    // Only the last step of all is asked for what follows it.
    pass.first_output = pass.rows;
    if (begin + pass.rows == steps.size()) {
      pass.first_output = pass.rows - 1;
      pass.row[pass.rows - 1].logits = logits;
    }
    inside_->run(pass);
  }
}

void Decoder::feed_together(std::span<DecoderState* const> states,
                            std::span<const DecoderStep> steps, std::span<float> logits) const {
  const auto vocab = static_cast<std::size_t>(spec().vocab_size);
  UNDERSONG_CHECK(states.size() == steps.size() && logits.size() == states.size() * vocab);
  for (std::size_t i = 0; i < states.size(); ++i) {
    check_room(spec(), states[i]->inside_->cache.steps() + 1);
    check_step(spec(), steps[i]);
    UNDERSONG_CHECK(std::count(states.begin(), states.end(), states[i]) == 1);
  }
  for (std::size_t begin = 0; begin < states.size(); begin += kMostDecoderRows) {
    DecoderFeed pass;
    pass.rows = std::min(kMostDecoderRows, states.size() - begin);
    for (std::size_t r = 0; r < pass.rows; ++r) {
      DecoderCache& cache = states[begin + r]->inside_->cache;
      pass.row[r] = {&cache, cache.steps(), &steps[begin + r],
                     logits.subspan((begin + r) * vocab, vocab)};
    }
    pass.first_output = 0;
    inside_->run(pass);
  }
}

}  // namespace undersong
