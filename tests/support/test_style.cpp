#include "support/test_style.h"

#include <sstream>
#include <string>

namespace undersong {
namespace {

ProgressionPack progression(std::string_view bars, std::vector<Mode> modes,
                            std::vector<std::string> sections = {}) {
  return {parse_numeral_bars(bars), std::move(modes), std::move(sections), {}, 1.0};
}

CadencePack cadence(CadencePack::At at, std::string_view bars, std::vector<Mode> modes) {
  return {at, parse_numeral_bars(bars), std::move(modes), 1.0};
}

StepPattern pattern(std::string_view steps, EnergyRange energy = {}) {
  return {"", std::string(steps), 4, energy, 1.0};
}

SectionPack section(std::string kind, double energy, int bars, RoleSet roles) {
  return {std::move(kind), energy, bars, roles};
}

void add_harmony(Style& style) {
  const std::vector<Mode> major = {Mode::kMajor};
  const std::vector<Mode> minor = {Mode::kMinor, Mode::kDorian};
  style.progressions = {
      progression("I | vi | IV | V7", major),
      progression("Imaj7 | iii7 | IVmaj7 | V7 V7/vi", major, {"A"}),
      progression("vi7 | IVmaj7 | Imaj7 | V7sus4", major, {"B", "C"}),
      progression("IV | I/3 | ii7 | V7", major, {"B", "C"}),
      progression("i | i7 | iv | v7", minor),
      progression("i9 | iv9 | i9 | v7", minor, {"A"}),
      progression("iv7 | v7 | i9 | i9", minor, {"B", "C"}),
  };
  using At = CadencePack::At;
  style.cadences = {
      cadence(At::kSection, "ii7 | V7", major),    cadence(At::kSection, "V7sus4 V7", major),
      cadence(At::kSection, "iv7 | V7", minor),    cadence(At::kEnd, "ii7 V7 | I", major),
      cadence(At::kEnd, "IV | V7 | Imaj7", major), cadence(At::kEnd, "iv7 V7 | i", minor),
  };
}

void add_form(Style& style) {
  style.forms = {{2.0, {"A", "A'", "B", "A'"}}, {1.0, {"A", "B", "A", "C"}}};
  const RoleSet all = RoleSet::all();
  RoleSet without_counter = all;
  without_counter.erase(Role::kCounter);
  style.sections = {
      section("intro", 0.3, 4, {Role::kChords, Role::kPad, Role::kPercussion}),
      section("A", 0.5, 8, without_counter),
      section("B", 0.7, 8, all),
      section("C", 0.4, 8, {Role::kBass, Role::kChords, Role::kPad, Role::kArpeggio, Role::kLead}),
      section("outro", 0.3, 4, {Role::kBass, Role::kChords, Role::kPad}),
  };
}

RolePack melodic(double from_energy, std::vector<InstrumentChoice> instruments, PitchRange range,
                 std::vector<StepPattern> patterns) {
  RolePack pack;
  pack.from_energy = from_energy;
  pack.instruments = std::move(instruments);
  pack.range = range;
  pack.patterns = std::move(patterns);
  return pack;
}

// `bar` makes a pattern of four beats one of the style's bar.
void add_percussion(Style& style, std::size_t steps) {
  const auto bar = [&](std::string text) { return text.substr(0, steps); };
  RolePack drums;
  drums.from_energy = 0.3;
  drums.instruments = {{0, 1.0}};
  drums.crash = true;
  drums.grooves = {{"plain",
                    {{36, bar("X.......X.......")},
                     {38, bar("....X.......X..g")},
                     {42, bar("x.o.x.o.x.o.x.o.")}},
                    4,
                    {},
                    1.0},
                   {"busy",
                    {{36, bar("X.....X.X...?...")},
                     {38, bar("....X..g....X..g")},
                     {42, bar("xooxxooxxooxxoox")}},
                    4,
                    {0.6, 1.0},
                    1.0}};
  drums.fills = {{"toms", {{38, "x.xx"}, {45, "..X."}, {36, "X..."}}, 4, {}, 1.0}};
  style.roles[index_of(Role::kDrums)] = drums;
  RolePack percussion;
  percussion.from_energy = 0.45;
  percussion.instruments = {{0, 1.0}};
  percussion.grooves = {{"shaker", {{70, bar("o.g.o.g.o.g.o.g.")}}, 4, {}, 1.0}};
  style.roles[index_of(Role::kPercussion)] = percussion;
}

void add_melodic_roles(Style& style, std::size_t steps) {
  const auto bar = [&](std::string text) { return pattern(text.substr(0, steps)); };
  auto& roles = style.roles;
  roles[index_of(Role::kBass)] = melodic(0.2, {{33, 2.0}, {32, 1.0}}, {28, 55},
                                         {bar("R---....5-..R-A-"), bar("K-..R---R-.5R-8-")});
  roles[index_of(Role::kChords)] = melodic(0.0, {{4, 2.0}, {0, 1.0}}, {52, 76},
                                           {bar("x-------x-------"), bar("x--.o-..x--.o---")});
  roles[index_of(Role::kChords)]->voicings = {{VoicingType::kSeventh, 1.0},
                                              {VoicingType::kDrop2, 1.0}};
  roles[index_of(Role::kPad)] = melodic(0.1, {{89, 1.0}, {49, 1.0}}, {55, 79}, {});
  roles[index_of(Role::kPad)]->voicings = {{VoicingType::kSpread, 1.0}};
  roles[index_of(Role::kArpeggio)] =
      melodic(0.35, {{46, 1.0}, {11, 1.0}}, {60, 88}, {bar("0.1.2.3.2.1.0.1.")});
  roles[index_of(Role::kArpeggio)]->voicings = {{VoicingType::kTriad, 1.0}};
  roles[index_of(Role::kLead)] =
      melodic(0.4, {{73, 1.0}, {4, 1.0}, {11, 1.0}}, {62, 86},
              {bar("x---x-x-x---...."), bar("..x-x-x-x-----.."), bar("x--x--x-x---x---")});
  roles[index_of(Role::kCounter)] =
      melodic(0.6, {{71, 1.0}, {73, 1.0}}, {55, 79}, {bar("x-------x-------")});
}

Style make_style(std::string name, int beats) {
  Style style;
  style.name = std::move(name);
  style.title = "A style for tests";
  style.about = "Nothing that anyone would ship.";
  style.moods = {Mood::kNeutral};
  style.slowest_bpm = 60.0;
  style.fastest_bpm = 140.0;
  style.usual_low_bpm = 80.0;
  style.usual_high_bpm = 120.0;
  style.beats = beats;
  style.tonics = {0, 2, 5, 7};
  style.modes = {{Mode::kMajor, 2.0}, {Mode::kMinor, 1.0}, {Mode::kDorian, 1.0}};
  const auto steps = static_cast<std::size_t>(4 * beats);
  add_form(style);
  add_harmony(style);
  add_percussion(style, steps);
  add_melodic_roles(style, steps);
  return style;
}

}  // namespace

Style make_test_style() { return make_style("test", 4); }
Style make_test_waltz() { return make_style("test-waltz", 3); }

std::vector<std::vector<RomanNumeral>> parse_numeral_bars(std::string_view text) {
  std::vector<std::vector<RomanNumeral>> bars(1);
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (word == "|") {
      bars.emplace_back();
    } else {
      bars.back().push_back(parse_roman_numeral(word));
    }
  }
  return bars;
}

}  // namespace undersong
