#include "pipeline/compose_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/error.h"
#include "base/suggestion.h"
#include "score/general_midi.h"

namespace undersong {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The items between commas. Errors: kUsage for an empty one.
std::vector<std::string_view> items_of(std::string_view text, std::string_view flag) {
  std::vector<std::string_view> items;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    if (item.empty()) {
      throw Error(
          ErrorKind::kUsage,
          fmt::format("{} has an empty item; put roles between commas, such as drums,bass", flag));
    }
    items.push_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::optional<int> whole_number_in(std::string_view text) {
  int number = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

// Source: General MIDI Level 2 and Roland GS, the drum sets that GM SoundFonts share.
struct Kit {
  std::string_view name;
  int program = 0;
};
constexpr std::array kKits = {Kit{"standard", 0},    Kit{"room", 8},    Kit{"power", 16},
                              Kit{"electronic", 24}, Kit{"tr-808", 25}, Kit{"808", 25},
                              Kit{"jazz", 32},       Kit{"brush", 40},  Kit{"orchestra", 48}};

int parse_kit(std::string_view text) {
  const std::string word = lower_case(text);
  // "808" is a name here and no program.
  for (const Kit& kit : kKits) {
    if (kit.name == word) return kit.program;
  }
  if (const auto number = whole_number_in(text); number && *number >= 0 && *number <= 127)
    return *number;
  std::vector<std::string> names;
  for (const Kit& kit : kKits) names.emplace_back(kit.name);
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no drum kit {}{}", text, suggestion(text, names)));
}

Role parse_bare_role(std::string_view item) {
  try {
    return parse_role(item);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--instruments: {}; to change an instrument, say whose: lead={}",
                            error.message(), item));
  }
}

}  // namespace

InstrumentWish parse_instrument_list(std::string_view text) {
  InstrumentWish wish;
  RoleSet named;
  bool has_bare = false;
  for (const std::string_view item : items_of(text, "--instruments")) {
    const std::size_t equals = item.find('=');
    const bool is_bare = equals == std::string_view::npos;
    const Role role = is_bare ? parse_bare_role(item) : with_context("--instruments", [&] {
      return parse_role(trimmed(item.substr(0, equals)));
    });
    if (named.contains(role)) {
      throw Error(ErrorKind::kUsage, fmt::format("--instruments names {} twice", name_of(role)));
    }
    named.insert(role);
    has_bare = has_bare || is_bare;
    if (is_bare) continue;
    const std::string_view instrument = trimmed(item.substr(equals + 1));
    wish.instruments.emplace_back(role, with_context("--instruments", [&] {
                                    return is_percussive(role) ? parse_kit(instrument)
                                                               : parse_program(instrument);
                                  }));
  }
  if (has_bare) wish.only = named;
  return wish;
}

RoleSet parse_role_list(std::string_view text, std::string_view flag) {
  RoleSet roles;
  for (const std::string_view item : items_of(text, flag))
    roles.insert(with_context(flag, [&] { return parse_role(item); }));
  return roles;
}

std::string role_list(RoleSet roles) {
  std::string names;
  for (const Role role : kRoles) {
    if (roles.contains(role)) names += (names.empty() ? "" : ", ") + std::string(name_of(role));
  }
  return names;
}

int parse_bar_count(std::string_view text, std::string_view flag) {
  if (lower_case(text) == "none") return 0;
  const auto bars = whole_number_in(text);
  if (!bars || *bars < 0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} is {}; give a number of bars, such as 4, or none", flag, text));
  }
  return *bars;
}

std::pair<int, int> parse_bar_range(std::string_view text, std::string_view flag) {
  constexpr std::string_view kWord = "bars=";
  const std::string_view range = text.starts_with(kWord) ? text.substr(kWord.size()) : text;
  const std::size_t dash = range.find('-');
  const auto first = whole_number_in(range.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : whole_number_in(range.substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} is {}; say which bars, such as bars=9-16", flag, text));
  }
  return {*first, *last};
}

}  // namespace undersong
