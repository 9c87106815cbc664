#include "corpus/training_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "corpus/training_format.h"
#include "corpus/training_writer.h"
#include "support/random_grid_piece.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

TrainingContents contents_of(std::vector<GridPiece> pieces) {
  TrainingContents contents;
  contents.corpus = "tests";
  contents.corpus_sha256 = std::string(64, 'a');
  contents.energy_borders.resize(kGridStyleCount);
  for (auto& piece : pieces) {
    auto& entry = contents.entries.emplace_back();
    entry.about.path = "set/" + std::to_string(contents.entries.size()) + ".mid";
    entry.about.licence = "CC0-1.0";
    entry.about.split = static_cast<Split>(contents.entries.size() % 3);
    entry.bars = std::move(piece);
  }
  return contents;
}

std::vector<GridPiece> random_pieces(std::uint64_t seed, int count) {
  Rng rng(seed);
  std::vector<GridPiece> pieces;
  for (int i = 0; i < count; ++i)
    pieces.push_back(random_grid_piece(rng, 1 + static_cast<int>(rng.below(12))));
  return pieces;
}

TEST(TrainingFile, GivesBackWhatWasWritten) {
  rc::check([] {
    const TemporaryFolder folder;
    const auto pieces = random_pieces(*rc::gen::arbitrary<std::uint64_t>(), 5);
    const auto contents = contents_of(pieces);
    // Several shards, at times a piece each.
    write_training_file(contents, *rc::gen::inRange(1, 20'000), folder / "t", Overwrite::kRefuse);
    const auto file = TrainingFile::open(folder / "t");
    RC_ASSERT(file.pieces().size() == pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      RC_ASSERT(file.read(i) == pieces[i]);
      RC_ASSERT(file.pieces()[i].path == contents.entries[i].about.path);
      RC_ASSERT(file.pieces()[i].split == contents.entries[i].about.split);
      RC_ASSERT(file.pieces()[i].style == pieces[i].style);
      RC_ASSERT(file.pieces()[i].bars == static_cast<std::int64_t>(pieces[i].bars.size()));
    }
  });
}

TEST(TrainingFile, ReadsSomeBarsOfAPiece) {
  const TemporaryFolder folder;
  const auto pieces = random_pieces(3, 4);
  write_training_file(contents_of(pieces), 1 << 20, folder / "t", Overwrite::kRefuse);
  const auto file = TrainingFile::open(folder / "t");
  const auto bars = static_cast<int>(pieces[2].bars.size());
  const GridPiece end = file.read(2, bars - 1, bars);
  ASSERT_EQ(end.bars.size(), 1U);
  EXPECT_EQ(end.bars[0], pieces[2].bars.back());
  EXPECT_TRUE(file.read(2, bars, bars).bars.empty());
  EXPECT_THROW(file.read(2, 0, bars + 1), std::logic_error);
}

TEST(TrainingFile, ANoteTakesFourBytesAndABarTwelve) {
  const TemporaryFolder folder;
  const auto pieces = random_pieces(4, 6);
  write_training_file(contents_of(pieces), 1 << 20, folder / "t", Overwrite::kRefuse);
  std::size_t bytes = sizeof(detail::ShardHead);
  for (const auto& piece : pieces) {
    for (const auto& bar : piece.bars) bytes += 12 + 4 * bar.notes.size();
  }
  EXPECT_EQ(fs::file_size(folder / "t/bars-000.bin"), bytes);
}

TEST(TrainingFile, ShardsKeepToTheirSizeUnlessOnePieceIsLarger) {
  const TemporaryFolder folder;
  write_training_file(contents_of(random_pieces(5, 30)), 8000, folder / "t", Overwrite::kRefuse);
  const auto description =
      detail::TrainingDescription::from_json(read_text_file(folder / "t/training.json"));
  ASSERT_GT(description.shards.size(), 1U);
  for (std::size_t shard = 0; shard < description.shards.size(); ++shard) {
    const auto pieces = std::count_if(description.places.begin(), description.places.end(),
                                      [&](const auto& place) { return place.shard == shard; });
    EXPECT_TRUE(description.shards[shard].bytes <= 8000 || pieces == 1);
  }
}

TEST(TrainingFile, ItsHashIsOfWhatIsLearnedFrom) {
  const TemporaryFolder folder;
  auto contents = contents_of(random_pieces(6, 3));
  const auto hash_of = [&](const char* name) {
    write_training_file(contents, 1 << 20, folder / name, Overwrite::kRefuse);
    return TrainingFile::open(folder / name).sha256();
  };
  const std::string first = hash_of("a");
  contents.entries[0].about.path = "elsewhere.mid";
  EXPECT_EQ(hash_of("b"), first);
  contents.entries[0].about.split = Split::kTest;
  EXPECT_NE(hash_of("c"), first);
  contents.entries[0].about.split = Split::kValid;
  contents.entries[1].bars.bars[0].energy ^= 1;
  EXPECT_NE(hash_of("d"), first);
}

GridBar bar_with(Role role, const std::vector<int>& positions) {
  GridBar bar;
  for (const int position : positions)
    bar.notes.push_back({.role = role, .position = static_cast<std::uint8_t>(position)});
  return bar;
}

TEST(TrainingFile, SharesOfDensitiesAreOfTheBarsWhereARolePlays) {
  const TemporaryFolder folder;
  GridPiece learned;
  learned.style = GridStyle::kFolk;
  learned.bars = {bar_with(Role::kLead, {0}), bar_with(Role::kLead, {0, 12, 24, 36}),
                  bar_with(Role::kLead, {0, 12, 24, 36}), bar_with(Role::kBass, {0, 24}),
                  bar_with(Role::kLead, {6})};
  GridPiece held_out;
  held_out.style = GridStyle::kFolk;
  held_out.bars = {bar_with(Role::kLead, {0, 1, 2, 3, 4, 5, 6, 7})};
  auto contents = contents_of({learned, held_out});
  contents.entries[0].about.split = Split::kTrain;
  contents.entries[1].about.split = Split::kValid;
  write_training_file(contents, 1 << 20, folder / "t", Overwrite::kRefuse);
  const auto shares = TrainingFile::open(folder / "t").density_shares();
  const auto& lead = shares[static_cast<std::size_t>(GridStyle::kFolk)][index_of(Role::kLead)];
  EXPECT_DOUBLE_EQ(lead[density_step(1)], 0.5);
  EXPECT_DOUBLE_EQ(lead[density_step(4)], 0.5);
  EXPECT_DOUBLE_EQ(lead[density_step(8)], 0.0);
  const auto& bass = shares[static_cast<std::size_t>(GridStyle::kFolk)][index_of(Role::kBass)];
  EXPECT_DOUBLE_EQ(bass[density_step(2)], 1.0);
  EXPECT_DOUBLE_EQ(shares[0][0][0], 0.0);
}

TEST(TrainingFile, KnowsScoresWithoutDynamics) {
  GridPiece piece;
  piece.bars = {bar_with(Role::kLead, {0, 12, 24})};
  piece.bars[0].notes[1].velocity = 9;
  EXPECT_TRUE(is_flat(piece));
  piece.bars[0].notes.push_back({.role = Role::kDrums, .velocity = 3});
  EXPECT_TRUE(is_flat(piece));  // played drums under a written tune
  piece.bars[0].notes[2].velocity = 12;
  EXPECT_FALSE(is_flat(piece));
}

TEST(TrainingFile, RefusesToTakeThePlaceOfSomethingElse) {
  const TemporaryFolder folder;
  const auto contents = contents_of(random_pieces(7, 1));
  const auto error_of = [&](const char* name, Overwrite overwrite) {
    return thrown_error([&] { write_training_file(contents, 1 << 20, folder / name, overwrite); });
  };
  fs::create_directories(folder / "music");
  save_file(folder / "music/a.mid", std::string_view("mine"), Overwrite::kRefuse);
  EXPECT_THAT(error_of("music", Overwrite::kAllow).message(), HasSubstr("is no training file"));
  EXPECT_TRUE(fs::exists(folder / "music/a.mid"));
  write_training_file(contents, 1 << 20, folder / "t/", Overwrite::kRefuse);
  EXPECT_THAT(error_of("t", Overwrite::kRefuse).message(), HasSubstr("exists already"));
  write_training_file(contents, 1 << 20, folder / "t", Overwrite::kAllow);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2);  // nothing left beside
}

TEST(TrainingFile, AnOldOneStaysReadableWhenItIsReplaced) {
  const TemporaryFolder folder;
  const auto pieces = random_pieces(8, 2);
  write_training_file(contents_of(pieces), 1 << 20, folder / "t", Overwrite::kRefuse);
  const auto old = TrainingFile::open(folder / "t");
  write_training_file(contents_of(random_pieces(9, 2)), 1 << 20, folder / "t", Overwrite::kAllow);
  EXPECT_EQ(old.read(1), pieces[1]);
  EXPECT_NE(TrainingFile::open(folder / "t").sha256(), old.sha256());
}

// A training file of three pieces that a test damages.
class DamagedTrainingFile : public testing::Test {
 protected:
  DamagedTrainingFile() {
    write_training_file(contents_of(random_pieces(10, 3)), 1 << 20, folder_ / "t",
                        Overwrite::kRefuse);
  }

  Error error() const {
    return thrown_error([&] { TrainingFile::open(folder_ / "t"); });
  }
  std::string message() const { return error().message(); }

  void change_json(const std::function<void(Json&)>& change) const {
    Json json = Json::parse(read_text_file(folder_ / "t/training.json"));
    change(json);
    save_file(folder_ / "t/training.json", json.dump(), Overwrite::kAllow);
  }

  std::vector<std::uint8_t> shard() const { return read_file(folder_ / "t/bars-000.bin"); }

  void save_shard(std::span<const std::uint8_t> bytes) const {
    save_file(folder_ / "t/bars-000.bin", bytes, Overwrite::kAllow);
  }

  // With hashes as if it had been written so.
  void forge_shard(std::span<const std::uint8_t> bytes) const {
    save_shard(bytes);
    auto description =
        detail::TrainingDescription::from_json(read_text_file(folder_ / "t/training.json"));
    description.shards[0].sha256 = sha256_hex(bytes);
    save_file(folder_ / "t/training.json", description.to_json(), Overwrite::kAllow);
  }

  TemporaryFolder folder_;
};

TEST_F(DamagedTrainingFile, CutShortIsSaid) {
  auto bytes = shard();
  bytes.resize(bytes.size() - 5);
  save_shard(bytes);
  EXPECT_EQ(error().kind(), ErrorKind::kFormat);
  EXPECT_THAT(message(), HasSubstr("bars-000.bin: the shard has "));
  EXPECT_THAT(message(), HasSubstr("prepare the corpus again"));
  save_shard({});
  EXPECT_THAT(message(), HasSubstr("the shard has 0 bytes"));
}

TEST_F(DamagedTrainingFile, AMissingShardIsNamed) {
  fs::remove(folder_ / "t/bars-000.bin");
  EXPECT_EQ(error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(message(), HasSubstr("bars-000.bin"));
}

TEST_F(DamagedTrainingFile, ABitThatTurnedIsNoticed) {
  auto bytes = shard();
  bytes[bytes.size() / 2] ^= 1;
  save_shard(bytes);
  EXPECT_THAT(message(), HasSubstr("bars-000.bin: the shard is not what was written"));
}

TEST_F(DamagedTrainingFile, ANewerFormatIsNotGuessedAt) {
  change_json([](Json& json) { json["version"] = 99; });
  EXPECT_EQ(error().kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(message(), HasSubstr("written by a newer undersong"));
}

TEST_F(DamagedTrainingFile, ANewerShardIsNotGuessedAt) {
  auto bytes = shard();
  bytes[8] = 9;
  forge_shard(bytes);
  EXPECT_EQ(error().kind(), ErrorKind::kUnsupported);
}

TEST_F(DamagedTrainingFile, ForeignJsonIsNoTrainingFile) {
  for (const char* text : {"{\"format\": \"something\"}", "[]", "{}"}) {
    save_file(folder_ / "t/training.json", std::string_view(text), Overwrite::kAllow);
    EXPECT_THAT(message(), HasSubstr("training.json: this is no training file")) << text;
  }
  save_file(folder_ / "t/training.json", std::string_view("{\"format\""), Overwrite::kAllow);
  EXPECT_THAT(message(), HasSubstr("training.json: it is damaged: "));
}

TEST_F(DamagedTrainingFile, AFolderWithoutDescriptionIsNone) {
  fs::remove(folder_ / "t/training.json");
  EXPECT_EQ(error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(message(), HasSubstr("has no training.json"));
  EXPECT_EQ(thrown_error([&] { TrainingFile::open(folder_ / "nothing"); }).kind(),
            ErrorKind::kNotFound);
}

TEST_F(DamagedTrainingFile, AChangedSplitIsNoticed) {
  change_json([](Json& json) { json["pieces"][0]["split"] = "train"; });
  EXPECT_THAT(message(), HasSubstr("training.json: it does not say what was written"));
  change_json([](Json& json) { json["pieces"][0]["split"] = "trial"; });
  EXPECT_THAT(message(), HasSubstr("'trial' is not a split"));
}

TEST_F(DamagedTrainingFile, PiecesMustFillTheirShards) {
  const auto broken = [&](const char* key, int value) {
    change_json([&](Json& json) { json["pieces"][1][key] = value; });
    return message();
  };
  EXPECT_THAT(broken("first_bar", 0), HasSubstr("piece 1 stands where it cannot"));
  EXPECT_THAT(broken("shard", 7), HasSubstr("piece 1 stands where it cannot"));
  EXPECT_THAT(broken("bars", -1), HasSubstr("its bars is no count"));
}

TEST_F(DamagedTrainingFile, AShardCannotBeSomewhereElse) {
  for (const char* name : {"../bars.bin", "/etc/passwd", "", ".."}) {
    change_json([&](Json& json) { json["shards"][0]["file"] = name; });
    EXPECT_THAT(message(), HasSubstr("cannot name a shard")) << name;
  }
}

TEST_F(DamagedTrainingFile, BordersAreSevenThatAscend) {
  change_json([](Json& json) { json["energy_borders"]["folk"] = {3, 2, 1}; });
  EXPECT_THAT(message(), HasSubstr("the energy borders of folk are not seven that ascend"));
}

TEST_F(DamagedTrainingFile, EveryBarIsLookedAtWhateverTheHashSays) {
  const auto original = shard();
  const auto forged = [&](std::size_t byte, std::uint8_t value) {
    auto bytes = original;
    bytes[byte] = value;
    forge_shard(bytes);
    return message();
  };
  const std::size_t bar = sizeof(detail::ShardHead);
  EXPECT_THAT(forged(bar + 3, 1), HasSubstr("bar 0 of set/1.mid: its notes do not follow"));
  EXPECT_THAT(forged(bar + 5, 0xFF), HasSubstr("bar 0 of set/1.mid: its notes are not there"));
  EXPECT_THAT(forged(bar + 6, 17), HasSubstr("there is no such meter"));
  EXPECT_THAT(forged(bar + 7, 24), HasSubstr("there is no such tempo"));
  EXPECT_THAT(forged(bar + 8, 121), HasSubstr("there is no such chord"));
  EXPECT_THAT(forged(bar + 10, 24), HasSubstr("there is no such relation"));
  EXPECT_THAT(forged(bar + 11, 1), HasSubstr("it resembles a bar that is not there"));
  EXPECT_THAT(forged(original.size() - 1, 0xFF), HasSubstr("cannot be"));
}

TEST_F(DamagedTrainingFile, NoBytesWhatsoeverCrashIt) {
  const auto original = shard();
  rc::check([&] {
    auto bytes = original;
    for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
      bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    }
    forge_shard(bytes);
    try {
      const auto file = TrainingFile::open(folder_ / "t");
      for (std::size_t i = 0; i < file.pieces().size(); ++i) {
        for (const auto& bar : file.read(i).bars) RC_ASSERT(bar.meter < kGridMeters.size());
      }
    } catch (const Error& error) {
      RC_ASSERT(error.kind() == ErrorKind::kFormat || error.kind() == ErrorKind::kUnsupported);
    }
  });
}

}  // namespace
}  // namespace undersong
