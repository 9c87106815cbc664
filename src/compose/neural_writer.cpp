#include "compose/neural_writer.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"
#include "compose/groove_player.h"
#include "compose/neural_prompt.h"
#include "compose/neural_ranking.h"
#include "compose/sounding_pitches.h"
#include "compose/variation.h"
#include "compose/voicing.h"
#include "compose/writer_context.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

// Bars that are drawn before the best draft is chosen: a phrase, so that a motif is judged whole.
constexpr int kPassageBars = 4;
// Of the context: what the prompt may take, so that a section fits behind it.
constexpr double kPromptShare = 0.5;
// Tokens that a bar is expected to take at most; where less room is left the prompt is told anew.
constexpr std::size_t kBarTokens = 160;
// Steps of density that a draft may miss what was asked by.
constexpr int kDensitySlack = 1;
// Bars of the role before the passage that a run of learned notes may begin in.
constexpr int kBarsCompared = 4;
// Bars behind a run in which what it leads to is looked for.
constexpr int kBarsAhead = 2;
// By how much a rhythm is less scattered than drawn: with this bars groove as alike as real ones
// (docs/benchmarks.md).
constexpr double kRhythmSharpness = 1.25;
// What is taken from the logits of pitches that other roles sound already, and that rub with them.
constexpr double kDoublingPenalty = 1.2;
constexpr double kRubbingPenalty = 1.5;
// What a draft right under the limit of copying costs.
constexpr double kCopyingWeight = 1.0;

double leaning_beside(const std::bitset<kPitchCount>& sounding, int pitch) {
  switch (crowding_of(sounding, pitch)) {
    case Crowding::kDoubled: return -kDoublingPenalty;
    case Crowding::kRubbing: return -kRubbingPenalty;
    case Crowding::kNone: break;
  }
  return 0.0;
}

int first_onsets_of(std::uint8_t density) {
  int onsets = 1;
  while (density_step(onsets) < density && onsets < kLongestGridBar) ++onsets;
  return onsets;
}

// Over bar lines too.
void cut_at_next(std::vector<Note>& notes) {
  for (std::size_t i = 0; i + 1 < notes.size(); ++i) {
    const Ticks room = notes[i + 1].onset_ticks - notes[i].onset_ticks;
    if (room > 0) notes[i].duration_ticks = std::min(notes[i].duration_ticks, room);
  }
}

// Which network writes a role, and what is told beside it.
struct Knowledge {
  GridStyle style = GridStyle::kOwn;
  RoleSet told;
};

// What a person taught the weights goes before the music that the pack names: that is what they
// were adapted for.
std::optional<Knowledge> knowledge_for(const Style& style, Role role, const DraftSource& source) {
  if (!style.network) return std::nullopt;
  if (is_percussive(role) && !DrumKit(*style.role(role)).is_mostly_known()) return std::nullopt;
  const Knowledge own{GridStyle::kOwn, heard_roles(source.densities(GridStyle::kOwn))};
  if (own.told.contains(role)) return own;
  const std::optional<GridStyle> from =
      is_percussive(role) ? style.network->drums : style.network->music;
  if (!from) return std::nullopt;
  Knowledge knowledge{*from, heard_roles(source.densities(*from))};
  if (!knowledge.told.contains(role)) return std::nullopt;
  return knowledge;
}

// One run of bars of one role.
class RunWriter {
 public:
  RunWriter(const WriterContext& context, const DraftSource& source, const NeuralOptions& options,
            Role role, const Knowledge& knowledge)
      : context_(context),
        source_(source),
        options_(options),
        role_(role),
        style_(knowledge.style),
        told_(knowledge.told),
        grid_(context, knowledge.style, source.densities(knowledge.style)) {}

  // Nothing for a passage of which no draft may stand: `instead` writes it.
  template <typename Instead>
  std::vector<Note> run(const BarSpan& bars, Parts& parts, const Rng& rng, const Instead& instead) {
    std::vector<Note> all;
    drafts_.reset();
    run_end_ = bars.last;
    int bar = bars.first;
    while (bar < bars.last) {
      throw_if_cancelled();
      const BarSpan passage = {bar, passage_end(bar, bars.last)};
      std::vector<Note> notes = write_passage(passage, parts, rng);
      if (notes.empty()) {
        drafts_.reset();
        notes = instead(passage);
      }
      auto& part = parts[index_of(role_)];
      part.insert(part.end(), notes.begin(), notes.end());
      std::sort(part.begin(), part.end());
      all.insert(all.end(), notes.begin(), notes.end());
      bar = passage.last;
    }
    return all;
  }

  // Whether the network can write the bar: it has a place on the grid, and the role a pitch there.
  bool fits(int bar) const {
    const PitchRange range = grid_.pitches(role_, bar);
    return grid_.fits(bar) && range.low <= range.high;
  }

 private:
  // A phrase, or four bars of it.
  int passage_end(int bar, int last) const {
    return std::min({bar + kPassageBars, context_.phrase(bar).bars.last, last});
  }

  GridPiece piece_of(const BarSpan& bars, const Parts& parts) const {
    GridPiece piece = grid_.piece(parts, told_, {0, context_.bar_count()});
    set_relations(piece);
    for (int bar = bars.first; bar < bars.last; ++bar) {
      GridBar& grid = piece.bars[static_cast<std::size_t>(bar)];
      const std::optional<int> distance = varied_distance(context_, bar);
      grid.relation = distance ? BarRelation::kVaried : BarRelation::kNew;
      grid.relation_distance = static_cast<std::uint8_t>(distance.value_or(0));
    }
    return piece;
  }

  void begin(const GridPiece& piece, const BarSpan& bars, const Rng& rng) {
    const auto room =
        static_cast<std::size_t>(static_cast<double>(source_.context()) * kPromptShare);
    prompt_ = prompt_for(piece, {role_, bars, told_, room});
    std::vector<Rng> streams;
    for (std::size_t i = 0; i < static_cast<std::size_t>(options_.drafts); ++i)
      streams.push_back(rng.fork("draft").fork(static_cast<std::uint64_t>(bars.first)).fork(i));
    drafts_ = source_.begin(prompt_.ids, std::move(streams));
  }

  std::vector<Note> write_passage(const BarSpan& bars, const Parts& parts, const Rng& rng) {
    const GridPiece piece = piece_of({bars.first, run_end_}, parts);
    const std::size_t wanted = kBarTokens * static_cast<std::size_t>(bars.last - bars.first);
    if (drafts_ == nullptr || drafts_->room() < wanted) begin(piece, {bars.first, run_end_}, rng);

    Passage passage = passage_of(bars, piece, parts);
    std::vector<Draft> drafts(static_cast<std::size_t>(options_.drafts));
    for (int bar = bars.first; bar < bars.last; ++bar) draw_bar(bar, piece, passage, drafts);
    for (Draft& draft : drafts) finish(passage, draft);
    const std::optional<std::size_t> best = choose(drafts, passage, parts);
    if (!best) return {};
    drafts_->keep(*best);
    return std::move(drafts[*best].notes);
  }

  Passage passage_of(const BarSpan& bars, const GridPiece& piece, const Parts& parts) const {
    Passage passage{.role = role_, .style = style_, .bars = bars};
    for (int bar = bars.first; bar < bars.last; ++bar) {
      passage.densities.push_back(grid_.asked_density(role_, bar));
      passage.varied.push_back(varied_distance(context_, bar));
    }
    const int first = std::max(0, bars.first - static_cast<int>(kLoopBars));
    for (int bar = first; bar < bars.first; ++bar) {
      std::vector<GridNote> own;
      for (const GridNote& note : piece.bars[static_cast<std::size_t>(bar)].notes) {
        if (note.role == role_) own.push_back(note);
      }
      passage.bars_before.push_back(std::move(own));
    }
    for (const Note& note : parts[index_of(role_)]) {
      if (note.onset_ticks < context_.onset(bars.first)) {
        take_outer(note, passage.before);
      } else if (note.onset_ticks >= context_.onset(bars.last) &&
                 (!passage.after || passage.after->onset_ticks == note.onset_ticks)) {
        take_outer(note, passage.after);
      }
    }
    return passage;
  }

  // Of tones that are struck together the voice that is heard: the highest, of a bass the lowest.
  void take_outer(const Note& note, std::optional<Note>& outer) const {
    const bool is_chord = outer && outer->onset_ticks == note.onset_ticks;
    if (!is_chord || role_ != Role::kBass) outer = note;
  }

  BlockLimits limits_for(int bar, const GridPiece& piece,
                         std::optional<std::uint8_t> density) const {
    BlockLimits limits;
    limits.role = role_;
    limits.most_at_once = most_tones(role_);
    limits.next = next_onset(piece, role_, {bar, run_end_, run_end_ + kBarsAhead});
    if (context_.bar(bar).hit) limits.latest_first = 0;
    if (is_percussive(role_)) {
      limits.takes = [&drums = grid_.kit(role_).drawn()](int, int instrument) {
        return drums.empty() || std::ranges::binary_search(drums, instrument);
      };
    } else {
      limits.takes = [range = grid_.pitches(role_, bar)](int, int pitch) {
        return pitch >= range.low && pitch <= range.high;
      };
      limits.rhythm_sharpness = kRhythmSharpness;
      limits.leaning = [sounding = sounding_beside(piece, role_, bar)](int position, int pitch) {
        return leaning_beside(sounding.at(static_cast<std::size_t>(position)), pitch);
      };
    }
    if (!density) return limits;
    const int least = std::max(0, *density - kDensitySlack);
    const int most = *density + kDensitySlack + 1;
    limits.fewest_onsets = first_onsets_of(static_cast<std::uint8_t>(least));
    limits.most_onsets = first_onsets_of(static_cast<std::uint8_t>(most)) - 1;
    limits.most_onsets = std::max(limits.most_onsets, limits.fewest_onsets);
    return limits;
  }

  // A loop is what real parts of the role do not have.
  bool may_stand(const std::vector<GridNote>& bar, const Draft& draft,
                 const Passage& passage) const {
    std::vector<std::vector<GridNote>> before = passage.bars_before;
    int repeats = 0;
    for (const auto& drawn : draft.bars) {
      repeats += is_repeated(drawn, before) ? 1 : 0;
      before.push_back(drawn);
    }
    const int bars = static_cast<int>(draft.bars.size()) + 1;
    return !is_repeated(bar, before) || repeats < repeats_allowed(role_, style_, bars);
  }

  void draw_bar(int bar, const GridPiece& piece, const Passage& passage,
                std::vector<Draft>& drafts) {
    const std::optional<std::uint8_t> density =
        passage.densities[static_cast<std::size_t>(bar - passage.bars.first)];
    drafts_->tell(told_before_block(piece, bar, prompt_, told_, role_, density));
    DrawTask task = block_task(limits_for(bar, piece, density));
    task.may_stand = [&](std::size_t i, std::span<const TokenId> block) {
      return may_stand(notes_of_block(block, role_), drafts[i], passage);
    };
    const auto blocks = drafts_->draw(task);
    UNDERSONG_CHECK(blocks.size() == drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i)
      drafts[i].bars.push_back(notes_of_block(blocks[i], role_));
  }

  // The draft as notes of the plan.
  void finish(const Passage& passage, Draft& draft) const {
    std::vector<GridNote> all;
    for (const auto& bar : draft.bars) all.insert(all.end(), bar.begin(), bar.end());
    const int offset = velocity_offset_of(all);
    for (std::size_t i = 0; i < draft.bars.size(); ++i) {
      GridBar grid;
      grid.notes = draft.bars[i];
      const int bar = passage.bars.first + static_cast<int>(i);
      std::vector<Note> notes = grid_.notes_of(grid, role_, bar, offset);
      if (role_ == Role::kDrums && begins_with_crash(context_, context_.pack(role_), bar))
        mark_with_crash(context_.onset(bar), context_.beat_ticks() / 2, notes);
      draft.notes.insert(draft.notes.end(), notes.begin(), notes.end());
    }
    std::sort(draft.notes.begin(), draft.notes.end());
    if (is_percussive(role_)) return;
    if (is_monophonic(role_)) cut_at_next(draft.notes);
    cut_where_chords_refuse(draft.notes);
    drop_muddy(draft.notes);
  }

  // What is held into a chord that it does not belong to ends there, as writers of patterns have
  // it.
  void cut_where_chords_refuse(std::vector<Note>& notes) const {
    for (Note& note : notes) {
      Ticks change = context_.stretch(note.onset_ticks).end;
      // No chord follows the last one, so what is held over the end of the piece meets none.
      const Ticks end = std::min(note.onset_ticks + note.duration_ticks, context_.end());
      while (change < end && contains(context_.chord(change), note.pitch))
        change = context_.stretch(change).end;
      if (change < end && change > note.onset_ticks)
        note.duration_ticks = change - note.onset_ticks;
    }
  }

  // Of tones that are struck together the upper one of a pair that lies too low to be clear.
  static void drop_muddy(std::vector<Note>& notes) {
    std::vector<Note> clear;
    for (const Note& note : notes) {
      const bool is_muddy =
          !clear.empty() && clear.back().onset_ticks == note.onset_ticks &&
          clear.back().pitch < lowest_for_interval(note.pitch - clear.back().pitch);
      if (!is_muddy) clear.push_back(note);
    }
    notes = std::move(clear);
  }

  std::optional<std::size_t> choose(const std::vector<Draft>& drafts, const Passage& passage,
                                    const Parts& parts) const {
    std::optional<std::size_t> best;
    double least = std::numeric_limits<double>::infinity();
    bool any_too_near = false;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      if (drafts[i].notes.empty()) continue;
      const double nearness = nearness_of(drafts[i], passage, parts);
      if (nearness > 1.0) {
        any_too_near = true;
        continue;
      }
      const double cost =
          faults_of(drafts[i], passage, context_).cost() + kCopyingWeight * nearness;
      if (cost < least) best = i;
      least = std::min(least, cost);
    }
    if (!best && any_too_near && options_.on_too_near) options_.on_too_near(role_, passage.bars);
    return best;
  }

  double nearness_of(const Draft& draft, const Passage& passage, const Parts& parts) const {
    if (!options_.nearness || is_percussive(role_)) return 0.0;
    const int from = std::max(0, passage.bars.first - kBarsCompared);
    std::vector<Note> notes = notes_within(
        parts[index_of(role_)], {context_.onset(from), context_.onset(passage.bars.first)});
    notes.insert(notes.end(), draft.notes.begin(), draft.notes.end());
    return options_.nearness(notes);
  }

  const WriterContext& context_;
  const DraftSource& source_;
  const NeuralOptions& options_;
  Role role_;
  GridStyle style_;
  RoleSet told_;
  NeuralGrid grid_;
  int run_end_ = 0;
  Prompt prompt_;
  std::unique_ptr<Drafts> drafts_;
};

class NeuralWriter final : public PartWriter {
 public:
  NeuralWriter(const Plan& plan, const Style& style, const DraftSource& source,
               NeuralOptions options)
      : context_(plan, style),
        source_(source),
        options_(std::move(options)),
        patterns_(make_pattern_writer(plan, style)) {
    UNDERSONG_CHECK(options_.drafts >= 1 && options_.drafts <= kMostDrafts);
  }

  std::vector<Note> write(const PartRequest& request, Rng rng) const override {
    const auto knowledge = options_.roles.contains(request.role)
                               ? knowledge_for(context_.style(), request.role, source_)
                               : std::nullopt;
    if (!knowledge) return patterns_->write(request, rng);
    Parts parts = request.parts;
    std::vector<Note>& part = parts[index_of(request.role)];
    erase_notes(part, {context_.onset(request.bars.first), context_.onset(request.bars.last)});
    RunWriter writer(context_, source_, options_, request.role, *knowledge);
    std::vector<Note> all;
    for (int bar = request.bars.first; bar < request.bars.last;) {
      const Hand hand = hand_for(request.role, bar, writer);
      int last = bar + 1;
      while (last < request.bars.last && hand_for(request.role, last, writer) == hand) ++last;
      const std::vector<Note> notes =
          write_run(request.role, {bar, last}, hand, writer, parts, rng);
      all.insert(all.end(), notes.begin(), notes.end());
      bar = last;
    }
    std::sort(all.begin(), all.end());
    if (is_monophonic(request.role)) cut_at_next(all);
    return all;
  }

 private:
  // Who writes a bar.
  enum class Hand : std::uint8_t { kNobody, kPatterns, kNetwork };

  Hand hand_for(Role role, int bar, const RunWriter& writer) const {
    if (!context_.plays(role, bar)) return Hand::kNobody;
    const PlannedBar& planned = context_.bar(bar);
    const bool is_led = is_percussive(role) && (planned.fill || planned.hit);
    return is_led || context_.is_final(bar) || !writer.fits(bar) ? Hand::kPatterns : Hand::kNetwork;
  }

  std::vector<Note> write_run(Role role, const BarSpan& bars, Hand hand, RunWriter& writer,
                              Parts& parts, const Rng& rng) const {
    if (hand == Hand::kNobody) return {};
    const auto by_patterns = [&](const BarSpan& run) {
      return patterns_->write({role, run, parts}, rng);
    };
    if (hand == Hand::kNetwork) return writer.run(bars, parts, rng.fork("network"), by_patterns);
    std::vector<Note> notes = by_patterns(bars);
    auto& part = parts[index_of(role)];
    part.insert(part.end(), notes.begin(), notes.end());
    std::sort(part.begin(), part.end());
    return notes;
  }

  WriterContext context_;
  const DraftSource& source_;
  NeuralOptions options_;
  std::unique_ptr<PartWriter> patterns_;
};

}  // namespace

RoleSet writable_roles(const Style& style, const DraftSource& source) {
  RoleSet roles;
  for (const Role role : kRoles) {
    if (style.role(role) != nullptr && knowledge_for(style, role, source)) roles.insert(role);
  }
  return roles;
}

std::unique_ptr<PartWriter> make_neural_writer(const Plan& plan, const Style& style,
                                               const DraftSource& source, NeuralOptions options) {
  return std::make_unique<NeuralWriter>(plan, style, source, std::move(options));
}

}  // namespace undersong
