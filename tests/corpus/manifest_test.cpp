#include "corpus/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {
namespace {

using testing::HasSubstr;

Manifest two_pieces() {
  Manifest manifest;
  manifest.name = "Klavier \"leise\"";
  Piece first;
  first.id = std::string(64, 'a');
  first.path = "Chopin/étude.mid";
  first.group = "Chopin";
  first.title = "Étude";
  first.licence = "CC-BY-SA-3.0-DE";
  first.source = "http://piano-midi.de";
  first.notes = 1234;
  first.seconds = 98.25;
  first.repairs = {"byte 71: track 2 is cut short"};
  first.note_digest = std::string(64, 'd');
  first.reference_pitch = 61;
  first.split = Split::kTest;
  Piece second = first;
  second.id = std::string(64, 'b');
  second.duplicate_of = first.id;
  second.transposed_by = -3;
  manifest.pieces = {first, second};
  manifest.rejections = {{"a.mid", "/music/a.mid", "byte 0: there is no header"}};
  return manifest;
}

std::string message_of(const std::string& json) {
  try {
    Manifest::from_json(json);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

std::string with(std::string json, const std::string& before, const std::string& after) {
  const std::size_t at = json.find(before);
  EXPECT_NE(at, json.npos) << before;
  return json.replace(at, before.size(), after);
}

TEST(Manifest, ComesBackFromJsonAsItWas) {
  EXPECT_EQ(Manifest::from_json(two_pieces().to_json()), two_pieces());
}

TEST(Manifest, WritesNamesThatAreNoUtf8) {
  Manifest manifest = two_pieces();
  manifest.pieces[0].title = "\xC9tude";
  EXPECT_EQ(Manifest::from_json(manifest.to_json()).pieces[0].title, "\uFFFDtude");
}

TEST(Manifest, HashesWhatDecidesLearningAndNothingElse) {
  const std::string hash = two_pieces().sha256();
  const auto changed = [&](auto change) {
    Manifest manifest = two_pieces();
    change(manifest);
    return manifest.sha256() != hash;
  };
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces[0].id[3] = 'c'; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces[0].group = "Liszt"; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces[0].licence = "CC0-1.0"; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces[0].source = "elsewhere"; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces[0].split = Split::kTrain; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.pieces.pop_back(); }));
  EXPECT_FALSE(changed([](Manifest& m) { m.name = "other"; }));
  EXPECT_FALSE(changed([](Manifest& m) { m.pieces[0].title = "other"; }));
  EXPECT_FALSE(changed([](Manifest& m) { m.rejections.clear(); }));
}

TEST(Manifest, RefusesWhatIsNoManifest) {
  const std::string sound = two_pieces().to_json();
  EXPECT_THAT(message_of("{"), HasSubstr("the manifest of the corpus is damaged"));
  EXPECT_THAT(message_of("[]"), HasSubstr("damaged"));
  EXPECT_THAT(message_of(sound.substr(0, sound.size() / 2)), HasSubstr("damaged"));
  EXPECT_THAT(message_of(with(sound, "undersong-corpus", "shopping-list")),
              HasSubstr("not the manifest of a corpus"));
  EXPECT_THAT(message_of(with(sound, "\"version\": 1", "\"version\": 2")),
              HasSubstr("written by a newer undersong"));
  EXPECT_THAT(message_of(with(sound, "\"split\": \"test\"", "\"split\": \"exam\"")),
              HasSubstr("'exam' is not a split"));
}

TEST(Manifest, RefusesIdsThatWouldLeaveItsFolder) {
  const std::string sound = two_pieces().to_json();
  EXPECT_THAT(message_of(with(sound, std::string(64, 'a'), "../../etc/passwd")),
              HasSubstr("'../../etc/passwd' is not the id of a piece"));
}

TEST(Manifest, RefusesDoubledAndDanglingIds) {
  Manifest doubled = two_pieces();
  doubled.pieces[1].id = doubled.pieces[0].id;
  EXPECT_THAT(message_of(doubled.to_json()), HasSubstr("stands there twice"));
  Manifest dangling = two_pieces();
  dangling.pieces.erase(dangling.pieces.begin());
  EXPECT_THAT(message_of(dangling.to_json()), HasSubstr("doubles one that is not there"));
}

}  // namespace
}  // namespace undersong
