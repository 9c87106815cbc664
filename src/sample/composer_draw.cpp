#include "sample/composer_draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "model/score_sequence.h"

namespace undersong {
namespace {

using namespace composer_token;

// By how much the temperature grows when a candidate draws again.
constexpr double kFreer = 1.15;
constexpr double kHottest = 10.0;  // that a sampler takes

// A sequence with what it is still to hear.
struct Listener {
  std::unique_ptr<Model::State> state;
  std::vector<TokenId> pending;
  std::vector<float> logits = std::vector<float>(static_cast<std::size_t>(kCount));
  std::size_t heard = 0;  // ids, the pending ones too

  Listener clone() const { return {state->clone(), pending, logits, heard}; }
  void hear(TokenId id) {
    pending.push_back(id);
    ++heard;
  }
};

struct Voice {
  Rng rng{0};
  ComposerCursor cursor;  // pending ids are behind it
  Listener given;
  Listener free;  // the same without controls; with guidance only
  double nats = 0.0;
};

void check_guidance(double guidance) {
  if (!(guidance > 0.0 && guidance <= kStrongestGuidance)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the guidance is {}; it must lie above 0 and at most at {} (1: off)",
                            guidance, kStrongestGuidance));
  }
}

}  // namespace

struct ComposerDraw::Inside {
  Inside(const ComposerModel& its_model, const DrawOptions& its_options)
      : model(its_model), options(its_options) {}

  bool is_guided() const { return options.guidance != 1.0; }

  void tell(Voice& voice, std::span<const TokenId> ids) const {
    for (const TokenId id : ids) {
      UNDERSONG_CHECK(id >= 0 && id < kCount && voice.cursor.allows(id));
      voice.cursor.advance(id);
      voice.given.hear(id);
      if (is_guided() && !is_control(id)) voice.free.hear(id);
    }
  }

  // From now on each candidate has a sequence of its own.
  void part() {
    if (!together) return;
    catch_up({&voices[0]});
    together = false;
    for (std::size_t i = 1; i < voices.size(); ++i) copy_text(voices[0], voices[i]);
  }

  void copy_text(const Voice& from, Voice& to) const {
    to.cursor = from.cursor;
    to.given = from.given.clone();
    if (is_guided()) to.free = from.free.clone();
    to.nats = from.nats;
  }

  // Single ids step together, longer texts are fed in one go.
  void catch_up(const std::vector<Voice*>& behind) {
    std::vector<Listener*> steppers;
    for (Voice* voice : behind) {
      for (Listener* listener : {&voice->given, &voice->free}) {
        if (listener->pending.size() == 1) steppers.push_back(listener);
        if (listener->pending.size() <= 1) continue;
        model.feed(*listener->state, listener->pending, listener->logits);
        listener->pending.clear();
      }
    }
    step(steppers);
  }

  void step(const std::vector<Listener*>& listeners) {
    std::vector<Model::State*> states;
    std::vector<TokenId> ids;
    for (Listener* listener : listeners) {
      states.push_back(listener->state.get());
      ids.push_back(listener->pending.front());
      listener->pending.clear();
    }
    scratch.resize(listeners.size() * static_cast<std::size_t>(kCount));
    model.feed_together(states, ids, scratch);
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      const auto row = scratch.begin() + static_cast<std::ptrdiff_t>(i) * kCount;
      std::copy(row, row + kCount, listeners[i]->logits.begin());
    }
  }

  std::vector<float> guided_logits(const Voice& voice) const {
    std::vector<float> logits = voice.given.logits;
    if (!is_guided()) return logits;
    const auto guidance = static_cast<float>(options.guidance);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const float free = voice.free.logits[i];
      if (std::isfinite(logits[i]) && std::isfinite(free))
        logits[i] = free + guidance * (logits[i] - free);
    }
    return logits;
  }

  // The candidates of `active` a token at a time, until each has enough.
  void draw_some(const DrawTask& task, std::vector<std::size_t> active, Sampler& sampler,
                 std::vector<std::vector<TokenId>>& drawn) {
    while (true) {
      throw_if_cancelled();
      std::erase_if(active, [&](std::size_t i) { return is_done(task, i, drawn[i]); });
      if (active.empty()) return;
      std::vector<Voice*> behind;
      for (const std::size_t i : active) behind.push_back(&voices[i]);
      catch_up(behind);
      std::erase_if(active, [&](std::size_t i) { return !draw_one(task, i, sampler, drawn[i]); });
    }
  }

  std::vector<Voice> copies() {
    std::vector<Voice*> behind;
    for (Voice& voice : voices) behind.push_back(&voice);
    catch_up(behind);  // once, whatever is drawn again
    std::vector<Voice> copies(voices.size());
    for (std::size_t i = 0; i < voices.size(); ++i) copy_text(voices[i], copies[i]);
    return copies;
  }

  // Draws an id; false when it ended the drawing.
  bool draw_one(const DrawTask& task, std::size_t candidate, Sampler& sampler,
                std::vector<TokenId>& drawn) {
    Voice& voice = voices[candidate];
    std::vector<float> logits = guided_logits(voice);
    if (task.steer) task.steer({candidate, voice.cursor, drawn}, logits);
    const TokenId id = sampler.choose(logits, voice.rng);
    if (task.ends && task.ends(id)) return false;
    voice.nats += negative_log_probability(voice.given.logits, id);
    tell(voice, {&id, 1});
    drawn.push_back(id);
    return id != kEnd;
  }

  bool is_done(const DrawTask& task, std::size_t candidate,
               const std::vector<TokenId>& drawn) const {
    const Voice& voice = voices[candidate];
    return voice.cursor.finished() || drawn.size() >= task.most_ids ||
           (task.is_done && task.is_done({candidate, voice.cursor, drawn}));
  }

  const ComposerModel& model;
  DrawOptions options;
  std::vector<Voice> voices;
  bool together = true;  // only the first voice is kept up
  std::vector<float> scratch;
};

ComposerDraw::ComposerDraw(const ComposerModel& model, DrawOptions options,
                           std::vector<Rng> streams) {
  UNDERSONG_CHECK(!streams.empty());
  check_guidance(options.guidance);
  check_options(options.sampling);
  inside_ = std::make_unique<Inside>(model, options);
  for (const Rng& stream : streams) inside_->voices.push_back({stream, {}, {}, {}, 0.0});
  Voice& first = inside_->voices.front();
  first.given.state = model.start();
  model.feed(*first.given.state, {}, first.given.logits);
  if (inside_->is_guided()) first.free = first.given.clone();
}

ComposerDraw::ComposerDraw(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
ComposerDraw::~ComposerDraw() = default;
ComposerDraw::ComposerDraw(ComposerDraw&&) noexcept = default;
ComposerDraw& ComposerDraw::operator=(ComposerDraw&&) noexcept = default;

ComposerDraw ComposerDraw::fork(std::vector<Rng> streams) {
  UNDERSONG_CHECK(inside_->together && !streams.empty());
  Voice& first = inside_->voices.front();
  inside_->catch_up({&first});
  auto forked = std::make_unique<Inside>(inside_->model, inside_->options);
  for (const Rng& stream : streams) forked->voices.push_back({stream, {}, {}, {}, 0.0});
  inside_->copy_text(first, forked->voices.front());
  return ComposerDraw(std::move(forked));
}

std::size_t ComposerDraw::candidates() const { return inside_->voices.size(); }

void ComposerDraw::tell(std::span<const TokenId> ids) {
  if (inside_->together) return inside_->tell(inside_->voices.front(), ids);
  for (Voice& voice : inside_->voices) inside_->tell(voice, ids);
}

void ComposerDraw::tell(std::size_t candidate, std::span<const TokenId> ids) {
  inside_->part();
  inside_->tell(inside_->voices.at(candidate), ids);
}

std::vector<std::vector<TokenId>> ComposerDraw::draw(const DrawTask& task) {
  inside_->part();
  std::vector<std::vector<TokenId>> drawn(candidates());
  std::vector<std::size_t> wanted(candidates());
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
  std::vector<Voice> before;
  if (task.may_stand) before = inside_->copies();
  SamplingOptions sampling = inside_->options.sampling;
  for (int attempt = 0; attempt < kDrawTries; ++attempt) {
    Sampler sampler(sampling);
    inside_->draw_some(task, wanted, sampler, drawn);
    if (!task.may_stand || attempt + 1 == kDrawTries) break;
    std::erase_if(wanted, [&](std::size_t i) { return task.may_stand(i, drawn[i]); });
    for (const std::size_t i : wanted) {
      inside_->copy_text(before[i], inside_->voices[i]);
      drawn[i].clear();
    }
    sampling.temperature = std::min(kHottest, sampling.temperature * kFreer);
  }
  return drawn;
}

void ComposerDraw::keep(std::size_t candidate) {
  if (inside_->together) return;
  const Voice& kept = inside_->voices.at(candidate);
  for (std::size_t i = 0; i < candidates(); ++i) {
    if (i != candidate) inside_->copy_text(kept, inside_->voices[i]);
  }
}

const ComposerCursor& ComposerDraw::cursor(std::size_t candidate) const {
  return inside_->voices.at(inside_->together ? 0 : candidate).cursor;
}

double ComposerDraw::nats(std::size_t candidate) const {
  return inside_->voices.at(inside_->together ? 0 : candidate).nats;
}

std::size_t ComposerDraw::room() const {
  std::size_t longest = 0;
  for (const Voice& voice : inside_->voices) longest = std::max(longest, voice.given.heard);
  const auto context = static_cast<std::size_t>(inside_->model.spec().context);
  return context - std::min(context, longest);
}

}  // namespace undersong
