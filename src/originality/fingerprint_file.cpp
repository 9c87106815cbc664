#include "originality/fingerprint_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "originality/fingerprints.h"
#include "originality/melodic_text.h"
#include "originality/winnow.h"

namespace undersong {

namespace {

constexpr std::string_view kMagic = "USPRINTS";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 64;  // SHA-256 in hexadecimal, so that people can compare it
constexpr std::size_t kHeaderBytes = kMagic.size() + kChecksumBytes;
// Texts are written once and named by many pieces: a small file could claim a large memory. A piece
// has some 300 bytes of texts.
constexpr std::size_t kMostTextBytes = std::size_t{1} << 26;
// What a text of melodies depends on: files of other values cannot be compared.
constexpr std::array<std::uint64_t, 5> kParameters = {kFingerprintNotes, kWinnow, kHashBits,
                                                      kMostInterval, kRatioClasses};

// In the order of the file.
template <typename AnyBaseline, typename Action>
void for_each_number(AnyBaseline& baseline, Action action) {
  for (auto* band :
       {&baseline.run_notes, &baseline.distinctive_notes, &baseline.distinctive_symbols,
        &baseline.coverage[0], &baseline.coverage[1], &baseline.coverage[2],
        &baseline.highest_overlap, &baseline.mean_originality}) {
    for (auto* number : {&band->mean, &band->mean_low, &band->mean_high, &band->low, &band->high})
      action(*number);
  }
}

std::array<const std::string*, 6> texts_of(const LearnedPiece& piece) {
  return {&piece.id, &piece.title, &piece.path, &piece.licence, &piece.source, &piece.family};
}

// Numbers are written seven bits a byte, the lowest first, all bytes but the last with bit 7 set.
class Writer {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  void real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 64; i += 8) bytes_.push_back(static_cast<std::uint8_t>(bits >> i));
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t number(std::string_view what, std::uint64_t most);
  double real(std::string_view what);
  std::string text(std::string_view what);
  // How many of something follow, each of at least `each` bytes.
  std::size_t count(std::string_view what, std::size_t each);
  bool at_end() const { return at_ == bytes_.size(); }
  [[noreturn]] void fail(std::string_view what, std::string_view how) const {
    throw Error(ErrorKind::kFormat, fmt::format("byte {}: {} {}", kHeaderBytes + at_, what, how));
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

std::uint64_t Reader::number(std::string_view what, std::uint64_t most) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    if (at_ == bytes_.size()) fail(what, "is cut short");
    const std::uint64_t bits = bytes_[at_] & 0x7F;
    if (shift > 56 || (value | bits << shift) > most) fail(what, "is too large");
    value |= bits << shift;
    if ((bytes_[at_++] & 0x80) == 0) return value;
  }
}

double Reader::real(std::string_view what) {
  if (bytes_.size() - at_ < 8) fail(what, "is cut short");
  std::uint64_t bits = 0;
  for (int i = 0; i < 8; ++i)
    bits |= std::uint64_t{bytes_[at_ + static_cast<std::size_t>(i)]} << (8 * i);
  const auto value = std::bit_cast<double>(bits);
  if (!std::isfinite(value)) fail(what, "is not a number");
  at_ += 8;
  return value;
}

std::string Reader::text(std::string_view what) {
  const std::size_t size = count(what, 1);
  const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(at_);
  at_ += size;
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

std::size_t Reader::count(std::string_view what, std::size_t each) {
  const std::uint64_t value = number(what, std::numeric_limits<std::int64_t>::max());
  if (value > (bytes_.size() - at_) / each) fail(what, "is longer than the file");
  return static_cast<std::size_t>(value);
}

void write_pieces(const FingerprintFile& file, Writer& writer) {
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::string_view> texts;
  for (const LearnedPiece& piece : file.pieces) {
    for (const std::string* text : texts_of(piece)) {
      if (numbers.emplace(*text, texts.size()).second) texts.push_back(*text);
    }
  }
  writer.number(texts.size());
  for (const std::string_view text : texts) writer.text(text);
  writer.number(file.pieces.size());
  for (std::size_t piece = 0; piece < file.pieces.size(); ++piece) {
    for (const std::string* text : texts_of(file.pieces[piece])) writer.number(numbers.at(*text));
    writer.number(file.bars[piece]);
  }
}

void read_pieces(Reader& reader, FingerprintFile& file) {
  std::vector<std::string> texts(reader.count("the number of texts", 1));
  for (std::string& text : texts) text = reader.text("a text");
  const std::size_t pieces = reader.count("the number of pieces", 7);
  if (pieces > 0 && texts.empty()) reader.fail("a piece", "has no texts");
  std::size_t text_bytes = 0;
  for (std::size_t i = 0; i < pieces; ++i) {
    std::array<std::string, 6> fields;
    for (std::string& field : fields) {
      field = texts[reader.number("a piece's text", texts.size() - 1)];
      text_bytes += field.size() + sizeof(std::string);
    }
    if (text_bytes > kMostTextBytes) reader.fail("a piece", "brings more text than any corpus has");
    file.pieces.push_back({fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]});
    file.bars.push_back(static_cast<std::uint32_t>(
        reader.number("a piece's number of bars", std::numeric_limits<std::uint32_t>::max())));
  }
}

// The number of the first bar of each piece when all bars are counted through, and of the end.
std::vector<std::uint64_t> first_places(const FingerprintFile& file) {
  std::vector<std::uint64_t> places = {0};
  for (const std::uint32_t bars : file.bars) places.push_back(places.back() + bars);
  return places;
}

void write_prints(const FingerprintFile& file, Writer& writer) {
  const std::vector<std::uint64_t> places = first_places(file);
  writer.number(file.prints.size());
  std::uint64_t hash = 0;
  std::uint64_t place = 0;
  for (const Print& print : file.prints) {
    UNDERSONG_CHECK(print.bar < file.bars.at(print.piece) && print.hash >= hash);
    if (print.hash != hash) place = 0;
    const std::uint64_t here = places[print.piece] + print.bar;
    writer.number(print.hash - hash);
    writer.number(here - place);
    hash = print.hash;
    place = here;
  }
}

void read_prints(Reader& reader, FingerprintFile& file) {
  constexpr std::uint64_t kLastHash = (std::uint64_t{1} << kHashBits) - 1;
  const std::vector<std::uint64_t> places = first_places(file);
  file.prints.resize(reader.count("the number of hashes", 2));
  if (!file.prints.empty() && places.back() == 0) reader.fail("a hash", "belongs to no bar");
  std::uint64_t hash = 0;
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < file.prints.size(); ++i) {
    const std::uint64_t step = reader.number("a hash", kLastHash - hash);
    if (step != 0) place = 0;
    const std::uint64_t bars = reader.number("a hash's place", places.back() - 1 - place);
    if (i > 0 && step == 0 && bars == 0) reader.fail("a hash", "stands twice");
    hash += step;
    place += bars;
    const auto next = std::upper_bound(places.begin(), places.end(), place);
    const auto piece = static_cast<std::size_t>(next - places.begin()) - 1;
    file.prints[i] = {hash, static_cast<std::uint32_t>(piece),
                      static_cast<std::uint32_t>(place - places[piece])};
  }
}

std::span<const std::uint8_t> checked_body(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kMagic.size() || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin()))
    throw Error(ErrorKind::kFormat, "these are not fingerprints: they do not begin with USPRINTS");
  if (bytes.size() < kHeaderBytes)
    throw Error(ErrorKind::kFormat,
                fmt::format("the fingerprints are cut short: {} bytes", bytes.size()));
  const auto body = bytes.subspan(kHeaderBytes);
  const auto checksum = bytes.subspan(kMagic.size(), kChecksumBytes);
  const std::string actual = sha256_hex(body);
  if (!std::equal(actual.begin(), actual.end(), checksum.begin())) {
    throw Error(ErrorKind::kFormat,
                "the fingerprints are damaged or cut short: their checksum does not fit; fetch or "
                "build them again");
  }
  return body;
}

void check_version(Reader& reader) {
  const std::uint64_t version =
      reader.number("the version", std::numeric_limits<std::int64_t>::max());
  if (version != kVersion) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("these fingerprints are of version {}, and this program reads version "
                            "{}; update it or build them again",
                            version, kVersion));
  }
  for (const std::uint64_t parameter : kParameters) {
    if (reader.number("a parameter", std::numeric_limits<std::int64_t>::max()) != parameter) {
      throw Error(ErrorKind::kUnsupported,
                  "these fingerprints are of other runs of notes than this program makes; build "
                  "them again");
    }
  }
}

}  // namespace

std::vector<std::uint8_t> write_fingerprints(const FingerprintFile& file) {
  UNDERSONG_CHECK(file.bars.size() == file.pieces.size());
  Writer writer;
  writer.number(kVersion);
  for (const std::uint64_t parameter : kParameters) writer.number(parameter);
  writer.text(file.corpus);
  writer.text(file.corpus_sha256);
  writer.number(static_cast<std::uint64_t>(file.baseline.pieces));
  for_each_number(file.baseline, [&writer](double number) { writer.real(number); });
  write_pieces(file, writer);
  write_prints(file, writer);
  std::vector<std::uint8_t> bytes(kMagic.begin(), kMagic.end());
  const std::string checksum = sha256_hex(writer.bytes());
  bytes.insert(bytes.end(), checksum.begin(), checksum.end());
  bytes.insert(bytes.end(), writer.bytes().begin(), writer.bytes().end());
  return bytes;
}

FingerprintFile read_fingerprints(std::span<const std::uint8_t> bytes) {
  Reader reader(checked_body(bytes));
  check_version(reader);
  FingerprintFile file;
  file.corpus = reader.text("the corpus' name");
  file.corpus_sha256 = reader.text("the corpus' SHA-256");
  file.baseline.pieces = static_cast<std::int64_t>(
      reader.number("the baseline", std::numeric_limits<std::int64_t>::max()));
  for_each_number(file.baseline,
                  [&reader](double& number) { number = reader.real("the baseline"); });
  read_pieces(reader, file);
  read_prints(reader, file);
  if (!reader.at_end()) reader.fail("the file", "goes on behind its end");
  return file;
}

}  // namespace undersong
