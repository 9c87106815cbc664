#include <gtest/gtest.h>

#include "base/hash.h"
#include "plan/plan.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

Plan example() {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = 63.5;
  request.hits_seconds = {20.7};
  return plan(request, make_test_style());
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string message(const std::string& text) {
  const Error error = thrown_error([&] { read_plan(text); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat) << error.message();
  return error.message();
}

TEST(PlanJson, ComesBackEqual) {
  const Plan piece = example();
  EXPECT_EQ(read_plan(to_json_text(piece)), piece);
}

TEST(PlanJson, HasALineABarThatAPersonCanEdit) {
  Plan piece = example();
  piece.bars.resize(1);
  piece.sections.resize(1);
  piece.sections[0].bars = 1;
  piece.sections[0].phrases = {1};
  piece.sections[0].key = piece.key = {2, Mode::kDorian};
  piece.instruments = {{Role::kBass, 33}};
  piece.bars[0].beats = 4;
  piece.bars[0].microseconds_per_quarter = 666667;
  piece.bars[0].chords = {{0, parse_chord_symbol("Dm9")}, {2, parse_chord_symbol("G13")}};
  piece.bars[0].energy = 0.5;
  piece.bars[0].roles = {Role::kBass, Role::kChords};
  piece.bars[0].fill = true;
  piece.tail_seconds = 2.5;
  piece.request.hits_seconds.clear();
  EXPECT_EQ(to_json_text(piece),
            R"({
 "format": "undersong-plan",
 "version": 1,
 "request": {"style":"test","length_seconds":63.5,"seed":0,"ending":"ring"},
 "key": "D dorian",
 "beat_unit": 4,
 "tail_seconds": 2.5,
 "instruments": [
  {"role":"bass","program":33}
 ],
 "sections": [
  {"name":"intro","kind":"intro","first_bar":1,"bars":1,"phrases":[1],"key":"D dorian","relation":"new"}
 ],
 "bars": [
  {"beats":4,"microseconds_per_quarter":666667,"chords":{"0":"Dm9","2":"G13"},"energy":0.5,"roles":["bass","chords"],"fill":true}
 ]
}
)");
}

// One number for all that a plan decides: a change of it is a change of what people hear from a
// seed that they have kept. Then say so in CHANGELOG.md.
TEST(PlanJson, OfASeedStaysWhatItIs) {
  EXPECT_EQ(hash64(to_json_text(example())), 17392256285953103707U);
}

TEST(PlanJson, NamesThePlaceOfAMistake) {
  const std::string text = to_json_text(example());
  EXPECT_NE(message("{").find("the plan is no JSON: "), std::string::npos);
  EXPECT_EQ(message("[]"), "the plan: this is not an object");
  EXPECT_EQ(message("{}"), "the plan: 'format' is missing");
  EXPECT_EQ(message(R"({"format":"other"})"), "the plan: this is not a plan of undersong");
  EXPECT_EQ(message(replaced(text, "\"version\": 1", "\"version\": 2")),
            "the plan: the plan has another version than 1; make it anew");
  EXPECT_NE(
      message(replaced(text, "\"beat_unit\"", "\"beet_unit\"")).find("did you mean beat_unit?"),
      std::string::npos);
  EXPECT_EQ(message(replaced(text, "\"phrases\":[4]", "\"phrases\":[0]")),
            "the plan: sections: 1: phrases: 1: this is out of range; give 1 to 100000");
  EXPECT_EQ(message(replaced(text, "\"relation\":\"new\"", "\"relation\":\"old\"")),
            "the plan: sections: 1: relation: 'old' is not a relation; give new, copy or varied");
  EXPECT_EQ(message(replaced(text, "\"chords\":{\"0\":", "\"chords\":{\"x\":")),
            "the plan: bars: 1: chords: 'x' is not a beat, from 0");
  EXPECT_NE(message(replaced(text, "\"chords\":{\"0\":\"", "\"chords\":{\"0\":\"H"))
                .find("the plan: bars: 1: chords: "),
            std::string::npos);
}

TEST(PlanJson, RefusesAKeyWithoutAMode) {
  Plan piece = example();
  piece.key = {2, Mode::kDorian};
  const std::string text = to_json_text(piece);
  EXPECT_EQ(message(replaced(text, "\"key\": \"D dorian\"", "\"key\": \"D\"")),
            "the plan: key: the mode is missing; give one such as \"F# dorian\"");
}

}  // namespace
}  // namespace undersong
