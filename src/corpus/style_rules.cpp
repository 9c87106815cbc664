#include "corpus/style_rules.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <array>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

constexpr std::string_view kBlanks = " \t\r";

// The first word of `text`, which loses it and the blanks around it.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return word;
}

std::string_view without_remark(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t last = line.find_last_not_of(kBlanks);
  return line.substr(0, last == line.npos ? 0 : last + 1);
}

StyleRule parse_rule(std::string_view line) {
  using Kind = StyleRule::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 4> kWords = {
      {{"drums-by-name", Kind::kDrumsByName},
       {"leave-out", Kind::kLeaveOut},
       {"piano-part", Kind::kPianoPart},
       {"together", Kind::kTogether}}};
  StyleRule rule;
  std::string_view word = take_word(line);
  for (const auto& [name, kind] : kWords) {
    if (word == name) rule.kind = kind;
  }
  if (rule.kind == Kind::kPianoPart) word = take_word(line);
  if (rule.kind == Kind::kPianoPart || rule.kind == Kind::kStyle)
    rule.style = parse_grid_style(word);
  rule.pattern = line;  // may hold blanks, as file names do
  if (rule.pattern.empty())
    throw Error(ErrorKind::kUsage, "a pattern is missing, such as `piano my-set/*`");
  return rule;
}

bool fits(const StyleRule& rule, const std::string& name) {
  return ::fnmatch(rule.pattern.c_str(), name.c_str(), 0) == 0;
}

// 1_funk-groove1_138_beat_4-4.mid: what stands between the first underscore and the next one or a
// hyphen.
GridStyle drum_style_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, GridStyle>, 11> kNames = {
      {{"rock", GridStyle::kDrumsRock},
       {"punk", GridStyle::kDrumsRock},
       {"pop", GridStyle::kDrumsRock},
       {"funk", GridStyle::kDrumsFunk},
       {"jazz", GridStyle::kDrumsJazz},
       {"latin", GridStyle::kDrumsLatin},
       {"hiphop", GridStyle::kDrumsHipHop},
       {"soul", GridStyle::kDrumsSoul},
       {"afrocuban", GridStyle::kDrumsAfro},
       {"afrobeat", GridStyle::kDrumsAfro},
       {"highlife", GridStyle::kDrumsAfro}}};
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t begin = name.find('_');
  if (begin == name.npos) return GridStyle::kDrumsOther;
  name.remove_prefix(begin + 1);
  name = name.substr(0, name.find_first_of("_-"));
  for (const auto& [word, style] : kNames) {
    if (name == word) return style;
  }
  return GridStyle::kDrumsOther;
}

bool is_drum_style(GridStyle style) { return style >= GridStyle::kDrumsRock; }

void decide(RuledPiece& ruled, const StyleRule& rule, const std::string& name) {
  ruled.left_out_by_rule = rule.kind == StyleRule::Kind::kLeaveOut;
  if (ruled.left_out_by_rule) return;
  ruled.style = rule.kind == StyleRule::Kind::kDrumsByName ? drum_style_of(name) : rule.style;
  ruled.drums_only = is_drum_style(*ruled.style);
}

}  // namespace

std::vector<StyleRule> parse_style_rules(std::string_view text) {
  std::vector<StyleRule> rules;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    const std::string_view line = without_remark(whole);
    if (line.find_first_not_of(kBlanks) == line.npos) continue;
    rules.push_back(with_context(fmt::format("line {}", number), [&] { return parse_rule(line); }));
  }
  if (rules.empty()) {
    throw Error(ErrorKind::kUsage, "there is no rule in it; write lines such as `piano my-set/*`");
  }
  return rules;
}

std::vector<StyleRule> read_style_rules(const std::filesystem::path& path) {
  return with_context(display(path), [&] { return parse_style_rules(read_text_file(path)); });
}

RuledPiece apply_rules(const std::vector<StyleRule>& rules, const std::string& name) {
  RuledPiece ruled;
  if (rules.empty()) {
    ruled.style = GridStyle::kOwn;
    return ruled;
  }
  bool decided = false;
  for (const StyleRule& rule : rules) {
    if (!fits(rule, name)) continue;
    if (rule.kind == StyleRule::Kind::kTogether) {
      ruled.together = true;
    } else if (rule.kind == StyleRule::Kind::kPianoPart) {
      ruled.piano_part = rule.style;
    } else if (!std::exchange(decided, true)) {
      decide(ruled, rule, name);
    }
  }
  return ruled;
}

}  // namespace undersong
