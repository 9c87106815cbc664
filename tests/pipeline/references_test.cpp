#include "pipeline/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "base/rng.h"
#include "midi/midi_file.h"
#include "model/composer_weights.h"
#include "pipeline/certificate.h"
#include "pipeline/check.h"
#include "pipeline/corpus.h"
#include "pipeline/fingerprint.h"
#include "pipeline/overlay.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "support/user_data.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// 96 quavers, drawn by the number, `semitones` higher.
Score tune(std::uint64_t number, int semitones = 0) {
  Rng rng(number);
  Score score;
  score.tracks.resize(1);
  score.tracks[0].name = "Violin";
  for (int i = 0; i < 96; ++i) {
    score.tracks[0].notes.push_back(
        {.onset_ticks = 240 * i,
         .duration_ticks = 240,
         .pitch = static_cast<std::uint8_t>(55 + semitones + static_cast<int>(rng.below(24)))});
  }
  return score;
}

// What ships is what `folder` says, for its lifetime.
class OwnShare {
 public:
  explicit OwnShare(const fs::path& folder) {
    if (const char* before = ::getenv("UNDERSONG_SHARE"); before != nullptr) before_ = before;
    ::setenv("UNDERSONG_SHARE", folder.c_str(), 1);
  }
  ~OwnShare() {
    if (before_) {
      ::setenv("UNDERSONG_SHARE", before_->c_str(), 1);
    } else {
      ::unsetenv("UNDERSONG_SHARE");
    }
  }

 private:
  std::optional<std::string> before_;
};

class ReferencesTest : public testing::Test {
 protected:
  ReferencesTest() : share_(folder_.path()) {
    for (std::uint64_t number = 1; number <= 4; ++number)
      save_midi(folder_ / ("songs/t" + std::to_string(number) + ".mid"), tune(number),
                Overwrite::kRefuse);
    add("songs");
  }

  void add(const std::string& what) {
    corpus_add({"songs", {folder_ / what}, "", "CC-BY-4.0", ""}, silent_progress());
  }

  fs::path index() const { return user_data_.path() / "undersong/corpora/songs/originality.index"; }

  OpenReference open(const std::string& name) { return open_reference(name, silent_progress()); }

  std::string message(const std::string& name) {
    return thrown_error([&] { open(name); }).message();
  }

  void make_fingerprints(const fs::path& path) {
    FingerprintRequest request;
    request.corpus = "songs";
    request.output = path;
    fingerprint_corpus(request, silent_progress());
  }

  OwnUserData user_data_;
  TemporaryFolder folder_;
  OwnShare share_;
};

TEST_F(ReferencesTest, BuildsTheIndexOfACorpusBesideItsManifest) {
  const OpenReference opened = open("songs");
  EXPECT_TRUE(fs::exists(index()));
  EXPECT_EQ(opened.form, ReferenceForm::kWhole);
  EXPECT_EQ(opened.reference->pieces().size(), 4U);
  EXPECT_EQ(opened.reference->pieces()[0].licence, "CC-BY-4.0");
  EXPECT_EQ(describe(opened), "songs: 4 pieces, whole");
  const auto written = fs::last_write_time(index());
  open("songs");
  EXPECT_EQ(fs::last_write_time(index()), written) << "it is built once";
}

TEST_F(ReferencesTest, BuildsTheSameIndexAgainWhenItIsDamaged) {
  open("songs");
  const auto sound = read_file(index());
  save_file(index(), std::string_view("nonsense"), Overwrite::kAllow);
  EXPECT_EQ(open("songs").reference->pieces().size(), 4U);
  EXPECT_EQ(read_file(index()), sound);
}

TEST_F(ReferencesTest, BuildsTheIndexAgainWhenTheCorpusHasChanged) {
  open("songs");
  save_midi(folder_ / "more/t9.mid", tune(9), Overwrite::kRefuse);
  add("more");
  EXPECT_EQ(open("songs").reference->pieces().size(), 5U);
}

TEST_F(ReferencesTest, PutsTwinsIntoOneFamily) {
  save_midi(folder_ / "more/twin.mid", tune(1, 3), Overwrite::kRefuse);
  add("more");
  const OpenReference opened = open("songs");
  ASSERT_EQ(opened.reference->pieces().size(), 5U);
  const auto pieces = opened.reference->pieces();
  const LearnedPiece& twin = pieces[4];
  EXPECT_EQ(twin.path, "twin.mid");
  EXPECT_NE(twin.family, twin.id);
  EXPECT_EQ(std::count_if(pieces.begin(), pieces.end(),
                          [&](const LearnedPiece& piece) { return piece.family == twin.family; }),
            2);
}

TEST_F(ReferencesTest, SaysWhatToDoWithWhatItCannotOpen) {
  EXPECT_THAT(message("sogns"), HasSubstr("did you mean songs?"));
  EXPECT_THAT(message((folder_ / "songs").string()), HasSubstr("make a corpus of it"));
  EXPECT_THAT(message((folder_ / "songs/t1.mid").string()), HasSubstr("is a MIDI file"));
  EXPECT_THAT(message("missing.fingerprints"), HasSubstr("there is no such file"));
  save_file(folder_ / "text.fingerprints", std::string_view("nonsense"), Overwrite::kRefuse);
  EXPECT_THAT(message((folder_ / "text.fingerprints").string()), HasSubstr("text.fingerprints"));
}

TEST_F(ReferencesTest, OpensFingerprintsAndFindsTheMusicOfTheSameState) {
  make_fingerprints(folder_ / "m.fingerprints");
  OpenReference opened = open((folder_ / "m.fingerprints").string());
  EXPECT_EQ(opened.form, ReferenceForm::kFingerprints);
  EXPECT_EQ(opened.reference->pieces().size(), 4U);
  EXPECT_NE(opened.corpus, nullptr);
  corpus_remove("songs");
  opened = open((folder_ / "m.fingerprints").string());
  EXPECT_EQ(opened.corpus, nullptr);
}

TEST_F(ReferencesTest, FingerprintsTakeTheFiltersOfTraining) {
  FingerprintRequest request;
  request.corpus = "songs";
  request.output = folder_ / "m.fingerprints";
  request.track_name = "violin";
  EXPECT_EQ(fingerprint_corpus(request, silent_progress()).pieces, 4);
  request.track_name = "piano";
  request.output = folder_ / "n.fingerprints";
  EXPECT_THAT(thrown_error([&] { fingerprint_corpus(request, silent_progress()); }).message(),
              HasSubstr("no track is named piano"));
  EXPECT_FALSE(fs::exists(request.output));
}

TEST_F(ReferencesTest, EverythingAtHandIsOpenedOnce) {
  make_fingerprints(folder_ / "models/a.fingerprints");
  make_fingerprints(folder_ / "models/b.fingerprints");
  EXPECT_EQ(open_all_references(silent_progress()).open.size(), 1U) << "the music is there";
  corpus_remove("songs");
  const References left = open_all_references(silent_progress());
  ASSERT_EQ(left.open.size(), 1U) << "both hold the same pieces";
  EXPECT_EQ(left.open[0].form, ReferenceForm::kFingerprints);
}

TEST_F(ReferencesTest, NothingAtHandSaysWhatToDo) {
  corpus_remove("songs");
  const Error error = thrown_error([] { open_all_references(silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("undersong corpus add NAME FOLDER"));
  save_file(folder_ / "models/a.fingerprints", std::string_view("nonsense"), Overwrite::kRefuse);
  EXPECT_THAT(thrown_error([] { open_all_references(silent_progress()); }).message(),
              HasSubstr("a.fingerprints"));
}

TEST_F(ReferencesTest, AModelStandsForWhatItLearned) {
  ModelInfo info;
  EXPECT_THAT(reference_of_model(folder_ / "m.safetensors", info, silent_progress()).why_not,
              HasSubstr("do not say what they learned from"));
  info.corpus = "songs";
  info.corpus_sha256 = open("songs").corpus_sha256;
  const auto whole = reference_of_model(folder_ / "m.safetensors", info, silent_progress());
  ASSERT_TRUE(whole.reference.has_value());
  EXPECT_EQ(whole.reference->form, ReferenceForm::kWhole);
  make_fingerprints(folder_ / "m.fingerprints");
  EXPECT_EQ(reference_of_model(folder_ / "m.safetensors", info, silent_progress()).reference->form,
            ReferenceForm::kFingerprints);
  info.corpus_sha256 = std::string(64, '0');
  EXPECT_EQ(thrown_error([&] {
              reference_of_model(folder_ / "m.safetensors", info, silent_progress());
            }).kind(),
            ErrorKind::kMismatch);
  fs::remove(folder_ / "m.fingerprints");
  EXPECT_THAT(reference_of_model(folder_ / "m.safetensors", info, silent_progress()).why_not,
              AllOf(HasSubstr("m.fingerprints"), HasSubstr("corpus songs is not on this machine")));
}

TEST_F(ReferencesTest, AnAdaptedModelStandsForWhatItsBaseLearnedToo) {
  const fs::path base = folder_ / "base.safetensors";
  ModelInfo info;
  info.corpus = "songs";
  info.corpus_sha256 = open("songs").corpus_sha256;
  WeightFile weights = tiny_composer_weights(64);
  weights.metadata =
      composer_metadata(composer_spec(find_composer_size("tiny"), 64), {}, std::move(info));
  save_weights(base, weights, Overwrite::kRefuse);
  const std::string known = "base.safetensors " + sha256_of_file(base);
  const std::string gone = "gone.safetensors " + std::string(64, '0');
  const References learned =
      references_of_bases(folder_ / "mine.safetensors", {gone, known}, silent_progress());
  ASSERT_EQ(learned.open.size(), 1U);
  EXPECT_EQ(learned.open[0].reference->name(), "songs");
  ASSERT_EQ(learned.unused.size(), 1U);
  EXPECT_EQ(learned.unused[0].name, "gone.safetensors");
  EXPECT_THAT(learned.unused[0].reason, HasSubstr("adapted from"));
}

TEST_F(ReferencesTest, TheOverlayLaysEveryNoteOfATransposedCopyOntoItsOwn) {
  const OpenReference opened = open("songs");
  const Score copy = tune(2, -4);
  const Comparison comparison = compare_with(opened, copy, {});
  EXPECT_EQ(comparison.verdict, Verdict::kTooClose);
  const std::string svg = overlay_svg(copy, "copy.mid", opened, comparison);
  EXPECT_THAT(svg, HasSubstr("copy.mid, bars "));
  EXPECT_THAT(svg, HasSubstr("over t2.mid"));
  EXPECT_THAT(svg, HasSubstr("96 of the track's 96 notes here are in bars"));
  EXPECT_THAT(svg, HasSubstr("4 semitones lower"));
}

TEST_F(ReferencesTest, TheOverlayOfASlowerCopyToo) {
  const OpenReference opened = open("songs");
  Score copy = tune(3);
  for (Note& note : copy.tracks[0].notes) {
    note.onset_ticks *= 2;
    note.duration_ticks *= 2;
  }
  const std::string svg = overlay_svg(copy, "copy.mid", opened, compare_with(opened, copy, {}));
  EXPECT_THAT(svg, HasSubstr("2.0 times as slow"));
  EXPECT_EQ(svg.find("only in t3.mid</text>"), svg.rfind("only in t3.mid</text>"));
  EXPECT_THAT(svg, HasSubstr("60 of the track's 60 notes here"));
}

TEST_F(ReferencesTest, AnOwnTuneIsOriginalAndACopyIsNot) {
  save_midi(folder_ / "own.mid", tune(77), Overwrite::kRefuse);
  CheckRequest request;
  request.tracks = {folder_ / "own.mid", folder_ / "songs/t4.mid"};
  request.against = {"songs"};
  const CheckReport report = check(request, silent_progress());
  EXPECT_EQ(report.tracks[0].verdict, Verdict::kOriginal);
  EXPECT_EQ(report.tracks[1].verdict, Verdict::kTooClose);
}

}  // namespace
}  // namespace undersong
