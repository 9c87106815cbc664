#include "pipeline/styles.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "pipeline/table.h"
#include "score/general_midi.h"
#include "style/pack_roles.h"

namespace undersong {
namespace {

constexpr std::size_t kIndent = 2;

template <typename Items, typename Name>
std::string joined(const Items& items, Name&& name) {
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += ", ";
    text += name(item);
  }
  return text;
}

std::string mood_names(const std::vector<Mood>& moods) {
  return joined(moods, [](Mood mood) { return std::string(name_of(mood)); });
}

std::string meter_text(const Style& style) {
  return fmt::format("{}/{}", style.beats, style.beat_unit);
}

std::string tempo_text(const Style& style) {
  return fmt::format("{:.4g}-{:.4g}", style.usual_low_bpm, style.usual_high_bpm);
}

std::string feel_text(const Style& style) {
  if (style.swing == 0.5) return "straight";
  return fmt::format("{} swing at {:.0f} %", style.swing_unit == 8 ? "eighths" : "sixteenths",
                     style.swing * 100.0);
}

std::string keys_text(const Style& style) {
  // Each tonic as the first mode spells it.
  const Mode mode = style.modes.front().first;
  return joined(style.tonics, [&](int tonic) { return spell(tonic, Key{tonic, mode}); });
}

std::string modes_text(const Style& style) {
  double total = 0.0;
  for (const auto& [mode, weight] : style.modes) total += weight;
  return joined(style.modes, [total](const auto& weighted) {
    return fmt::format("{} {:.0f} %", name_of(weighted.first), 100.0 * weighted.second / total);
  });
}

std::string role_names(RoleSet roles) {
  std::string text;
  for (const Role role : kRoles) {
    if (roles.contains(role)) text += (text.empty() ? "" : " ") + std::string(name_of(role));
  }
  return text;
}

std::string chords_text(const std::vector<std::vector<RomanNumeral>>& bars) {
  std::string text;
  for (const auto& bar : bars) {
    if (!text.empty()) text += " | ";
    for (std::size_t i = 0; i < bar.size(); ++i) text += (i == 0 ? "" : " ") + name_of(bar[i]);
  }
  return text;
}

// Where a progression or cadence is at home, in brackets; empty where everywhere.
std::string where_text(const std::vector<Mode>& modes, const std::vector<std::string>& sections,
                       const std::vector<Mood>& moods) {
  std::vector<std::string> parts;
  if (!modes.empty())
    parts.push_back(joined(modes, [](Mode mode) { return std::string(name_of(mode)); }));
  if (!sections.empty())
    parts.push_back("in " + joined(sections, [](const std::string& kind) { return kind; }));
  if (!moods.empty()) parts.push_back(mood_names(moods));
  return parts.empty() ? std::string() : fmt::format("  ({})", fmt::join(parts, "; "));
}

std::string instrument_text(Role role, int program) {
  if (!is_percussive(role))
    return std::string(kGeneralMidiPrograms.at(static_cast<std::size_t>(program)));
  const std::string_view kit = kit_name(program);
  return kit.empty() ? fmt::format("kit {}", program) : fmt::format("{} kit", kit);
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string role_text(Role role, const RolePack& pack) {
  std::string text = joined(pack.instruments, [&](const InstrumentChoice& choice) {
    return instrument_text(role, choice.program);
  });
  if (!is_percussive(role))
    text += fmt::format("; {} to {}", note_name(pack.range.low), note_name(pack.range.high));
  if (!pack.grooves.empty()) text += "; " + counted(pack.grooves.size(), "groove");
  if (!pack.fills.empty()) text += "; " + counted(pack.fills.size(), "fill");
  if (!pack.patterns.empty()) text += "; " + counted(pack.patterns.size(), "pattern");
  if (pack.from_energy > 0.0) text += fmt::format("; from energy {:.3g}", pack.from_energy);
  return text;
}

std::string sound_text(const MixSound& mix) {
  std::vector<std::string> parts;
  if (mix.high_pass_hz > 0.0)
    parts.push_back(fmt::format("nothing below {:.0f} Hz", mix.high_pass_hz));
  if (mix.low_pass_hz > 0.0)
    parts.push_back(fmt::format("nothing above {:.0f} Hz", mix.low_pass_hz));
  if (mix.wow_cents > 0.0) parts.push_back(fmt::format("tape wow of {:.3g} cents", mix.wow_cents));
  if (mix.vinyl_db > -120.0) parts.push_back(fmt::format("vinyl at {:.0f} dB", mix.vinyl_db));
  parts.push_back(fmt::format("reverb of {:.3g} s", mix.reverb_seconds));
  parts.push_back(fmt::format("echo of {:.4g} beats", mix.delay_beats));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string network_text(const NetworkPack& network) {
  std::vector<std::string> parts;
  if (network.music) parts.push_back(fmt::format("music as {}", name_of(*network.music)));
  if (network.drums) parts.push_back(fmt::format("drums as {}", name_of(*network.drums)));
  parts.push_back(network.roles.empty() ? "with --writer neural"
                                        : "by default " + role_names(network.roles));
  return fmt::format("{}", fmt::join(parts, "; "));
}

// Lines with what they are about in front, once.
class Paragraphs {
 public:
  void add(std::string_view about, const std::string& line) {
    constexpr std::size_t kWidth = 13;
    text_ += std::string(kIndent, ' ');
    text_ += fmt::format("{:<{}} {}\n", about == last_ ? std::string_view() : about, kWidth, line);
    last_ = about;
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
  std::string last_;
};

void add_form(const Style& style, Paragraphs& lines) {
  for (const FormPack& form : style.forms) {
    lines.add("forms",
              joined(form.body, [](const std::string& item) { return item; }) +
                  (form.weight == 1.0 ? "" : fmt::format("  (weight {:.3g})", form.weight)));
  }
  for (const SectionPack& section : style.sections)
    lines.add("sections", fmt::format("{:<5} {:>2} bars, energy {:.2f}: {}", section.kind,
                                      section.bars, section.energy, role_names(section.roles)));
}

void add_harmony(const Style& style, Paragraphs& lines) {
  for (const ProgressionPack& progression : style.progressions)
    lines.add("progressions",
              chords_text(progression.bars) +
                  where_text(progression.modes, progression.sections, progression.moods));
  for (const CadencePack& cadence : style.cadences)
    lines.add(cadence.at == CadencePack::At::kEnd ? "endings" : "cadences",
              chords_text(cadence.bars) + where_text(cadence.modes, {}, {}));
}

}  // namespace

std::string to_text(const StyleListing& listing) {
  Table table({{"style"}, {"title"}, {"BPM"}, {"meter"}, {"moods"}});
  for (const FoundStyle& found : listing.styles) {
    const Style& style = found.style;
    table.add(
        {style.name, style.title, tempo_text(style), meter_text(style), mood_names(style.moods)});
  }
  std::string text = table.text();
  text.pop_back();  // the line that shows it ends by itself
  return text;
}

std::string to_text(const FoundStyle& found) {
  const Style& style = found.style;
  Paragraphs lines;
  if (!style.aliases.empty())
    lines.add("also", joined(style.aliases, [](const std::string& alias) { return alias; }));
  lines.add("moods", mood_names(style.moods));
  lines.add("tempo",
            fmt::format("{} BPM, from {:.4g} to {:.4g} on demand; {}; {}", tempo_text(style),
                        style.slowest_bpm, style.fastest_bpm, meter_text(style), feel_text(style)));
  lines.add("keys", keys_text(style) + "; " + modes_text(style));
  add_form(style, lines);
  add_harmony(style, lines);
  for (const Role role : kRoles) {
    if (const RolePack* pack = style.role(role)) lines.add(name_of(role), role_text(role, *pack));
  }
  if (style.network) lines.add("network", network_text(*style.network));
  lines.add("sound", sound_text(style.mix));
  lines.add("pack", fmt::format("{}  (SHA-256 {})", display(found.path), found.sha256));
  return fmt::format("{}: {}\n{}{}\n{}", style.name, style.title, std::string(kIndent, ' '),
                     style.about, lines.text());
}

}  // namespace undersong
