#include "composer_passages.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr int kFewestBars = 4;
constexpr int kBarsAhead = 2;         // behind a gap, in which its next onset is looked for
constexpr double kRepeatCost = 10.0;  // of a bar, beside shares of notes

// Semitones over the root, by ChordQuality.
constexpr std::array<std::uint16_t, kChordQualityCount> kChordTones = {
    0b000010010001, 0b000010001001, 0b000001001001, 0b000100010001, 0b000010100001,
    0b010010010001, 0b100010010001, 0b010010001001, 0b010001001001, 0b001001001001};

// The onsets that share a step of density.
std::pair<int, int> onsets_of_step(std::uint8_t step) {
  int fewest = 1;
  while (density_step(fewest) < step) ++fewest;
  int most = fewest;
  while (most < kLongestGridBar && density_step(most + 1) == step) ++most;
  return {fewest, most};
}

double log_of_sum(std::span<const float> logits) {
  const float most = *std::ranges::max_element(logits);
  if (!std::isfinite(most)) return -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  for (const float logit : logits) sum += portable_exp(static_cast<double>(logit - most));
  return static_cast<double>(most) + portable_log(sum);
}

// Pitches outside the chord become less likely, and pitches together no less.
void penalise(GridChord chord, double penalty, std::span<float> pitches) {
  const double before = log_of_sum(pitches);
  if (!std::isfinite(before)) return;
  for (int value = 0; value < kPitchCount; ++value) {
    if (!is_in_chord(chord, kLowestPitch + value))
      pitches[static_cast<std::size_t>(value)] -= static_cast<float>(penalty);
  }
  const auto by = static_cast<float>(before - log_of_sum(pitches));
  for (float& logit : pitches) logit += by;
}

// Draws passages bar by bar, and keeps what each candidate has told and drawn.
class PassageDrawer {
 public:
  PassageDrawer(const ComposerModel& model, const GridPiece& piece, const TextLayout& layout,
                const DrawSettings& settings, const Rng& rng)
      : piece_(piece),
        layout_(layout),
        settings_(settings),
        draw_(model, settings.draw, streams(settings.candidates, rng)),
        texts_(settings.candidates),
        end_share_(settings.candidates) {
    std::vector<TokenId> ids;
    append_header(piece, layout, ids);
    tell(ids);
  }

  // A bar as it is.
  void tell_bar(int bar) {
    std::vector<TokenId> ids;
    append_bar_start(piece_, bar, layout_, ids);
    for (const Role role : layout_.roles) append_block(bar_at(bar), role, layout_.controls, ids);
    tell(ids);
    for (auto& shares : end_share_) shares.push_back(-1.0);
  }

  // From now on pitches lead into bars [first, last) of the piece.
  void lead_into(int first, int last) { ahead_ = {0, first, last}; }

  // Its controls and the other roles as they are, `drawn` anew.
  void draw_bar(int bar, const std::vector<Role>& drawn) {
    std::vector<TokenId> ids;
    append_bar_start(piece_, bar, layout_, ids);
    for (auto& shares : end_share_) shares.push_back(-1.0);
    for (const Role role : layout_.roles) {
      const bool told = std::ranges::find(drawn, role) == drawn.end();
      if (told) {
        append_block(bar_at(bar), role, layout_.controls, ids);
      } else if (const int onsets = onsets_of(bar_at(bar), role); onsets > 0) {
        ids.push_back(kRole.of(static_cast<int>(index_of(role))));
        if (layout_.controls.density) ids.push_back(kDensity.of(density_step(onsets)));
        tell(ids);
        ids.clear();
        draw_block(bar, role);
      }
    }
    tell(ids);
    if (settings_.choice == Choice::kEveryBar) keep_best(bar);
  }

  std::vector<DrawnPassage> result() const {
    std::vector<DrawnPassage> all;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      DrawnPassage passage;
      passage.end_share = end_share_[i];
      try {
        passage.music = from_composer_text(texts_[i]);
        set_relations(passage.music);
      } catch (const Error&) {
        passage.is_grammatical = false;
      }
      all.push_back(std::move(passage));
      if (settings_.choice == Choice::kEveryBar) break;
    }
    return all;
  }

 private:
  static std::vector<Rng> streams(std::size_t count, const Rng& rng) {
    std::vector<Rng> streams;
    for (std::size_t i = 0; i < count; ++i) streams.push_back(rng.fork(i));
    return streams;
  }

  const GridBar& bar_at(int bar) const { return piece_.bars[static_cast<std::size_t>(bar)]; }

  void tell(const std::vector<TokenId>& ids) {
    draw_.tell(ids);
    for (auto& text : texts_) text.insert(text.end(), ids.begin(), ids.end());
  }

  void draw_block(int number, Role role) {
    const GridBar& bar = bar_at(number);
    BlockLimits limits;
    limits.role = role;
    limits.next = next_onset(piece_, role, {number, ahead_.first, ahead_.last});
    if (settings_.density == DensityBounds::kHard) {
      const auto bounds = onsets_of_step(density_step(onsets_of(bar, role)));
      limits.fewest_onsets = bounds.first;
      limits.most_onsets = bounds.second;
    }
    DrawTask task = block_task(limits);
    const auto within_limits = task.steer;
    task.steer = [&](const DrawPlace& place, std::span<float> logits) {
      end_share_[place.candidate].back() = share_of_end(logits);
      within_limits(place, logits);
      if (settings_.chord_penalty > 0.0 && !is_percussive(role) && place.cursor.position() >= 0)
        penalise(chord_at(bar, place.cursor.position()), settings_.chord_penalty,
                 logits.subspan(static_cast<std::size_t>(kPitch.first), kPitchCount));
    };
    const auto drawn = draw_.draw(task);
    for (std::size_t i = 0; i < texts_.size(); ++i)
      texts_[i].insert(texts_[i].end(), drawn[i].begin(), drawn[i].end());
  }

  static double share_of_end(std::span<const float> logits) {
    const double over = static_cast<double>(logits[kBar]) - static_cast<double>(logits[kEnd]);
    return std::isfinite(over) ? 1.0 / (1.0 + portable_exp(over)) : -1.0;
  }

  // A bar that repeats another without being asked to costs most, then notes outside the chord.
  double cost(const std::vector<TokenId>& text, const GridBar& asked) const {
    GridPiece music = from_composer_text(text);
    set_relations(music);
    const GridBar& bar = music.bars.back();
    double pitched = 0.0;
    double outside = 0.0;
    for (const GridNote& note : bar.notes) {
      if (is_percussive(note.role)) continue;
      ++pitched;
      if (!is_in_chord(chord_at(asked, note.position), note.pitch)) ++outside;
    }
    const bool repeats = bar.relation == BarRelation::kCopy && asked.relation != BarRelation::kCopy;
    return (repeats ? kRepeatCost : 0.0) + outside / std::max(1.0, pitched);
  }

  void keep_best(int bar) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const double here = cost(texts_[i], bar_at(bar));
      if (here >= least) continue;
      least = here;
      best = i;
    }
    draw_.keep(best);
    const auto text = texts_[best];
    const auto shares = end_share_[best];
    std::ranges::fill(texts_, text);
    std::ranges::fill(end_share_, shares);
  }

  const GridPiece& piece_;
  const TextLayout& layout_;
  const DrawSettings& settings_;
  NextBars ahead_;
  ComposerDraw draw_;
  std::vector<std::vector<TokenId>> texts_;
  std::vector<std::vector<double>> end_share_;
};

std::vector<std::size_t> pieces_of(const TrainingFile& file, GridStyle style, From from) {
  std::vector<std::size_t> pieces;
  for (const Split split : {Split::kTest, Split::kValid, Split::kTrain}) {
    if (from == From::kHeldOut && split == Split::kTrain) continue;
    for (std::size_t i = 0; i < file.pieces().size(); ++i) {
      const TrainingPiece& piece = file.pieces()[i];
      if (piece.style == style && piece.split == split && piece.bars >= kFewestBars)
        pieces.push_back(i);
    }
  }
  return pieces;
}

// Test pieces come first, and those of one split in an order of chance.
void shuffle_splits(const TrainingFile& file, Rng rng, std::vector<std::size_t>& pieces) {
  for (std::size_t first = 0; first < pieces.size();) {
    std::size_t last = first;
    while (last < pieces.size() &&
           file.pieces()[pieces[last]].split == file.pieces()[pieces[first]].split)
      ++last;
    rng.shuffle(std::span(pieces).subspan(first, last - first));
    first = last;
  }
}

}  // namespace

GridPiece cut_out(const RealPassage& passage) {
  GridPiece cut = passage.piece;
  cut.bars.assign(passage.piece.bars.begin() + passage.first_bar,
                  passage.piece.bars.begin() + passage.last_bar);
  set_relations(cut);
  return cut;
}

std::vector<RealPassage> passages_of(const TrainingFile& file, GridStyle style, From from,
                                     std::size_t count, int bars, const Rng& rng) {
  std::vector<std::size_t> pieces = pieces_of(file, style, from);
  shuffle_splits(file, rng.fork("pieces"), pieces);
  std::vector<RealPassage> passages;
  for (std::size_t i = 0; i < count && !pieces.empty(); ++i) {
    RealPassage passage;
    passage.piece = file.read(pieces[i % pieces.size()]);
    const int all = static_cast<int>(passage.piece.bars.size());
    const int length = std::min(bars, all);
    Rng place = rng.fork("place").fork(i);
    passage.first_bar = all - length;
    if (i % 2 == 0)
      passage.first_bar =
          static_cast<int>(place.below(static_cast<std::uint64_t>(all - length) + 1));
    passage.last_bar = passage.first_bar + length;
    passages.push_back(std::move(passage));
  }
  return passages;
}

std::vector<DrawnPassage> draw_passage(const ComposerModel& model, const RealPassage& passage,
                                       const DrawSettings& settings, const Rng& rng) {
  TextLayout layout;
  layout.first_bar = passage.first_bar;
  layout.last_bar = passage.last_bar;
  layout.controls = settings.controls;
  PassageDrawer drawer(model, passage.piece, layout, settings, rng);
  for (int bar = passage.first_bar; bar < passage.last_bar; ++bar)
    drawer.draw_bar(bar, layout.roles);
  return drawer.result();
}

std::vector<DrawnPassage> fill_gap(const ComposerModel& model, const RealPassage& passage,
                                   const Gap& gap, Future future, const DrawSettings& settings,
                                   const Rng& rng) {
  TextLayout layout;
  layout.first_bar = passage.first_bar;
  layout.last_bar = passage.first_bar + gap.last;
  if (future != Future::kNotTold) {
    layout.future_first = layout.last_bar;
    layout.future_last = passage.last_bar;
  }
  layout.controls = settings.controls;
  std::stable_partition(layout.roles.begin(), layout.roles.end(), [&](Role role) {
    return std::ranges::find(gap.roles, role) == gap.roles.end();
  });
  PassageDrawer drawer(model, passage.piece, layout, settings, rng);
  if (future == Future::kLedInto)
    drawer.lead_into(layout.last_bar, std::min(layout.last_bar + kBarsAhead, passage.last_bar));
  for (int bar = 0; bar < gap.first; ++bar) drawer.tell_bar(passage.first_bar + bar);
  for (int bar = gap.first; bar < gap.last; ++bar)
    drawer.draw_bar(passage.first_bar + bar, gap.roles);
  std::vector<DrawnPassage> filled = drawer.result();
  for (DrawnPassage& each : filled) {
    for (int bar = gap.last; bar < passage.bars(); ++bar)
      each.music.bars.push_back(passage.bar(bar));
  }
  return filled;
}

bool is_in_chord(GridChord chord, int pitch) {
  if (chord == 0) return true;
  const int root = (chord - 1) % 12;
  const auto quality = static_cast<std::size_t>((chord - 1) / 12);
  return (kChordTones.at(quality) >> ((pitch - root + 12) % 12) & 1U) != 0;
}

GridChord chord_at(const GridBar& bar, int position) {
  return bar.chords[2 * position >= kGridMeters.at(bar.meter).length() ? 1 : 0];
}

}  // namespace undersong
