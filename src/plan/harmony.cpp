#include "plan/harmony.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "plan/key_choice.h"
#include "plan/progressions.h"

namespace undersong::detail {
namespace {

// A piece shorter than this has no time for a change of key.
constexpr double kLeastSecondsForKeyChange = 75.0;

bool is_body(const SectionDraft& draft) {
  const std::string& kind = draft.section.kind;
  return kind != "intro" && kind != "outro" && kind != "tag" && kind != "ending";
}

class Harmony {
 public:
  Harmony(const CompositionRequest& request, const Style& style, const Key& key,
          std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars, const Rng& rng)
      : request_(request),
        style_(style),
        key_(key),
        mode_(chord_mode(key.mode, style)),
        drafts_(drafts),
        bars_(bars),
        rng_(rng),
        vocabulary_(style, mode_),
        choice_(style, mode_, mood_of(request, style)) {}

  void write() {
    choose_keys();
    for (std::size_t i = 0; i < drafts_.size(); ++i) chords_.push_back(section_chords(i));
    for (std::size_t i = 0; i < drafts_.size(); ++i) lead_on(i);
    for (std::size_t i = 0; i < drafts_.size(); ++i) place(i);
    lead_to_new_keys();
    end();
  }

 private:
  // The chords of one material: a kind of section in a movement.
  struct Material {
    NumeralBars progression;
    int bars = 0;
  };

  Rng rng_of(std::string_view purpose, std::size_t index) const {
    return rng_.fork(purpose).fork(index);
  }

  void choose_keys() {
    const bool rounds = std::any_of(drafts_.begin(), drafts_.end(),
                                    [](const SectionDraft& draft) { return !draft.last_round; });
    Rng rng = rng_.fork("key change");
    const bool rises = rounds && request_.ending != Ending::kLoop &&
                       request_.length_seconds >= kLeastSecondsForKeyChange &&
                       rng.uniform() < style_.key_change;
    for (SectionDraft& draft : drafts_) {
      draft.section.key = key_;
      if (rises && draft.last_round) draft.section.key.tonic = (key_.tonic + 2) % 12;
    }
  }

  Key chord_key(const Key& key) const { return {key.tonic, mode_}; }

  ChordSymbol resolved(const RomanNumeral& numeral, std::size_t section) const {
    return resolve(numeral, chord_key(drafts_[section].section.key));
  }

  // ---- materials ------------------------------------------------------------------------------

  const NumeralBars& material(const SectionDraft& draft) {
    const auto name = std::make_pair(draft.movement, draft.section.kind);
    const auto found = materials_.find(name);
    if (found != materials_.end()) return found->second;
    Rng rng = rng_.fork("material")
                  .fork(draft.section.kind)
                  .fork(static_cast<std::uint64_t>(draft.movement));
    const std::size_t index = choice_.choose(draft.section.kind, draft.section.bars, rng);
    const NumeralBars& pack = style_.progressions[index].bars;
    Rng chance = rng.fork("changes");
    const int changes = pack.size() >= 4 ? static_cast<int>(chance.below(3)) : 0;
    return materials_.emplace(name, vary(pack, vocabulary_, changes, rng.fork("vary")))
        .first->second;
  }

  // Openings and ways out live on the music between them, unless the style has chords for them.
  const NumeralBars& edge_material(const SectionDraft& draft) {
    const bool own = std::any_of(
        style_.progressions.begin(), style_.progressions.end(), [&](const ProgressionPack& pack) {
          return std::find(pack.sections.begin(), pack.sections.end(), draft.section.kind) !=
                     pack.sections.end() &&
                 (pack.modes.empty() ||
                  std::find(pack.modes.begin(), pack.modes.end(), mode_) != pack.modes.end());
        });
    const auto body = std::find_if(drafts_.begin(), drafts_.end(), is_body);
    if (body == drafts_.end()) return material(draft);
    Rng rng = rng_.fork("edge").fork(draft.section.kind);
    constexpr double kOwn = 0.6;
    return own && rng.uniform() < kOwn ? material(draft) : material(*body);
  }

  NumeralBars section_chords(std::size_t index) {
    const SectionDraft& draft = drafts_[index];
    const PlannedSection& section = draft.section;
    if (section.kind == "tag" || section.kind == "ending") return {};
    if (section.relation == SectionRelation::kCopy) {
      NumeralBars chords = chords_[static_cast<std::size_t>(section.like)];
      chords.resize(static_cast<std::size_t>(section.bars));
      return chords;
    }
    if (section.relation == SectionRelation::kVaried) {
      NumeralBars chords = chords_[static_cast<std::size_t>(section.like)];
      chords.resize(static_cast<std::size_t>(section.bars));
      return vary(chords, vocabulary_, 1 + section.bars / 8, rng_of("variation", index));
    }
    NumeralBars chords =
        repeat(is_body(draft) ? material(draft) : edge_material(draft), section.bars);
    // Four bars over and over are heard as such; now and then the second time is another.
    if (section.bars < 8 || !is_body(draft)) return chords;
    return vary(chords, vocabulary_, section.bars / 8, rng_of("second time", index));
  }

  // ---- joints ---------------------------------------------------------------------------------

  const NumeralBars* following(std::size_t index) const {
    for (std::size_t next = index + 1; next < chords_.size(); ++next)
      if (!chords_[next].empty()) return &chords_[next];
    return request_.ending == Ending::kLoop ? &chords_.front() : nullptr;
  }

  std::vector<const CadencePack*> cadences(CadencePack::At at) const {
    std::vector<const CadencePack*> found;
    for (const CadencePack& pack : style_.cadences) {
      if (pack.at == at && (pack.modes.empty() || std::find(pack.modes.begin(), pack.modes.end(),
                                                            mode_) != pack.modes.end()))
        found.push_back(&pack);
    }
    UNDERSONG_CHECK(!found.empty());
    return found;
  }

  // The last bars of a section, such that they lead to what comes next.
  void lead_on(std::size_t index) {
    NumeralBars& chords = chords_[index];
    const NumeralBars* next = following(index);
    const SectionDraft& draft = drafts_[index];
    if (draft.section.kind == "ending") return;
    const ChordSymbol aim =
        next ? resolved(next->front().front(), index)
             : resolve(parse_roman_numeral(is_minor(mode_) ? "i" : "I"), chord_key(key_));
    Rng rng = rng_of("joint", index);
    if (draft.section.kind == "tag") {
      chords = turnaround(index, aim, rng);
      return;
    }
    const ChordSymbol last = resolved(chords.back().back(), index);
    // A copy keeps its end, where that leads anywhere.
    const double as_it_is = leading_weight(last, aim);
    const bool copy = draft.section.relation == SectionRelation::kCopy;
    if (copy && last.root != aim.root) return;
    std::vector<const CadencePack*> packs = cadences(CadencePack::At::kSection);
    std::vector<double> weights = {last.root == aim.root ? 0.05 : 0.5 * as_it_is};
    for (const CadencePack* pack : packs) {
      const bool fits = static_cast<int>(pack->bars.size()) * 2 <= draft.section.bars;
      weights.push_back(fits ? pack->weight *
                                   leading_weight(resolved(pack->bars.back().back(), index), aim)
                             : 0.0);
    }
    const std::size_t chosen = rng.weighted(weights);
    if (chosen == 0) return;
    const NumeralBars& cadence = packs[chosen - 1]->bars;
    std::copy(cadence.begin(), cadence.end(),
              chords.end() - static_cast<std::ptrdiff_t>(cadence.size()));
  }

  // A cadence that begins with the chord that stands before it does not begin.
  static double entry_weight(const NumeralBars& chords, const CadencePack& pack) {
    constexpr double kStanding = 0.25;
    if (chords.size() <= pack.bars.size()) return 1.0;
    const RomanNumeral& before = chords[chords.size() - pack.bars.size() - 1].back();
    return before.degree == pack.bars.front().front().degree ? kStanding : 1.0;
  }

  NumeralBars turnaround(std::size_t index, const ChordSymbol& aim, Rng& rng) const {
    const std::vector<const CadencePack*> packs = cadences(CadencePack::At::kSection);
    std::vector<double> weights;
    for (const CadencePack* pack : packs)
      weights.push_back(pack->weight *
                        leading_weight(resolved(pack->bars.back().back(), index), aim));
    const NumeralBars& cadence = packs[rng.weighted(weights)]->bars;
    const auto bars = static_cast<std::size_t>(drafts_[index].section.bars);
    NumeralBars chords(cadence.end() - static_cast<std::ptrdiff_t>(std::min(bars, cadence.size())),
                       cadence.end());
    // What came before goes on until the turn.
    for (std::size_t before = index; chords.size() < bars;) {
      if (before-- == 0) {
        chords.insert(chords.begin(), chords.front());
        ++before;
      } else if (!chords_[before].empty()) {
        chords.insert(chords.begin(), chords_[before].front());
        ++before;
      }
    }
    return chords;
  }

  // ---- bars -----------------------------------------------------------------------------------

  void set_bar(std::size_t bar, const NumeralBar& numerals, std::size_t section) {
    PlannedBar& planned = bars_[bar];
    planned.chords.clear();
    // A bar of one or two beats has no middle: there the one that leads on counts.
    if (numerals.size() == 1 || planned.beats < 3) {
      planned.chords.push_back({0, resolved(numerals.back(), section)});
      return;
    }
    planned.chords.push_back({0, resolved(numerals.front(), section)});
    const ChordSymbol second = resolved(numerals.back(), section);
    if (!(second == planned.chords.front().symbol))
      planned.chords.push_back({middle_of(planned), second});
  }

  static int middle_of(const PlannedBar& bar) { return (bar.beats + 1) / 2; }

  void place(std::size_t index) {
    const auto first = static_cast<std::size_t>(drafts_[index].section.first_bar);
    for (std::size_t i = 0; i < chords_[index].size(); ++i)
      set_bar(first + i, chords_[index][i], index);
  }

  // Where the key rises, its dominant says so.
  void lead_to_new_keys() {
    for (std::size_t i = 1; i < drafts_.size(); ++i) {
      const Key& key = drafts_[i].section.key;
      if (key == drafts_[i - 1].section.key) continue;
      PlannedBar& bar = bars_[static_cast<std::size_t>(drafts_[i].section.first_bar) - 1];
      ChordSymbol dominant;
      dominant.root = dominant.bass = (key.tonic + 7) % 12;
      dominant.tones = parse_chord_quality(vocabulary_.likes_suspensions() ? "7sus4" : "7");
      if (bar.chords.size() > 1) bar.chords.pop_back();
      if (bar.beats < 3) {
        bar.chords = {{0, dominant}};
      } else {
        bar.chords.push_back({middle_of(bar), dominant});
      }
    }
  }

  // The final cadence: over the last bars before the final chord, which is the tonic's.
  void end() {
    if (request_.ending == Ending::kFade || request_.ending == Ending::kLoop) return;
    const std::size_t last_section = drafts_.size() - 1;
    const Key key = chord_key(drafts_[last_section].section.key);
    std::vector<const CadencePack*> packs;
    std::vector<double> weights;
    for (const CadencePack* pack : cadences(CadencePack::At::kEnd)) {
      const bool to_tonic = resolve(pack->bars.back().back(), key).root == key.tonic;
      // One that needs most of the piece says nothing.
      const bool fits = pack->bars.size() <= std::max<std::size_t>(2, bars_.size() / 2);
      constexpr double kStanding = 0.25;  // as in entry_weight
      const bool stands = fits && pack->bars.size() < bars_.size() &&
                          bars_[bars_.size() - pack->bars.size() - 1].chords.back().symbol.root ==
                              resolve(pack->bars.front().front(), key).root;
      packs.push_back(pack);
      weights.push_back(pack->weight * (to_tonic ? 1.0 : 1e-6) * (fits ? 1.0 : 1e-3) *
                        (stands ? kStanding : 1.0));
    }
    Rng rng = rng_.fork("end");
    const NumeralBars& cadence = packs[rng.weighted(weights)]->bars;
    const std::size_t count = std::min(cadence.size(), bars_.size());
    for (std::size_t i = 0; i < count; ++i)
      set_bar(bars_.size() - 1 - i, cadence[cadence.size() - 1 - i], last_section);
    PlannedBar& last = bars_.back();
    last.chords.resize(1);
    if (last.chords.front().symbol.root != key.tonic)
      last.chords.front().symbol = resolve(parse_roman_numeral(is_minor(mode_) ? "i" : "I"), key);
  }

  const CompositionRequest& request_;
  const Style& style_;
  Key key_;
  Mode mode_;
  std::vector<SectionDraft>& drafts_;
  std::vector<PlannedBar>& bars_;
  Rng rng_;
  ChordVocabulary vocabulary_;
  ProgressionChoice choice_;
  std::map<std::pair<int, std::string>, NumeralBars> materials_;
  std::vector<NumeralBars> chords_;  // of each section
};

}  // namespace

void plan_harmony(const CompositionRequest& request, const Style& style, const Key& key,
                  std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                  const Rng& rng) {
  Harmony(request, style, key, drafts, bars, rng).write();
}

}  // namespace undersong::detail
