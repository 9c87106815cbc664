#include "plan/form_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace undersong::detail {
namespace {

// More apostrophes than these nobody reads.
constexpr int kMostVariations = 3;

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
    for (const FormItem& item : items_of(form, style)) bars += item.bars;
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

std::size_t FormOrder::draw_form(Rng& rng) const {
  std::vector<double> weights;
  for (const FormPack& form : style_->forms) weights.push_back(form.weight);
  return rng.weighted(weights);
}

void FormOrder::begin_round() {
  ++round_;
  at_ = 0;
  round_kind_ = kind_of_round();
  Rng rng = rng_.fork(static_cast<std::uint64_t>(round_));
  if (round_kind_ == RoundKind::kNew) {
    movement_ = static_cast<int>(forms_.size());
    drawn_ = draw_form(rng);
    forms_.push_back(items_of(style_->forms[drawn_], *style_));
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
    items_ = short_form(*style_, drawn_, std::max(remaining_ / 4 * 4, 4), rng.fork("short"));
  }
}

int FormOrder::bars_of_round() const {
  int bars = 0;
  for (const FormItem& item : items_) bars += item.bars;
  return bars;
}

// Where the last round has no room for all, its end is what counts: it leaves out what it begins
// with.
void FormOrder::fit_to_rest() {
  while (items_.size() > 1 && bars_of_round() - items_.front().bars >= remaining_)
    items_.erase(items_.begin());
}

// A kind that the form has not, before the last section of the round.
void FormOrder::add_contrast() {
  const auto used = [&](const std::string& kind) {
    return std::any_of(items_.begin(), items_.end(),
                       [&](const FormItem& item) { return item.kind == kind; });
  };
  for (const SectionPack& section : style_->sections) {
    if (!is_body(section.kind) || used(section.kind)) continue;
    items_.insert(items_.end() - (items_.size() > 1 ? 1 : 0), {section.kind, 0, section.bars});
    return;
  }
}

int FormOrder::next_bars() const { return items_[at_].bars; }

const FormOrder::Dealt* FormOrder::find(const FormItem& item, int bars) const {
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
void FormOrder::relate(SectionDraft& draft, FormItem item) {
  PlannedSection& section = draft.section;
  const bool returning = round_kind_ == RoundKind::kReturn && round_ > 0;
  const int free = free_variation(item.kind);
  // In rounds that come back, every second section is a new variation while there are names left,
  // and so is what would be heard twice at once there, or three times at once in the first round.
  const auto same = [&](std::size_t back) {
    if (dealt_.size() < back) return false;
    const FormItem& before = dealt_[dealt_.size() - back].item;
    return before.kind == item.kind && before.variation == item.variation;
  };
  const bool again = same(1) && (round_ > 0 || same(2));
  if (((returning && returns_++ % 2 == 1) || again) && free > 0) {
    item.variation =
        free <= kMostVariations
            ? free
            : static_cast<int>((static_cast<std::size_t>(item.variation) + 1 + dealt_.size() / 5) %
                               (kMostVariations + 1));
  }
  if (const Dealt* dealt = find(item, section.bars)) {
    section.relation = SectionRelation::kCopy;
    section.like = dealt->index;
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

SectionDraft FormOrder::draft_of(const std::string& kind, int bars) const {
  SectionDraft draft;
  draft.section.kind = kind;
  draft.section.bars = bars;
  draft.movement = movement_;
  draft.round = round_;
  draft.last_round = rounds_ > 1 && round_ >= rounds_ - 1;
  return draft;
}

SectionDraft FormOrder::take(int bars, int index) {
  const FormItem item = items_[at_];
  SectionDraft draft = draft_of(item.kind, bars);
  draft.breakdown = round_kind_ == RoundKind::kBreakdown && at_ + 2 < items_.size();
  relate(draft, item);
  dealt_.back().index = index;
  remaining_ -= item.bars;
  if (++at_ == items_.size()) begin_round();
  return draft;
}

SectionDraft FormOrder::take_again(int bars, int index) {
  if (dealt_.empty()) return take(bars, index);
  FormItem item = dealt_.back().item;
  SectionDraft draft = draft_of(item.kind, bars);
  const int free = free_variation(item.kind);
  item.variation = free <= kMostVariations ? free : 1 + index % kMostVariations;
  relate(draft, item);
  dealt_.back().index = index;
  return draft;
}

}  // namespace undersong::detail
