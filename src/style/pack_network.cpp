#include "style/pack_network.h"

#include <fmt/format.h>

namespace undersong {
namespace {

bool is_of_drums(GridStyle style) { return name_of(style).starts_with("drums-"); }

GridStyle parse_music(const std::string& text) {
  const GridStyle style = parse_grid_style(text);
  if (!is_of_drums(style)) return style;
  throw Error(
      ErrorKind::kFormat,
      fmt::format("'{}' is drums alone; give it as `drums`, and music such as \"lied\" here",
                  text));
}

GridStyle parse_drums(const std::string& text) {
  const GridStyle style = parse_grid_style(text);
  if (is_of_drums(style)) return style;
  throw Error(ErrorKind::kFormat,
              fmt::format("'{}' is no drums; give one such as \"drums-rock\"", text));
}

// Nobody can be written by default who is not there, or whom nobody taught the network.
void check_roles(PackTable& table, const Style& style, const NetworkPack& network) {
  for (const Role role : kRoles) {
    if (!network.roles.contains(role)) continue;
    if (style.role(role) == nullptr) {
      table.complain(fmt::format("`roles` names {}, and the style has none", name_of(role)));
    } else if (!(is_percussive(role) ? network.drums : network.music)) {
      table.complain(fmt::format("`roles` names {}, so say what it is learned from: `{}`",
                                 name_of(role), is_percussive(role) ? "drums" : "music"));
    }
  }
}

}  // namespace

std::optional<NetworkPack> read_network(PackTable table, const Style& style) {
  if (!table.present()) return std::nullopt;
  NetworkPack network;
  const auto optional = [](auto parse) {
    return [parse](const std::string& text) { return std::optional(parse(text)); };
  };
  network.music = table.parsed("music", optional(parse_music), network.music);
  network.drums = table.parsed("drums", optional(parse_drums), network.drums);
  for (const Role role : table.list<Role>("roles", parse_role)) network.roles.insert(role);
  if (!network.music && !network.drums)
    table.complain("says neither `music` nor `drums`; give one of them, or leave the table out");
  check_roles(table, style, network);
  table.finish();
  return network;
}

}  // namespace undersong
