#include "plan/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "plan/form_order.h"

namespace undersong::detail {
namespace {

constexpr int kPhraseBars = 4;
// Shorter pieces have no time for an opening and a way out.
constexpr int kLeastBarsForEdges = 12;
constexpr double kLeastSecondsForEdges = 30.0;

std::vector<int> phrases_of(int bars) {
  std::vector<int> phrases(static_cast<std::size_t>(bars / kPhraseBars), kPhraseBars);
  if (bars % kPhraseBars != 0) phrases.push_back(bars % kPhraseBars);
  return phrases;
}

// What a stretch of bars that is no multiple of a phrase costs.
double remainder_cost(int bars) {
  constexpr std::array kCosts = {0.0, 0.8, 0.5, 0.9};
  return kCosts[static_cast<std::size_t>(bars % kPhraseBars)];
}

// What bars between hits cost: two or three join a phrase, but alone they are a tag.
double stretch_cost(int bars) {
  constexpr double kTagAlone = 1.5;
  constexpr std::array kCosts = {0.0, 0.6, 0.1, 0.1};
  if (bars <= 0) return 0.0;
  return bars < kPhraseBars ? kTagAlone : kCosts[static_cast<std::size_t>(bars % kPhraseBars)];
}

// What a body that ends with half a section costs.
double half_section_cost(int bars, const Style& style) {
  constexpr double kCost = 0.45;
  const SectionPack* usual = find_section(style, style.forms.front().body.front());
  const int whole = bars / kPhraseBars * kPhraseBars;
  return usual && whole % usual->bars != 0 ? kCost : 0.0;
}

// Bars that form has to fill, and where in them it would like to begin sections.
struct Room {
  int bars = 0;               // without the final chord's
  std::vector<int> edges;     // of stretches between hits: 0 … bars
  bool intro_to_hit = false;  // the first stretch is one
};

bool has_time_for_edges(const CompositionRequest& request, int bars) {
  return bars >= kLeastBarsForEdges && request.length_seconds >= kLeastSecondsForEdges;
}

// Up to which bar a hit ends the opening: 0 for pieces without one or with one that was asked for.
int longest_intro_to_hit(const CompositionRequest& request, const Style& style, int bars) {
  const SectionPack* intro = find_section(style, "intro");
  const bool free = !request.intro_bars && request.ending != Ending::kLoop;
  return free && intro && has_time_for_edges(request, bars) ? intro->bars : 0;
}

Room room_of(const CompositionRequest& request, const Style& style, const Timing& timing) {
  Room room;
  room.bars = static_cast<int>(timing.bars.size()) - (request.ending == Ending::kRing ? 1 : 0);
  room.edges.push_back(0);
  const int intro = longest_intro_to_hit(request, style, room.bars);
  for (int bar = 1; bar < room.bars; ++bar) {
    if (!timing.bars[static_cast<std::size_t>(bar)].hit || room.bars - bar < kPhraseBars) continue;
    room.intro_to_hit = room.intro_to_hit || (room.edges.size() == 1 && bar <= intro);
    if (bar - room.edges.back() >= kPhraseBars || (room.edges.size() == 1 && bar <= intro))
      room.edges.push_back(bar);
  }
  room.edges.push_back(room.bars);
  return room;
}

struct Edges {
  int intro = 0;
  int outro = 0;
};

// Lengths that an intro or outro may have, and which is the usual one (the last).
std::vector<int> edge_choices(const std::optional<int>& asked, const SectionPack* pack,
                              int most_bars, bool wanted) {
  if (asked) return {*asked};
  if (!wanted || !pack) return {0};
  std::vector<int> choices;
  for (const int bars : {1, 2, 4, 8})
    if (bars <= pack->bars && bars <= most_bars) choices.push_back(bars);
  if (choices.empty()) choices.push_back(0);
  return choices;
}

double edge_cost(const std::vector<int>& choices, std::size_t index) {
  return 0.3 * static_cast<double>(choices.size() - 1 - index);
}

Edges choose_edges(const CompositionRequest& request, const Style& style, const Room& room) {
  const bool time = has_time_for_edges(request, room.bars);
  const bool loop = request.ending == Ending::kLoop;
  const int first = room.edges[1];
  const int last = room.bars - room.edges[room.edges.size() - 2];
  const int most = room.bars / 5;
  const std::optional<int> intro = room.intro_to_hit ? first : request.intro_bars;
  const std::vector<int> intros =
      edge_choices(intro, find_section(style, "intro"), std::min(most, first), time && !loop);
  const std::vector<int> outros =
      edge_choices(request.outro_bars, find_section(style, "outro"), std::min(most, last - 1),
                   time && request.ending == Ending::kRing);
  Edges best;
  double best_cost = -1.0;
  for (std::size_t i = 0; i < intros.size(); ++i) {
    for (std::size_t o = 0; o < outros.size(); ++o) {
      double cost = edge_cost(intros, i) + edge_cost(outros, o);
      if (room.edges.size() == 2) {
        const int body = std::max(0, room.bars - intros[i] - outros[o]);
        cost += remainder_cost(body) + half_section_cost(body, style);
      } else {
        cost += stretch_cost(first - intros[i]) + stretch_cost(last - outros[o]);
      }
      if (best_cost < 0.0 || cost < best_cost) best_cost = cost, best = {intros[i], outros[o]};
    }
  }
  return best;
}

void check_edges(const CompositionRequest& request, const Edges& edges, int bars) {
  if (edges.intro + edges.outro < bars) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("{:g} s are {} bars here, and an intro of {} with an outro of {} leaves "
                          "none between them; give shorter ones or a longer piece",
                          request.length_seconds, bars, edges.intro, edges.outro));
}

// Puts sections one after the other.
class Sections {
 public:
  void add(SectionDraft draft) {
    draft.section.first_bar = bars_;
    draft.section.phrases = phrases_of(draft.section.bars);
    bars_ += draft.section.bars;
    drafts_.push_back(std::move(draft));
  }

  void add_plain(std::string kind, int bars) {
    SectionDraft draft;
    if (!drafts_.empty()) {
      draft.movement = drafts_.back().movement;
      draft.round = drafts_.back().round;
      draft.last_round = drafts_.back().last_round;
    }
    draft.section.name = kind;
    draft.section.kind = std::move(kind);
    draft.section.bars = bars;
    add(std::move(draft));
  }

  int next_index() const { return static_cast<int>(drafts_.size()); }
  std::vector<SectionDraft> take() { return std::move(drafts_); }

 private:
  std::vector<SectionDraft> drafts_;
  int bars_ = 0;
};

// Fills stretches of bars with sections, intro and outro apart.
class Filling {
 public:
  Filling(Sections& sections, FormOrder& order) : sections_(&sections), order_(&order) {}

  // A piece without hits: sections, then perhaps a tag of the bars that are left. Two or three of
  // them go with a single phrase before them.
  void fill_all(int bars) {
    if (bars > kPhraseBars + 1 && bars < 2 * kPhraseBars) return static_cast<void>(add(bars));
    if (bars > 0 && bars < kPhraseBars && sections_->next_index() == 0)
      return static_cast<void>(add(bars));
    while (bars >= kPhraseBars) bars -= add(std::min(order_->next_bars(), whole(bars)));
    if (bars > 0) sections_->add_plain("tag", bars);
  }

  // From one hit to the next: sections of the form begin at hits, so that what remains of a stretch
  // goes on with the music before it. Two or three bars are a phrase of their section; hits in a
  // row would make a row of tags else, which all turn around alike.
  void fill_stretch(int bars) {
    if (bars > 0 && bars < kPhraseBars && sections_->next_index() == 0)
      return static_cast<void>(add(bars));
    bool first = true;
    while (bars >= kPhraseBars) {
      const int usual = order_->next_bars();
      const bool goes_on = !first && whole(bars) < usual;
      int section = goes_on ? whole(bars) : std::min(usual, whole(bars));
      if (bars - section == 2 || bars - section == 3) section = bars;
      bars -= goes_on ? again(section) : add(section);
      first = false;
    }
    if (bars > 0) sections_->add_plain("tag", bars);
  }

 private:
  static int whole(int bars) { return bars / kPhraseBars * kPhraseBars; }

  int add(int bars) {
    sections_->add(order_->take(bars, sections_->next_index()));
    return bars;
  }

  int again(int bars) {
    sections_->add(order_->take_again(bars, sections_->next_index()));
    return bars;
  }

  Sections* sections_;
  FormOrder* order_;
};

// Bars that the form is drawn for: where hits part the piece, whole sections a stretch.
int body_bars(const Room& room, const Edges& edges, const Style& style) {
  const int bars = std::max(room.bars - edges.intro - edges.outro, 1);
  if (room.edges.size() == 2) return bars;
  const SectionPack* usual = find_section(style, style.forms.front().body.front());
  const int section = usual ? usual->bars : 2 * kPhraseBars;
  int sections = 0;
  for (std::size_t i = 0; i + 1 < room.edges.size(); ++i) {
    const int from = std::max(room.edges[i], edges.intro);
    const int to = std::min(room.edges[i + 1], room.bars - edges.outro);
    if (to - from >= kPhraseBars) sections += std::max(1, (to - from) / section);
  }
  return std::max(sections * section, 1);
}

}  // namespace

const SectionPack* find_section(const Style& style, std::string_view kind) {
  for (const SectionPack& section : style.sections)
    if (section.kind == kind) return &section;
  return nullptr;
}

std::vector<SectionDraft> plan_form(const CompositionRequest& request, const Style& style,
                                    const Timing& timing, const Rng& rng) {
  const Room room = room_of(request, style, timing);
  const Edges edges = choose_edges(request, style, room);
  check_edges(request, edges, std::max(room.bars, 1));
  FormOrder order(style, body_bars(room, edges, style), rng.fork("order"));
  Sections sections;
  Filling filling(sections, order);
  if (edges.intro > 0) sections.add_plain("intro", edges.intro);
  for (std::size_t i = 0; i + 1 < room.edges.size(); ++i) {
    // Where an asked intro is longer than the first stretch, later ones give way.
    const int from = std::max(room.edges[i], edges.intro);
    const int to = std::min(room.edges[i + 1], room.bars - edges.outro);
    if (to <= from) continue;
    room.edges.size() == 2 ? filling.fill_all(to - from) : filling.fill_stretch(to - from);
  }
  if (edges.outro > 0) sections.add_plain("outro", edges.outro);
  if (request.ending == Ending::kRing) sections.add_plain("ending", 1);
  return sections.take();
}

}  // namespace undersong::detail
