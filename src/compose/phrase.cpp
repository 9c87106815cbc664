#include "compose/phrase.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/check.h"

namespace undersong {
namespace {

// What a phrase is to the section's first one.
enum class PhraseKind : std::uint8_t { kFirst, kAnswer, kContrast };

PhraseKind kind_of(std::size_t index, std::size_t count) {
  if (index == 0) return PhraseKind::kFirst;
  if (count == 3) return index == 1 ? PhraseKind::kContrast : PhraseKind::kAnswer;
  return index % 4 == 2 ? PhraseKind::kContrast : PhraseKind::kAnswer;
}

// Within a phrase, a unit comes from an earlier one of the phrase or from a motif.
struct UnitPlan {
  int like = -1;  // index within the phrase
  int motif = 0;
  UnitWay way = UnitWay::kPlain;
  int steps = 0;
  int lift = 0;
};

using PhraseForm = std::vector<UnitPlan>;

// Of four units; shorter phrases take the beginning and the end.
PhraseForm draw_form(Rng& rng) {
  const int up = rng.below(3) == 0 ? -1 : 1;
  const int far = up * (1 + static_cast<int>(rng.below(2)));
  constexpr std::array kWeights = {3.0, 3.0, 2.0, 2.0, 1.5};
  switch (rng.weighted(kWeights)) {
    case 0:  // a a' b a''
      return {{},
              {0, 0, UnitWay::kSequence, up, 0},
              {-1, 1, UnitWay::kPlain, 0, 2},
              {0, 0, UnitWay::kPlain, 0, 0}};
    case 1:  // a sentence
      return {{},
              {0, 0, UnitWay::kSequence, far, 0},
              {0, 0, UnitWay::kLiquidation, up, 1},
              {-1, 1, UnitWay::kPlain, 0, 1}};
    case 2:  // a b a b'
      return {{},
              {-1, 1, UnitWay::kPlain, 0, 1},
              {0, 0, UnitWay::kSequence, far, 0},
              {1, 1, UnitWay::kPlain, 0, 0}};
    case 3:  // a question, its mirror, a climb
      return {{},
              {0, 0, UnitWay::kInversion, 0, 1},
              {0, 0, UnitWay::kSequence, 2, 0},
              {1, 0, UnitWay::kRetention, 0, 0}};
    default:  // a a, one rhythm in two shapes
      return {{},
              {0, 0, UnitWay::kPlain, 0, 0},
              {0, 0, UnitWay::kRetention, 0, 2},
              {0, 0, UnitWay::kSequence, -up, 0}};
  }
}

UnitPlan unit_of(const PhraseForm& form, int index, int count) {
  if (index == 0) return form[0];
  if (count == 2) return index == 1 ? form[1] : form[0];
  if (index + 1 == count) {
    UnitPlan last = form[3];
    if (last.like >= count - 1) last.like = 0;
    return last;
  }
  if (index < 3) return form[static_cast<std::size_t>(index)];
  UnitPlan more = form[static_cast<std::size_t>(1 + (index - 1) % 2)];
  more.lift = index % 4 == 3 ? 0 : more.lift;
  return more;
}

class SectionPlanner {
 public:
  SectionPlanner(std::span<const int> phrases, int motif_bars, Rng rng)
      : phrases_(phrases), motif_bars_(motif_bars), rng_(rng) {}

  std::vector<PhraseUnit> planned() {
    Rng draw = rng_.fork("forms");
    first_ = draw_form(draw);
    contrast_ = draw_form(draw);
    for (std::size_t i = 0; i < phrases_.size(); ++i) add_phrase(i);
    mark_climax();
    return units_;
  }

 private:
  void add_phrase(std::size_t index) {
    begins_.push_back(units_.size());
    const int count = (phrases_[index] + motif_bars_ - 1) / motif_bars_;
    const PhraseKind kind = kind_of(index, phrases_.size());
    for (int i = 0; i < count; ++i) {
      PhraseUnit unit;
      unit.first_bar = bar_ + i * motif_bars_;
      unit.bars = std::min(motif_bars_, phrases_[index] - i * motif_bars_);
      unit.phrase = static_cast<int>(index);
      fill_in(unit, kind, i, count);
      if (i + 1 == count) unit.end = end_of(index);
      units_.push_back(unit);
    }
    bar_ += phrases_[index];
  }

  void fill_in(PhraseUnit& unit, PhraseKind kind, int index, int count) const {
    const bool contrast = kind == PhraseKind::kContrast;
    const UnitPlan plan = unit_of(contrast ? contrast_ : first_, index, count);
    unit.motif = contrast ? 1 - plan.motif : plan.motif;
    unit.way = plan.way;
    unit.steps = plan.steps;
    unit.lift = plan.lift + (contrast ? 2 : 0);
    if (plan.like >= 0) unit.like = static_cast<int>(begins_.back()) + plan.like;
    // The answer begins as the question does, and goes its own way to the close.
    const int first_length = static_cast<int>(begins_.size() > 1 ? begins_[1] : 0);
    if (kind == PhraseKind::kAnswer && index < first_length && index + 1 < count) {
      unit.like = index;
      unit.way = UnitWay::kPlain;
      unit.steps = 0;
    }
    drop_unequal(unit);
  }

  // A unit takes over another one's notes only if both are as long.
  void drop_unequal(PhraseUnit& unit) const {
    const auto like = static_cast<std::size_t>(unit.like);
    if (unit.like < 0) return;
    if (like < units_.size() && units_[like].bars == unit.bars) return;
    unit.like = -1;
    if (unit.way == UnitWay::kSequence) unit.way = UnitWay::kPlain;
  }

  UnitEnd end_of(std::size_t index) const {
    const std::size_t count = phrases_.size();
    if (index + 1 == count) return UnitEnd::kClosed;
    return kind_of(index, count) == PhraseKind::kAnswer ? UnitEnd::kClosed : UnitEnd::kOpen;
  }

  // The highest place: two thirds through, not where a phrase closes.
  void mark_climax() {
    if (units_.size() < 2) return;
    std::size_t at = units_.size() * 2 / 3;
    if (units_[at].end != UnitEnd::kGoesOn && at > 0) --at;
    units_[at].climax = true;
    units_[at].lift += 2;
  }

  std::span<const int> phrases_;
  int motif_bars_;
  Rng rng_;
  PhraseForm first_;
  PhraseForm contrast_;
  std::vector<PhraseUnit> units_;
  std::vector<std::size_t> begins_;
  int bar_ = 0;
};

}  // namespace

std::vector<PhraseUnit> plan_phrases(std::span<const int> phrases, int motif_bars, Rng rng) {
  UNDERSONG_CHECK(motif_bars >= 1);
  return SectionPlanner(phrases, motif_bars, rng).planned();
}

}  // namespace undersong
