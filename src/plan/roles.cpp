#include "plan/roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"

namespace undersong::detail {
namespace {

RoleSet roles_of(const Style& style) {
  RoleSet roles;
  for (const Role role : kRoles)
    if (style.role(role)) roles.insert(role);
  return roles;
}

std::string roles_text(RoleSet roles) {
  std::string text;
  for (const Role role : kRoles)
    if (roles.contains(role)) text += (text.empty() ? "" : ", ") + std::string(name_of(role));
  return text;
}

// A few bars that stand or fall together.
struct Stretch {
  std::size_t first = 0;
  std::size_t bars = 0;
};

// From where nobody should be left out: what the ear takes for music even alone.
constexpr std::array kByNecessity = {Role::kChords, Role::kArpeggio,  Role::kPad,
                                     Role::kLead,   Role::kBass,      Role::kCounter,
                                     Role::kDrums,  Role::kPercussion};

bool has_pitched(RoleSet roles) {
  return std::any_of(kRoles.begin(), kRoles.end(),
                     [&](Role role) { return !is_percussive(role) && roles.contains(role); });
}

class RolePlan {
 public:
  RolePlan(const CompositionRequest& request, const Style& style,
           const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars, const Rng& rng)
      : style_(style),
        drafts_(drafts),
        bars_(bars),
        rng_(rng),
        asked_curve_(!request.energy.empty()),
        allowed_(allowed_roles(request, style)),
        climax_(request.energy.empty() ? climax_of(style, drafts) : nullptr) {}

  void write() {
    for (std::size_t s = 0; s < drafts_.size(); ++s) {
      const PlannedSection& section = drafts_[s].section;
      auto first = static_cast<std::size_t>(section.first_bar);
      for (std::size_t p = 0; p < section.phrases.size(); ++p) {
        const auto bars = static_cast<std::size_t>(section.phrases[p]);
        for (const Stretch& stretch : stretches(first, bars)) decide(s, p, stretch);
        first += bars;
      }
    }
  }

 private:
  double energy_of(const Stretch& stretch) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < stretch.bars; ++i) sum += bars_[stretch.first + i].energy;
    return sum / static_cast<double>(stretch.bars);
  }

  // A phrase, or halves and quarters of it over which an asked energy does not change much.
  std::vector<Stretch> stretches(std::size_t first, std::size_t bars) const {
    constexpr double kSteep = 0.12;
    double low = 1.0;
    double high = 0.0;
    for (std::size_t i = first; i < first + bars; ++i) {
      low = std::min(low, bars_[i].energy);
      high = std::max(high, bars_[i].energy);
    }
    if (!asked_curve_ || high - low <= kSteep || bars < 2) return {{first, bars}};
    const std::size_t size = high - low > 3.0 * kSteep ? 1 : 2;
    std::vector<Stretch> parts;
    for (std::size_t i = 0; i < bars; i += size)
      parts.push_back({first + i, std::min(size, bars - i)});
    return parts;
  }

  // Who may play in a section: what its kind says; an asked energy, or a hit, far above what the
  // kind is used to opens it to all. Where a piece is too short for a second kind, those of the
  // style's highest come in where the first one climbs.
  RoleSet candidates(const SectionDraft& draft, double energy) const {
    const SectionPack* pack = find_section(style_, draft.section.kind);
    constexpr double kFarAbove = 0.2;
    const bool hit = bars_[static_cast<std::size_t>(draft.section.first_bar)].hit;
    if (!pack || ((asked_curve_ || hit) && energy > pack->energy + kFarAbove)) return allowed_;
    constexpr double kAbove = 0.08;
    RoleSet roles = pack->roles;
    if (climax_ && energy > pack->energy + kAbove) {
      for (const Role role : kRoles)
        if (climax_->roles.contains(role)) roles.insert(role);
    }
    return roles & allowed_;
  }

  // The highest kind of the style's body, for pieces of one short section that may grow to it.
  static const SectionPack* climax_of(const Style& style, const std::vector<SectionDraft>& drafts) {
    const auto is_edge = [](const std::string& kind) { return kind == "intro" || kind == "outro"; };
    const auto is_body = [&](const SectionDraft& draft) {
      return find_section(style, draft.section.kind) && !is_edge(draft.section.kind);
    };
    if (std::count_if(drafts.begin(), drafts.end(), is_body) != 1) return nullptr;
    const SectionPack* highest = nullptr;
    for (const SectionPack& pack : style.sections) {
      if (is_edge(pack.kind)) continue;
      if (!highest || pack.energy > highest->energy) highest = &pack;
    }
    return highest;
  }

  RoleSet players(RoleSet from, double energy, RoleSet before) const {
    RoleSet roles;
    for (const Role role : kRoles) {
      if (!from.contains(role)) continue;
      // Who plays already stays at a little less than what it takes to begin.
      constexpr double kInertia = 0.03;
      const double needed =
          style_.role(role)->from_energy - (before.contains(role) ? kInertia : 0.0);
      if (energy >= needed) roles.insert(role);
    }
    return roles;
  }

  // Somebody with a pitch, if at all possible.
  RoleSet never_nobody(RoleSet roles, RoleSet from) const {
    if (has_pitched(roles)) return roles;
    for (const RoleSet& source : {from, allowed_}) {
      if (!has_pitched(source)) continue;
      for (const Role role : kByNecessity) {
        if (is_percussive(role) || !source.contains(role)) continue;
        roles.insert(role);
        return roles;
      }
    }
    for (const Role role : kByNecessity) {
      if (!roles.empty()) break;
      if (allowed_.contains(role)) roles.insert(role);
    }
    return roles;
  }

  // Some rest in the first phrase of a section, so that they can come in; breakdowns have no drums.
  RoleSet thinned(RoleSet roles, std::size_t section, std::size_t phrase) const {
    const SectionDraft& draft = drafts_[section];
    if (draft.breakdown) {
      roles.erase(Role::kDrums);
      if (phrase == 0) roles.erase(Role::kBass);
    }
    if (phrase > 0 || draft.section.phrases.size() < 2) return roles;
    Rng rng = rng_.fork(section);
    constexpr std::array kLateComers = {Role::kCounter, Role::kArpeggio, Role::kPad,
                                        Role::kPercussion};
    constexpr double kLate = 0.5;
    const Role late = kLateComers[rng.below(kLateComers.size())];
    if (rng.uniform() < kLate) roles.erase(late);
    return roles;
  }

  void decide(std::size_t section, std::size_t phrase, const Stretch& stretch) {
    const SectionDraft& draft = drafts_[section];
    const RoleSet before = stretch.first > 0 ? bars_[stretch.first - 1].roles : RoleSet{};
    const bool goes_on = draft.section.kind == "ending" || draft.section.kind == "tag";
    const double energy = energy_of(stretch);
    RoleSet roles;
    if (goes_on && stretch.first > 0 && !asked_curve_) {
      roles = before;
    } else {
      const RoleSet from = candidates(draft, energy);
      roles = players(from, energy, before);
      if (!asked_curve_) roles = thinned(roles, section, phrase);
      roles = never_nobody(roles, from);
    }
    for (std::size_t i = 0; i < stretch.bars; ++i) bars_[stretch.first + i].roles = roles;
  }

  const Style& style_;
  const std::vector<SectionDraft>& drafts_;
  std::vector<PlannedBar>& bars_;
  Rng rng_;
  bool asked_curve_;
  RoleSet allowed_;
  const SectionPack* climax_;  // null in longer pieces
};

int draw_program(const RolePack& pack, const std::vector<int>& taken, Rng& rng) {
  std::vector<double> weights;
  for (const InstrumentChoice& choice : pack.instruments) {
    const bool used = std::find(taken.begin(), taken.end(), choice.program) != taken.end();
    weights.push_back(used ? choice.weight * 1e-9 : choice.weight);
  }
  return weights.empty() ? 0 : pack.instruments[rng.weighted(weights)].program;
}

}  // namespace

RoleSet allowed_roles(const CompositionRequest& request, const Style& style) {
  const RoleSet of_style = roles_of(style);
  RoleSet roles = request.only ? of_style & *request.only : of_style;
  for (const Role role : kRoles)
    if (request.without.contains(role)) roles.erase(role);
  if (roles.empty()) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--instruments and --without leave nobody to play; the style {} has {}",
                            style.name, roles_text(of_style)));
  }
  return roles;
}

void plan_roles(const CompositionRequest& request, const Style& style,
                const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                const Rng& rng) {
  RolePlan(request, style, drafts, bars, rng).write();
}

void plan_fills(const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                const Rng& rng) {
  const auto drummed = [&](std::size_t bar) { return bars[bar].roles.contains(Role::kDrums); };
  for (std::size_t bar = 0; bar + 1 < bars.size(); ++bar)
    if (bars[bar + 1].hit && drummed(bar)) bars[bar].fill = true;
  for (std::size_t s = 0; s < drafts.size(); ++s) {
    auto next = static_cast<std::size_t>(drafts[s].section.first_bar);
    Rng chance = rng.fork(s);
    for (std::size_t p = 0; p < drafts[s].section.phrases.size(); ++p) {
      next += static_cast<std::size_t>(drafts[s].section.phrases[p]);
      const bool section_ends = p + 1 == drafts[s].section.phrases.size();
      constexpr double kAfterPhrase = 0.3;
      const bool wanted = chance.uniform() < kAfterPhrase || section_ends;
      // At a section's end drums say goodbye, too, when they stop there.
      if (wanted && next < bars.size() && drummed(next - 1) && (section_ends || drummed(next)))
        bars[next - 1].fill = true;
    }
  }
}

std::vector<PlannedInstrument> choose_instruments(const CompositionRequest& request,
                                                  const Style& style, const Rng& rng) {
  const RoleSet allowed = allowed_roles(request, style);
  std::vector<PlannedInstrument> instruments;
  std::vector<int> taken;
  for (const auto& [role, program] : request.instruments)
    if (!is_percussive(role)) taken.push_back(program);
  for (const Role role : kRoles) {
    if (!allowed.contains(role)) continue;
    const auto asked = std::find_if(request.instruments.begin(), request.instruments.end(),
                                    [&](const auto& entry) { return entry.first == role; });
    Rng chance = rng.fork(name_of(role));
    const int program =
        asked != request.instruments.end()
            ? asked->second
            : draw_program(*style.role(role), is_percussive(role) ? std::vector<int>{} : taken,
                           chance);
    if (!is_percussive(role)) taken.push_back(program);
    instruments.push_back({role, program});
  }
  return instruments;
}

}  // namespace undersong::detail
