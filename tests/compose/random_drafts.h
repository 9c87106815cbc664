#pragma once
// Drafts by dice: anything that the grammar and the limits of a block allow, as likely as they
// steer it, and else each as likely as the others. What is told is held to the grammar, and kept.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "compose/neural_drafts.h"
#include "sample/sampler.h"
#include "tokens/composer_cursor.h"

namespace undersong {

class RandomSource final : public DraftSource {
 public:
  // `own`: of a person's own music.
  explicit RandomSource(RoleSet heard = RoleSet::all(), std::size_t context = 2048,
                        RoleSet own = {})
      : densities_(densities_of(heard)), own_densities_(densities_of(own)), context_(context) {}

  std::unique_ptr<Drafts> begin(std::span<const TokenId> prompt,
                                std::vector<Rng> streams) const override {
    prompts.emplace_back(prompt.begin(), prompt.end());
    return std::make_unique<RandomDrafts>(*this, prompt, std::move(streams));
  }
  const RoleDensities& densities(GridStyle style) const override {
    return style == GridStyle::kOwn ? own_densities_ : densities_;
  }
  std::size_t context() const override { return context_; }

  mutable std::vector<std::vector<TokenId>> prompts;
  mutable std::vector<TokenId> told;  // to the first draft, behind prompts
  mutable std::vector<GridStyle> styles;

 private:
  // One onset as often as two, three …: steps 1 to 6.
  static RoleDensities densities_of(RoleSet heard) {
    RoleDensities densities{};
    for (const Role role : kRoles) {
      if (!heard.contains(role)) continue;
      for (std::size_t step = 1; step <= 6; ++step) densities.at(index_of(role)).at(step) = 1.0;
    }
    return densities;
  }

  struct Sequence {
    ComposerCursor cursor = {};
    std::size_t length = 0;
    void hear(TokenId id) {
      ASSERT_TRUE(cursor.allows(id)) << composer_vocabulary().symbol(id) << " at " << length;
      cursor.advance(id);
      ++length;
    }
  };

  class RandomDrafts final : public Drafts {
   public:
    RandomDrafts(const RandomSource& source, std::span<const TokenId> prompt,
                 std::vector<Rng> streams)
        : source_(source), streams_(std::move(streams)), drafts_(streams_.size()) {
      for (Sequence& draft : drafts_)
        for (const TokenId id : prompt) draft.hear(id);
    }

    void tell(std::span<const TokenId> ids) override {
      source_.told.insert(source_.told.end(), ids.begin(), ids.end());
      for (Sequence& draft : drafts_)
        for (const TokenId id : ids) draft.hear(id);
    }

    std::vector<std::vector<TokenId>> draw(const DrawTask& task) override {
      std::vector<std::vector<TokenId>> blocks(drafts_.size());
      for (std::size_t i = 0; i < drafts_.size(); ++i) {
        const Sequence before = drafts_[i];
        for (int attempt = 0; attempt < kDrawTries; ++attempt) {
          drafts_[i] = before;
          blocks[i] = draw_block(task, i);
          if (!task.may_stand || task.may_stand(i, blocks[i])) break;
        }
      }
      return blocks;
    }

    void keep(std::size_t draft) override {
      const Sequence kept = drafts_.at(draft);
      for (Sequence& other : drafts_) other = kept;
    }

    std::size_t room() const override {
      std::size_t longest = 0;
      for (const Sequence& draft : drafts_) longest = std::max(longest, draft.length);
      return source_.context_ - std::min(source_.context_, longest);
    }

   private:
    std::vector<TokenId> draw_block(const DrawTask& task, std::size_t i) {
      std::vector<TokenId> block;
      std::vector<float> logits(static_cast<std::size_t>(composer_token::kCount));
      for (;;) {
        for (TokenId id = 0; id < composer_token::kCount; ++id) {
          logits[static_cast<std::size_t>(id)] =
              drafts_[i].cursor.allows(id) ? 0.0F : -std::numeric_limits<float>::infinity();
        }
        task.steer({i, drafts_[i].cursor, block}, logits);
        bool may_end = false;
        bool may_go_on = false;
        for (TokenId id = 0; id < composer_token::kCount; ++id) {
          float& logit = logits[static_cast<std::size_t>(id)];
          if (!std::isfinite(logit)) continue;
          (task.ends(id) ? may_end : may_go_on) = true;
          if (task.ends(id)) logit = -std::numeric_limits<float>::infinity();
        }
        constexpr double kEnds = 0.1;
        if (!may_go_on || (may_end && streams_[i].uniform() < kEnds)) return block;
        block.push_back(Sampler({}).choose(logits, streams_[i]));
        drafts_[i].hear(block.back());
      }
    }

    const RandomSource& source_;
    std::vector<Rng> streams_;
    std::vector<Sequence> drafts_;
  };

  RoleDensities densities_;
  RoleDensities own_densities_;
  std::size_t context_;
};

}  // namespace undersong
