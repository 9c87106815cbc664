#include "style/percussion_names.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

// Source: General MIDI System Level 1 (RP-003), table 3; General MIDI 2 (RP-024) beyond its keys.
constexpr PercussionName kNames[] = {
    {"high_q", 27},         {"slap", 28},           {"scratch_push", 29},  {"scratch_pull", 30},
    {"sticks", 31},         {"square_click", 32},   {"metronome", 33},     {"metronome_bell", 34},
    {"acoustic_kick", 35},  {"kick", 36},           {"side_stick", 37},    {"snare", 38},
    {"clap", 39},           {"electric_snare", 40}, {"floor_tom", 41},     {"closed_hat", 42},
    {"high_floor_tom", 43}, {"pedal_hat", 44},      {"low_tom", 45},       {"open_hat", 46},
    {"mid_tom", 47},        {"high_mid_tom", 48},   {"crash", 49},         {"high_tom", 50},
    {"ride", 51},           {"china", 52},          {"ride_bell", 53},     {"tambourine", 54},
    {"splash", 55},         {"cowbell", 56},        {"crash_2", 57},       {"vibraslap", 58},
    {"ride_2", 59},         {"bongo_high", 60},     {"bongo_low", 61},     {"conga_mute", 62},
    {"conga_high", 63},     {"conga_low", 64},      {"timbale_high", 65},  {"timbale_low", 66},
    {"agogo_high", 67},     {"agogo_low", 68},      {"cabasa", 69},        {"maracas", 70},
    {"whistle_short", 71},  {"whistle_long", 72},   {"guiro_short", 73},   {"guiro_long", 74},
    {"claves", 75},         {"woodblock_high", 76}, {"woodblock_low", 77}, {"cuica_mute", 78},
    {"cuica_open", 79},     {"triangle_mute", 80},  {"triangle", 81},      {"shaker", 82},
    {"jingle_bell", 83},    {"bell_tree", 84},      {"castanets", 85},     {"surdo_mute", 86},
    {"surdo", 87},
};

}  // namespace

std::span<const PercussionName> percussion_names() { return kNames; }

int parse_percussion(std::string_view text) {
  for (const PercussionName& known : kNames) {
    if (known.name == text) return known.key;
  }
  int key = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), key);
  if (failure == std::errc() && end == text.data() + text.size() && !percussion_name(key).empty())
    return key;
  std::vector<std::string> names;
  for (const PercussionName& known : kNames) names.emplace_back(known.name);
  const auto nearest = nearest_name(text, names);
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no percussion instrument '{}'; {}", text,
                          nearest ? "did you mean " + *nearest + "?"
                                  : "give one such as kick, snare, closed_hat or shaker"));
}

std::string_view percussion_name(int key) {
  for (const PercussionName& known : kNames) {
    if (known.key == key) return known.name;
  }
  return "";
}

}  // namespace undersong
