#include "corpus/style_rules.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

TEST(StyleRules, TheFirstThatFitsDecides) {
  const auto rules = parse_style_rules(
      "# remarks and empty lines say nothing\n"
      "\n"
      "folk  march/Sousa/*Conductor*  # the whole band\n"
      "leave-out march/Sousa/*\n"
      "orchestra march/*\r\n");
  EXPECT_EQ(apply_rules(rules, "march/Sousa/a/Conductor.mid").style, GridStyle::kFolk);
  EXPECT_EQ(apply_rules(rules, "march/Sousa/a/Flute.mid").style, std::nullopt);
  EXPECT_TRUE(apply_rules(rules, "march/Sousa/a/Flute.mid").left_out_by_rule);
  EXPECT_EQ(apply_rules(rules, "march/Radetzky.mid").style, GridStyle::kOrchestra);
  EXPECT_EQ(apply_rules(rules, "waltz/Danube.mid").style, std::nullopt);
  EXPECT_FALSE(apply_rules(rules, "waltz/Danube.mid").left_out_by_rule);
}

TEST(StyleRules, WhatHoldsBesideTheStyleNeedsNoOrder) {
  const auto rules = parse_style_rules("piano-part piano songs/*\nlied songs/*\ntogether *\n");
  const RuledPiece song = apply_rules(rules, "songs/a.mid");
  EXPECT_EQ(song.style, GridStyle::kLied);
  EXPECT_EQ(song.piano_part, GridStyle::kPiano);
  EXPECT_TRUE(song.together);
  EXPECT_FALSE(apply_rules(rules, "other/a.mid").piano_part);
}

TEST(StyleRules, DrumsAreNamedByTheirFiles) {
  const auto rules = parse_style_rules("drums-by-name groove/*");
  const auto style_of = [&](const char* name) { return apply_rules(rules, name).style; };
  EXPECT_EQ(style_of("groove/drummer1/1_funk-groove1_138_beat_4-4.mid"), GridStyle::kDrumsFunk);
  EXPECT_EQ(style_of("groove/drummer1/session_2/7_hiphop_90_fill_4-4.mid"),
            GridStyle::kDrumsHipHop);
  EXPECT_EQ(style_of("groove/d/2_punk_128_beat_4-4.mid"), GridStyle::kDrumsRock);
  EXPECT_EQ(style_of("groove/d/2_klezmer_128_beat_4-4.mid"), GridStyle::kDrumsOther);
  EXPECT_EQ(style_of("groove/d/noname.mid"), GridStyle::kDrumsOther);
  EXPECT_TRUE(apply_rules(rules, "groove/d/noname.mid").drums_only);
}

TEST(StyleRules, APatternMayHoldBlanks) {
  const auto rules = parse_style_rules("game  set/Boss 3*");
  EXPECT_EQ(apply_rules(rules, "set/Boss 3.mid").style, GridStyle::kGame);
  EXPECT_EQ(apply_rules(rules, "set/Boss.mid").style, std::nullopt);
}

TEST(StyleRules, WithoutRulesEverythingIsOnesOwn) {
  EXPECT_EQ(apply_rules({}, "a.mid").style, GridStyle::kOwn);
}

TEST(StyleRules, SayWhichLineMakesNoSense) {
  const TemporaryFolder folder;
  const auto error_of = [&](std::string_view text) {
    save_file(folder / "my.styles", text, Overwrite::kAllow);
    return thrown_error([&] { read_style_rules(folder / "my.styles"); });
  };
  const Error style = error_of("lied a/*\npinao b/*\n");
  EXPECT_EQ(style.kind(), ErrorKind::kUsage);
  EXPECT_NE(style.message().find("my.styles: line 2: "), std::string::npos) << style.message();
  EXPECT_NE(style.message().find("piano"), std::string::npos) << style.message();
  EXPECT_NE(error_of("piano").message().find("line 1: a pattern is missing"), std::string::npos);
  EXPECT_NE(error_of("piano-part piano").message().find("a pattern is missing"), std::string::npos);
  EXPECT_NE(error_of("# nothing\n").message().find("there is no rule in it"), std::string::npos);
  EXPECT_EQ(thrown_error([&] { read_style_rules(folder / "none"); }).kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace undersong
