#pragma once
// The order of the sections of a body that may go on for ever: the style's form, then around again
// with variations, contrasts and breakdowns.

#include <string>
#include <vector>

#include "base/rng.h"
#include "plan/form.h"

namespace undersong::detail {

// Deals out sections one after the other.
class FormOrder {
 public:
  // `body_bars` is how many bars will be asked for in all.
  FormOrder(const Style& style, int body_bars, Rng rng);

  // The usual length of the next section.
  int next_bars() const;
  // The next section with a length that is at most next_bars(); `index` is its place in the plan.
  SectionDraft take(int bars, int index);

 private:
  enum class RoundKind { kNew, kReturn, kBreakdown };
  struct Item {
    std::string kind;   // "A"
    int variation = 0;  // apostrophes
  };
  // A section that is there, to be copied.
  struct Dealt {
    Item item;
    int movement = 0;
    int bars = 0;
    int index = 0;
  };

  std::vector<Item> draw_form(Rng& rng) const;
  void begin_round();
  RoundKind kind_of_round() const;
  void add_contrast();
  void fit_to_rest();
  void shorten_first(Rng& rng);
  int bars_of_round() const;
  const Dealt* find(const Item& item, int bars) const;
  const Dealt* any_of(const std::string& kind, int bars) const;
  int free_variation(const std::string& kind) const;
  void relate(SectionDraft& draft, Item item);

  const Style* style_;
  Rng rng_;
  int remaining_ = 0;  // bars
  int rounds_ = 1;     // how many there will be, about
  int round_ = -1;
  int movement_ = 0;
  RoundKind round_kind_ = RoundKind::kNew;
  std::vector<std::vector<Item>> forms_;  // of each movement
  std::vector<Item> items_;               // of the round
  std::size_t at_ = 0;
  int returns_ = 0;
  std::vector<Dealt> dealt_;
};

}  // namespace undersong::detail
