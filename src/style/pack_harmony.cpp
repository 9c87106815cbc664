#include "style/pack_harmony.h"

#include <fmt/format.h>

#include <algorithm>

#include "style/pack_form.h"

namespace undersong {
namespace {

using Bars = std::vector<std::vector<RomanNumeral>>;

constexpr std::size_t kMostProgressions = 200;
constexpr std::size_t kMostCadences = 100;
constexpr std::size_t kMostChordsOfABar = 2;

// A word of a text and where it begins.
struct Word {
  std::string_view text;
  std::size_t offset = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Words between bar lines; a bar line at either end of the text is no bar.
std::vector<std::vector<Word>> split_bars(std::string_view text) {
  std::vector<std::vector<Word>> bars(1);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '|') {
      bars.emplace_back();
      ++i;
    } else if (is_blank(text[i])) {
      ++i;
    } else {
      std::size_t end = i;
      while (end < text.size() && text[end] != '|' && !is_blank(text[end])) ++end;
      bars.back().push_back({text.substr(i, end - i), i});
      i = end;
    }
  }
  if (bars.size() > 1 && bars.front().empty()) bars.erase(bars.begin());
  if (bars.size() > 1 && bars.back().empty()) bars.pop_back();
  return bars;
}

class ChordReader {
 public:
  ChordReader(PackTable& table, const TomlNode& node) : table_(table), node_(node) {}

  Bars read() {
    const auto words = split_bars(node_.text);
    Bars bars;
    for (const std::vector<Word>& bar : words) {
      if (bar.size() == 1 && bar[0].text == "%" && !bars.empty()) {
        const auto repeated = bars.back();
        bars.push_back(repeated);
        continue;
      }
      bars.push_back(read_bar(bar, bars.size() + 1));
    }
    return bars;
  }

 private:
  std::vector<RomanNumeral> read_bar(const std::vector<Word>& words, std::size_t number) {
    std::vector<RomanNumeral> chords;
    if (words.empty())
      table_.complain_about(
          node_, "chords",
          fmt::format("bar {} is empty; write % for a bar like the one before", number));
    for (const Word& word : words) {
      try {
        chords.push_back(parse_roman_numeral(word.text));
      } catch (const Error& error) {
        table_.complain_inside(node_, word.offset, "chords", error.message());
        chords.push_back(RomanNumeral());
      }
    }
    if (words.size() > kMostChordsOfABar)
      table_.complain_inside(node_, words[kMostChordsOfABar].offset, "chords",
                             fmt::format("bar {} has {} chords; a bar holds one or two, and bar "
                                         "lines | stand between bars",
                                         number, words.size()));
    return chords;
  }

  PackTable& table_;
  const TomlNode& node_;
};

Bars read_chords(PackTable& table, const std::vector<std::size_t>& lengths) {
  const TomlNode* node = table.take("chords", TomlNode::Kind::kText, Need::kRequired);
  if (node == nullptr) return {};
  Bars bars = ChordReader(table, *node).read();
  if (std::find(lengths.begin(), lengths.end(), bars.size()) == lengths.end())
    table.complain_about(
        *node, "chords",
        fmt::format("has {} bars; give {}", bars.size(), fmt::join(lengths, ", ")));
  return bars;
}

ProgressionPack read_progression(PackTable& table, const Style& style) {
  ProgressionPack progression;
  progression.weight = table.number("weight", {0.001, 1000.0}, 1.0);
  progression.bars = read_chords(table, {1, 2, 4, 8, 12, 16});
  progression.modes = table.list<Mode>("modes", parse_mode);
  progression.moods = table.list<Mood>("moods", parse_mood);
  progression.sections = table.list<std::string>("sections", [&](const std::string& kind) {
    if (find_section(style, kind) == nullptr)
      throw Error(
          ErrorKind::kFormat,
          fmt::format("there is no section '{0}'; add [section.{0}] or leave it out", kind));
    return kind;
  });
  table.finish();
  return progression;
}

// A piece ends at home.
void check_final_chord(const PackTable& table, const CadencePack& cadence) {
  if (cadence.bars.empty()) return;
  const auto& last = cadence.bars.back();
  if (last.size() == 1 && last[0].degree == 0 && last[0].alteration == 0 && !last[0].of) return;
  table.complain(
      "the last bar of a cadence at the end holds the final chord alone; let it be I or i, with "
      "any quality");
}

CadencePack read_cadence(PackTable& table) {
  CadencePack cadence;
  cadence.weight = table.number("weight", {0.001, 1000.0}, 1.0);
  cadence.at = table.parsed(
      "at",
      [](std::string_view text) {
        if (text == "section") return CadencePack::At::kSection;
        if (text == "end") return CadencePack::At::kEnd;
        throw Error(ErrorKind::kFormat,
                    fmt::format("'{}' is neither \"section\" nor \"end\"", text));
      },
      CadencePack::At::kSection, Need::kRequired);
  cadence.bars = read_chords(table, {1, 2, 3, 4});
  cadence.modes = table.list<Mode>("modes", parse_mode);
  if (cadence.at == CadencePack::At::kEnd) check_final_chord(table, cadence);
  table.finish();
  return cadence;
}

template <typename T>
bool suits(const std::vector<T>& where, const T& wanted) {
  return where.empty() || std::find(where.begin(), where.end(), wanted) != where.end();
}

// Each section of each mode needs chords whatever the mood.
void check_progressions(const PackTable& top, const Style& style) {
  if (style.progressions.empty()) return;  // complained of
  for (const auto& [mode, weight] : style.modes) {
    for (const SectionPack& section : style.sections) {
      const Mode wanted = mode;
      const bool found = std::any_of(style.progressions.begin(), style.progressions.end(),
                                     [&](const ProgressionPack& progression) {
                                       return progression.moods.empty() &&
                                              suits(progression.modes, wanted) &&
                                              suits(progression.sections, section.kind);
                                     });
      if (!found)
        top.complain(
            fmt::format("progression: none is for section {} in {} whatever the mood; add "
                        "one, or leave `sections` or `moods` out of one",
                        section.kind, name_of(mode)));
    }
  }
}

void check_cadences(const PackTable& top, const Style& style) {
  if (style.cadences.empty()) return;
  for (const auto& [mode, weight] : style.modes) {
    for (const CadencePack::At at : {CadencePack::At::kSection, CadencePack::At::kEnd}) {
      const Mode wanted = mode;
      const bool found = std::any_of(style.cadences.begin(), style.cadences.end(),
                                     [&](const CadencePack& cadence) {
                                       return cadence.at == at && suits(cadence.modes, wanted);
                                     });
      if (!found)
        top.complain(fmt::format("cadence: none with at = \"{}\" is for {}; add one",
                                 at == CadencePack::At::kEnd ? "end" : "section", name_of(mode)));
    }
  }
}

}  // namespace

void read_harmony(PackTable& top, Style& style) {
  for (PackTable& table : top.tables("progression", kMostProgressions, Need::kRequired))
    style.progressions.push_back(read_progression(table, style));
  for (PackTable& table : top.tables("cadence", kMostCadences, Need::kRequired))
    style.cadences.push_back(read_cadence(table));
  check_progressions(top, style);
  check_cadences(top, style);
}

}  // namespace undersong
