// Indexes built from bytes: damaged, foreign, cut short.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "originality/index.h"
#include "originality/index_layout.h"
#include "scores.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using detail::IndexHeader;
using detail::Section;
using Bytes = std::vector<std::uint8_t>;

Bytes small_index() {
  const TemporaryFolder folder;
  IndexBuilder builder("small", std::string(64, 'b'));
  builder.add({"one", "", "one.mid", "", "", "one"},
              score_of(line_of({60, 62, 64, 65, 67, 69, 71, 72, 60, 64, 67})));
  builder.add({"two", "", "two.mid", "", "", "two"},
              score_of(line_of({60, 59, 57, 55, 60, 48, 50, 52, 60, 63, 61, 70})));
  builder.save(folder / "small.index", 0, Overwrite::kRefuse, silent_progress());
  return read_file(folder / "small.index");
}

IndexHeader header_of(const Bytes& bytes) {
  IndexHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header;
}

std::string_view text_of(const void* bytes, std::size_t size) {
  return {static_cast<const char*>(bytes), size};
}

// As somebody would write it who knows the format.
void set_header(Bytes& bytes, IndexHeader header) {
  header.hash = hash64(text_of(&header, offsetof(IndexHeader, hash)));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

std::string refusal(const Bytes& bytes, ErrorKind kind = ErrorKind::kFormat) {
  const Error error = thrown_error([&] { OriginalityIndex::parse(bytes); });
  EXPECT_EQ(error.kind(), kind);
  return error.message();
}

TEST(DamagedIndex, IsNoneWithoutItsMagic) {
  EXPECT_EQ(refusal({}), "this is no originality index");
  EXPECT_EQ(refusal({'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 1}), "this is no originality index");
  EXPECT_EQ(refusal({'U', 'S', 'O'}), "this is no originality index");
}

TEST(DamagedIndex, OfAnotherVersionOrByteOrderIsNotSupported) {
  Bytes newer = small_index();
  newer[8] = 2;
  EXPECT_EQ(refusal(newer, ErrorKind::kUnsupported),
            "the index is of version 2, this program reads version 1; build it again");
  Bytes swapped = small_index();
  std::swap(swapped[12], swapped[15]);
  EXPECT_EQ(refusal(swapped, ErrorKind::kUnsupported),
            "the index was built on a machine of another byte order; build it here");
}

TEST(DamagedIndex, IsCutShort) {
  const Bytes whole = small_index();
  EXPECT_EQ(refusal(Bytes(whole.begin(), whole.begin() + 12)),
            "the index is damaged (it ends in its header); build it again");
  EXPECT_EQ(refusal(Bytes(whole.begin(), whole.begin() + 100)),
            "the index is damaged (it ends in its header); build it again");
  EXPECT_EQ(refusal(Bytes(whole.begin(), whole.end() - 1)),
            "the index is damaged (it has " + std::to_string(whole.size() - 1) +
                " bytes and should have " + std::to_string(whole.size()) + "); build it again");
}

TEST(DamagedIndex, HasAnotherHeader) {
  Bytes bytes = small_index();
  bytes[40] ^= 1U;
  EXPECT_EQ(refusal(bytes),
            "the index is damaged (its header is not what was written); build it again");
}

TEST(DamagedIndex, HasAnotherDescription) {
  Bytes bytes = small_index();
  bytes.back() = ' ';
  EXPECT_EQ(refusal(bytes),
            "the index is damaged (its description is not what was written); build it again");
}

TEST(DamagedIndex, HasSectionsOutsideOfIt) {
  for (std::size_t number = 0; number + 1 < detail::kSections; ++number) {
    Bytes bytes = small_index();
    IndexHeader header = header_of(bytes);
    header.sections[number].offset = bytes.size() + 8;
    set_header(bytes, header);
    EXPECT_EQ(refusal(bytes), "the index is damaged (its section " + std::to_string(number) +
                                  " is not inside it); build it again");
    header.sections[number] = {8, ~std::uint64_t{0} - 7};
    set_header(bytes, header);
    EXPECT_EQ(refusal(bytes), "the index is damaged (its section " + std::to_string(number) +
                                  " is not inside it); build it again");
  }
}

TEST(DamagedIndex, HasTablesThatDoNotBelongTogether) {
  const auto without = [](Section section, std::uint64_t bytes_less) {
    Bytes bytes = small_index();
    IndexHeader header = header_of(bytes);
    header.sections[static_cast<std::size_t>(section)].bytes -= bytes_less;
    set_header(bytes, header);
    return refusal(bytes);
  };
  EXPECT_EQ(without(Section::kPieces, sizeof(detail::PieceRecord)),
            "the index is damaged (its pieces and its tables do not belong together); build it "
            "again");
  EXPECT_EQ(without(Section::kNotePitches, 1),
            "the index is damaged (its notes and their pitches do not belong together); build it "
            "again");
  EXPECT_EQ(without(Section::kPointOnsets, 4),
            "the index is damaged (its notes and their pitches do not belong together); build it "
            "again");
  EXPECT_EQ(without(Section::kBuckets, 4),
            "the index is damaged (its table of figures is no power of two); build it again");
}

TEST(DamagedIndex, HasADescriptionThatIsNotJson) {
  Bytes bytes = small_index();
  IndexHeader header = header_of(bytes);
  auto& section = header.sections[static_cast<std::size_t>(Section::kDescription)];
  section.bytes -= 1;
  header.description_hash = hash64(text_of(bytes.data() + section.offset, section.bytes));
  set_header(bytes, header);
  EXPECT_EQ(refusal(bytes).substr(0, 36), "its description cannot be read: [jso");
}

TEST(OriginalityIndexFile, IsNotFoundOrAFolderInASentence) {
  const TemporaryFolder folder;
  const Error missing = thrown_error([&] { OriginalityIndex::open(folder / "none.index"); });
  EXPECT_EQ(missing.kind(), ErrorKind::kNotFound);
  const std::string path = (folder / "none.index").string();
  EXPECT_EQ(missing.message(), "reading " + path + ": " + path + ": there is no such file");
  EXPECT_EQ(thrown_error([&] { OriginalityIndex::open(folder.path()); }).kind(), ErrorKind::kUsage);
  save_file(folder / "empty.index", std::string_view(), Overwrite::kRefuse);
  EXPECT_EQ(thrown_error([&] { OriginalityIndex::open(folder / "empty.index"); }).message(),
            "reading " + (folder / "empty.index").string() + ": this is no originality index");
}

TEST(OriginalityIndexFile, IsNeverOverwrittenUnasked) {
  const TemporaryFolder folder;
  save_file(folder / "there.index", "something", Overwrite::kRefuse);
  IndexBuilder builder("small", "");
  const Error error = thrown_error(
      [&] { builder.save(folder / "there.index", 0, Overwrite::kRefuse, silent_progress()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(read_text_file(folder / "there.index"), "something");
}

// Any bytes behind a sound header give an answer.
RC_GTEST_PROP(DamagedIndex, GivesAnAnswerWhateverItsTablesHold, ()) {
  static const Bytes sound = small_index();
  static const Score track = score_of(line_of({60, 62, 64, 65, 67, 60, 59, 57, 55, 60, 63, 61}));
  Bytes bytes = sound;
  const std::size_t end =
      header_of(bytes).sections[static_cast<std::size_t>(Section::kDescription)].offset;
  const auto changes = *rc::gen::inRange(1, 200);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange(sizeof(IndexHeader), end);
    bytes[at] = *rc::gen::element<std::uint8_t>(0, 1, 2, 4, 16, 60, 127, 128, 255);
  }
  const auto index = OriginalityIndex::parse(bytes);
  const Closeness closeness = index->compare(track, "one");
  RC_ASSERT(closeness.notes == 12);
  for (const WindowOverlap& window : closeness.windows) {
    RC_ASSERT(window.overlap >= 0.0 && window.overlap <= 1.0);
    RC_ASSERT(window.nearest.piece < 2U);
  }
  RC_ASSERT(closeness.longest_run.nearest.piece < 2U);
}

}  // namespace
}  // namespace undersong
