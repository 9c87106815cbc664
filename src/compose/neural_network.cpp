#include "compose/neural_network.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sample/prompt_cache.h"

namespace undersong {
namespace {

// Prompts that are kept: that of the music and that of the drums, each with the one before it.
constexpr std::size_t kPromptsKept = 4;

class NetworkDrafts final : public Drafts {
 public:
  explicit NetworkDrafts(ComposerDraw draw) : draw_(std::move(draw)) {}

  void tell(std::span<const TokenId> ids) override { draw_.tell(ids); }
  std::vector<std::vector<TokenId>> draw(const DrawTask& task) override { return draw_.draw(task); }
  void keep(std::size_t draft) override { draw_.keep(draft); }
  std::size_t room() const override { return draw_.room(); }

 private:
  ComposerDraw draw_;
};

class NetworkSource final : public DraftSource {
 public:
  NetworkSource(const ComposerModel& model, const DrawOptions& options)
      : model_(model), prompts_(model, options, kPromptsKept) {
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

  std::unique_ptr<Drafts> begin(std::span<const TokenId> prompt,
                                std::vector<Rng> streams) const override {
    return std::make_unique<NetworkDrafts>(prompts_.begin(prompt, std::move(streams)));
  }

  const RoleDensities& densities(GridStyle style) const override {
    return densities_.at(static_cast<std::size_t>(style));
  }

  std::size_t context() const override { return static_cast<std::size_t>(model_.spec().context); }

 private:
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

  const ComposerModel& model_;
  std::array<RoleDensities, kGridStyleCount> densities_{};
  mutable PromptCache prompts_;
};

}  // namespace

std::unique_ptr<DraftSource> make_network_source(const ComposerModel& model,
                                                 const DrawOptions& options) {
  return std::make_unique<NetworkSource>(model, options);
}

}  // namespace undersong
