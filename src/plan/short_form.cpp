#include "plan/short_form.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "plan/form.h"

namespace undersong::detail {
namespace {

constexpr int kPhraseBars = 4;
constexpr int kBluesBars = 12;  // half of them are no form

const SectionPack& pack_of(const Style& style, const std::string& kind) {
  const SectionPack* pack = find_section(style, kind);
  UNDERSONG_CHECK(pack != nullptr);
  return *pack;
}

// What a body is measured against.
struct Heights {
  double home = 0.5;  // the energy of the kind with the first letter: verse or theme
  double peak = 0.5;  // of the form's highest
};

Heights heights_of(const std::vector<FormItem>& form, const Style& style) {
  Heights heights{0.0, 0.0};
  const SectionPack* home = nullptr;
  for (const SectionPack& section : style.sections) {
    if (section.kind == "intro" || section.kind == "outro") continue;
    if (!home || section.kind < home->kind) home = &section;
  }
  if (home) heights.home = home->energy;
  for (const FormItem& item : form)
    heights.peak = std::max(heights.peak, pack_of(style, item.kind).energy);
  return heights;
}

class Candidate {
 public:
  Candidate(std::vector<FormItem> items, const Style& style, const Heights& heights)
      : items_(std::move(items)), style_(style), heights_(heights) {}

  // Makes it `bars` long, if that is possible.
  bool shorten_to(int bars) {
    while (length() > bars)
      if (!shorten_one()) return false;
    return length() == bars;
  }

  double cost() const {
    double cost = 0.0;
    for (const FormItem& item : items_) cost += cut_cost(item);
    return cost + peak_cost() + order_cost();
  }

  std::vector<FormItem> take() { return std::move(items_); }

 private:
  static constexpr double kWithout = 4.0;  // an energy of 1 below the peak

  double energy_of(const FormItem& item) const { return pack_of(style_, item.kind).energy; }
  bool is_peak(const FormItem& item) const { return energy_of(item) >= heights_.peak; }
  bool is_calm(const FormItem& item) const {
    constexpr double kCalmer = 0.02;
    return energy_of(item) < heights_.home - kCalmer;
  }

  int length() const {
    int bars = 0;
    for (const FormItem& item : items_) bars += item.bars;
    return bars;
  }

  // The last one that may lose a phrase: rather not a peak, and nothing that is copied later.
  bool shorten_one() {
    FormItem* chosen = nullptr;
    for (std::size_t i = items_.size(); i-- > 0;) {
      FormItem& item = items_[i];
      const int left = item.bars - kPhraseBars;
      if (left < kPhraseBars || (item.bars == kBluesBars && items_.size() > 1)) continue;
      const bool copied = std::any_of(
          items_.begin() + static_cast<std::ptrdiff_t>(i) + 1, items_.end(),
          [&](const FormItem& later) { return later.kind == item.kind && later.bars > left; });
      if (copied) continue;
      if (!chosen || (is_peak(*chosen) && !is_peak(item))) chosen = &item;
    }
    if (chosen) chosen->bars -= kPhraseBars;
    return chosen != nullptr;
  }

  double cut_cost(const FormItem& item) const {
    constexpr double kCut = 0.9;
    constexpr double kCutPeak = 0.2;
    const int usual = pack_of(style_, item.kind).bars;
    if (item.bars == usual) return 0.0;
    return kCut * (usual - item.bars) / usual + (is_peak(item) ? kCutPeak : 0.0);
  }

  // Without its peak a piece has nowhere to go; it is best at about two thirds.
  double peak_cost() const {
    // Alone, the theme says more than what it leads to.
    if (items_.size() == 1) {
      constexpr double kStrange = 4.0;
      return kWithout * (heights_.peak - heights_.home) +
             kStrange * std::abs(energy_of(items_.front()) - heights_.home);
    }
    constexpr double kBest = 0.7;
    constexpr double kMustHave = 10.0;
    double place = -1.0;
    double highest = 0.0;
    int before = 0;
    for (const FormItem& item : items_) {
      highest = std::max(highest, energy_of(item));
      if (is_peak(item)) place = (before + 0.5 * item.bars) / length();
      before += item.bars;
    }
    if (place >= 0.0) return 0.8 * std::abs(place - kBest);
    return kWithout * (heights_.peak - highest) + kMustHave;
  }

  double order_cost() const {
    constexpr double kCalm = 1.2;
    constexpr double kCalmInLong = 0.3;  // before a peak it is what makes that one high
    constexpr double kCalmAtEdge = 1.0;
    constexpr double kPeakFirst = 1.0;
    constexpr double kSameAgain = 0.25;
    constexpr double kEndsBetween = 0.4;  // neither high nor at home
    double cost = is_calm(items_.front()) || is_calm(items_.back()) ? kCalmAtEdge : 0.0;
    if (items_.size() > 1 && is_peak(items_.front())) cost += kPeakFirst;
    const FormItem& last = items_.back();
    if (!is_peak(last) && energy_of(last) > heights_.home) cost += kEndsBetween;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (is_calm(items_[i])) cost += items_.size() < 4 ? kCalm : kCalmInLong;
      if (i > 1 && items_[i].kind == items_[i - 1].kind && items_[i].kind == items_[i - 2].kind)
        cost += kSameAgain;
    }
    return cost;
  }

  std::vector<FormItem> items_;
  const Style& style_;
  Heights heights_;
};

// The items whose bits are set.
std::vector<FormItem> part_of(const std::vector<FormItem>& form, std::size_t bits) {
  std::vector<FormItem> items;
  for (std::size_t i = 0; i < form.size(); ++i)
    if ((bits >> i & 1U) != 0) items.push_back(form[i]);
  return items;
}

}  // namespace

std::vector<FormItem> items_of(const FormPack& form, const Style& style) {
  std::vector<FormItem> items;
  for (const std::string& name : form.body) {
    const std::size_t apostrophe = std::min(name.find('\''), name.size());
    const std::string kind = name.substr(0, apostrophe);
    items.push_back({kind, static_cast<int>(name.size() - apostrophe), pack_of(style, kind).bars});
  }
  return items;
}

std::vector<FormItem> short_form(const Style& style, std::size_t drawn, int bars, Rng rng) {
  constexpr double kOtherForm = 0.6;
  constexpr double kChance = 0.4;
  constexpr std::size_t kMostItems = 10;  // later ones could not be reached anyway
  std::vector<FormItem> best;
  double best_cost = 0.0;
  for (std::size_t f = 0; f < style.forms.size(); ++f) {
    std::vector<FormItem> form = items_of(style.forms[f], style);
    form.resize(std::min(form.size(), kMostItems));
    const Heights heights = heights_of(form, style);
    for (std::size_t bits = 1; bits < std::size_t{1} << form.size(); ++bits) {
      const double chance = kChance * rng.uniform();
      Candidate candidate(part_of(form, bits), style, heights);
      if (!candidate.shorten_to(bars)) continue;
      const double cost = candidate.cost() + chance + (f == drawn ? 0.0 : kOtherForm);
      if (best.empty() || cost < best_cost) best_cost = cost, best = candidate.take();
    }
  }
  if (!best.empty()) return best;
  // Nothing adds up, as with sections of twelve bars alone: the form as it is, cut where it ends.
  return items_of(style.forms[drawn], style);
}

}  // namespace undersong::detail
