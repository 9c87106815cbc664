#include "corpus/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "corpus/ingest.h"
#include "melodies.h"
#include "support/temporary_folder.h"
#include "support/user_data.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::kUsage, "no error"};
}

class CorpusTest : public testing::Test {
 protected:
  void add(const std::string& name) {
    save(music_ / "Chopin/a.mid", numbered_melody(1));
    save(music_ / "Schubert/b.mid", numbered_melody(2));
    add_to_corpus(name, std::vector{music_.path()}, {}, silent_progress());
  }

  OwnUserData user_data_;
  TemporaryFolder music_;
};

TEST_F(CorpusTest, NamesWhatThereIsWhenItKnowsNoSuchName) {
  EXPECT_THAT(error_of([] { Corpus::open("piano"); }).message(),
              HasSubstr("there is no corpus piano, and no other yet"));
  add("piano");
  const Error error = error_of([] { Corpus::open("pinao"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(error.message(), "there is no corpus pinao; did you mean piano? There are: piano");
}

TEST_F(CorpusTest, RefusesNamesThatLeadElsewhere) {
  for (const std::string name : {"", "..", ".hidden", "a/b", "/etc", "a\nb"})
    EXPECT_EQ(error_of([&] { corpus_folder(name); }).kind(), ErrorKind::kUsage) << name;
  EXPECT_THROW(corpus_folder(std::string(101, 'a')), Error);
}

TEST_F(CorpusTest, AllowsSpacesQuotesAndEveryAlphabet) {
  for (const std::string name : {"my songs", "Bob's \"best\"", "鋼琴", "Étude"}) {
    add(name);
    EXPECT_EQ(Corpus::open(name).manifest().name, name);
  }
  EXPECT_EQ(corpus_names().size(), 4U);
}

TEST_F(CorpusTest, SelectsAGroupInAnyCase) {
  add("piano");
  const auto manifest = Corpus::open("piano").manifest();
  EXPECT_EQ(pieces_of_group(manifest, "chopin").size(), 1U);
  EXPECT_EQ(pieces_of_group(manifest, "").size(), 2U);
  EXPECT_EQ(error_of([&] { pieces_of_group(manifest, "Shubert"); }).message(),
            "corpus piano has no group Shubert; did you mean Schubert? There are: Chopin, "
            "Schubert");
}

TEST_F(CorpusTest, NoticesWhenItsCopyWasChanged) {
  add("piano");
  const auto corpus = Corpus::open("piano");
  const Piece piece = corpus.manifest().pieces.at(0);
  save(piece_path(corpus.folder(), piece.id), numbered_melody(9));
  const Error error = error_of([&] { corpus.read_piece(piece); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), HasSubstr("reading Chopin/a.mid of corpus piano: "));
  EXPECT_THAT(error.message(), HasSubstr("is not what was added"));
}

TEST_F(CorpusTest, SaysWhichManifestIsDamaged) {
  add("piano");
  save_file(manifest_path(corpus_folder("piano")), std::string_view("{\"format\":"),
            Overwrite::kAllow);
  EXPECT_THAT(error_of([] { Corpus::open("piano"); }).message(),
              HasSubstr("manifest.json: the manifest of the corpus is damaged"));
}

}  // namespace
}  // namespace undersong
