#include "style/style_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/file.h"
#include "style/pack_form.h"
#include "style/pack_harmony.h"
#include "style/pack_network.h"
#include "style/pack_roles.h"
#include "style/pack_sound.h"
#include "style/pack_table.h"

namespace undersong {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kLargestPack = 1U << 20U;  // bytes; the shipped ones have some 10,000
// Lengths are met by choosing a tempo within the range, which needs some room.
constexpr double kNarrowestTempoRange = 1.1;

bool is_name(std::string_view text) {
  constexpr std::size_t kLongestName = 40;
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= kLongestName && fits(text.front()) && fits(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return fits(c) || c == '-'; });
}

std::string checked_name(const std::string& text) {
  if (is_name(text)) return text;
  throw Error(ErrorKind::kFormat,
              fmt::format("'{}' is no name; give lower-case letters, digits and hyphens, 40 at the "
                          "most",
                          text));
}

void read_head(PackTable& top, Style& style) {
  style.name = top.parsed("name", checked_name, std::string(), Need::kRequired);
  style.title = top.text("title", Need::kRequired);
  style.about = top.text("about", Need::kRequired);
  style.aliases = top.list<std::string>("aliases", [&](const std::string& alias) {
    if (alias == style.name)
      throw Error(ErrorKind::kFormat, fmt::format("'{}' is the name itself; leave it out", alias));
    return checked_name(alias);
  });
  style.moods = top.list<Mood>("moods", parse_mood, Need::kRequired);
  style.tonics = top.list<int>("tonics", parse_pitch_class);
  if (style.tonics.empty()) style.tonics = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  style.modes = top.weighted<Mode>("modes", parse_mode, Need::kRequired);
  style.key_change = top.number("key_change", {0.0, 1.0}, style.key_change);
}

// "3/4": numerator and denominator.
std::pair<int, int> parse_meter(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto number = [](std::string_view digits) {
    int value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failure == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const int beats = number(text.substr(0, slash));
  const int unit = slash == text.npos ? 0 : number(text.substr(slash + 1));
  if (beats >= 2 && beats <= 12 && (unit == 4 || unit == 8)) return {beats, unit};
  throw Error(
      ErrorKind::kFormat,
      fmt::format("'{}' is no meter; give 2 to 12 beats of 4 or 8, such as 4/4, 3/4 or 6/8", text));
}

void read_tempos(PackTable& tempo, Style& style) {
  constexpr NumberLimits kTempos{30.0, 300.0};
  const auto range = tempo.span("range", kTempos, Need::kRequired);
  const auto usual = tempo.span("usual", kTempos);
  if (range) {
    std::tie(style.slowest_bpm, style.fastest_bpm) = *range;
    if (style.fastest_bpm < style.slowest_bpm * kNarrowestTempoRange)
      tempo.complain_about(*tempo.take("range"), "range",
                           "leaves no room to meet a length; let the fastest be at least a tenth "
                           "above the slowest");
  }
  std::tie(style.usual_low_bpm, style.usual_high_bpm) =
      usual.value_or(std::pair(style.slowest_bpm, style.fastest_bpm));
  if (range && usual && (usual->first < range->first || usual->second > range->second))
    tempo.complain_about(*tempo.take("usual"), "usual",
                         fmt::format("{} to {} leaves the range of {} to {}; stay within",
                                     usual->first, usual->second, range->first, range->second));
}

void read_tempo(PackTable tempo, Style& style) {
  read_tempos(tempo, style);
  std::tie(style.beats, style.beat_unit) =
      tempo.parsed("meter", parse_meter, std::pair(style.beats, style.beat_unit));
  style.swing = tempo.number("swing", {0.5, 0.75}, style.swing);
  style.swing_unit = tempo.choice("swing_unit", {8, 16}, style.swing_unit);
  style.ritardando = tempo.number("ritardando", {0.0, 0.3}, style.ritardando);
  if (const auto tail = tempo.span("tail_seconds", {0.5, 20.0}))
    std::tie(style.shortest_tail_seconds, style.longest_tail_seconds) = *tail;
  tempo.finish();
}

void read_roles(PackTable& top, Style& style) {
  const StepMeter meter{style.beats, style.beat_unit};
  bool any_pitched = false;
  for (const Role role : kRoles) {
    const PackTable table = top.table(name_of(role));
    if (!table.present()) continue;
    style.roles.at(index_of(role)) = read_role(table, role, meter);
    any_pitched = any_pitched || !is_percussive(role);
  }
  if (!any_pitched)
    top.complain("nobody plays notes; add [bass], [chords], [pad], [arpeggio] or [lead]");
}

// A role that no section has is never heard, which nobody means.
void check_roles_heard(PackTable& top, const Style& style) {
  for (const Role role : kRoles) {
    const bool heard =
        std::any_of(style.sections.begin(), style.sections.end(),
                    [&](const SectionPack& section) { return section.roles.contains(role); });
    if (style.role(role) != nullptr && !heard && !style.sections.empty())
      top.table(name_of(role)).complain("no section has this role; add it to `roles` of one");
  }
}

[[noreturn]] void fail_too_large(std::size_t bytes) {
  throw Error(
      ErrorKind::kFormat,
      fmt::format("a style pack of {} bytes is too large; {} are the most", bytes, kLargestPack));
}

Style read_pack(const TomlNode& root, PackComplaints& complaints) {
  Style style;
  PackTable top(&root, "", complaints);
  const TomlNode* format = top.take("format", TomlNode::Kind::kInteger, Need::kRequired);
  if (format != nullptr && format->number != kFormat)
    // Its keys may mean anything, so that no other complaint would help.
    throw Error(ErrorKind::kFormat,
                fmt::format("line {}, column {}: format: this program reads style packs of format "
                            "{}, and this one says {}; another version may read it",
                            format->place.line, format->place.column, kFormat, format->number));
  read_head(top, style);
  read_tempo(top.table("tempo", Need::kRequired), style);
  read_roles(top, style);
  read_sections(top, style);
  read_forms(top, style);
  read_harmony(top, style);
  check_roles_heard(top, style);
  style.mix = read_mix_sound(top.table("mix"));
  style.network = read_network(top.table("network"), style);
  top.finish();
  return style;
}

}  // namespace

Style read_style(std::string_view toml) {
  if (toml.size() > kLargestPack) fail_too_large(toml.size());
  PackComplaints complaints(toml);
  const TomlNode root = read_toml(toml);
  Style style = read_pack(root, complaints);
  complaints.throw_if_any();
  return style;
}

Style read_style(std::string_view toml, const std::filesystem::path& from) {
  try {
    return read_style(toml);
  } catch (const Error& error) {
    // As compilers have it.
    const std::string prefix = display(from) + ": ";
    std::string text = prefix;
    for (const char c : error.message()) {
      text += c;
      if (c == '\n') text += prefix;
    }
    throw Error(error.kind(), text);
  }
}

std::string read_style_text(const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (!failure && size > kLargestPack)
    with_context(display(path), [&] { fail_too_large(static_cast<std::size_t>(size)); });
  return read_text_file(path);
}

Style load_style(const std::filesystem::path& path) {
  return read_style(read_style_text(path), path);
}

}  // namespace undersong
