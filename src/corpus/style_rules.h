#pragma once
// Which pieces of a corpus the composer learns from, and as what.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/composer_grid.h"

namespace undersong {

struct StyleRule {
  enum class Kind : std::uint8_t {
    kStyle,        // STYLE PATTERN
    kDrumsByName,  // drums-by-name PATTERN: the style stands in the file's name, as the Groove MIDI
                   // Dataset writes it (1_funk-groove1_138_beat_4-4.mid); all tracks are drums
    kLeaveOut,     // leave-out PATTERN
    kPianoPart,    // piano-part STYLE PATTERN: the piano alone is one more piece, of this style
    kTogether,     // together PATTERN: what shares a folder is one work, and stays in one split
  };

  Kind kind = Kind::kStyle;
  std::string pattern;  // shell wildcards over "GROUP/PATH"; * crosses slashes
  GridStyle style = GridStyle::kOwn;

  bool operator==(const StyleRule&) const = default;
};

// A line a rule, # for remarks. Of the first three kinds the first that fits decides; the other two
// hold beside it. Errors: kUsage with the line, kNotFound.
std::vector<StyleRule> read_style_rules(const std::filesystem::path& path);
std::vector<StyleRule> parse_style_rules(std::string_view text);

// What the rules say of one piece.
struct RuledPiece {
  std::optional<GridStyle> style;  // none: it is left out
  std::optional<GridStyle> piano_part;
  bool left_out_by_rule = false;  // rather than that no rule fits
  bool drums_only = false;
  bool together = false;
};

// `name`: "GROUP/PATH". Without rules everything is kOwn.
RuledPiece apply_rules(const std::vector<StyleRule>& rules, const std::string& name);

}  // namespace undersong
