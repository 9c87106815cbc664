#include "style/pack_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "base/suggestion.h"
#include "score/general_midi.h"
#include "score/key.h"
#include "style/pack_sound.h"

namespace undersong {
namespace {

constexpr NumberLimits kShare{0.0, 1.0};
// Of a role.
constexpr std::size_t kMostPatterns = 100;
constexpr std::size_t kMostGrooves = 100;
// A melody, a voiced chord and a bass line each need room to move.
constexpr int kNarrowestRange = 12;

constexpr std::array<std::string_view, 8> kVoicings = {"triad", "seventh", "rootless", "drop2",
                                                       "shell", "power",   "spread",   "quartal"};
constexpr std::array<std::string_view, 3> kScales = {"mode", "pentatonic", "blues"};
constexpr std::array<std::string_view, 3> kCounterWays = {"answer", "sustain", "parallel"};

// The enumerator of a name among names.
template <typename Enum>
Enum parse_one_of(std::string_view text, std::span<const std::string_view> names,
                  std::string_view what) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  throw Error(ErrorKind::kFormat,
              fmt::format("there is no {} '{}'{}", what, text, suggestion(text, known)));
}

struct Kit {
  std::string_view name;
  int program;
};

// Source: General MIDI 2 (RP-024), drum sets; the TR-808 is its analogue set.
constexpr Kit kKits[] = {{"standard", 0},    {"room", 8},    {"power", 16},
                         {"electronic", 24}, {"analog", 25}, {"808", 25},
                         {"jazz", 32},       {"brush", 40},  {"orchestra", 48}};

int parse_kit(std::string_view text) {
  std::vector<std::string> names;
  for (const Kit& kit : kKits) {
    if (kit.name == text) return kit.program;
    names.emplace_back(kit.name);
  }
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 127)
    return number;
  throw Error(ErrorKind::kFormat,
              fmt::format("there is no drum kit '{}'{}", text, suggestion(text, names)));
}

std::vector<InstrumentChoice> as_choices(const std::vector<std::pair<int, double>>& weighted) {
  std::vector<InstrumentChoice> choices;
  for (const auto& [program, weight] : weighted) choices.push_back({program, weight});
  return choices;
}

// `kit = 40`, `kit = "brush"` or `kit = { brush = 2, jazz = 1 }`.
std::vector<InstrumentChoice> read_kits(PackTable& table) {
  const TomlNode* node = table.take("kit");
  if (node == nullptr) return {{0, 1.0}};
  if (node->kind == TomlNode::Kind::kInteger) return {{table.integer("kit", {0.0, 127.0}, 0), 1.0}};
  return as_choices(table.weighted<int>("kit", parse_kit));
}

int pitch_of(const PackTable& table, const TomlNode& node) {
  if (node.kind == TomlNode::Kind::kInteger && node.number >= 0.0 && node.number <= 127.0)
    return static_cast<int>(node.number);
  try {
    if (node.kind == TomlNode::Kind::kText) return parse_note(node.text);
    table.complain_about(node, "range", "is no note; give one such as \"E2\", or 0 to 127");
  } catch (const Error& error) {
    table.complain_about(node, "range", error.message());
  }
  return -1;
}

PitchRange read_range(PackTable& table) {
  const TomlNode* node = table.take("range", TomlNode::Kind::kArray, Need::kRequired);
  if (node == nullptr) return {};
  if (node->items.size() != 2) {
    table.complain_about(*node, "range",
                         "is not two notes; give the lowest and the highest, as [\"E2\", \"G4\"]");
    return {};
  }
  const PitchRange range = {pitch_of(table, node->items[0]), pitch_of(table, node->items[1])};
  if (range.low < 0 || range.high < 0) return {};
  if (range.high - range.low >= kNarrowestRange) return range;
  table.complain_about(*node, "range",
                       fmt::format("spans {} semitones; give the lowest note first and at least an "
                                   "octave",
                                   range.high - range.low));
  return {};
}

RoleFeel read_feel(PackTable table) {
  RoleFeel feel;
  feel.late_ms = table.number("late_ms", {-40.0, 40.0}, feel.late_ms);
  feel.timing_ms = table.number("timing_ms", {0.0, 30.0}, feel.timing_ms);
  feel.velocity_spread = table.number("velocity", {0.0, 30.0}, feel.velocity_spread);
  table.finish();
  return feel;
}

void read_grooves(PackTable& table, Role role, const StepMeter& meter, RolePack& pack) {
  pack.instruments = read_kits(table);
  std::vector<EnergyRange> energies;
  for (PackTable& groove : table.tables("groove", kMostGrooves, Need::kRequired)) {
    pack.grooves.push_back(read_groove(groove, meter));
    energies.push_back(pack.grooves.back().energy);
  }
  check_energies(table, energies, pack.from_energy, "groove");
  if (role != Role::kDrums) return;
  pack.crash = table.flag("crash", false);
  for (PackTable& fill : table.tables("fill", kMostGrooves))
    pack.fills.push_back(read_fill(fill, meter));
}

void read_patterns(PackTable& table, Role role, const StepMeter& meter, RolePack& pack) {
  if (role == Role::kPad) return;
  const bool optional = role == Role::kCounter && pack.counter != CounterWay::kAnswer;
  std::vector<EnergyRange> energies;
  for (PackTable& pattern :
       table.tables("pattern", kMostPatterns, optional ? Need::kOptional : Need::kRequired)) {
    pack.patterns.push_back(read_pattern(pattern, role, meter));
    energies.push_back(pack.patterns.back().energy);
  }
  if (pack.patterns.empty() && optional) {
    // A note a bar.
    StepPattern whole;
    whole.steps_per_beat = 1;
    whole.steps = "x" + std::string(static_cast<std::size_t>(meter.beats - 1), '-');
    pack.patterns.push_back(whole);
  }
  check_energies(table, energies, pack.from_energy, "pattern");
}

void read_voicings(PackTable& table, Role role, RolePack& pack) {
  pack.voicings = table.weighted<VoicingType>("voicings", [](std::string_view text) {
    return parse_one_of<VoicingType>(text, kVoicings, "voicing");
  });
  if (pack.voicings.empty()) pack.voicings.emplace_back(VoicingType::kTriad, 1.0);
  if (role == Role::kChords) pack.strum_ms = table.number("strum_ms", {0.0, 60.0}, 0.0);
  if (role == Role::kArpeggio) pack.ring = table.flag("ring", false);
}

void read_melody(PackTable& table, MelodyTraits& melody) {
  melody.scale = table.parsed(
      "scale",
      [](std::string_view text) { return parse_one_of<MelodyScale>(text, kScales, "scale"); },
      melody.scale);
  melody.motif_bars = table.choice("motif_bars", {1, 2, 4}, melody.motif_bars);
  melody.leaps = table.number("leaps", kShare, melody.leaps);
  melody.rests = table.number("rests", {0.0, 0.8}, melody.rests);
  melody.ornaments = table.number("ornaments", kShare, melody.ornaments);
  melody.chromatic = table.number("chromatic", kShare, melody.chromatic);
  melody.anacrusis = table.number("anacrusis", kShare, melody.anacrusis);
}

void read_pitched(PackTable& table, Role role, const StepMeter& meter, RolePack& pack) {
  pack.instruments = as_choices(table.weighted<int>("instruments", parse_program, Need::kRequired));
  pack.range = read_range(table);
  if (role == Role::kChords || role == Role::kPad || role == Role::kArpeggio)
    read_voicings(table, role, pack);
  if (role == Role::kLead) read_melody(table, pack.melody);
  if (role == Role::kCounter)
    pack.counter = table.parsed(
        "way",
        [](std::string_view text) { return parse_one_of<CounterWay>(text, kCounterWays, "way"); },
        pack.counter);
  read_patterns(table, role, meter, pack);
}

}  // namespace

std::string_view name_of(VoicingType voicing) {
  return kVoicings.at(static_cast<std::size_t>(voicing));
}
std::string_view name_of(MelodyScale scale) { return kScales.at(static_cast<std::size_t>(scale)); }
std::string_view name_of(CounterWay way) { return kCounterWays.at(static_cast<std::size_t>(way)); }

int parse_note(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_of("-0123456789"), text.size());
  const std::string_view number = text.substr(digits);
  int octave = 0;
  const char* const end = number.data() + number.size();
  const auto [read_end, failure] = std::from_chars(number.data(), end, octave);
  if (failure == std::errc() && read_end == end && octave >= -1 && octave <= 9) {
    try {
      // "Cb4" is the B below C4, "B#3" is C4.
      const int natural = parse_pitch_class(text.substr(0, 1));
      const int shift = (parse_pitch_class(text.substr(0, digits)) - natural + 18) % 12 - 6;
      const int pitch = (octave + 1) * 12 + natural + shift;
      if (pitch >= 0 && pitch <= 127) return pitch;
    } catch (const Error&) {
      // Told below, with the octave.
    }
  }
  throw Error(
      ErrorKind::kFormat,
      fmt::format("'{}' is no note; give its name and octave, such as E2, Bb3 or C4 (middle "
                  "C), from C-1 to G9",
                  text));
}

std::string note_name(int pitch) {
  constexpr std::array<std::string_view, 12> kNotes = {"C",  "C#", "D",  "Eb", "E",  "F",
                                                       "F#", "G",  "Ab", "A",  "Bb", "B"};
  return fmt::format("{}{}", kNotes.at(static_cast<std::size_t>(pitch % 12)), pitch / 12 - 1);
}

std::string_view kit_name(int program) {
  for (const Kit& kit : kKits) {
    if (kit.program == program) return kit.name;
  }
  return "";
}

RolePack read_role(PackTable table, Role role, const StepMeter& meter) {
  RolePack pack;
  pack.from_energy = table.number("from_energy", kShare, 0.0);
  pack.feel = read_feel(table.table("feel"));
  pack.sound = read_role_sound(table.table("sound"));
  if (is_percussive(role))
    read_grooves(table, role, meter, pack);
  else
    read_pitched(table, role, meter, pack);
  table.finish();
  return pack;
}

}  // namespace undersong
