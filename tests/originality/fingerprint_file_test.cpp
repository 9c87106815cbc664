#include "originality/fingerprint_file.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "base/hash.h"
#include "scores.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHeaderBytes = 72;
// Version and five parameters.
constexpr std::size_t kFirstFreeByte = kHeaderBytes + 6;

FingerprintFile small_file() {
  FingerprintFile file;
  file.corpus = "piano";
  file.corpus_sha256 = "abc";
  file.baseline.pieces = 2;
  file.baseline.run_notes = {7.5, 7, 8, 3, 20};
  file.baseline.mean_originality = {0.5, 0.4, 0.6, 0.1, 0.9};
  file.pieces = {{"1", "Für Elise", "a.mid", "CC0-1.0", "", "1"},
                 {"2", "", "b.mid", "CC0-1.0", "", "1"}};
  file.bars = {3, 300};
  file.prints = {{0, 1, 299}, {5, 0, 2}, {5, 1, 0}, {(std::uint64_t{1} << 40) - 1, 0, 0}};
  return file;
}

// `body` behind a header that fits it.
Bytes with_header(const Bytes& body) {
  const std::string header = "USPRINTS" + sha256_hex(body);
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

// A small file whose body was changed.
Bytes changed(const std::function<void(Bytes&)>& action) {
  const Bytes bytes = write_fingerprints(small_file());
  Bytes body(bytes.begin() + kHeaderBytes, bytes.end());
  action(body);
  return with_header(body);
}

void expect_error(const Bytes& bytes, ErrorKind kind, const std::string& message) {
  const Error error = thrown_error([&bytes] { read_fingerprints(bytes); });
  EXPECT_EQ(error.kind(), kind);
  EXPECT_EQ(error.message(), message);
}

void expect_format_error(const Bytes& bytes, const std::string& message) {
  expect_error(bytes, ErrorKind::kFormat, message);
}

TEST(FingerprintFile, ReadsWhatItWrote) {
  EXPECT_EQ(read_fingerprints(write_fingerprints(small_file())), small_file());
  EXPECT_EQ(read_fingerprints(write_fingerprints({})), FingerprintFile{});
}

// By hand, from the format's description.
TEST(FingerprintFile, WritesTheBytesOfTheFormat) {
  FingerprintFile file;
  file.corpus = "c";
  file.pieces = {{"i", "t", "", "", "", "i"}};
  file.bars = {200};
  file.prints = {{300, 0, 1}, {300, 0, 130}};
  Bytes body = {1, 8, 4, 40, 63, 13, 1, 'c', 0, 0};
  body.insert(body.end(), 40 * 8, 0);
  const Bytes texts = {3, 1, 'i', 1, 't', 0};
  const Bytes pieces = {1, 0, 1, 2, 2, 2, 0, 0xC8, 0x01};
  const Bytes hashes = {2, 0xAC, 0x02, 1, 0, 0x81, 0x01};
  for (const Bytes& part : {texts, pieces, hashes})
    body.insert(body.end(), part.begin(), part.end());
  EXPECT_EQ(write_fingerprints(file), with_header(body));
}

TEST(FingerprintFile, RefusesWhatIsNone) {
  expect_format_error({}, "these are not fingerprints: they do not begin with USPRINTS");
  expect_format_error(Bytes(100, 'x'),
                      "these are not fingerprints: they do not begin with USPRINTS");
}

TEST(FingerprintFile, RefusesAnyCutAndAnyChangedByte) {
  const Bytes whole = write_fingerprints(small_file());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(read_fingerprints(std::span(whole).first(size)), Error) << size;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes damaged = whole;
    damaged[at] ^= 0x10;
    EXPECT_THROW(read_fingerprints(damaged), Error) << at;
  }
  expect_format_error(Bytes(whole.begin(), whole.begin() + 50),
                      "the fingerprints are cut short: 50 bytes");
  expect_format_error(Bytes(whole.begin(), whole.end() - 1),
                      "the fingerprints are damaged or cut short: their checksum does not fit; "
                      "fetch or build them again");
}

TEST(FingerprintFile, RefusesOtherVersionsAndOtherRuns) {
  expect_error(changed([](Bytes& body) { body[0] = 2; }), ErrorKind::kUnsupported,
               "these fingerprints are of version 2, and this program reads version 1; update it "
               "or build them again");
  expect_error(changed([](Bytes& body) { body[1] = 9; }), ErrorKind::kUnsupported,
               "these fingerprints are of other runs of notes than this program makes; build them "
               "again");
}

TEST(FingerprintFile, RefusesLengthsThatTheFileHasNot) {
  expect_format_error(changed([](Bytes& body) { body.resize(6); }),
                      "byte 78: the corpus' name is cut short");
  expect_format_error(changed([](Bytes& body) {
                        body.resize(6);
                        for (const int byte : {0xFF, 0xFF, 0xFF, 0xFF, 0x0F})
                          body.push_back(static_cast<std::uint8_t>(byte));
                      }),
                      "byte 83: the corpus' name is longer than the file");
  expect_format_error(changed([](Bytes& body) {
                        body.resize(6);
                        body.resize(18, 0xFF);
                      }),
                      "byte 87: the corpus' name is too large");
  const std::string end = std::to_string(write_fingerprints(small_file()).size());
  expect_format_error(changed([](Bytes& body) { body.push_back(0); }),
                      "byte " + end + ": the file goes on behind its end");
}

TEST(FingerprintFile, RefusesHashesThatCannotBe) {
  // The last two: {step 0, place 1} and {step 2^40 - 6, place 0}.
  const auto last_place = [](Bytes& body) {
    body.back() = 0xFF;
    body.push_back(0x7F);
  };
  const auto message = [](const Bytes& bytes) {
    const std::string text = thrown_error([&bytes] { read_fingerprints(bytes); }).message();
    return text.substr(text.find(": ") + 2);
  };
  EXPECT_EQ(message(changed(last_place)), "a hash's place is too large");
  EXPECT_EQ(message(changed([](Bytes& body) { body[body.size() - 8] = 0; })),
            "a hash stands twice");
  EXPECT_EQ(message(changed([](Bytes& body) { body[body.size() - 7] |= 0x7F; })),
            "a hash is too large");
  EXPECT_EQ(message(changed([](Bytes& body) { body.pop_back(); })), "a hash's place is cut short");
}

TEST(FingerprintFile, RefusesBaselinesThatAreNoNumbers) {
  const Error error = thrown_error([] {
    FingerprintFile file = small_file();
    file.baseline.run_notes.mean = std::numeric_limits<double>::quiet_NaN();
    read_fingerprints(write_fingerprints(file));
  });
  EXPECT_EQ(error.message(), "byte 89: the baseline is not a number");
}

TEST(FingerprintFile, RefusesToUnfoldAFewBytesIntoMuchMemory) {
  FingerprintFile file;
  const std::string text(1 << 20, 'x');
  file.pieces.assign(100, {text, text, text, text, text, text});
  file.bars.assign(100, 1);
  const Bytes bytes = write_fingerprints(file);
  EXPECT_LT(bytes.size(), std::size_t{2} << 20);
  const std::string message = thrown_error([&bytes] { read_fingerprints(bytes); }).message();
  EXPECT_EQ(message.substr(message.find(": ") + 2), "a piece brings more text than any corpus has");
}

TEST(FingerprintFile, ReadsAnyBytesOrSaysWhyNot) {
  EXPECT_TRUE(rc::check([] {
    const Bytes bytes = changed([](Bytes& body) {
      for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
        const auto at = static_cast<std::size_t>(*rc::gen::inRange(
            std::int64_t{kFirstFreeByte - kHeaderBytes}, std::int64_t(body.size())));
        body[at] = static_cast<std::uint8_t>(*rc::gen::inRange(0, 256));
      }
    });
    try {
      const FingerprintFile file = read_fingerprints(bytes);
      RC_ASSERT(read_fingerprints(write_fingerprints(file)) == file);
    } catch (const Error& error) {
      RC_ASSERT(error.kind() == ErrorKind::kFormat);
    }
  }));
}

}  // namespace
}  // namespace undersong
