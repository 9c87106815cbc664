#include "corpus/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

bool everything(std::string_view) { return true; }

// One entry of a tar archive in the oldest format: a header block and the content.
std::string tar_entry(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  const auto octal = [](std::size_t value, int width) {
    std::string digits;
    for (int i = 0; i < width; ++i, value /= 8)
      digits.insert(digits.begin(), static_cast<char>('0' + value % 8));
    return digits;
  };
  put(0, name);
  put(100, "0000644");
  put(124, octal(content.size(), 11));
  put(136, octal(0, 11));
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\0"
                       "00",
                       8));
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string("\0 ", 2));
  std::string padded = content;
  padded.resize((content.size() + 511) / 512 * 512);
  return header + padded;
}

class ArchiveTest : public testing::Test {
 protected:
  fs::path save(const std::string& name, const std::string& bytes) {
    save_file(folder_ / name, bytes, Overwrite::kAllow);
    return folder_ / name;
  }
  fs::path tar(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string bytes;
    for (const auto& [name, content] : files) bytes += tar_entry(name, content);
    return save("a.tar", bytes + std::string(1024, '\0'));
  }

  TemporaryFolder folder_;
};

TEST(IsArchiveName, GoesByTheEndInAnyCase) {
  for (const char* name : {"a.zip", "A.ZIP", "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.bz2",
                           "a.tar.zst", "a.7z"})
    EXPECT_TRUE(is_archive_name(name)) << name;
  for (const char* name : {"a.mid", "zip", ".zip", "a.gz", "a.rar", "a.zip.mid"})
    EXPECT_FALSE(is_archive_name(name)) << name;
}

TEST_F(ArchiveTest, ReadsFilesInTheOrderOfTheirPaths) {
  const auto contents = read_archive(tar({{"b", "second"}, {"a/x", "first"}}), everything);
  ASSERT_EQ(contents.files.size(), 2U);
  EXPECT_EQ(contents.files[0].path, "a/x");
  EXPECT_EQ(std::string(contents.files[1].bytes.begin(), contents.files[1].bytes.end()), "second");
  EXPECT_EQ(contents.damage, "");
}

TEST_F(ArchiveTest, ReadsOnlyWhatIsWanted) {
  const auto contents = read_archive(tar({{"a.txt", "text"}, {"b.mid", "music"}}),
                                     [](std::string_view path) { return path == "b.mid"; });
  ASSERT_EQ(contents.files.size(), 1U);
  EXPECT_EQ(contents.files[0].path, "b.mid");
}

TEST_F(ArchiveTest, TakesTheStingOutOfPathsThatLeadOutside) {
  const auto contents =
      read_archive(tar({{"../../etc/a.mid", "1"}, {"/root/./b.mid", "2"}}), everything);
  ASSERT_EQ(contents.files.size(), 2U);
  EXPECT_EQ(contents.files[0].path, "etc/a.mid");
  EXPECT_EQ(contents.files[1].path, "root/b.mid");
}

TEST_F(ArchiveTest, ReadsEveryKindThatTarCompresses) {
  save("note.mid", "music");
  for (const auto& [flag, name] : std::array<std::pair<const char*, const char*>, 3>{
           {{"-cf", "n.tar"}, {"-czf", "n.tar.gz"}, {"-cJf", "n.tar.xz"}}}) {
    const auto made = run_subprocess(
        {"tar", "-C", folder_.path().string(), flag, (folder_ / name).string(), "note.mid"},
        std::chrono::seconds(20));
    if (made.exit_code != 0) GTEST_SKIP() << "tar cannot make " << name << ": " << made.errors;
    const auto contents = read_archive(folder_ / name, everything);
    ASSERT_EQ(contents.files.size(), 1U) << name;
    EXPECT_EQ(contents.files[0].bytes.size(), 5U) << name;
  }
}

TEST_F(ArchiveTest, RefusesFilesOverTheLimitOneByOne) {
  ArchiveLimits limits;
  limits.entry_bytes = std::uint64_t{1} << 20U;
  const auto contents =
      read_archive(tar({{"big.mid", std::string(limits.entry_bytes + 1, 'x')}, {"small.mid", "x"}}),
                   everything, limits);
  ASSERT_EQ(contents.files.size(), 2U);
  EXPECT_EQ(contents.files[0].problem, "it is larger than 1 MiB, which no MIDI file is");
  EXPECT_TRUE(contents.files[0].bytes.empty());
  EXPECT_EQ(contents.files[1].problem, "");
}

TEST_F(ArchiveTest, RefusesAWholeOverTheLimit) {
  ArchiveLimits limits;
  limits.read_bytes = std::uint64_t{1} << 20U;
  const std::string half(limits.read_bytes / 2 + 1, 'x');
  try {
    read_archive(tar({{"a", half}, {"b", half}}), everything, limits);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.message(), HasSubstr("more than 1 MiB; unpack it and add the folder"));
  }
}

TEST_F(ArchiveTest, CountsWhatItSkipsAsWell) {
  ArchiveLimits limits;
  limits.total_bytes = std::uint64_t{1} << 20U;
  EXPECT_THROW(read_archive(
                   tar({{"a", std::string(limits.total_bytes + 1, 'x')}}),
                   [](std::string_view) { return false; }, limits),
               Error);
}

TEST_F(ArchiveTest, KeepsWhatStandsBeforeTheDamage) {
  const std::string bytes =
      tar_entry("a.mid", "whole") + tar_entry("b.mid", std::string(9999, 'x'));
  const auto contents = read_archive(save("cut.tar", bytes.substr(0, 3000)), everything);
  ASSERT_EQ(contents.files.size(), 2U);
  EXPECT_EQ(contents.files[0].problem, "");
  EXPECT_THAT(contents.files[1].problem, HasSubstr("damaged inside the archive"));
}

TEST_F(ArchiveTest, SaysWhatIsNoArchive) {
  try {
    read_archive(save("a.zip", "not an archive at all"), everything);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_THAT(error.message(), HasSubstr("a.zip cannot be read as an archive: "));
  }
}

}  // namespace
}  // namespace undersong
