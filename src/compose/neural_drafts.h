#pragma once
// Drafts of a part, drawn token by token: what the neural writer asks of whatever draws them. That
// is the composer network (neural_network.h), or a script in the tests.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/rng.h"
#include "compose/neural_grid.h"
#include "tokens/composer_vocabulary.h"

namespace undersong {

// What may stand in the block of one role, beyond what the grammar says.
struct BlockRules {
  Role role = Role::kLead;
  PitchRange pitches;      // of the network; instruments of drums and percussion
  std::vector<int> drums;  // of drums and percussion: these alone; empty: all
  int most_tones = 1;      // of one onset
  int fewest_onsets = 1;
  int most_onsets = kLongestGridBar;
  bool on_downbeat = false;  // the first onset is the bar's first
};

// Follows a block while it is drawn. The grammar alone would let a draft run into a dead end here:
// a velocity for a further tone, say, where all tones have been struck.
class BlockGuide {
 public:
  // Before the first POSITION. The rules must outlive it.
  explicit BlockGuide(const BlockRules& rules) : rules_(rules) {}

  bool allows(TokenId id) const;
  // Whether something may come that is not of the block.
  bool may_end() const;
  // Precondition: allows(id).
  void advance(TokenId id);

 private:
  bool allows_tone(TokenId id) const;
  bool has_room() const;  // for a further tone at this position

  const BlockRules& rules_;
  int onsets_ = 0;
  int tones_ = 0;             // of this onset
  int last_tone_ = -1;        // its id
  bool is_tone_due_ = false;  // a velocity or duration waits for its tone
};

// Whether the token belongs to a block, ROLE and DENSITY apart.
bool is_of_block(TokenId id);

// The notes that such tokens say, ROLE and DENSITY apart. A velocity or duration that is not told
// is 8 of 16, and a quarter note.
std::vector<GridNote> notes_of_block(std::span<const TokenId> ids, Role role);

// Several drafts of one passage, alike up to where they are drawn.
class Drafts {
 public:
  virtual ~Drafts() = default;

  // Said to every draft.
  virtual void tell(std::span<const TokenId> ids) = 0;
  // The next block of each draft, its ROLE and DENSITY having been told. `chances`: one a draft.
  // `may_stand`: of a draft and a block whether it may stand so; asked at most kBlockTries times,
  // then the last one stands.
  using MayStand = std::function<bool(std::size_t draft, std::span<const TokenId> block)>;
  virtual std::vector<std::vector<TokenId>> draw(const BlockRules& rules, std::span<Rng> chances,
                                                 const MayStand& may_stand) = 0;
  // From here on every draft goes on from this one.
  virtual void keep(std::size_t draft) = 0;
  // Tokens for which there is still room in every draft.
  virtual std::size_t room() const = 0;
};
inline constexpr int kBlockTries = 3;

// What draws.
class DraftSource {
 public:
  virtual ~DraftSource() = default;

  // The same arguments are the same drafts.
  virtual std::unique_ptr<Drafts> begin(std::span<const TokenId> prompt, int drafts) const = 0;
  virtual const RoleDensities& densities(GridStyle style) const = 0;
  virtual std::size_t context() const = 0;  // tokens of a prompt and all that follows it
};

}  // namespace undersong
