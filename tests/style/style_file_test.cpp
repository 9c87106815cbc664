#include "style/style_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/paths.h"
#include "small_pack.h"
#include "style/pack_roles.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string complaint_about(const std::string& toml) {
  const Error error = thrown_error([&] { read_style(toml); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  return error.message();
}

// What the small pack's readers say when one thing in it is wrong.
std::string complaint(std::string_view old_text, std::string_view new_text) {
  return complaint_about(small_pack_with(old_text, new_text));
}

TEST(StyleFile, ReadsWhatStandsThereAndTheDefaultsOfTheRest) {
  const Style style = read_style(kSmallPack);
  EXPECT_EQ(style.name, "small");
  EXPECT_EQ(style.usual_low_bpm, 80.0);
  EXPECT_EQ(style.usual_high_bpm, 120.0);
  EXPECT_EQ(style.beats, 4);
  EXPECT_EQ(style.tonics.size(), 12U);
  EXPECT_EQ(style.swing, 0.5);
  ASSERT_EQ(style.forms.size(), 1U);
  EXPECT_EQ(style.forms[0].body, (std::vector<std::string>{"A", "A'"}));
  ASSERT_EQ(style.sections.size(), 3U);
  EXPECT_EQ(style.sections[0].kind, "intro");
  EXPECT_EQ(style.sections[0].bars, 4);
  EXPECT_EQ(style.sections[2].roles, (RoleSet{Role::kChords, Role::kDrums, Role::kLead}));
  EXPECT_EQ(style.progressions[0].bars.size(), 4U);
  EXPECT_EQ(style.role(Role::kBass), nullptr);
  const RolePack& lead = *style.role(Role::kLead);
  ASSERT_EQ(lead.instruments.size(), 2U);
  EXPECT_EQ(lead.instruments[0].program, 73);  // in the order of the file
  EXPECT_EQ(lead.instruments[0].weight, 2.0);
  EXPECT_EQ(lead.instruments[1].program, 68);
  EXPECT_EQ(lead.range.low, 60);
  EXPECT_EQ(lead.range.high, 84);
  EXPECT_EQ(lead.patterns[0].steps, "x---x---x-------");
  const Groove& groove = style.role(Role::kDrums)->grooves[0];
  EXPECT_EQ(groove.voices[0].key, 36);
  EXPECT_EQ(groove.voices[0].steps, "x...x...");
  EXPECT_EQ(groove.steps_per_beat, 2);
  EXPECT_EQ(style.role(Role::kChords)->voicings[0].first, VoicingType::kTriad);
}

TEST(StyleFile, ReadsEveryPackThatShips) {
  std::size_t packs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shipped_folder() / "styles")) {
    if (entry.path().extension() != ".toml") continue;
    ++packs;
    EXPECT_NO_THROW(load_style(entry.path())) << entry.path();
    EXPECT_EQ(load_style(entry.path()).name, entry.path().stem().string());
  }
  EXPECT_GE(packs, 1U);
}

// The example that people write packs from.
TEST(StyleFile, ReadsThePackOfTheDocumentation) {
  const std::string page =
      read_text_file(std::filesystem::path(UNDERSONG_SOURCE_FOLDER) / "docs/formats/style-pack.md");
  const std::size_t begin = page.find("```toml\n", page.find("## A small pack, whole"));
  ASSERT_NE(begin, page.npos);
  const std::size_t first = begin + std::string_view("```toml\n").size();
  const Style style = read_style(page.substr(first, page.find("```", first) - first));
  EXPECT_EQ(style.name, "lullaby");
  EXPECT_EQ(style.beats, 3);
}

// The keys that are listed where an unknown one stands.
std::vector<std::string> known_keys(const std::string& message) {
  const std::string_view list = "there is no such key; there are: ";
  const std::size_t begin = message.find(list);
  if (begin == message.npos) ADD_FAILURE() << message;
  if (begin == message.npos) return {};
  const std::size_t first = begin + list.size();
  std::istringstream names(message.substr(first, message.find('\n', begin) - first));
  std::vector<std::string> keys;
  for (std::string key; std::getline(names >> std::ws, key, ',');) keys.push_back(key);
  return keys;
}

TEST(StyleFile, IsDocumentedKeyByKey) {
  const std::string page =
      read_text_file(std::filesystem::path(UNDERSONG_SOURCE_FOLDER) / "docs/formats/style-pack.md");
  std::set<std::string> keys;
  for (const std::string_view after :
       {"name = \"small\"", "range = [80, 120]", "energy = 0.5", "body = [\"A\", \"A'\"]",
        "chords = \"I | V | vi | IV\"", "chords = \"IV | V\"", "[chords]", "[lead]", "[drums]",
        "steps = \"x---x--- x-------\""}) {
    for (const auto& key : known_keys(complaint(after, std::string(after) + "\nqqqqqqqq = 1")))
      keys.insert(key);
  }
  for (const std::string table :
       {"[mix]", "[mix.reverb]", "[mix.delay]", "[bass]", "[arpeggio]", "[pad]", "[counter]",
        "[percussion]", "[bass.sound]", "[bass.feel]"}) {
    for (const auto& key : known_keys(complaint("[lead]", table + "\nqqqqqqqq = 1\n[lead]")))
      keys.insert(key);
  }
  EXPECT_GE(keys.size(), 70U);
  for (const std::string& key : keys) {
    const bool found =
        page.find("`" + key + "`") != page.npos || page.find("[" + key + "]") != page.npos ||
        page.find("[" + key + ".") != page.npos || page.find("." + key + "]") != page.npos;
    EXPECT_TRUE(found) << key;
  }
}

TEST(StyleFile, OfTheSampleHasItsFieldsInTheirPlaces) {
  const Style style = load_style(shipped_folder() / "styles" / "lofi.toml");
  EXPECT_EQ(style.swing_unit, 16);
  EXPECT_GT(style.swing, 0.5);
  EXPECT_GT(style.mix.wow_cents, 0.0);
  EXPECT_GT(style.mix.vinyl_db, -120.0);
  EXPECT_FALSE(style.role(Role::kDrums)->fills.empty());
  EXPECT_GT(style.role(Role::kDrums)->feel.late_ms, 0.0);
  EXPECT_GT(style.role(Role::kChords)->strum_ms, 0.0);
  EXPECT_GT(style.role(Role::kChords)->voicings.size(), 1U);
}

TEST(StyleFile, ShorterVoicesOfAGrooveGoAroundAgain) {
  const Style style = read_style(small_pack_with(
      "kick = \"x...x...\"", "kick = \"x...x... | x.x.x...\"\nclosed_hat = \"xoxoxoxo\""));
  const Groove& groove = style.role(Role::kDrums)->grooves[0];
  EXPECT_EQ(groove.voices[0].steps.size(), 16U);
  EXPECT_EQ(groove.voices[1].steps, "xoxoxoxoxoxoxoxo");
}

TEST(StyleFile, ABarOfChordsMayBeLikeTheOneBefore) {
  const Style style = read_style(small_pack_with("I | V | vi | IV", "| I V | % | vi | % |"));
  const auto& bars = style.progressions[0].bars;
  ASSERT_EQ(bars.size(), 4U);
  EXPECT_EQ(bars[0].size(), 2U);
  EXPECT_EQ(bars[0], bars[1]);
}

TEST(StyleFile, APatternMayHoldItsEndOverItsBeginning) {
  const Style style = read_style(small_pack_with("x---x--- x-------", "--x-x--- x--.x---"));
  EXPECT_EQ(style.role(Role::kLead)->patterns[0].steps, "--x-x---x--.x---");
  EXPECT_THAT(complaint("x---x--- x-------", "--x-x--- x--....."),
              StartsWith("line 52, column 10: lead.pattern.steps: '-' holds nothing here"));
}

TEST(StyleFile, TellsEveryMistakeWithItsPlaceAtOnce) {
  std::string pack = small_pack_with("[80, 120]", "[80, 1200]");
  pack.replace(pack.find("title"), 5, "titel");
  pack.replace(pack.find("vi | IV"), 7, "vj | IV");
  EXPECT_EQ(complaint_about(pack).substr(0, 59),
            "line 1, column 1: title: is missing\nline 3, column 1: titel");
  EXPECT_THAT(complaint_about(pack), HasSubstr("did you mean title?"));
  EXPECT_THAT(complaint_about(pack),
              HasSubstr("\nline 9, column 14: tempo.range: 1200 is out of range; give 30 to 300"));
  EXPECT_THAT(complaint_about(pack), HasSubstr("\nline 27, column 19: progression.chords: 'vj'"));
  const std::string message = complaint_about(pack);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 3) << message;
}

TEST(StyleFile, PlacesAreRightInTextsOfSeveralLines) {
  EXPECT_THAT(complaint("\"I | V | vi | IV\"", "\"\"\"\nI | V |\n  vi | Q\"\"\""),
              StartsWith("line 29, column 8: progression.chords: 'Q' is no Roman numeral"));
  // Behind an escape only the text's own place is sure.
  EXPECT_THAT(complaint("\"I | V | vi | IV\"", "\"I\\t| V | vi | Q\""),
              StartsWith("line 27, column 10: progression.chords: 'Q'"));
}

TEST(StyleFile, SaysWhereTheTomlIsBroken) {
  EXPECT_THAT(complaint("name = \"small\"", "name = \"small"), StartsWith("line 2, column "));
  EXPECT_THAT(complaint("[lead]", "[lead"), StartsWith("line 48, column 6"));
  EXPECT_THAT(complaint("[tempo]", "[tempo]\nrange = [1, 2]"), StartsWith("line 10, column "));
  EXPECT_THAT(complaint("Small", "\xff\xfe"), StartsWith("line 3, column "));
}

TEST(StyleFile, HasLettersBeyondAsciiInTextsAndCommentsAlone) {
  const std::string bom = "\xEF\xBB\xBF";
  const std::string pack = small_pack_with("\"Small\"", "'Pr\xC3\xA9lude' # \xC3\xB9");
  EXPECT_EQ(read_style(bom + pack).title, "Pr\xC3\xA9lude");
  EXPECT_EQ(complaint("format = 1", "format \xC3\xB9 = 1"),
            "line 1, column 8: a letter beyond ASCII stands outside of a text; put it into quotes");
  EXPECT_THAT(complaint("\"Small\"", "\"Sm\xC3\xA1ll\" \xC2\xA0"),
              StartsWith("line 3, column 17: a letter"));
}

TEST(StyleFile, RefusesAnotherFormatWithoutFurtherComplaints) {
  EXPECT_EQ(complaint("format = 1", "format = 2\nnew_key = 3"),
            "line 1, column 10: format: this program reads style packs of format 1, and this one "
            "says 2; another version may read it");
  EXPECT_THAT(complaint("format = 1", ""), HasSubstr("format: is missing"));
  EXPECT_THAT(complaint_about(""), HasSubstr("line 1, column 1: name: is missing"));
}

TEST(StyleFile, RefusesWrongTypesAndNumbers) {
  EXPECT_THAT(complaint("energy = 0.5", "energy = \"much\""),
              HasSubstr("section.A.energy: is a text; give a number"));
  EXPECT_THAT(complaint("energy = 0.5", "energy = nan"), HasSubstr("section.A.energy: nan is out"));
  EXPECT_THAT(complaint("energy = 0.5", "energy = inf"), HasSubstr("give 0 to 1"));
  EXPECT_THAT(complaint("energy = 0.5", "energy = 2020-01-01"), HasSubstr("is a date or time"));
  EXPECT_THAT(complaint("moods = [\"calm\"]", "moods = \"calm\""),
              HasSubstr("moods: is a text; give a list"));
  EXPECT_THAT(complaint("moods = [\"calm\"]", "moods = [1]"), HasSubstr("holds a whole number"));
  EXPECT_THAT(complaint("moods = [\"calm\"]", "moods = []"), HasSubstr("moods: is empty"));
  EXPECT_THAT(complaint("[80, 120]", "[120, 80]"), HasSubstr("120 is above 80"));
  EXPECT_THAT(complaint("[80, 120]", "[80, 81]"), HasSubstr("leaves no room"));
  EXPECT_THAT(complaint("[80, 120]", "[80, 120]\nusual = [70, 90]"),
              HasSubstr("70 to 90 leaves the range of 80 to 120"));
  EXPECT_THAT(complaint("[80, 120]", "[80, 120]\nmeter = \"4/3\""), HasSubstr("is no meter"));
  EXPECT_THAT(complaint("[80, 120]", "[80, 120]\nswing_unit = 12"),
              HasSubstr("12 is none of 8, 16"));
  EXPECT_THAT(complaint("{ major = 1 }", "{ major = 0 }"), HasSubstr("weight of 'major'"));
  EXPECT_THAT(complaint("{ major = 1 }", "{ ionian = 1, major = 2 }"),
              HasSubstr("'major' stands here twice"));
  EXPECT_THAT(complaint("[[form]]", "[form]"), HasSubstr("write it as [[form]]"));
}

TEST(StyleFile, RefusesNamesThatAreNone) {
  EXPECT_THAT(complaint("\"small\"", "\"Small Pack\""), HasSubstr("lower-case letters"));
  EXPECT_THAT(complaint("\"small\"", "\"../small\""), HasSubstr("lower-case letters"));
  EXPECT_THAT(complaint("\"Small\"", "\"Sm\\u0007all\""), HasSubstr("control character"));
  EXPECT_THAT(complaint("\"Small\"", "\"\""), HasSubstr("title: is empty"));
  EXPECT_THAT(complaint("moods", "aliases = [\"small\"]\nmoods"), HasSubstr("the name itself"));
}

TEST(StyleFile, RefusesFormsAndSectionsThatDoNotFit) {
  EXPECT_THAT(complaint("[\"A\", \"A'\"]", "[\"A\", \"B\"]"),
              HasSubstr("form.body: there is no section B; add [section.B]"));
  EXPECT_THAT(complaint("[\"A\", \"A'\"]", "[\"A'\", \"A\"]"), HasSubstr("begin with A"));
  EXPECT_THAT(complaint("[\"A\", \"A'\"]", "[\"intro\", \"A\"]"),
              HasSubstr("no section of a body"));
  EXPECT_THAT(complaint("[\"A\", \"A'\"]", "[]"), HasSubstr("form.body: is empty"));
  EXPECT_THAT(complaint("[section.outro]", "[section.B]"), HasSubstr("section.outro: is missing"));
  EXPECT_THAT(complaint("[section.outro]", "[section.B]"),
              HasSubstr("no form names the section B"));
  EXPECT_THAT(complaint("[section.outro]", "[section.bridge]"), HasSubstr("section.bridge"));
  EXPECT_THAT(complaint("\"drums\", \"lead\"]", "\"drums\", \"bass\"]"),
              HasSubstr("the style has no bass; add [bass]"));
  EXPECT_THAT(complaint("\"drums\", \"lead\"]", "\"drums\"]"),
              HasSubstr("lead: no section has this role"));
  EXPECT_THAT(complaint("[chords]", "[chords]\nfrom_energy = 0.3"),
              HasSubstr("section.intro.roles: nobody plays at the section's energy of 0.2"));
}

TEST(StyleFile, RefusesHarmonyThatLeavesAHole) {
  EXPECT_THAT(complaint("IV | V\"", "IV | V\"\nmodes = [\"minor\"]"),
              HasSubstr("cadence: none with at = \"section\" is for major; add one"));
  EXPECT_THAT(complaint("I | V | vi | IV\"", "I | V | vi | IV\"\nmoods = [\"calm\"]"),
              HasSubstr("progression: none is for section A in major whatever the mood"));
  EXPECT_THAT(complaint("I | V | vi | IV\"", "I | V | vi | IV\"\nsections = [\"A\"]"),
              HasSubstr("progression: none is for section intro in major"));
  EXPECT_THAT(complaint("I | V | vi | IV", "I | V | vi"), HasSubstr("has 3 bars"));
  EXPECT_THAT(complaint("I | V | vi | IV", "I V I V"), HasSubstr("bar 1 has 4 chords"));
  EXPECT_THAT(complaint("I | V | vi | IV", "I | | vi | IV"), HasSubstr("bar 2 is empty"));
  EXPECT_THAT(complaint("I | V | vi | IV", ""), HasSubstr("bar 1 is empty"));
  EXPECT_THAT(complaint("V7 | I", "V7 | vi"), HasSubstr("let it be I or i"));
  EXPECT_THAT(complaint("\"end\"", "\"ende\""), HasSubstr("neither \"section\" nor \"end\""));
}

TEST(StyleFile, RefusesStepsThatDoNotFillBars) {
  EXPECT_THAT(complaint("x---x--- x-------", "x---x--- x----"),
              HasSubstr("line 52, column 9: lead.pattern.steps: has 13 steps, which is no whole "
                        "number of bars; a bar has 16, 4 for each of 4 beats"));
  EXPECT_THAT(complaint("x---x--- x-------", "x---y--- x-------"),
              HasSubstr("line 52, column 14: lead.pattern.steps: 'y' is no step here; there are . "
                        "- g o x X ?"));
  EXPECT_THAT(complaint("x---x--- x-------", "x---x-.- x-------"), HasSubstr("holds nothing"));
  EXPECT_THAT(complaint("x---x--- x-------", "x---x--- | x-------"),
              HasSubstr("the bar line stands after 8 steps; a bar has 16"));
  EXPECT_THAT(complaint("x---x--- x-------", "........ ........"), HasSubstr("nobody plays"));
  EXPECT_THAT(complaint("x---x--- x-------", ""), HasSubstr("has 0 steps"));
  EXPECT_THAT(complaint("steps_per_beat = 2", "steps_per_beat = 5"),
              HasSubstr("5 is none of 1, 2"));
  EXPECT_THAT(complaint("kick = ", "kik = "),
              HasSubstr("there is no percussion instrument 'kik'; did you mean kick?"));
  EXPECT_THAT(complaint("kick = ", "36 = \"x.......\"\nkick = "),
              HasSubstr("has its steps already"));
  EXPECT_THAT(complaint("kick = \"x...x...\"", ""), HasSubstr("has no instrument"));
  EXPECT_THAT(complaint("steps_per_beat = 2", "steps_per_beat = 2\nenergy = [0.5, 1]"),
              HasSubstr("drums: no groove may play at an energy from 0 to 0.5"));
  EXPECT_THAT(complaint("[chords]", "[[drums.fill]]\nbeats = 2\nsnare = \"xxx\"\n[chords]"),
              HasSubstr("has 3 steps; 2 beats of 4 steps are 8"));
}

TEST(StyleFile, RefusesInstrumentsAndRangesThatAreNone) {
  EXPECT_THAT(complaint("flute = 2", "kazoo = 2"), HasSubstr("there is no instrument 'kazoo'"));
  EXPECT_THAT(complaint("[\"C4\", \"C6\"]", "[\"C4\", \"E4\"]"), HasSubstr("spans 4 semitones"));
  EXPECT_THAT(complaint("[\"C4\", \"C6\"]", "[\"C4\", \"H6\"]"), HasSubstr("'H6' is no note"));
  EXPECT_THAT(complaint("[\"C4\", \"C6\"]", "[\"C4\"]"), HasSubstr("is not two notes"));
  EXPECT_THAT(complaint("[\"C4\", \"C6\"]", "[\"C4\", 128]"), HasSubstr("is no note; give one"));
  EXPECT_THAT(complaint("[drums]", "[drums]\nkit = \"bras\""), HasSubstr("no drum kit 'bras'"));
  EXPECT_THAT(complaint("[chords]", "[chords]\nvoicings = { drop3 = 1 }"),
              HasSubstr("there is no voicing 'drop3'; did you mean drop2?"));
  EXPECT_THAT(complaint("[chords]", "[chords]\nscale = \"blues\""),
              HasSubstr("chords.scale: there is no such key"));
  EXPECT_THAT(complaint("[lead]", "[lead]\nsound = { low_pass_hz = 5 }"),
              HasSubstr("lead.sound.low_pass_hz: 5 is out of range; give 200 to 20000 Hz, or 0"));
  EXPECT_THAT(complaint("[lead]", "[mix]\nvinyl_db = 0\n[lead]"),
              HasSubstr("mix.vinyl_db: 0 is out of range; give -120 to -20"));
}

TEST(StyleFile, StopsCountingAtManyMistakes) {
  std::string pack(kSmallPack);
  for (int i = 0; i < 100; ++i) pack += "bad_" + std::to_string(i) + " = 1\n";
  EXPECT_THAT(complaint_about(pack), HasSubstr("and 40 more mistakes"));
}

TEST(StyleFile, RefusesALargeFileBeforeReadingIt) {
  EXPECT_THAT(complaint_about(std::string((1U << 20U) + 1, '\n')), HasSubstr("too large"));
  const TemporaryFolder folder;
  save_file(folder / "large.toml", std::string((1U << 20U) + 1, '\n'), Overwrite::kRefuse);
  EXPECT_THAT(thrown_error([&] { load_style(folder / "large.toml"); }).message(),
              HasSubstr("large.toml: a style pack of 1048577 bytes is too large"));
}

TEST(StyleFile, ThePathStandsBeforeEachLine) {
  const TemporaryFolder folder;
  std::string pack = small_pack_with("[80, 120]", "[80, 1200]");
  pack.replace(pack.find("title"), 5, "titel");
  save_file(folder / "my.toml", pack, Overwrite::kRefuse);
  const std::string message = thrown_error([&] { load_style(folder / "my.toml"); }).message();
  const std::string prefix = (folder / "my.toml").string() + ": line ";
  EXPECT_THAT(message, StartsWith(prefix));
  EXPECT_THAT(message, HasSubstr("\n" + prefix + "9"));
}

TEST(Note, IsANameAndAnOctave) {
  EXPECT_EQ(parse_note("C4"), 60);
  EXPECT_EQ(parse_note("E1"), 28);
  EXPECT_EQ(parse_note("Bb3"), 58);
  EXPECT_EQ(parse_note("Cb4"), 59);
  EXPECT_EQ(parse_note("B#3"), 60);
  EXPECT_EQ(parse_note("C-1"), 0);
  EXPECT_EQ(parse_note("G9"), 127);
  for (const char* wrong : {"", "C", "4", "G#9", "C10", "C-2", "Cx4", "C4x", "Cb-1"})
    EXPECT_EQ(thrown_error([&] { parse_note(wrong); }).kind(), ErrorKind::kFormat) << wrong;
}

// ---- [network] ----

std::string network(const std::string& lines) {
  return std::string(kSmallPack) + "[network]\n" + lines + "\n";
}

TEST(StyleFile, SaysWhatItBorrowsFromTheNetwork) {
  EXPECT_FALSE(read_style(kSmallPack).network.has_value());
  const Style style = read_style(
      network("music = \"orchestra\"\ndrums = \"drums-hiphop\"\nroles = [\"lead\", \"drums\"]"));
  ASSERT_TRUE(style.network.has_value());
  EXPECT_EQ(style.network->music, GridStyle::kOrchestra);
  EXPECT_EQ(style.network->drums, GridStyle::kDrumsHipHop);
  EXPECT_EQ(style.network->roles, (RoleSet{Role::kLead, Role::kDrums}));
}

TEST(StyleFile, RefusesANetworkThatCannotServe) {
  EXPECT_THAT(complaint_about(network("music = \"orchstra\"")),
              HasSubstr("did you mean orchestra"));
  EXPECT_THAT(complaint_about(network("music = \"drums-rock\"")), HasSubstr("is drums alone"));
  EXPECT_THAT(complaint_about(network("drums = \"lied\"")), HasSubstr("is no drums"));
  EXPECT_THAT(complaint_about(network("roles = []")), HasSubstr("neither `music` nor `drums`"));
  EXPECT_THAT(complaint_about(network("music = \"lied\"\nroles = [\"bass\"]")),
              HasSubstr("the style has none"));
  EXPECT_THAT(complaint_about(network("music = \"lied\"\nroles = [\"drums\"]")),
              HasSubstr("say what it is learned from: `drums`"));
  EXPECT_THAT(complaint_about(network("musik = \"lied\"")), HasSubstr("music"));
}

}  // namespace
}  // namespace undersong
