#pragma once
// The order of the sections of a body that may go on for ever: the style's form, then around again
// with variations, contrasts and breakdowns.

#include <string>
#include <vector>

#include "base/rng.h"
#include "plan/form.h"
#include "plan/short_form.h"

namespace undersong::detail {

// Deals out sections one after the other.
class FormOrder {
 public:
  // `body_bars` is how many bars will be asked for in all.
  FormOrder(const Style& style, int body_bars, Rng rng);

  // The usual length of the next section.
  int next_bars() const;
  // The next section with another length than next_bars(); `index` is its place in the plan.
  SectionDraft take(int bars, int index);
  // A variation of the latest section; the order stays where it is.
  SectionDraft take_again(int bars, int index);

 private:
  enum class RoundKind { kNew, kReturn, kBreakdown };
  // A section that is there, to be copied.
  struct Dealt {
    FormItem item;
    int movement = 0;
    int bars = 0;
    int index = 0;
  };

  std::size_t draw_form(Rng& rng) const;
  void begin_round();
  RoundKind kind_of_round() const;
  void add_contrast();
  void fit_to_rest();
  int bars_of_round() const;
  const Dealt* find(const FormItem& item, int bars) const;
  const Dealt* any_of(const std::string& kind, int bars) const;
  int free_variation(const std::string& kind) const;
  SectionDraft draft_of(const std::string& kind, int bars) const;
  void relate(SectionDraft& draft, FormItem item);

  const Style* style_;
  Rng rng_;
  int remaining_ = 0;  // bars
  int rounds_ = 1;     // how many there will be, about
  int round_ = -1;
  int movement_ = 0;
  std::size_t drawn_ = 0;  // of the style's forms, the latest
  RoundKind round_kind_ = RoundKind::kNew;
  std::vector<std::vector<FormItem>> forms_;  // of each movement
  std::vector<FormItem> items_;               // of the round
  std::size_t at_ = 0;
  int returns_ = 0;
  std::vector<Dealt> dealt_;
};

}  // namespace undersong::detail
