#include "plan/form_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace undersong::detail {
namespace {

// More apostrophes than these nobody reads.
constexpr int kMostVariations = 3;

int bars_of(const Style& style, const std::string& kind) {
  const SectionPack* pack = find_section(style, kind);
  UNDERSONG_CHECK(pack != nullptr);
  return pack->bars;
}

std::string section_name(const std::string& kind, int movement, int variation) {
  return kind + (movement > 0 ? std::to_string(movement + 1) : "") +
         std::string(static_cast<std::size_t>(variation), '\'');
}

bool is_body(const std::string& kind) { return kind != "intro" && kind != "outro"; }

}  // namespace

FormOrder::FormOrder(const Style& style, int body_bars, Rng rng)
    : style_(&style), rng_(rng), remaining_(body_bars) {
  int usual = 0;
  for (const FormPack& form : style.forms) {
    int bars = 0;
    for (const std::string& kind : form.body)
      bars += bars_of(style, kind.substr(0, kind.find('\'')));
    usual = std::max(usual, bars);
  }
  UNDERSONG_CHECK(usual > 0);
  rounds_ = std::max(1, (body_bars + usual / 2) / usual);
  begin_round();
}

FormOrder::RoundKind FormOrder::kind_of_round() const {
  if (round_ == 0) return RoundKind::kNew;
  if (round_ >= rounds_ - 1) return RoundKind::kReturn;
  // Longer than five rounds, a piece needs other music as well; every fourth round, from the third.
  constexpr int kLong = 5;
  switch (round_ % 4) {
    case 2: return RoundKind::kBreakdown;
    case 3: return rounds_ > kLong ? RoundKind::kNew : RoundKind::kReturn;
    default: return RoundKind::kReturn;
  }
}

std::vector<FormOrder::Item> FormOrder::draw_form(Rng& rng) const {
  std::vector<double> weights;
  for (const FormPack& form : style_->forms) weights.push_back(form.weight);
  std::vector<Item> items;
  for (const std::string& name : style_->forms[rng.weighted(weights)].body) {
    const std::size_t apostrophe = std::min(name.find('\''), name.size());
    items.push_back({name.substr(0, apostrophe), static_cast<int>(name.size() - apostrophe)});
  }
  return items;
}

void FormOrder::begin_round() {
  ++round_;
  at_ = 0;
  round_kind_ = kind_of_round();
  Rng rng = rng_.fork(static_cast<std::uint64_t>(round_));
  if (round_kind_ == RoundKind::kNew) {
    movement_ = static_cast<int>(forms_.size());
    forms_.push_back(draw_form(rng));
  } else if (round_ >= rounds_ - 1) {
    movement_ = 0;  // the piece ends as it began
  } else if (round_ % 4 == 0) {
    movement_ = static_cast<int>(rng.below(forms_.size()));
  }
  items_ = forms_[static_cast<std::size_t>(movement_)];
  if (round_kind_ == RoundKind::kBreakdown || (round_kind_ == RoundKind::kReturn && rounds_ <= 3))
    add_contrast();
  if (round_ > 0) {
    fit_to_rest();
  } else if (bars_of_round() > remaining_) {
    shorten_first(rng);
  }
}

// A piece that is shorter than its form: one contrast is worth more than the order of the form, and
// it is good to come home, for half a section too.
void FormOrder::shorten_first(Rng& rng) {
  const Item first = items_.front();
  const int usual = bars_of(*style_, first.kind);
  const auto room = static_cast<std::size_t>(remaining_ / usual);
  const bool half = remaining_ % usual >= 4;
  const auto other = std::find_if(items_.begin(), items_.end(),
                                  [&](const Item& item) { return item.kind != first.kind; });
  constexpr double kContrast = 0.6;
  if (other != items_.end() && rng.uniform() < kContrast) {
    const Item contrast = *other;
    if (room == 2) items_ = {first, contrast};
    if (room == 3) items_ = {first, contrast, {first.kind, 1}};
  }
  if (room < items_.size()) items_.resize(std::max<std::size_t>(room, 1));
  if (half && room > 0 && items_.back().kind != first.kind) items_.push_back(first);
}

int FormOrder::bars_of_round() const {
  int bars = 0;
  for (const Item& item : items_) bars += bars_of(*style_, item.kind);
  return bars;
}

// Where the last round has no room for all, its end is what counts: it leaves out what it begins
// with.
void FormOrder::fit_to_rest() {
  while (items_.size() > 1 && bars_of_round() - bars_of(*style_, items_.front().kind) >= remaining_)
    items_.erase(items_.begin());
}

// A kind that the form has not, before the last section of the round.
void FormOrder::add_contrast() {
  const auto used = [&](const std::string& kind) {
    return std::any_of(items_.begin(), items_.end(),
                       [&](const Item& item) { return item.kind == kind; });
  };
  for (const SectionPack& section : style_->sections) {
    if (!is_body(section.kind) || used(section.kind)) continue;
    items_.insert(items_.end() - (items_.size() > 1 ? 1 : 0), {section.kind, 0});
    return;
  }
}

int FormOrder::next_bars() const { return bars_of(*style_, items_[at_].kind); }

const FormOrder::Dealt* FormOrder::find(const Item& item, int bars) const {
  for (const Dealt& dealt : dealt_) {
    if (dealt.movement == movement_ && dealt.item.kind == item.kind &&
        dealt.item.variation == item.variation && dealt.bars >= bars)
      return &dealt;
  }
  return nullptr;
}

const FormOrder::Dealt* FormOrder::any_of(const std::string& kind, int bars) const {
  for (const Dealt& dealt : dealt_)
    if (dealt.movement == movement_ && dealt.item.kind == kind && dealt.bars >= bars) return &dealt;
  return nullptr;
}

int FormOrder::free_variation(const std::string& kind) const {
  int most = -1;
  for (const Dealt& dealt : dealt_)
    if (dealt.movement == movement_ && dealt.item.kind == kind)
      most = std::max(most, dealt.item.variation);
  return most + 1;
}

// What the section is to those before it; may choose another variation.
void FormOrder::relate(SectionDraft& draft, Item item) {
  PlannedSection& section = draft.section;
  const bool returning = round_kind_ == RoundKind::kReturn && round_ > 0;
  const int free = free_variation(item.kind);
  // In rounds that come back, every second section is a new variation while there are names left,
  // and in any round what would be heard a third time at once.
  const bool again = dealt_.size() >= 2 && dealt_.back().item.kind == item.kind &&
                     dealt_[dealt_.size() - 2].item.kind == item.kind &&
                     dealt_.back().item.variation == item.variation &&
                     dealt_[dealt_.size() - 2].item.variation == item.variation;
  if (((returning && returns_++ % 2 == 1) || again) && free > 0) {
    item.variation =
        free <= kMostVariations
            ? free
            : static_cast<int>((static_cast<std::size_t>(item.variation) + 1 + dealt_.size() / 5) %
                               (kMostVariations + 1));
  }
  if (const Dealt* same = find(item, section.bars)) {
    section.relation = SectionRelation::kCopy;
    section.like = same->index;
  } else if (const Dealt* model = any_of(item.kind, section.bars)) {
    section.relation = SectionRelation::kVaried;
    section.like = model->index;
    if (item.variation == 0) item.variation = free;
  } else {
    section.relation = SectionRelation::kNew;
    item.variation = free;
  }
  section.name = section_name(item.kind, movement_, item.variation);
  dealt_.push_back({item, movement_, section.bars, draft.section.like});
}

SectionDraft FormOrder::take(int bars, int index) {
  SectionDraft draft;
  draft.section.kind = items_[at_].kind;
  draft.section.bars = bars;
  draft.movement = movement_;
  draft.round = round_;
  draft.last_round = rounds_ > 1 && round_ >= rounds_ - 1;
  draft.breakdown = round_kind_ == RoundKind::kBreakdown && at_ + 2 < items_.size();
  relate(draft, items_[at_]);
  dealt_.back().index = index;
  remaining_ -= bars;
  draft.movement = movement_;
  if (++at_ == items_.size()) begin_round();
  return draft;
}

}  // namespace undersong::detail
