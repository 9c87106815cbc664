#include "style/style_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/hash.h"
#include "base/paths.h"
#include "small_pack.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "support/user_data.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

// Styles in folders of a test's own, before those of the user and of what ships.
class StyleLibrary : public ::testing::Test {
 protected:
  StyleLibrary() {
    ::setenv("UNDERSONG_STYLES",
             ((folder_ / "first").string() + "::" + (folder_ / "second").string()).c_str(), 1);
  }
  ~StyleLibrary() override { ::unsetenv("UNDERSONG_STYLES"); }

  void save(const std::filesystem::path& name, std::string_view pack) {
    save_file(folder_ / name, pack, Overwrite::kAllow);
  }

  OwnUserData user_data_;
  TemporaryFolder folder_;
};

TEST_F(StyleLibrary, LooksIntoTheFoldersInTheirOrder) {
  const auto folders = style_folders();
  ASSERT_EQ(folders.size(), 4U);
  EXPECT_EQ(folders[0], folder_ / "first");
  EXPECT_EQ(folders[1], folder_ / "second");
  EXPECT_EQ(folders[2], user_data_folder() / "styles");
  EXPECT_EQ(folders[3], shipped_folder() / "styles");
}

TEST_F(StyleLibrary, TheFirstPackOfANameWins) {
  save("second/small.toml", kSmallPack);
  save("first/mine.toml", small_pack_with("\"Small\"", "\"Mine\""));
  EXPECT_EQ(find_style("small").style.title, "Mine");
  EXPECT_EQ(find_style("SMALL").path, folder_ / "first" / "mine.toml");
  EXPECT_EQ(find_style("small").sha256, sha256_hex(small_pack_with("\"Small\"", "\"Mine\"")));
}

TEST_F(StyleLibrary, FindsByAliasAndByPath) {
  save("first/small.toml", small_pack_with("moods", "aliases = [\"tiny\"]\nmoods"));
  EXPECT_EQ(find_style("Tiny").style.name, "small");
  EXPECT_EQ(find_style((folder_ / "first" / "small.toml").string()).style.name, "small");
  EXPECT_EQ(find_style("chillhop").style.name, "lofi");
}

TEST_F(StyleLibrary, AnUnknownNameLeadsToTheNearest) {
  save("first/small.toml", small_pack_with("moods", "aliases = [\"little-one\"]\nmoods"));
  const Error error = thrown_error([] { find_style("smal"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(),
              HasSubstr("there is no style 'smal'; did you mean small? There are: "));
  EXPECT_THAT(thrown_error([] { find_style("litle-one"); }).message(),
              HasSubstr("did you mean little-one?"));
  EXPECT_EQ(thrown_error([] { find_style("no/such.toml"); }).kind(), ErrorKind::kNotFound);
}

TEST_F(StyleLibrary, ABrokenPackIsAProblemAndTheOthersAreListed) {
  save("first/small.toml", kSmallPack);
  save("first/broken.toml", "format = 1\n");
  save("first/.hidden.toml", "format = 1\n");
  save("first/notes.txt", "no pack");
  const StyleListing listing = list_styles();
  ASSERT_GE(listing.problems.size(), 1U);
  EXPECT_EQ(listing.problems[0].path, folder_ / "first" / "broken.toml");
  EXPECT_THAT(listing.problems[0].reason,
              HasSubstr("broken.toml: line 1, column 1: name: is missing"));
  EXPECT_TRUE(
      std::is_sorted(listing.styles.begin(), listing.styles.end(),
                     [](const auto& a, const auto& b) { return a.style.name < b.style.name; }));
  // Asked for by name it tells its mistakes.
  const Error error = thrown_error([] { find_style("broken"); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_THAT(error.message(), HasSubstr("title: is missing"));
}

}  // namespace
}  // namespace undersong
