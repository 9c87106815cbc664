// A plan as text that a person can edit: one line a section, one a bar.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "plan/json_fields.h"
#include "plan/plan.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;
using detail::field;
using detail::in_key;
using detail::integer;
using detail::text;

constexpr std::string_view kFormat = "undersong-plan";
constexpr int kVersion = 1;
constexpr std::array<std::string_view, 3> kRelations = {"new", "copy", "varied"};

// ---- writing ----------------------------------------------------------------------------------

Json section_json(const PlannedSection& section) {
  Json json = {{"name", section.name},
               {"kind", section.kind},
               {"first_bar", section.first_bar + 1},
               {"bars", section.bars},
               {"phrases", section.phrases},
               {"key", name_of(section.key)},
               {"relation", kRelations[static_cast<std::size_t>(section.relation)]}};
  if (section.like >= 0) json["like"] = section.like + 1;
  return json;
}

Json bar_json(const PlannedBar& bar, const Key& key) {
  Json chords = Json::object();
  for (const PlannedChord& chord : bar.chords)
    chords[std::to_string(chord.beat)] = name_of(chord.symbol, key);
  Json json = {{"beats", bar.beats},
               {"microseconds_per_quarter", bar.microseconds_per_quarter},
               {"chords", chords},
               {"energy", bar.energy},
               {"roles", detail::roles_json(bar.roles)}};
  if (bar.fill) json["fill"] = true;
  if (bar.hit) json["hit"] = true;
  return json;
}

std::string on_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string list_of_lines(const std::vector<Json>& entries) {
  std::string lines;
  for (const Json& entry : entries)
    lines += (lines.empty() ? "\n  " : ",\n  ") + on_one_line(entry);
  return "[" + lines + (entries.empty() ? "]" : "\n ]");
}

// ---- reading ----------------------------------------------------------------------------------

Key key_from(const nlohmann::json& json) {
  const auto [tonic, mode] = parse_key(text(json));
  if (!mode) throw Error(ErrorKind::kFormat, "the mode is missing; give one such as \"F# dorian\"");
  return {tonic, *mode};
}

SectionRelation relation_from(const nlohmann::json& json) {
  const std::string name = text(json);
  for (std::size_t i = 0; i < kRelations.size(); ++i)
    if (kRelations[i] == name) return static_cast<SectionRelation>(i);
  throw Error(ErrorKind::kFormat,
              fmt::format("'{}' is not a relation; give new, copy or varied", name));
}

PlannedSection section_from(const nlohmann::json& json) {
  detail::refuse_unknown_keys(
      json, {"name", "kind", "first_bar", "bars", "phrases", "key", "relation", "like"});
  const auto of = [&](const char* key, auto&& take) {
    return in_key(key, [&] { return take(field(json, key)); });
  };
  const auto bars = [](const nlohmann::json& value) {
    return integer(value, 1, detail::kMostBars);
  };
  PlannedSection section;
  section.name = of("name", text);
  section.kind = of("kind", text);
  section.first_bar = of("first_bar", bars) - 1;
  section.bars = of("bars", bars);
  section.key = of("key", key_from);
  section.relation = of("relation", relation_from);
  detail::optional_field(json, "like",
                         [&](const nlohmann::json& value) { section.like = bars(value) - 1; });
  detail::each(json, "phrases",
               [&](const nlohmann::json& value) { section.phrases.push_back(bars(value)); });
  return section;
}

std::vector<PlannedChord> chords_from(const nlohmann::json& json) {
  if (!json.is_object())
    throw Error(ErrorKind::kFormat, "chords stand by their beats: {\"0\": \"Dm7\", \"2\": \"G7\"}");
  std::vector<PlannedChord> chords;
  for (const auto& [beat, symbol] : json.items()) {
    if (beat.empty() || beat.size() > 2 || beat.find_first_not_of("0123456789") != beat.npos)
      throw Error(ErrorKind::kFormat, fmt::format("'{}' is not a beat, from 0", beat));
    chords.push_back({std::stoi(beat), parse_chord_symbol(text(symbol))});
  }
  std::stable_sort(chords.begin(), chords.end(),
                   [](const PlannedChord& a, const PlannedChord& b) { return a.beat < b.beat; });
  return chords;
}

PlannedBar bar_from(const nlohmann::json& json) {
  detail::refuse_unknown_keys(
      json, {"beats", "microseconds_per_quarter", "chords", "energy", "roles", "fill", "hit"});
  const auto of = [&](const char* key, auto&& take) {
    return in_key(key, [&] { return take(field(json, key)); });
  };
  PlannedBar bar;
  constexpr int kMostBeats = 64;
  constexpr int kSlowest = 0xFFFFFF;  // what a MIDI file can say
  bar.beats = of("beats", [](const auto& value) { return integer(value, 1, kMostBeats); });
  bar.microseconds_per_quarter =
      of("microseconds_per_quarter", [](const auto& value) { return integer(value, 1, kSlowest); });
  bar.chords = of("chords", chords_from);
  bar.energy = of("energy", detail::number);
  bar.roles = of("roles", detail::roles_from);
  detail::optional_field(json, "fill", [&](const auto& value) { bar.fill = detail::truth(value); });
  detail::optional_field(json, "hit", [&](const auto& value) { bar.hit = detail::truth(value); });
  return bar;
}

Plan plan_from(const nlohmann::json& json) {
  if (field(json, "format") != kFormat)
    throw Error(ErrorKind::kFormat, "this is not a plan of undersong");
  if (field(json, "version") != kVersion)
    throw Error(ErrorKind::kFormat, "the plan has another version than 1; make it anew");
  detail::refuse_unknown_keys(json, {"format", "version", "request", "key", "beat_unit",
                                     "tail_seconds", "instruments", "sections", "bars"});
  Plan plan;
  plan.request =
      in_key("request", [&] { return composition_request_from_json(field(json, "request")); });
  plan.key = in_key("key", [&] { return key_from(field(json, "key")); });
  plan.beat_unit = in_key("beat_unit", [&] { return integer(field(json, "beat_unit"), 1, 16); });
  plan.tail_seconds =
      in_key("tail_seconds", [&] { return detail::number(field(json, "tail_seconds")); });
  detail::each(json, "instruments", [&](const nlohmann::json& entry) {
    detail::refuse_unknown_keys(entry, {"role", "program"});
    plan.instruments.push_back(
        {parse_role(text(field(entry, "role"))), integer(field(entry, "program"), 0, 127)});
  });
  detail::each(json, "sections",
               [&](const nlohmann::json& entry) { plan.sections.push_back(section_from(entry)); });
  detail::each(json, "bars",
               [&](const nlohmann::json& entry) { plan.bars.push_back(bar_from(entry)); });
  return plan;
}

}  // namespace

std::string to_json_text(const Plan& plan) {
  std::vector<Json> instruments;
  for (const auto& [role, program] : plan.instruments)
    instruments.push_back({{"role", name_of(role)}, {"program", program}});
  std::vector<Json> sections;
  for (const PlannedSection& section : plan.sections) sections.push_back(section_json(section));
  std::vector<Json> bars;
  for (std::size_t i = 0; i < plan.bars.size(); ++i) {
    const auto& section =
        plan.sections[static_cast<std::size_t>(section_at(plan, static_cast<int>(i)))];
    bars.push_back(bar_json(plan.bars[i], section.key));
  }
  return fmt::format(
      "{{\n \"format\": \"{}\",\n \"version\": {},\n \"request\": {},\n \"key\": {},\n"
      " \"beat_unit\": {},\n \"tail_seconds\": {},\n \"instruments\": {},\n \"sections\": {},\n"
      " \"bars\": {}\n}}\n",
      kFormat, kVersion, on_one_line(to_json(plan.request)), on_one_line(name_of(plan.key)),
      plan.beat_unit, on_one_line(plan.tail_seconds), list_of_lines(instruments),
      list_of_lines(sections), list_of_lines(bars));
}

Plan read_plan(std::string_view json_text) {
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(json_text);
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorKind::kFormat, std::string("the plan is no JSON: ") + failure.what());
  }
  return in_key("the plan", [&] { return plan_from(json); });
}

}  // namespace undersong
