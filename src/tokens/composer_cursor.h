#pragma once
// Where a token sequence stands: what may follow, and what the network is told beside each token.
//
// One automaton serves both: sampling asks `allows`, so no invalid sequence can be drawn, and
// network inputs are `features` of the place, so that a small network need not find out where in
// the bar it is. Trainer and inference use this one.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tokens/composer_vocabulary.h"

namespace undersong {

// Rows of the embedding table: the tokens first, then what is told of the place.
namespace composer_feature {
using composer_token::Range;
inline constexpr Range kRoleHere = {composer_token::kCount, static_cast<int>(kRoleCount) + 1};
inline constexpr Range kPositionHere = {kRoleHere.end(), kLongestGridBar + 1};
inline constexpr Range kChordHere = {kPositionHere.end(), kGridChordCount + 1};
// Of the note that may come: the duration that holds unless it is told anew.
inline constexpr Range kDurationHere = {kChordHere.end(),
                                        static_cast<int>(kGridDurations.size()) + 1};
// Onsets that the DENSITY told still wants (the middle number of its step less those that came):
// 0-15, more, not told.
inline constexpr Range kOnsetsWanted = {kDurationHere.end(), 18};
inline constexpr int kCount = kOnsetsWanted.end();
// A token has these, itself first.
inline constexpr int kPerToken = 6;
}  // namespace composer_feature

// References of the network's relative heads (nn/decoder_spec.h), in this order.
namespace composer_head {
inline constexpr int kMelody = 0;   // PITCH by distance from the role's last pitch
inline constexpr int kHarmony = 1;  // PITCH by distance from the chord's root, modulo 12
inline constexpr int kCount = 2;
}  // namespace composer_head

class ComposerCursor {
 public:
  // Before the first id: BEGIN or CONTINUE must come.
  ComposerCursor();

  // Precondition: allows(id).
  void advance(TokenId id);

  bool allows(TokenId id) const;
  // Shape: mask [composer_token::kCount], 1 where allowed. At least one always is, but after END
  // and PAD.
  void allowed(std::span<std::uint8_t> mask) const;
  bool finished() const;  // END was told

  // What the network is told with the id that came last: the place from which the next one is
  // predicted. Rows of the embedding table: the id, the block's role, the group's position, the
  // chord there (before a position that of the bar's beginning), duration and onsets wanted of the
  // block. What is not known has the last row of its run. A function of the ids alone.
  std::array<std::int32_t, composer_feature::kPerToken> features() const;
  // Token values (0 … count-1 of PITCH) or -1. Told only where PITCH may come next: the pitch that
  // the role played last, in whichever bar; and the chord's root, 0-11.
  std::array<std::int32_t, composer_head::kCount> anchors() const;

  // For those who steer the drawing.
  int bar() const { return bar_; }  // BARs since the header or PAST; -1 before the first
  bool in_future() const;
  int role() const { return role_; }          // index_of the block's role, -1 outside
  int position() const { return position_; }  // -1 before the block's first
  int onsets() const { return onsets_; }      // positions of the block so far
  bool has_note() const;                      // the group has at least one note
  int meter() const { return meter_; }        // of the bar

 private:
  // Of the header what must come, of the rest what came last. The order is that of the grammar.
  enum class Place : std::uint8_t {
    kStart,
    kStyle,
    kMode,
    kMeter,
    kTempo,
    kHeaderEnd,  // also after PAST
    kFutureStart,
    kBar,
    kBarMeter,
    kBarTempo,
    kChord,
    kChord2,
    kEnergy,
    kRelation,
    kLeft,
    kRole,
    kDensity,
    kPosition,
    kVelocity,
    kDuration,
    kNote,
    kFinished
  };

  // Calls visit(first, end) for the runs of ids that may come, which do not overlap.
  template <typename Visit>
  void visit_allowed(const Visit& visit) const;
  template <typename Visit>
  void visit_controls(const Visit& visit) const;
  template <typename Visit>
  void visit_notes(const Visit& visit) const;
  template <typename Visit>
  void visit_bar_end(const Visit& visit) const;

  void advance_header(TokenId id);
  void advance_bar(TokenId id);
  void advance_block(TokenId id);
  void leave_block();
  void leave_bar();
  void leave_future();
  bool percussive() const;
  bool may_tell_pitch() const;
  int chord_here() const;  // -1: not told

  Place place_ = Place::kStart;
  TokenId last_ = composer_token::kPad;
  bool future_ = false;       // inside FUTURE … PAST
  bool future_told_ = false;  // at most once
  bool bar_told_ = false;     // a BAR since the header, FUTURE or PAST
  int bar_ = -1;
  int meter_ = 2;
  int tempo_ = 0;
  int header_meter_ = 2;  // hold again after PAST
  int header_tempo_ = 0;
  std::array<int, 2> chords_ = {-1, -1};  // -1: not told
  unsigned roles_told_ = 0;               // bits, of this bar
  int role_ = -1;
  int density_ = -1;
  int onsets_ = 0;
  int position_ = -1;
  int pitch_ = -1;  // of the last note in the group, as a token value
  int velocity_ = -1;
  int duration_ = -1;
  std::array<int, kRoleCount> last_pitch_ = {};  // token values, -1: none yet
};

}  // namespace undersong
