#include <nlohmann/json.hpp>

#include "pipeline/styles.h"
#include "score/general_midi.h"
#include "style/pack_roles.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

Json names_of(const std::vector<Mood>& moods) {
  Json names = Json::array();
  for (const Mood mood : moods) names.push_back(name_of(mood));
  return names;
}

Json names_of(const std::vector<Mode>& modes) {
  Json names = Json::array();
  for (const Mode mode : modes) names.push_back(name_of(mode));
  return names;
}

Json head_of(const FoundStyle& found) {
  const Style& style = found.style;
  Json keys = Json::array();
  for (const int tonic : style.tonics)
    keys.push_back(spell(tonic, Key{tonic, style.modes[0].first}));
  Json modes = Json::object();
  for (const auto& [mode, weight] : style.modes) modes[std::string(name_of(mode))] = weight;
  Json roles = Json::array();
  for (const Role role : kRoles) {
    if (style.role(role) != nullptr) roles.push_back(name_of(role));
  }
  return {{"name", style.name},
          {"title", style.title},
          {"about", style.about},
          {"aliases", style.aliases},
          {"moods", names_of(style.moods)},
          {"tempo",
           {{"range", {style.slowest_bpm, style.fastest_bpm}},
            {"usual", {style.usual_low_bpm, style.usual_high_bpm}},
            {"meter", std::to_string(style.beats) + "/" + std::to_string(style.beat_unit)},
            {"swing", style.swing},
            {"swing_unit", style.swing_unit}}},
          {"tonics", keys},
          {"modes", modes},
          {"roles", roles},
          {"path", found.path.string()},
          {"sha256", found.sha256}};
}

Json bars_of(const std::vector<std::vector<RomanNumeral>>& bars) {
  Json list = Json::array();
  for (const auto& bar : bars) {
    Json chords = Json::array();
    for (const RomanNumeral& chord : bar) chords.push_back(name_of(chord));
    list.push_back(chords);
  }
  return list;
}

Json form_of(const Style& style) {
  Json forms = Json::array();
  for (const FormPack& form : style.forms)
    forms.push_back({{"weight", form.weight}, {"body", form.body}});
  return forms;
}

Json sections_of(const Style& style) {
  Json sections = Json::array();
  for (const SectionPack& section : style.sections) {
    Json roles = Json::array();
    for (const Role role : kRoles) {
      if (section.roles.contains(role)) roles.push_back(name_of(role));
    }
    sections.push_back({{"kind", section.kind},
                        {"energy", section.energy},
                        {"bars", section.bars},
                        {"roles", roles}});
  }
  return sections;
}

Json progressions_of(const Style& style) {
  Json list = Json::array();
  for (const ProgressionPack& progression : style.progressions)
    list.push_back({{"bars", bars_of(progression.bars)},
                    {"modes", names_of(progression.modes)},
                    {"sections", progression.sections},
                    {"moods", names_of(progression.moods)},
                    {"weight", progression.weight}});
  return list;
}

Json cadences_of(const Style& style) {
  Json list = Json::array();
  for (const CadencePack& cadence : style.cadences)
    list.push_back({{"at", cadence.at == CadencePack::At::kEnd ? "end" : "section"},
                    {"bars", bars_of(cadence.bars)},
                    {"modes", names_of(cadence.modes)},
                    {"weight", cadence.weight}});
  return list;
}

Json instrument_of(Role role, const InstrumentChoice& choice) {
  const auto name = is_percussive(role)
                        ? kit_name(choice.program)
                        : kGeneralMidiPrograms.at(static_cast<std::size_t>(choice.program));
  return {{"program", choice.program}, {"name", name}, {"weight", choice.weight}};
}

Json role_of(Role role, const RolePack& pack) {
  Json instruments = Json::array();
  for (const InstrumentChoice& choice : pack.instruments)
    instruments.push_back(instrument_of(role, choice));
  Json json = {
      {"role", name_of(role)}, {"from_energy", pack.from_energy}, {"instruments", instruments}};
  if (is_percussive(role)) {
    json["grooves"] = pack.grooves.size();
    json["fills"] = pack.fills.size();
  } else {
    json["range"] = {note_name(pack.range.low), note_name(pack.range.high)};
    json["patterns"] = pack.patterns.size();
  }
  return json;
}

Json network_of(const NetworkPack& network) {
  Json json = Json::object();
  if (network.music) json["music"] = name_of(*network.music);
  if (network.drums) json["drums"] = name_of(*network.drums);
  Json roles = Json::array();
  for (const Role role : kRoles) {
    if (network.roles.contains(role)) roles.push_back(name_of(role));
  }
  json["roles"] = roles;
  return json;
}

// Paths may hold bytes that are no UTF-8.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const StyleListing& listing) {
  Json styles = Json::array();
  for (const FoundStyle& found : listing.styles) styles.push_back(head_of(found));
  Json problems = Json::array();
  for (const StyleListing::Problem& problem : listing.problems)
    problems.push_back({{"path", problem.path.string()}, {"reason", problem.reason}});
  return text_of({{"styles", styles}, {"problems", problems}});
}

std::string to_json(const FoundStyle& found) {
  const Style& style = found.style;
  Json json = head_of(found);
  json["forms"] = form_of(style);
  json["sections"] = sections_of(style);
  json["progressions"] = progressions_of(style);
  json["cadences"] = cadences_of(style);
  Json roles = Json::array();
  for (const Role role : kRoles) {
    if (const RolePack* pack = style.role(role)) roles.push_back(role_of(role, *pack));
  }
  json["roles"] = roles;
  if (style.network) json["network"] = network_of(*style.network);
  return text_of(json);
}

}  // namespace undersong
