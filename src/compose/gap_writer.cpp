#include "compose/gap_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/cancel.h"
#include "base/error.h"
#include "compose/neural_prompt.h"
#include "compose/part_texture.h"
#include "tokens/composer_text.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

constexpr int kBarsAround = 4;
constexpr int kBarsAhead = 2;           // in which the next onset behind a bar is looked for
constexpr double kPromptShare = 0.5;    // of the context
constexpr std::size_t kBarTokens = 64;  // that a bar has to have room for at least
constexpr double kOctave = 12.0;
// Foundations first, so that the tune is written with everything heard.
constexpr std::array kOrder = {Role::kDrums,  Role::kPercussion, Role::kBass,    Role::kPad,
                               Role::kChords, Role::kArpeggio,   Role::kCounter, Role::kLead};

const GridBar& bar_at(const GridPiece& piece, int bar) {
  return piece.bars[static_cast<std::size_t>(bar)];
}
GridBar& bar_at(GridPiece& piece, int bar) { return piece.bars[static_cast<std::size_t>(bar)]; }

BarSpan around(const GridPiece& piece, const BarSpan& gap) {
  return {std::max(0, gap.first - kBarsAround),
          std::min(static_cast<int>(piece.bars.size()), gap.last + kBarsAround)};
}

RoleSet roles_in(const GridPiece& piece, const BarSpan& bars) {
  RoleSet roles;
  for (int bar = bars.first; bar < bars.last; ++bar) {
    for (const GridNote& note : bar_at(piece, bar).notes) roles.insert(note.role);
  }
  return roles;
}

// As many onsets as the role has in the bar; where it has none, as in those around that have some,
// in the mean.
std::uint8_t wanted_density(const GridPiece& piece, Role role, int bar, const BarSpan& around) {
  if (const int here = onsets_of(bar_at(piece, bar), role); here > 0) return density_step(here);
  int onsets = 0;
  int bars = 0;
  for (int other = around.first; other < around.last; ++other) {
    const int there = onsets_of(bar_at(piece, other), role);
    onsets += there;
    bars += there > 0 ? 1 : 0;
  }
  return density_step(bars > 0 ? (onsets + bars / 2) / bars : 1);
}

// A bar without notes says nothing of its harmony: the chord before it, or behind it, goes on.
void suppose_chords(GridPiece& piece) {
  const auto carry = [](GridChord& last, GridChord& chord) {
    if (chord == 0) chord = last;
    last = chord;
  };
  GridChord last = 0;
  for (GridBar& bar : piece.bars) {
    for (GridChord& chord : bar.chords) carry(last, chord);
  }
  last = 0;
  for (auto bar = piece.bars.rbegin(); bar != piece.bars.rend(); ++bar) {
    for (auto chord = bar->chords.rbegin(); chord != bar->chords.rend(); ++chord)
      carry(last, *chord);
  }
}

void erase_role(GridPiece& piece, Role role, const BarSpan& bars) {
  for (int bar = bars.first; bar < bars.last; ++bar)
    std::erase_if(bar_at(piece, bar).notes,
                  [role](const GridNote& note) { return note.role == role; });
}

std::optional<int> top_of(const GridBar& bar, Role role, bool last) {
  std::optional<GridNote> found;
  for (const GridNote& note : bar.notes) {
    if (note.role != role) continue;
    const bool better = !found || note.position == found->position ||
                        (last ? note.position > found->position : note.position < found->position);
    if (better) found = note;
  }
  return found ? std::optional<int>(found->pitch) : std::nullopt;
}

// Octaves of the leaps into the draft and out of it.
double leaps(const GridPiece& piece, Role role, const BarSpan& gap) {
  if (is_percussive(role)) return 0.0;
  double sum = 0.0;
  for (const int bar : {gap.first, gap.last}) {
    if (bar == 0 || bar == static_cast<int>(piece.bars.size())) continue;
    const auto from = top_of(bar_at(piece, bar - 1), role, true);
    const auto to = top_of(bar_at(piece, bar), role, false);
    if (from && to) sum += std::abs(*from - *to) / kOctave;
  }
  return sum;
}

double texture_fault(const GridPiece& piece, Role role, const BarSpan& gap) {
  GridPiece alone = piece;
  alone.bars.assign(piece.bars.begin() + gap.first, piece.bars.begin() + gap.last);
  for (GridBar& bar : alone.bars)
    std::erase_if(bar.notes, [role](const GridNote& note) { return note.role != role; });
  const Score score = from_grid(alone);
  if (score.tracks.empty()) return std::numeric_limits<double>::infinity();
  return texture_bands(piece.style, role).distance(texture_of(score.tracks.front().notes));
}

class GapWriter {
 public:
  GapWriter(GridPiece piece, const GapRequest& request, const DraftSource& source, const Rng& rng)
      : piece_(std::move(piece)),
        gap_(request.bars),
        told_(roles_in(piece_, {0, static_cast<int>(piece_.bars.size())})),
        source_(source),
        rng_(rng) {
    for (int i = 0; i < request.drafts; ++i) drafts_.push_back(piece_);
  }

  void write(Role role) {
    const std::vector<std::uint8_t> densities = wanted_densities(role);
    erase_role(piece_, role, gap_);
    set_relations(piece_);
    for (GridPiece& draft : drafts_) draft = piece_;
    told_.insert(role);
    for (int bar = gap_.first; bar < gap_.last; ++bar) {
      throw_if_cancelled();
      write_bar(role, bar, densities[static_cast<std::size_t>(bar - gap_.first)]);
    }
    passage_.reset();
    piece_ = drafts_[best(role)];
  }

  GridPiece result() { return std::move(piece_); }

 private:
  std::vector<std::uint8_t> wanted_densities(Role role) const {
    std::vector<std::uint8_t> densities;
    for (int bar = gap_.first; bar < gap_.last; ++bar)
      densities.push_back(wanted_density(piece_, role, bar, around(piece_, gap_)));
    return densities;
  }

  // Where the context is full, what was written so far becomes part of a new prompt.
  void begin(Role role, int bar) {
    const auto room =
        static_cast<std::size_t>(static_cast<double>(source_.context()) * kPromptShare);
    if (bar > gap_.first) piece_ = drafts_[best(role)];
    for (GridPiece& draft : drafts_) draft = piece_;
    prompt_ = prompt_for(piece_, {role, {bar, gap_.last}, told_, room});
    std::vector<Rng> streams;
    for (std::size_t i = 0; i < drafts_.size(); ++i)
      streams.push_back(rng_.fork(name_of(role)).fork(static_cast<std::uint64_t>(bar)).fork(i));
    passage_ = source_.begin(prompt_.ids, std::move(streams));
  }

  void write_bar(Role role, int bar, std::uint8_t density) {
    if (passage_ == nullptr || !has_room_for(told_ids(role, bar, density))) begin(role, bar);
    const std::vector<TokenId> ids = told_ids(role, bar, density);
    if (!has_room_for(ids)) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("bar {} has more notes than these weights hear at once; name fewer "
                              "bars or other weights",
                              bar + 1));
    }
    passage_->tell(ids);
    BlockLimits limits;
    limits.role = role;
    limits.next = next_onset(piece_, role, {bar, gap_.last, gap_.last + kBarsAhead});
    const auto blocks = passage_->draw(block_task(limits));
    for (std::size_t i = 0; i < blocks.size(); ++i) add(notes_of_block(blocks[i], role), bar, i);
  }

  bool has_room_for(const std::vector<TokenId>& told) const {
    return passage_->room() >= told.size() + kBarTokens;
  }

  std::vector<TokenId> told_ids(Role role, int bar, std::uint8_t density) const {
    return told_before_block(piece_, bar, prompt_, told_, role, density);
  }

  void add(const std::vector<GridNote>& notes, int bar, std::size_t draft) {
    std::vector<GridNote>& all = bar_at(drafts_[draft], bar).notes;
    all.insert(all.end(), notes.begin(), notes.end());
    std::ranges::sort(all);
  }

  std::size_t best(Role role) const {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      const double cost = leaps(drafts_[i], role, gap_) + texture_fault(drafts_[i], role, gap_);
      if (cost < least) best = i;
      least = std::min(least, cost);
    }
    return best;
  }

  GridPiece piece_;
  BarSpan gap_;
  RoleSet told_;
  const DraftSource& source_;
  Rng rng_;
  std::vector<GridPiece> drafts_;
  Prompt prompt_;
  std::unique_ptr<Drafts> passage_;
};

void check_gap(const GridPiece& piece, const BarSpan& gap) {
  const int bars = static_cast<int>(piece.bars.size());
  if (gap.first >= 0 && gap.first < gap.last && gap.last <= bars) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("the piece has bars 1 to {}, so bars {} to {} cannot be written anew",
                          bars, gap.first + 1, gap.last));
}

}  // namespace

GridPiece rewrite_gap(GridPiece piece, const GapRequest& request, const DraftSource& source,
                      const Rng& rng, Progress& progress) {
  check_gap(piece, request.bars);
  const RoleSet roles =
      request.roles.empty() ? roles_in(piece, around(piece, request.bars)) : request.roles;
  if (roles.empty()) {
    throw Error(ErrorKind::kUsage,
                "nobody plays in these bars or around them; name roles, such as --roles lead");
  }
  suppose_chords(piece);
  set_energies(piece, energy_borders({&piece}));
  GapWriter writer(std::move(piece), request, source, rng);
  progress.begin("writing", static_cast<std::int64_t>(kOrder.size()), "roles");
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (roles.contains(kOrder[i])) writer.write(kOrder[i]);
    progress.update(static_cast<std::int64_t>(i) + 1, "");
  }
  progress.end();
  return writer.result();
}

}  // namespace undersong
