#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/file.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

std::string text_of(const MappedFile& file) { return {file.bytes().begin(), file.bytes().end()}; }

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const TemporaryFolder folder;
  save_file(folder / "a", std::string_view("sound"), Overwrite::kRefuse);
  EXPECT_EQ(text_of(MappedFile(folder / "a")), "sound");
}

TEST(MappedFile, OfNoBytesIsEmpty) {
  const TemporaryFolder folder;
  save_file(folder / "a", std::string_view(), Overwrite::kRefuse);
  EXPECT_TRUE(MappedFile(folder / "a").bytes().empty());
}

TEST(MappedFile, StaysAsItWasWhenTheNameGoesToAnother) {
  const TemporaryFolder folder;
  save_file(folder / "a", std::string_view("old"), Overwrite::kRefuse);
  MappedFile old(folder / "a");
  const MappedFile kept(std::move(old));
  save_file(folder / "a", std::string_view("newer"), Overwrite::kAllow);
  EXPECT_EQ(text_of(kept), "old");
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(thrown_error([&] { MappedFile{folder / "none"}; }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(thrown_error([&] { MappedFile{folder.path()}; }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace undersong
