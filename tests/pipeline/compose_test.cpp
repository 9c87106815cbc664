#include "pipeline/compose.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "audio/audio_file.h"
#include "base/file.h"
#include "compose/compose.h"
#include "midi/midi_file.h"
#include "pipeline/certificate.h"
#include "pipeline/request_text.h"
#include "score/bars.h"
#include "support/installed_soundfont.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using Outcome = Verification::Outcome;

namespace fs = std::filesystem;

// Of a style that ships, with no sound unless a test asks for it.
class ComposeMusic : public testing::Test {
 protected:
  ComposeRequest request(std::vector<std::string> names) const {
    ComposeRequest request;
    request.composition.style = "lofi";
    request.composition.length_seconds = 30.0;
    request.seed = 7;
    for (const std::string& name : names) request.outputs.push_back(folder_ / name);
    return request;
  }

  ComposeReport compose(const ComposeRequest& wanted) const {
    return compose_music(wanted, silent_progress());
  }

  // a.mid of 30 seconds.
  fs::path track() const {
    compose(request({"a.mid"}));
    return folder_ / "a.mid";
  }

  ComposeRequest rewrite(const fs::path& from, const std::string& name) const {
    ComposeRequest wanted = request({name});
    wanted.composition = {};
    wanted.from = from;
    wanted.rewrite = {5, 6, {Role::kLead}, 0};
    return wanted;
  }

  Verification verify(const fs::path& path) const {
    return verify_certificate(path, {}, {}, silent_progress());
  }

  // A certificate with something changed in its JSON.
  void tamper(const std::string& name,
              const std::function<void(nlohmann::ordered_json&)>& change) const {
    const fs::path path = certificate_path(folder_ / name);
    auto json = nlohmann::ordered_json::parse(read_text_file(path));
    change(json);
    save_file(path, json.dump(2), Overwrite::kAllow);
  }

  OwnUserData data_;
  TemporaryFolder folder_;
};

bool has(const Verification& verification, Outcome outcome, const std::string& what) {
  return std::any_of(verification.lines.begin(), verification.lines.end(), [&](const auto& line) {
    return line.outcome == outcome && line.what.find(what) != std::string::npos;
  });
}

// Notes of a role that begin in some bars, or outside of them.
std::vector<Note> notes_of(const Score& score, Role role, int first, int last, bool inside) {
  const BarGrid bars(score);
  std::vector<Note> notes;
  for (const Track& track : score.tracks) {
    if (role_of(track) != role) continue;
    for (const Note& note : track.notes) {
      const auto bar = bars.bar_at(note.onset_ticks) + 1;
      if ((bar >= first && bar <= last) == inside) notes.push_back(note);
    }
  }
  return notes;
}

TEST_F(ComposeMusic, TheSameSeedIsTheSameFile) {
  compose(request({"a.mid"}));
  compose(request({"b.mid"}));
  EXPECT_EQ(read_file(folder_ / "a.mid"), read_file(folder_ / "b.mid"));
}

TEST_F(ComposeMusic, TheRequestTravelsInTheMidi) {
  const auto origin = composition_of(load_midi(track()).score);
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->request.style, "lofi");
  EXPECT_EQ(origin->request.seed, 7U);
  EXPECT_EQ(origin->request.length_seconds, 30.0);
}

TEST_F(ComposeMusic, WithoutASeedOneIsChosenThatRepeatsThePiece) {
  ComposeRequest wanted = request({"a.mid"});
  wanted.seed.reset();
  wanted.outputs = {folder_ / "b.mid"};
  const std::uint64_t seed = compose(wanted).variants.at(0).seed;
  wanted = request({"c.mid"});
  wanted.seed = seed;
  compose(wanted);
  EXPECT_EQ(read_file(folder_ / "b.mid"), read_file(folder_ / "c.mid"));
}

TEST_F(ComposeMusic, VariantsAreNumberedAndHaveSeedsInARow) {
  ComposeRequest wanted = request({"bed.mid"});
  wanted.variants = 2;
  const ComposeReport report = compose(wanted);
  ASSERT_EQ(report.variants.size(), 2U);
  EXPECT_EQ(report.variants[1].seed, 8U);
  EXPECT_NE(read_file(folder_ / "bed-1.mid"), read_file(folder_ / "bed-2.mid"));
  EXPECT_TRUE(fs::exists(folder_ / "bed-2.certificate.json"));
  EXPECT_FALSE(fs::exists(folder_ / "bed.mid"));
}

TEST_F(ComposeMusic, AnUneditedPlanIsThePieceItself) {
  const PlannedPiece planned = plan_music(request({}));
  save_file(folder_ / "plan.json", to_json_text(planned.plan), Overwrite::kRefuse);
  ComposeRequest wanted = request({"b.mid"});
  wanted.composition = {};
  wanted.seed.reset();
  wanted.plan = folder_ / "plan.json";
  compose(wanted);
  EXPECT_EQ(read_file(track()), read_file(folder_ / "b.mid"));
}

TEST_F(ComposeMusic, AnEditedPlanTravelsAndIsVerified) {
  Plan plan = plan_music(request({})).plan;
  for (PlannedBar& bar : plan.bars) bar.roles.erase(Role::kDrums);
  save_file(folder_ / "plan.json", to_json_text(plan), Overwrite::kRefuse);
  ComposeRequest wanted = request({"b.mid"});
  wanted.composition = {};
  wanted.plan = folder_ / "plan.json";
  compose(wanted);
  const Score score = load_midi(folder_ / "b.mid").score;
  EXPECT_TRUE(composition_of(score)->plan);
  EXPECT_TRUE(notes_of(score, Role::kDrums, 1, 1000, true).empty());
  EXPECT_TRUE(verify(folder_ / "b.mid").proves());
  // And some of it can be written again.
  compose(rewrite(folder_ / "b.mid", "c.mid"));
  EXPECT_TRUE(verify(folder_ / "c.mid").proves());
}

TEST_F(ComposeMusic, BarsAreWrittenAgainAndAllOthersStay) {
  const Score before = load_midi(track()).score;
  const ComposeReport report = compose(rewrite(folder_ / "a.mid", "b.mid"));
  const Score after = load_midi(folder_ / "b.mid").score;
  EXPECT_FALSE(report.edited);
  EXPECT_NE(notes_of(before, Role::kLead, 5, 6, true), notes_of(after, Role::kLead, 5, 6, true));
  EXPECT_EQ(notes_of(before, Role::kLead, 5, 6, false), notes_of(after, Role::kLead, 5, 6, false));
  for (const Role role : {Role::kDrums, Role::kBass, Role::kChords})
    EXPECT_EQ(notes_of(before, role, 1, 1000, true), notes_of(after, role, 1, 1000, true));
  EXPECT_TRUE(verify(folder_ / "b.mid").proves());
}

TEST_F(ComposeMusic, APersonsEditsElsewhereStay) {
  Score edited = load_midi(track()).score;
  const auto bass = std::find_if(edited.tracks.begin(), edited.tracks.end(),
                                 [](const Track& t) { return role_of(t) == Role::kBass; });
  ASSERT_NE(bass, edited.tracks.end());
  bass->notes.front().velocity = 127;
  save_midi(folder_ / "mine.mid", edited, Overwrite::kRefuse);
  const ComposeReport report = compose(rewrite(folder_ / "mine.mid", "b.mid"));
  EXPECT_TRUE(report.edited);
  EXPECT_EQ(notes_of(edited, Role::kBass, 1, 1000, true),
            notes_of(load_midi(folder_ / "b.mid").score, Role::kBass, 1, 1000, true));
  const Verification verification = verify(folder_ / "b.mid");
  EXPECT_TRUE(verification.holds());
  EXPECT_FALSE(verification.proves());
  EXPECT_TRUE(has(verification, Outcome::kCannotTell, "a person had changed the notes"));
}

TEST_F(ComposeMusic, ACertificateStandsInForATextThatAnotherProgramDropped) {
  const fs::path path = track();
  save_midi(path, without_composition(load_midi(path).score), Overwrite::kAllow);
  compose(rewrite(path, "b.mid"));
  EXPECT_TRUE(fs::exists(folder_ / "b.mid"));
  fs::remove(folder_ / "a.certificate.json");
  const Error error = thrown_error([&] { compose(rewrite(path, "c.mid")); });
  EXPECT_THAT(error.message(), HasSubstr("does not say how it was made"));
}

TEST_F(ComposeMusic, BarsAndRolesThatThereAreNotAreSentences) {
  ComposeRequest wanted = rewrite(track(), "b.mid");
  wanted.rewrite.last_bar = 999;
  EXPECT_THAT(thrown_error([&] { compose(wanted); }).message(), HasSubstr("goes to bar 999"));
}

TEST_F(ComposeMusic, InputsAreNeverOverwritten) {
  ComposeRequest wanted = rewrite(track(), "a.mid");
  wanted.music.overwrite = Overwrite::kAllow;
  const auto before = read_file(folder_ / "a.mid");
  EXPECT_THAT(thrown_error([&] { compose(wanted); }).message(), HasSubstr("is the input itself"));
  EXPECT_EQ(read_file(folder_ / "a.mid"), before);
}

TEST_F(ComposeMusic, NothingIsWrittenWhereOneOutputIsThereAlready) {
  save_file(folder_ / "b.mid", "mine", Overwrite::kRefuse);
  EXPECT_THAT(thrown_error([&] {
                compose(request({"a.mid", "b.mid"}));
              }).message(),
              HasSubstr("b.mid exists already"));
  EXPECT_FALSE(fs::exists(folder_ / "a.mid"));
}

TEST_F(ComposeMusic, ACertificateIsNotOverwrittenEither) {
  track();
  fs::remove(folder_ / "a.mid");
  EXPECT_THAT(thrown_error([&] { compose(request({"a.mid"})); }).message(),
              HasSubstr("a.certificate.json exists already"));
}

TEST_F(ComposeMusic, APictureNeedsNoCertificate) {
  EXPECT_TRUE(compose(request({"a.svg"})).variants.at(0).certificate.empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(ComposeMusic, TheCertificateSaysNothingOfThisMachine) {
  track();
  EXPECT_THAT(read_text_file(folder_ / "a.certificate.json"),
              testing::Not(HasSubstr(folder_.path().string())));
}

TEST_F(ComposeMusic, ATrackThatWasNotTouchedIsProven) {
  const Verification verification = verify(track());
  EXPECT_TRUE(verification.proves()) << to_text(verification);
  EXPECT_TRUE(verify(folder_ / "a.certificate.json").proves());
  EXPECT_TRUE(verify(folder_ / "a.certificate.html").proves());
}

TEST_F(ComposeMusic, AChangedTrackDiffers) {
  Score score = load_midi(track()).score;
  score.tracks.back().notes.pop_back();
  save_midi(folder_ / "a.mid", score, Overwrite::kAllow);
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_FALSE(verification.holds());
  EXPECT_TRUE(has(verification, Outcome::kDiffers, "has other bytes"));
  EXPECT_TRUE(has(verification, Outcome::kSame, "makes the notes"));
}

TEST_F(ComposeMusic, AChangedSeedDiffers) {
  track();
  tamper("a.mid", [](auto& json) { json["request"]["seed"] = 8; });
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_FALSE(verification.holds());
  EXPECT_TRUE(has(verification, Outcome::kDiffers, "makes other notes"));
}

TEST_F(ComposeMusic, AChangedHashDiffers) {
  track();
  tamper("a.mid", [](auto& json) { json["files"][0]["sha256"] = std::string(64, '0'); });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "has other bytes"));
}

TEST_F(ComposeMusic, AChangedLicenceDiffers) {
  track();
  tamper("a.mid", [](auto& json) { json["licence"][1] = "Your right is exclusive."; });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "other text"));
}

TEST_F(ComposeMusic, BarsInWhichARoleRestsAreNotWrittenAgain) {
  ComposeRequest wanted = request({"b.mid"});
  wanted.from = track();
  const Plan plan = plan_music(request({"a.mid"})).plan;
  // Somebody waits for the others to begin, or is gone at the end.
  for (const int bar : {1, static_cast<int>(plan.bars.size())}) {
    for (const PlannedInstrument& instrument : plan.instruments) {
      if (plan.bars[static_cast<std::size_t>(bar - 1)].roles.contains(instrument.role)) continue;
      wanted.rewrite = {bar, bar, {instrument.role}, 0};
      const Error error = thrown_error([&] { compose(wanted); });
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.message(),
                  HasSubstr(fmt::format("rests in bars {} to {}; it plays in bars ", bar, bar)));
      return;
    }
  }
  FAIL() << "everybody plays from the first bar to the last";
}

TEST_F(ComposeMusic, OutputsOfOneNameInTwoFoldersAreRefused) {
  const Error error = thrown_error([&] { compose(request({"x/a.mid", "y/a.mid"})); });
  EXPECT_THAT(error.message(), HasSubstr("named twice"));
}

TEST_F(ComposeMusic, TextsOfAnotherVersionAreNotVouchedFor) {
  track();
  tamper("a.mid", [](auto& json) {
    json["version"] = "99.0";
    json["licence"][1] = "Your right is exclusive.";
  });
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_TRUE(has(verification, Outcome::kCannotTell, "were not compared"));
  EXPECT_THAT(conclusion(verification), HasSubstr("what could not be told"));
}

TEST_F(ComposeMusic, AnotherPageDiffers) {
  track();
  save_file(folder_ / "a.certificate.html", "<p>Sold.</p>", Overwrite::kAllow);
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "not the page"));
}

TEST_F(ComposeMusic, AnIngredientThatIsMissingDiffers) {
  track();
  tamper("a.mid", [](auto& json) { json["ingredients"] = nlohmann::json::array(); });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "names no style"));
}

TEST_F(ComposeMusic, WordsOfOriginalityThatWereChangedDiffer) {
  track();
  tamper("a.mid", [](auto& json) { json["originality_text"] = "unlike all music"; });
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_FALSE(verification.holds()) << to_text(verification);
}

TEST_F(ComposeMusic, AReportOfOriginalityThatWasEmptiedDiffers) {
  track();
  tamper("a.mid", [](auto& json) {
    json["originality"]["compared"] = nlohmann::json::array();
    json["originality"]["comparisons"] = nlohmann::json::array();
    json["originality"]["not_compared"] = nullptr;
  });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "says neither"));
}

TEST_F(ComposeMusic, AReportOfOriginalityThatWasChangedDiffers) {
  track();
  const auto json = nlohmann::json::parse(read_text_file(folder_ / "a.certificate.json"));
  if (json["originality"]["comparisons"].empty()) GTEST_SKIP() << "no fingerprints ship here";
  tamper("a.mid",
         [](auto& changed) { changed["originality"]["comparisons"][0]["pitched_notes"] = 1; });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "not as close"));
}

TEST_F(ComposeMusic, AnotherVersionIsToldAndNotTakenForAForgery) {
  track();
  tamper("a.mid", [](auto& json) {
    json["version"] = "99.0";
    json["request"]["seed"] = 8;  // notes of another version may be others
  });
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_TRUE(verification.holds());
  EXPECT_FALSE(verification.proves());
  EXPECT_TRUE(has(verification, Outcome::kCannotTell, "99.0"));
}

TEST_F(ComposeMusic, AStyleThatIsNotHereIsToldAndNotTakenForAForgery) {
  track();
  tamper("a.mid", [](auto& json) { json["request"]["style"] = "gamelan"; });
  const Verification verification = verify(folder_ / "a.mid");
  EXPECT_TRUE(has(verification, Outcome::kCannotTell, "cannot be composed here"));
}

TEST_F(ComposeMusic, ARequestThatNobodyCanComposeDiffers) {
  track();
  tamper("a.mid", [](auto& json) { json["request"]["length_seconds"] = 0.25; });
  EXPECT_TRUE(has(verify(folder_ / "a.mid"), Outcome::kDiffers, "cannot be composed here"));
}

TEST_F(ComposeMusic, AnotherTrackIsNoneOfItsFiles) {
  track();
  save_file(folder_ / "a.wav", "another", Overwrite::kRefuse);
  EXPECT_TRUE(has(verify(folder_ / "a.wav"), Outcome::kDiffers, "none of the files"));
}

TEST_F(ComposeMusic, WithoutACertificateASentence) {
  const Error error = thrown_error([&] { verify(folder_ / "a.mid"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("there is no certificate"));
}

class ComposeSound : public ComposeMusic {
 protected:
  void SetUp() override {
    if (!installed_soundfont()) GTEST_SKIP() << kNoSoundfont;
  }

  ComposeRequest short_request(std::vector<std::string> names) const {
    ComposeRequest wanted = request(std::move(names));
    wanted.composition.length_seconds = 6.125;
    wanted.music.render.soundfont = *installed_soundfont();
    return wanted;
  }
};

TEST_F(ComposeSound, HasExactlySoManyFramesAndStemsThatAddUp) {
  ComposeRequest wanted = short_request({"a.wav"});
  wanted.stems = folder_ / "stems";
  const ComposeReport report = compose(wanted);
  const AudioBuffer mix = load_audio(folder_ / "a.wav").audio;
  ASSERT_EQ(mix.samples.size(), 2U * 294'000U);
  std::vector<double> sum(mix.samples.size());
  ASSERT_FALSE(report.variants[0].stems.empty());
  for (const MusicFileReport& stem : report.variants[0].stems) {
    const AudioBuffer audio = load_audio(stem.path).audio;
    ASSERT_EQ(audio.samples.size(), mix.samples.size());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(audio.samples[i]);
  }
  double worst = 0.0;
  for (std::size_t i = 0; i < sum.size(); ++i)
    worst = std::max(worst, std::abs(sum[i] - static_cast<double>(mix.samples[i])));
  EXPECT_LT(worst, 2e-6);  // 24 bits, nine files: half a step of 1.2e-7 each, and float
}

TEST_F(ComposeSound, LeavesNoStemsOfAnotherPieceInAFolderThatIsOverwritten) {
  ComposeRequest wanted = short_request({});
  wanted.stems = folder_ / "stems";
  wanted.music.overwrite = Overwrite::kAllow;
  fs::create_directories(*wanted.stems);
  for (const char* name : {"09-Vinyl.wav", "17-Lead.wav", "17-Voice.wav", "notes.txt"})
    save_file(*wanted.stems / name, "old", Overwrite::kRefuse);
  compose(wanted);
  EXPECT_FALSE(fs::exists(*wanted.stems / "17-Lead.wav"));
  EXPECT_TRUE(fs::exists(*wanted.stems / "17-Voice.wav"));  // not one of ours
  EXPECT_TRUE(fs::exists(*wanted.stems / "notes.txt"));
}

TEST_F(ComposeSound, IsMadeAgainByItsCertificate) {
  ComposeRequest wanted = short_request({"a.wav", "a.ogg"});
  wanted.music.origin.title = "A title";
  compose(wanted);
  const Verification verification =
      verify_certificate(folder_ / "a.wav", *installed_soundfont(), {}, silent_progress());
  EXPECT_TRUE(verification.proves()) << to_text(verification);
  EXPECT_TRUE(has(verification, Outcome::kSame, "rendered again, a.ogg"));
}

TEST_F(ComposeSound, ASoundfontThatIsNotHereIsTold) {
  compose(short_request({"a.wav", "a.mid"}));
  tamper("a.wav", [](auto& json) {
    for (auto& ingredient : json["ingredients"]) {
      if (ingredient["kind"] == "soundfont") ingredient["sha256"] = std::string(64, '0');
    }
  });
  fs::remove(folder_ / "a.certificate.html");  // it names another one
  const Verification verification =
      verify_certificate(folder_ / "a.wav", *installed_soundfont(), {}, silent_progress());
  EXPECT_TRUE(has(verification, Outcome::kCannotTell, "the sound was not made again"));
  EXPECT_TRUE(verification.proves());  // by its notes
}

TEST_F(ComposeSound, ALoopIsRefusedWhereItCannotLoop) {
  ComposeRequest wanted = short_request({"a.mp3"});
  wanted.composition.ending = Ending::kLoop;
  EXPECT_THAT(thrown_error([&] { compose(wanted); }).message(), HasSubstr("cannot loop"));
}

}  // namespace
}  // namespace undersong
