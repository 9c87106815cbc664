// Sections: written, copied and varied, and the bars that a person wants written again.

#include <algorithm>
#include <array>
#include <optional>

#include "base/cancel.h"
#include "compose/compose.h"
#include "compose/silence.h"
#include "compose/tracks.h"
#include "compose/variation.h"
#include "compose/writer_context.h"

namespace undersong {
namespace {

// Beyond this difference of energy a groove is played anew, thinner or denser, not copied.
constexpr double kSameDensity = 0.1;

// Which bars and roles are written in one pass, and by what chance.
struct Pass {
  BarSpan bars;
  RoleSet roles;
  Rng rng;
};

bool is_in(const BarSpan& span, int bar) { return bar >= span.first && bar < span.last; }

class SectionWriter {
 public:
  SectionWriter(const Plan& plan, const Style& style, const PartWriter& writer)
      : plan_(plan), context_(plan, style), writer_(writer) {}

  Parts run() {
    write({{0, context_.bar_count()}, RoleSet::all(), Rng(plan_.request.seed).fork("parts")});
    for (std::size_t i = 0; i < plan_.request.rewrites.size(); ++i) {
      const Rewrite& rewrite = plan_.request.rewrites[i];
      rewrite_ = i;
      write({{rewrite.first_bar - 1, std::min(rewrite.last_bar, context_.bar_count())},
             rewrite.roles,
             Rng(rewrite.seed).fork("rewrite")});
    }
    return std::move(parts_);
  }

 private:
  void write(const Pass& pass) {
    for (std::size_t i = 0; i < plan_.sections.size(); ++i) {
      throw_if_cancelled();
      const PlannedSection& section = plan_.sections[i];
      const BarSpan bars = {std::max(section.first_bar, pass.bars.first),
                            std::min(section.first_bar + section.bars, pass.bars.last)};
      if (bars.first < bars.last) write_section(i, bars, pass);
    }
  }

  void write_section(std::size_t index, const BarSpan& bars, const Pass& pass) {
    for (const Role role : kRoles) {
      if (pass.roles.contains(role)) erase_notes(parts_[index_of(role)], ticks_of(bars));
    }
    for (const Role role : kRoles) {
      if (pass.roles.contains(role)) write_role(index, bars, role, pass);
    }
    if (plan_.sections[index].relation == SectionRelation::kVaried) {
      Rng chance = pass.rng.fork("variation").fork(index);
      vary(index, bars, pass, chance);
    }
    // The end of a piece may be a silence: what stops dead is meant to.
    const bool ends = index + 1 == plan_.sections.size() && bars.last == context_.bar_count();
    bridge_silences(context_, {bars.first, ends ? bars.last - 1 : bars.last}, pass.roles, parts_);
  }

  // Copies what can be copied and has the bars between written.
  void write_role(std::size_t index, const BarSpan& bars, Role role, const Pass& pass) {
    std::vector<bool> wanted(static_cast<std::size_t>(bars.last - bars.first), true);
    int run_first = bars.first;
    for (int bar = bars.first; bar <= bars.last; ++bar) {
      const bool copied = bar < bars.last && is_copy(plan_.sections[index], bar, role, pass);
      if (copied) wanted[static_cast<std::size_t>(bar - bars.first)] = false;
      if (copied && bar + 1 <= bars.last) continue;
      if (bar > run_first) copy(plan_.sections[index], {run_first, bar}, role);
      run_first = bar + 1;
    }
    const Rng rng = stream(index, role, pass);
    for_each_run(wanted, bars.first, [&](const BarSpan& run) { ask(role, run, rng); });
  }

  template <typename Action>
  static void for_each_run(const std::vector<bool>& wanted, int first_bar, Action&& action) {
    std::size_t begin = 0;
    while (begin < wanted.size()) {
      std::size_t end = begin;
      while (end < wanted.size() && wanted[end]) ++end;
      if (end > begin) {
        action(BarSpan{first_bar + static_cast<int>(begin), first_bar + static_cast<int>(end)});
      }
      begin = end + 1;
    }
  }

  // Sections that go back to one original share its stream: what has to be written anew in a copy
  // is still of a kind with it.
  Rng stream(std::size_t index, Role role, const Pass& pass) const {
    std::size_t original = index;
    while (plan_.sections[original].like >= 0) {
      original = static_cast<std::size_t>(plan_.sections[original].like);
    }
    return pass.rng.fork(name_of(role)).fork(original);
  }

  void ask(Role role, const BarSpan& run, const Rng& rng) {
    put(role, run, writer_.write({role, run, parts_, rewrite_}, rng));
  }

  // In place of what is there. Only in bars in which the role plays, cut where it stops.
  void put(Role role, const BarSpan& run, std::vector<Note> notes) {
    std::vector<Note> kept;
    for (Note& note : notes) {
      const int bar = context_.bar_at(note.onset_ticks);
      if (!is_in(run, bar) || !context_.plays(role, bar)) continue;
      note.duration_ticks =
          std::min(note.duration_ticks, last_end(role, run, bar) - note.onset_ticks);
      if (note.duration_ticks > 0) kept.push_back(note);
    }
    std::sort(kept.begin(), kept.end());
    separate_repeated_keys(kept);
    auto& part = parts_[index_of(role)];
    erase_notes(part, ticks_of(run));
    drop_what_sounds(part, context_.onset(run.first), kept);
    const auto place =
        std::lower_bound(part.begin(), part.end(), context_.onset(run.first),
                         [](const Note& note, Ticks tick) { return note.onset_ticks < tick; });
    part.insert(place, kept.begin(), kept.end());
  }

  // A key that is still held from before the run is not struck again: bars that stay as they were
  // must not change with those that are written anew.
  static void drop_what_sounds(const std::vector<Note>& part, Ticks begin,
                               std::vector<Note>& fresh) {
    std::array<Ticks, 128> held{};
    for (const Note& note : part) {
      if (note.onset_ticks >= begin) break;
      held[note.pitch] = note.onset_ticks + note.duration_ticks;
    }
    std::erase_if(fresh, [&](const Note& note) { return note.onset_ticks < held[note.pitch]; });
  }

  Ticks last_end(Role role, const BarSpan& run, int bar) const {
    int after = bar + 1;
    while (after < run.last && context_.plays(role, after)) ++after;
    return after == context_.bar_count() ? context_.final_end() : context_.onset(after);
  }

  TickSpan ticks_of(const BarSpan& bars) const {
    return {context_.onset(bars.first), context_.onset(bars.last)};
  }

  // The bar that `bar` may be copied from.
  std::optional<int> source_of(const PlannedSection& section, int bar, const Pass& pass) const {
    if (section.like < 0) return std::nullopt;
    const PlannedSection& original = plan_.sections[static_cast<std::size_t>(section.like)];
    const int inside = bar - section.first_bar;
    if (inside >= original.bars) return std::nullopt;
    const int source = original.first_bar + inside;
    if (!is_in(pass.bars, source)) return std::nullopt;
    return source;
  }

  bool is_copy(const PlannedSection& section, int bar, Role role, const Pass& pass) const {
    const std::optional<int> source = source_of(section, bar, pass);
    if (!source || !context_.plays(role, bar) || !context_.plays(role, *source)) return false;
    const PlannedBar& here = context_.bar(bar);
    const PlannedBar& there = context_.bar(*source);
    if (here.beats != there.beats || here.hit != there.hit || context_.is_final(bar)) return false;
    if (is_percussive(role)) {
      const double difference = here.energy - there.energy;
      return here.fill == there.fill && difference < kSameDensity && difference > -kSameDensity;
    }
    const int shift = key_shift(section);
    if (!same_chords(here, there, shift)) return false;
    // A bass line leads to the chord that follows.
    return role != Role::kBass || leads_alike(bar, *source, shift);
  }

  bool leads_alike(int bar, int source, int shift) const {
    if (bar + 1 >= context_.bar_count()) return true;
    return transposed(context_.bar(source + 1).chords.front().symbol, shift) ==
           context_.bar(bar + 1).chords.front().symbol;
  }

  static bool same_chords(const PlannedBar& here, const PlannedBar& there, int shift) {
    return std::equal(here.chords.begin(), here.chords.end(), there.chords.begin(),
                      there.chords.end(), [&](const PlannedChord& a, const PlannedChord& b) {
                        return a.beat == b.beat && a.symbol == transposed(b.symbol, shift);
                      });
  }

  int key_shift(const PlannedSection& section) const {
    const Key& from = plan_.sections[static_cast<std::size_t>(section.like)].key;
    return nearest_shift(section.key.tonic - from.tonic);
  }

  // Parts that a listener misses where a copy begins within what they hold.
  static bool is_held(Role role) {
    return role == Role::kBass || role == Role::kChords || role == Role::kPad ||
           role == Role::kCounter;
  }

  // What began before and is held over `begin` is struck there.
  static void add_what_sounds(const std::vector<Note>& part, Ticks begin,
                              std::vector<Note>& notes) {
    for (Note note : part) {
      if (note.onset_ticks >= begin) break;
      const Ticks rest = note.onset_ticks + note.duration_ticks - begin;
      if (rest <= 0) continue;
      note.onset_ticks = begin;
      note.duration_ticks = rest;
      notes.push_back(note);
    }
  }

  void copy(const PlannedSection& section, const BarSpan& run, Role role) {
    const PlannedSection& original = plan_.sections[static_cast<std::size_t>(section.like)];
    const int bars_between = section.first_bar - original.first_bar;
    const TickSpan from = ticks_of({run.first - bars_between, run.last - bars_between});
    const TickSpan to = ticks_of(run);
    std::vector<Note> notes = notes_within(parts_[index_of(role)], from);
    if (is_held(role)) add_what_sounds(parts_[index_of(role)], from.begin, notes);
    for (Note& note : notes) {
      note.duration_ticks = std::min(note.duration_ticks, from.end - note.onset_ticks);
      note.onset_ticks += to.begin - from.begin;
    }
    if (!is_percussive(role)) {
      transpose(notes, key_shift(section), context_.pack(role).range);
    }
    put(role, run, std::move(notes));
  }

  void vary(std::size_t index, const BarSpan& bars, const Pass& pass, Rng& chance);
  void rewrite_part(Role role, const BarSpan& bars, const Rng& rng) {
    if (bars.first < bars.last) ask(role, bars, rng);
  }

  const Plan& plan_;
  WriterContext context_;
  const PartWriter& writer_;
  Parts parts_;
  std::optional<std::size_t> rewrite_;  // that is being written
};

// One or two things, so that it is heard as the same section and as another.
void SectionWriter::vary(std::size_t index, const BarSpan& bars, const Pass& pass, Rng& chance) {
  RoleSet present;
  for (const Role role : kRoles) {
    if (pass.roles.contains(role) && !notes_within(parts_[index_of(role)], ticks_of(bars)).empty())
      present.insert(role);
  }
  // New fills always: the writers take them from the bar's own number.
  if (present.contains(Role::kDrums)) {
    for (int bar = bars.first; bar < bars.last; ++bar) {
      if (context_.bar(bar).fill) {
        rewrite_part(Role::kDrums, {bar, bar + 1}, stream(index, Role::kDrums, pass));
      }
    }
  }
  for (const Variation& variation : choose_variations(present, chance)) {
    const BarSpan second_half = {(bars.first + bars.last + 1) / 2, bars.last};
    const Rng other = stream(index, variation.role, pass).fork("varied").fork(index);
    switch (variation.kind) {
      case Variation::Kind::kWriteAnew: rewrite_part(variation.role, bars, other); break;
      case Variation::Kind::kNewAnswer: rewrite_part(variation.role, second_half, other); break;
      case Variation::Kind::kOtherOctave: {
        // What does not fit an octave away is varied by new notes. Put as new ones are, since a
        // tone from before the bars may sound on at the other octave.
        std::vector<Note> moved = notes_within(parts_[index_of(variation.role)], ticks_of(bars));
        const PitchRange& range = context_.pack(variation.role).range;
        if (shift_octave(moved, ticks_of(bars), range, chance)) {
          put(variation.role, bars, std::move(moved));
        } else {
          rewrite_part(variation.role, second_half, other);
        }
        break;
      }
    }
    // A counter-melody listens to the lead; it cannot stay as it was beside another one.
    if (variation.role == Role::kLead && present.contains(Role::kCounter))
      rewrite_part(Role::kCounter, bars, stream(index, Role::kCounter, pass));
  }
}

}  // namespace

Parts write_parts(const Plan& plan, const Style& style, const PartWriter& writer) {
  return SectionWriter(plan, style, writer).run();
}

}  // namespace undersong
