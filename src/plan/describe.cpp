// A plan for people.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/plan.h"
#include "plan/timing.h"
#include "score/general_midi.h"

namespace undersong {
namespace {

double bpm_of(const PlannedBar& bar) { return 60e6 / bar.microseconds_per_quarter; }

std::string tempo_text(const Plan& plan) {
  // The final chord's bar and a ritardando before it say nothing of the piece.
  const std::size_t count = plan.bars.size() > 4 ? plan.bars.size() - 3 : 1;
  double slowest = bpm_of(plan.bars.front());
  double fastest = slowest;
  for (std::size_t i = 0; i < count; ++i) {
    slowest = std::min(slowest, bpm_of(plan.bars[i]));
    fastest = std::max(fastest, bpm_of(plan.bars[i]));
  }
  if (fastest - slowest < 0.05) return fmt::format("{:.1f} BPM", slowest);
  return fmt::format("{:.1f}-{:.1f} BPM", slowest, fastest);
}

std::string bar_chords(const PlannedBar& bar, const Key& key) {
  std::string text;
  for (const PlannedChord& chord : bar.chords)
    text += (text.empty() ? "" : " ") + name_of(chord.symbol, key);
  return text;
}

// "Dm9 | G13 | Cmaj9 | Am9 / (again)": a phrase a part, what repeats the one before is not written
// out.
std::string section_chords(const Plan& plan, const PlannedSection& section) {
  std::string text;
  std::string before;
  auto bar = static_cast<std::size_t>(section.first_bar);
  for (const int phrase : section.phrases) {
    std::string line;
    for (int i = 0; i < phrase; ++i, ++bar)
      line += (line.empty() ? "" : " | ") + bar_chords(plan.bars[bar], section.key);
    text += (text.empty() ? "" : " || ") + (line == before ? std::string("again") : line);
    before = line;
  }
  return text;
}

std::string energy_text(const Plan& plan, const PlannedSection& section) {
  const PlannedBar& first = plan.bars[static_cast<std::size_t>(section.first_bar)];
  const PlannedBar& last =
      plan.bars[static_cast<std::size_t>(section.first_bar + section.bars - 1)];
  return fmt::format("{:.2f}-{:.2f}", first.energy, last.energy);
}

// A letter a role, in capitals where it plays in every bar.
std::string roles_text(const Plan& plan, const PlannedSection& section) {
  std::string text;
  for (const Role role : kRoles) {
    int bars = 0;
    for (int i = 0; i < section.bars; ++i)
      bars +=
          plan.bars[static_cast<std::size_t>(section.first_bar + i)].roles.contains(role) ? 1 : 0;
    if (bars == 0) continue;
    text += (text.empty() ? "" : " ") + std::string(name_of(role));
    if (bars < section.bars) text += fmt::format("({})", bars);
  }
  return text;
}

std::string marks_text(const Plan& plan, const PlannedSection& section) {
  std::string text;
  for (int i = 0; i < section.bars; ++i) {
    const auto bar = static_cast<std::size_t>(section.first_bar + i);
    if (plan.bars[bar].hit) text += fmt::format(" hit@{}", bar + 1);
    if (plan.bars[bar].beats != plan.bars.front().beats)
      text += fmt::format(" {}/{}@{}", plan.bars[bar].beats, plan.beat_unit, bar + 1);
  }
  return text;
}

std::string header(const Plan& plan, const Style& style) {
  std::string text = fmt::format("{}, {}, {}/{}, {}: {} bars, {}", style.title, name_of(plan.key),
                                 plan.bars.front().beats, plan.beat_unit, tempo_text(plan),
                                 plan.bars.size(), detail::clock_text(plan.request.length_seconds));
  switch (plan.request.ending) {
    case Ending::kRing:
      text += fmt::format(", the last chord rings {:.2f} s", plan.tail_seconds);
      break;
    case Ending::kFade: text += fmt::format(", fades for {:.2f} s", plan.tail_seconds); break;
    case Ending::kCut: text += ", stops with the last beat"; break;
    case Ending::kLoop: text += ", loops"; break;
  }
  return text + fmt::format("; seed {}\n", plan.request.seed);
}

std::string instruments_text(const Plan& plan) {
  std::string text;
  for (const PlannedInstrument& instrument : plan.instruments) {
    text += text.empty() ? "" : ", ";
    text += std::string(name_of(instrument.role));
    if (is_percussive(instrument.role)) {
      if (instrument.program != 0) text += fmt::format(": kit {}", instrument.program);
    } else {
      text +=
          fmt::format(": {}", kGeneralMidiPrograms[static_cast<std::size_t>(instrument.program)]);
    }
  }
  return text + "\n";
}

}  // namespace

std::string describe(const Plan& plan, const Style& style) {
  if (plan.bars.empty()) return "a plan without bars\n";
  std::string text = header(plan, style) + instruments_text(plan);
  const std::vector<double> times = bar_times(plan);
  for (const PlannedSection& section : plan.sections) {
    const std::string bars = section.bars == 1 ? std::to_string(section.first_bar + 1)
                                               : fmt::format("{}-{}", section.first_bar + 1,
                                                             section.first_bar + section.bars);
    const std::string key =
        section.key == plan.key ? "" : fmt::format(" [{}]", name_of(section.key));
    text += fmt::format("{:8} {:>9}  {:>9}  {:9}  {}{}\n{:41}{}{}\n", section.name, bars,
                        detail::clock_text(times[static_cast<std::size_t>(section.first_bar)]),
                        energy_text(plan, section), section_chords(plan, section), key, "",
                        roles_text(plan, section), marks_text(plan, section));
  }
  return text;
}

}  // namespace undersong
