#include "compose/neural_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"

namespace undersong {
namespace {

// Prompts that are kept: that of the music and that of the drums, each with the one before it.
constexpr std::size_t kPromptsKept = 4;
// A block that may not stand is drawn again, each time a little more freely.
constexpr double kFreer = 1.15;
constexpr float kNever = -std::numeric_limits<float>::infinity();

using State = Model::State;

// A sequence that the network has heard, and what it expects next.
struct Heard {
  std::unique_ptr<State> state;
  std::vector<float> logits;
  std::size_t length = 0;

  Heard copy() const { return {state->clone(), logits, length}; }
};

class NetworkDrafts final : public Drafts {
 public:
  NetworkDrafts(const ComposerModel& model, const SamplingOptions& sampling, Heard prompt,
                std::size_t drafts)
      : model_(model), sampling_(sampling), count_(drafts) {
    drafts_.push_back(std::move(prompt));
  }

  void tell(std::span<const TokenId> ids) override {
    throw_if_cancelled();
    for (Heard& draft : drafts_) {
      model_.feed(*draft.state, ids, draft.logits);
      draft.length += ids.size();
    }
  }

  std::vector<std::vector<TokenId>> draw(const BlockRules& rules, std::span<Rng> chances,
                                         const MayStand& may_stand) override {
    UNDERSONG_CHECK(chances.size() == count_);
    while (drafts_.size() < count_) drafts_.push_back(drafts_.front().copy());
    std::vector<std::vector<TokenId>> blocks(count_);
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < count_; ++i) wanted.push_back(i);
    std::vector<Heard> before;
    for (const Heard& draft : drafts_) before.push_back(draft.copy());
    SamplingOptions sampling = sampling_;
    for (int attempt = 0; attempt < kBlockTries && !wanted.empty(); ++attempt) {
      for (const std::size_t i : wanted) {
        if (attempt > 0) drafts_[i] = before[i].copy();
        blocks[i].clear();
      }
      draw_some(rules, sampling, wanted, chances, blocks);
      std::erase_if(wanted, [&](std::size_t i) { return may_stand(i, blocks[i]); });
      sampling.temperature *= kFreer;
    }
    return blocks;
  }

  void keep(std::size_t draft) override {
    if (draft >= drafts_.size()) return;  // all are alike still
    Heard kept = std::move(drafts_[draft]);
    drafts_.clear();
    drafts_.push_back(std::move(kept));
  }

  std::size_t room() const override {
    std::size_t longest = 0;
    for (const Heard& draft : drafts_) longest = std::max(longest, draft.length);
    const auto context = static_cast<std::size_t>(model_.spec().context);
    return context - std::min(context, longest);
  }

 private:
  // All of them a token at a time, until each has ended its block.
  void draw_some(const BlockRules& rules, const SamplingOptions& sampling,
                 std::vector<std::size_t> open, std::span<Rng> chances,
                 std::vector<std::vector<TokenId>>& blocks) {
    std::vector<BlockGuide> guides(count_, BlockGuide(rules));
    Sampler sampler(sampling);
    while (!open.empty()) {
      throw_if_cancelled();
      std::vector<State*> states;
      std::vector<TokenId> ids;
      std::vector<std::size_t> going_on;
      for (const std::size_t i : open) {
        const TokenId id = choose(guides[i], drafts_[i].logits, sampler, chances[i]);
        if (!is_of_block(id)) continue;
        guides[i].advance(id);
        blocks[i].push_back(id);
        states.push_back(drafts_[i].state.get());
        ids.push_back(id);
        going_on.push_back(i);
      }
      open = std::move(going_on);
      if (!open.empty()) hear(open, states, ids);
    }
  }

  // A token of the block, or one that is not: the block ends.
  TokenId choose(const BlockGuide& guide, const std::vector<float>& logits, Sampler& sampler,
                 Rng& chance) {
    masked_.assign(logits.size(), kNever);
    bool any = false;
    const bool may_end = guide.may_end();
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      if (logits[i] == kNever || !(is_of_block(id) ? guide.allows(id) : may_end)) continue;
      masked_[i] = logits[i];
      any = true;
    }
    // No position is left in the bar, however many onsets were asked for.
    return any ? sampler.choose(masked_, chance) : composer_token::kBar;
  }

  void hear(const std::vector<std::size_t>& open, std::vector<State*>& states,
            const std::vector<TokenId>& ids) {
    const auto size = static_cast<std::size_t>(model_.vocab_size());
    together_.resize(size * open.size());
    model_.feed_together(states, ids, together_);
    for (std::size_t at = 0; at < open.size(); ++at) {
      Heard& draft = drafts_[open[at]];
      const auto first = together_.begin() + static_cast<std::ptrdiff_t>(at * size);
      std::copy(first, first + static_cast<std::ptrdiff_t>(size), draft.logits.begin());
      ++draft.length;
    }
  }

  const ComposerModel& model_;
  SamplingOptions sampling_;
  std::size_t count_;
  std::vector<Heard> drafts_;  // one while all are alike
  std::vector<float> masked_;
  std::vector<float> together_;
};

class NetworkSource final : public DraftSource {
 public:
  NetworkSource(const ComposerModel& model, const SamplingOptions& sampling)
      : model_(model), sampling_(sampling) {
    check_options(sampling);
    const auto& shares = model.knowledge().density_shares;
    if (shares.empty()) suppose_everything();
    for (std::size_t style = 0; style < densities_.size() && style < shares.size(); ++style) {
      for (std::size_t role = 0; role < kRoleCount && role < shares[style].size(); ++role) {
        const auto& of_role = shares[style][role];
        const std::size_t steps = std::min<std::size_t>(of_role.size(), kDensitySteps);
        std::copy_n(of_role.begin(), steps, densities_.at(style).at(role).begin());
      }
    }
  }

  std::unique_ptr<Drafts> begin(std::span<const TokenId> prompt, int drafts) const override {
    return std::make_unique<NetworkDrafts>(model_, sampling_, heard(prompt),
                                           static_cast<std::size_t>(drafts));
  }

  const RoleDensities& densities(GridStyle style) const override {
    return densities_.at(static_cast<std::size_t>(style));
  }

  std::size_t context() const override { return static_cast<std::size_t>(model_.spec().context); }

 private:
  struct Kept {
    std::vector<TokenId> ids;
    Heard heard;
  };

  // Weights that do not say what they heard: every role in every style, as dense as one likes. But
  // nobody's own music.
  void suppose_everything() {
    constexpr std::size_t kDensest = 6;  // some ten onsets a bar
    for (std::size_t style = 0; style < densities_.size(); ++style) {
      if (static_cast<GridStyle>(style) == GridStyle::kOwn) continue;
      for (auto& role : densities_[style])
        std::fill(role.begin() + 1, role.begin() + kDensest + 1, 1.0 / kDensest);
    }
  }

  Heard heard(std::span<const TokenId> prompt) const {
    const std::lock_guard lock(mutex_);
    const Kept* longest = nullptr;
    for (const Kept& kept : kept_) {
      const bool begins_it = kept.ids.size() <= prompt.size() &&
                             std::equal(kept.ids.begin(), kept.ids.end(), prompt.begin());
      if (begins_it && (longest == nullptr || kept.ids.size() > longest->ids.size()))
        longest = &kept;
    }
    if (longest != nullptr && longest->ids.size() == prompt.size()) return longest->heard.copy();
    Heard heard = longest != nullptr ? longest->heard.copy() : nothing_heard();
    const auto rest = prompt.subspan(heard.length);
    model_.feed(*heard.state, rest, heard.logits);
    heard.length = prompt.size();
    if (kept_.size() == kPromptsKept) kept_.erase(kept_.begin());
    kept_.push_back({{prompt.begin(), prompt.end()}, heard.copy()});
    return heard;
  }

  Heard nothing_heard() const {
    return {model_.start(), std::vector<float>(static_cast<std::size_t>(model_.vocab_size())), 0};
  }

  const ComposerModel& model_;
  SamplingOptions sampling_;
  std::array<RoleDensities, kGridStyleCount> densities_{};
  mutable std::mutex mutex_;
  mutable std::vector<Kept> kept_;
};

}  // namespace

std::unique_ptr<DraftSource> make_network_source(const ComposerModel& model,
                                                 const SamplingOptions& sampling) {
  return std::make_unique<NetworkSource>(model, sampling);
}

}  // namespace undersong
