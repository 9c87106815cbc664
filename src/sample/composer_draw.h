#pragma once
// Writes text of the composer under control, several candidates at once.
//
//   ComposerDraw draw(model, {.sampling = …, .guidance = 1.5}, streams);  // a stream a candidate
//   draw.tell(header);                                    // heard by all, computed once
//   for each bar:
//     draw.tell(bar_start);                               // BAR and its controls
//     draw.tell(blocks_of_other_roles);
//     draw.tell({role, density});
//     const auto blocks = draw.draw(block_task(limits));  // ids of each candidate's block
//   …
//   draw.keep(best);                                      // all go on from the best one
//
// What is told is forced and fed in one go, what is drawn steps together, so that the weights are
// read once for all candidates. What has been drawn is heard too: it is not told again. To have a
// candidate hear something of its own, tell it by its number. Drawings that begin alike fork from
// one that has heard the beginning (sample/prompt_cache.h).
//
// Guidance: beside each candidate a second state hears the same without controls, and logits become
// free + guidance * (given - free); 1 is off and costs nothing. Source: Ho & Salimans 2022,
// arXiv:2207.12598.
//
// Goals: the same streams give the same text on every machine, and a candidate does not depend on
// how many others there are. Knows nothing of plans and styles.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "model/composer_model.h"
#include "sample/sampler.h"
#include "score/role.h"

namespace undersong {

// Where a candidate stands when its next id is drawn.
struct DrawPlace {
  std::size_t candidate = 0;
  const ComposerCursor& cursor;
  std::span<const TokenId> drawn;  // by this call of draw()
};

// What is to be drawn, on top of the grammar.
struct DrawTask {
  // Whether a candidate has enough; asked before each id, the first too. Null: never.
  std::function<bool(const DrawPlace&)> is_done;
  // An id that ends the drawing when it comes up: it is neither heard nor part of the result.
  // Null: none does. END ends it always, and is heard unless this says otherwise.
  std::function<bool(TokenId)> ends;
  // Changes logits [composer_token::kCount]: -infinity forbids, adding to one makes it likelier by
  // e to that. Where the grammar forbids they are -infinity already. At least one must stay finite.
  // Null: as they are.
  std::function<void(const DrawPlace&, std::span<float>)> steer;
  // Then the text breaks off, wherever it is.
  std::size_t most_ids = 4096;
  // Of a candidate and what it drew, whether that may stand. What may not is forgotten and drawn
  // again, each time a little more freely; after kDrawTries times the last stands. Null: all may.
  std::function<bool(std::size_t candidate, std::span<const TokenId> drawn)> may_stand;
};
inline constexpr int kDrawTries = 3;

struct DrawOptions {
  SamplingOptions sampling;
  double guidance = 1.0;  // above 0, at most kStrongestGuidance
};
inline constexpr double kStrongestGuidance = 10.0;  // beyond it nothing but the controls is heard

class ComposerDraw {
 public:
  // One candidate for each stream. The model must outlive it. Errors: kUsage for options.
  ComposerDraw(const ComposerModel& model, DrawOptions options, std::vector<Rng> streams);
  ~ComposerDraw();
  ComposerDraw(ComposerDraw&&) noexcept;
  ComposerDraw& operator=(ComposerDraw&&) noexcept;

  // A drawing that goes on from what this one was told, which is computed once, here.
  // Precondition: all candidates were told the same, and nothing is drawn yet.
  ComposerDraw fork(std::vector<Rng> streams);

  std::size_t candidates() const;

  // Precondition: the grammar allows the ids after what was told and drawn.
  void tell(std::span<const TokenId> ids);
  void tell(std::size_t candidate, std::span<const TokenId> ids);

  // What each candidate drew. Errors: kCancelled.
  std::vector<std::vector<TokenId>> draw(const DrawTask& task);

  // All candidates go on from this one's text, each with its own stream.
  void keep(std::size_t candidate);

  const ComposerCursor& cursor(std::size_t candidate) const;
  // Sum of -ln p of everything that the candidate drew, as the model has it: before temperature,
  // guidance and steering.
  double nats(std::size_t candidate) const;
  // Ids that every candidate can still hear before the model's context slides.
  std::size_t room() const;

 private:
  struct Inside;
  explicit ComposerDraw(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

// The role's first onset behind a gap that is being filled.
struct NextOnset {
  int position = 0;          // in steps from the beginning of the bar that is drawn
  std::vector<int> pitches;  // MIDI, without the piece's shift
};
// Looked for in bars [first, last), seen from bar `from`.
struct NextBars {
  int from = 0;
  int first = 0;
  int last = 0;
};
std::optional<NextOnset> next_onset(const GridPiece& piece, Role role, const NextBars& bars);

// The rest of one role's block, after its ROLE (and DENSITY).
struct BlockLimits {
  Role role = Role::kLead;
  int first_position = 0;               // in steps of the bar, tokens/composer_grid.h
  int last_position = kLongestGridBar;  // the last one not among them
  int latest_first = kLongestGridBar;   // where the first onset is at the latest, if it has room
  int fewest_onsets = 1;                // or as many as `takes` has room for
  int most_onsets = kLongestGridBar;
  int most_at_once = kPitchCount;  // notes at one position
  // Whether a pitch (MIDI, without the piece's shift; of drums the instrument) may come at a
  // position. Null: all may. A position at which none may is left out.
  std::function<bool(int position, int pitch)> takes;
  // Pitches become likelier the nearer they lie to the nearest of these, and the more so the nearer
  // the onset: as likely as real music goes on from them to there. Not for drums. Unset: as the
  // model has it.
  std::optional<NextOnset> next = {};
  // What is added to the logits of pitches at a position; together they stay as likely. Not for
  // drums. Null: nothing.
  std::function<double(int position, int pitch)> leaning = {};
  // Above 1 a position that is likely beside the others becomes likelier still: a rhythm is less
  // scattered than one draw after another makes it, and no less often goes on. Above 0.
  double rhythm_sharpness = 1.0;
};

// Whether a note can come in a bar of so many steps: ask before ROLE is told, as a block without a
// note is none.
bool has_room(const BlockLimits& limits, int bar_length);

// Draws until the model would go on to another role or bar, or end. No block is left with half a
// note. Precondition: has_room; the candidates stand in the role's block, before its first
// position.
DrawTask block_task(BlockLimits limits);

}  // namespace undersong
