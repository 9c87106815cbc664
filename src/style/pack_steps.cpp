#include "style/pack_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "style/percussion_names.h"

namespace undersong {
namespace {

constexpr int kMostBars = 8;

// A text of steps without blanks and bar lines, and where each step stood.
struct Steps {
  std::string steps;
  std::vector<std::size_t> offsets;
};

// Steps of one text, checked against what stands in a bar.
class StepReader {
 public:
  StepReader(const PackTable& table, std::string_view key, const TomlNode& node,
             std::string_view characters)
      : table_(table), key_(key), node_(node), characters_(characters) {}

  // `bar_steps` of 0: no bar lines.
  Steps read(int bar_steps) {
    Steps result;
    for (std::size_t i = 0; i < node_.text.size(); ++i) {
      const char c = node_.text[i];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
      if (c == '|') {
        check_bar_line(i, result.steps.size(), bar_steps);
      } else if (characters_.find(c) != characters_.npos) {
        result.steps += c;
        result.offsets.push_back(i);
      } else {
        complain_of_character(i);
        result.steps += 'x';  // so that the length is right, and what is held
        result.offsets.push_back(i);
      }
    }
    check_holds(result, bar_steps > 0);
    return result;
  }

  void complain(std::string_view what) const {
    table_.complain_about(node_, key_, std::string(what));
  }

 private:
  void check_bar_line(std::size_t offset, std::size_t steps, int bar_steps) const {
    if (bar_steps > 0 && steps % static_cast<std::size_t>(bar_steps) == 0) return;
    table_.complain_inside(
        node_, offset, key_,
        bar_steps > 0
            ? fmt::format("the bar line stands after {} steps; a bar has {}", steps, bar_steps)
            : std::string("a fill has no bar line; leave it out"));
  }

  // Each character once.
  void complain_of_character(std::size_t offset) {
    const auto is_continuation = [&](std::size_t i) {
      return (static_cast<unsigned char>(node_.text[i]) & 0xC0U) == 0x80U;
    };
    if (is_continuation(offset)) return;
    std::size_t end = offset + 1;
    while (end < node_.text.size() && is_continuation(end)) ++end;
    const std::string character = node_.text.substr(offset, end - offset);
    if (std::find(unknown_.begin(), unknown_.end(), character) != unknown_.end()) return;
    unknown_.push_back(character);
    table_.complain_inside(
        node_, offset, key_,
        fmt::format("'{}' is no step here; there are {}", character, fmt::join(characters_, " ")));
  }

  // At its beginning a pattern that goes around holds what its end leaves.
  void check_holds(const Steps& read, bool goes_around) const {
    for (std::size_t i = 0; i < read.steps.size(); ++i) {
      if (read.steps[i] != '-') continue;
      const char before = i > 0 ? read.steps[i - 1] : goes_around ? read.steps.back() : '.';
      if (before != '.') continue;
      table_.complain_inside(node_, read.offsets[i], key_,
                             "'-' holds nothing here; let it follow a note, or write '.'");
      return;
    }
  }

  const PackTable& table_;
  std::string_view key_;
  const TomlNode& node_;
  std::string_view characters_;
  std::vector<std::string> unknown_;
};

bool is_silent(std::string_view steps) { return steps.find_first_not_of(".-") == steps.npos; }

// Whole bars of steps; empty after a complaint.
std::string read_bars(const PackTable& table, std::string_view key, const TomlNode& node,
                      std::string_view characters, const StepMeter& meter, int steps_per_beat) {
  const int bar_steps = meter.beats * steps_per_beat;
  StepReader reader(table, key, node, characters);
  const std::string steps = reader.read(bar_steps).steps;
  const auto count = static_cast<int>(steps.size());
  if (count == 0 || count % bar_steps != 0) {
    reader.complain(fmt::format(
        "has {} steps, which is no whole number of bars; a bar has {}, {} for each of {} beats",
        count, bar_steps, steps_per_beat, meter.beats));
    return "";
  }
  if (count / bar_steps > kMostBars) {
    reader.complain(fmt::format("is {} bars long; {} are the most", count / bar_steps, kMostBars));
    return "";
  }
  return steps;
}

EnergyRange read_energy(PackTable& table) {
  const auto span = table.span("energy", {0.0, 1.0});
  return span ? EnergyRange{span->first, span->second} : EnergyRange{};
}

int read_steps_per_beat(PackTable& table, const StepMeter& meter) {
  return table.choice("steps_per_beat", {1, 2, 3, 4, 6, 8, 12}, meter.usual_steps_per_beat());
}

// All but the keys that every groove has are names of instruments.
template <typename ReadVoice>
void read_voices(PackTable& table, Groove& groove, ReadVoice&& read_voice) {
  constexpr std::string_view kOtherKeys[] = {"name", "energy", "weight", "steps_per_beat", "beats"};
  if (!table.present()) return;
  for (const TomlNode::Entry& entry : table.node()->entries) {
    if (std::find(std::begin(kOtherKeys), std::end(kOtherKeys), entry.key) != std::end(kOtherKeys))
      continue;
    const TomlNode* node = table.take(entry.key, TomlNode::Kind::kText);
    try {
      const int key = parse_percussion(entry.key);
      for (const Groove::Voice& other : groove.voices) {
        if (other.key == key)
          throw Error(ErrorKind::kFormat, "this instrument has its steps already; leave one out");
      }
      if (node != nullptr) groove.voices.push_back({key, read_voice(entry.key, *node)});
    } catch (const Error& error) {
      table.complaints().add(entry.place, table.path_of(entry.key), error.message());
    }
  }
  if (groove.voices.empty())
    table.complain("has no instrument; give one steps, as kick = \"x...\"");
}

// A voice that is shorter than the longest goes around again.
void repeat_to_longest(const PackTable& table, Groove& groove) {
  std::size_t longest = 0;
  for (const auto& voice : groove.voices) longest = std::max(longest, voice.steps.size());
  for (auto& voice : groove.voices) {
    if (voice.steps.empty()) continue;  // complained of
    if (longest % voice.steps.size() != 0) {
      table.complain(fmt::format("{} has {} steps, which do not fit into the {} of the longest",
                                 percussion_name(voice.key), voice.steps.size(), longest));
      continue;
    }
    const std::string once = voice.steps;
    while (voice.steps.size() < longest) voice.steps += once;
  }
  const bool silent = std::all_of(groove.voices.begin(), groove.voices.end(),
                                  [](const auto& voice) { return is_silent(voice.steps); });
  if (silent && longest > 0) table.complain("nobody plays in it; give at least one stroke");
}

Groove read_head(PackTable& table, const StepMeter& meter) {
  Groove groove;
  groove.name = table.text("name");
  groove.energy = read_energy(table);
  groove.weight = table.number("weight", {0.001, 1000.0}, 1.0);
  groove.steps_per_beat = read_steps_per_beat(table, meter);
  return groove;
}

}  // namespace

std::string_view step_characters(Role role) {
  switch (role) {
    case Role::kDrums:
    case Role::kPercussion: return ".-goxX?rt";
    case Role::kBass: return ".-R35678LAWKg";
    case Role::kArpeggio: return ".-0123456789";
    default: return ".-goxX?";
  }
}

StepPattern read_pattern(PackTable& table, Role role, const StepMeter& meter) {
  StepPattern pattern;
  pattern.name = table.text("name");
  pattern.energy = read_energy(table);
  pattern.weight = table.number("weight", {0.001, 1000.0}, 1.0);
  pattern.steps_per_beat = read_steps_per_beat(table, meter);
  const TomlNode* node = table.take("steps", TomlNode::Kind::kText, Need::kRequired);
  if (node != nullptr) {
    pattern.steps =
        read_bars(table, "steps", *node, step_characters(role), meter, pattern.steps_per_beat);
    if (!pattern.steps.empty() && is_silent(pattern.steps))
      table.complain_about(*node, "steps", "nobody plays in it; give at least one note");
  }
  table.finish();
  return pattern;
}

Groove read_groove(PackTable& table, const StepMeter& meter) {
  Groove groove = read_head(table, meter);
  read_voices(table, groove, [&](std::string_view key, const TomlNode& node) {
    return read_bars(table, key, node, step_characters(Role::kDrums), meter, groove.steps_per_beat);
  });
  repeat_to_longest(table, groove);
  table.finish();
  return groove;
}

Fill read_fill(PackTable& table, const StepMeter& meter) {
  Fill fill = read_head(table, meter);
  const int beats =
      table.integer("beats", {1.0, static_cast<double>(meter.beats)}, 0, Need::kRequired);
  const int wanted = beats * fill.steps_per_beat;
  read_voices(table, fill, [&](std::string_view key, const TomlNode& node) {
    StepReader reader(table, key, node, step_characters(Role::kDrums));
    const std::string steps = reader.read(0).steps;
    if (beats == 0 || static_cast<int>(steps.size()) == wanted) return steps;
    reader.complain(fmt::format("has {} steps; {} beats of {} steps are {}", steps.size(), beats,
                                fill.steps_per_beat, wanted));
    return std::string();
  });
  repeat_to_longest(table, fill);
  table.finish();
  return fill;
}

void check_energies(const PackTable& role, std::vector<EnergyRange> ranges, double from_energy,
                    std::string_view what) {
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const EnergyRange& a, const EnergyRange& b) { return a.low < b.low; });
  double covered = from_energy;
  bool begun = false;
  for (const EnergyRange& range : ranges) {
    if (range.high < from_energy) continue;
    if (range.low > covered) break;
    begun = true;
    covered = std::max(covered, range.high);
  }
  if (ranges.empty() || (begun && covered >= 1.0)) return;
  const auto next = std::find_if(ranges.begin(), ranges.end(),
                                 [&](const EnergyRange& range) { return range.low > covered; });
  role.complain(fmt::format("no {} may play at an energy from {} to {}; widen the `energy` of one",
                            what, covered, next == ranges.end() ? 1.0 : next->low));
}

}  // namespace undersong
