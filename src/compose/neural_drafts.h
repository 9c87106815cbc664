#pragma once
// Drafts of a part, drawn token by token: what the neural writer asks of whatever draws them. That
// is the composer network (neural_network.h), or a script in the tests.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/rng.h"
#include "compose/neural_grid.h"
#include "sample/composer_draw.h"
#include "tokens/composer_vocabulary.h"

namespace undersong {

// The notes that the tokens of a block say, ROLE and DENSITY apart. A velocity or duration that is
// not told is 8 of 16, and a quarter note.
std::vector<GridNote> notes_of_block(std::span<const TokenId> ids, Role role);

// Several drafts of one passage, alike up to where they are drawn.
class Drafts {
 public:
  virtual ~Drafts() = default;

  // Said to every draft.
  virtual void tell(std::span<const TokenId> ids) = 0;
  // What each draft drew, as ComposerDraw does it.
  virtual std::vector<std::vector<TokenId>> draw(const DrawTask& task) = 0;
  // From here on every draft goes on from this one.
  virtual void keep(std::size_t draft) = 0;
  // Tokens for which there is still room in every draft.
  virtual std::size_t room() const = 0;
};

// What draws.
class DraftSource {
 public:
  virtual ~DraftSource() = default;

  // A draft a stream; the same arguments are the same drafts.
  virtual std::unique_ptr<Drafts> begin(std::span<const TokenId> prompt,
                                        std::vector<Rng> streams) const = 0;
  virtual const RoleDensities& densities(GridStyle style) const = 0;
  virtual std::size_t context() const = 0;  // tokens of a prompt and all that follows it
};

}  // namespace undersong
