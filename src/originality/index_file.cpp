#include "originality/index_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/mapped_file.h"

namespace undersong::detail {
namespace {

class Mapping : public KeptBytes {
 public:
  explicit Mapping(const std::filesystem::path& path) : file_(path) {}
  std::span<const std::uint8_t> bytes() const override { return file_.bytes(); }

 private:
  MappedFile file_;
};

class KeptVector : public KeptBytes {
 public:
  explicit KeptVector(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  std::span<const std::uint8_t> bytes() const override { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

[[noreturn]] void throw_damaged(const std::string& what) {
  throw Error(ErrorKind::kFormat, "the index is damaged (" + what + "); build it again");
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The last entry that begins at or before `position`, among those before the last, which ends the
// table. In a table out of order it is some entry.
template <typename Record>
std::size_t entry_at(std::span<const Record> records, std::uint32_t Record::*begin,
                     std::size_t position) {
  const auto last = records.end() - 1;
  const auto after =
      std::upper_bound(records.begin(), last, position,
                       [begin](std::size_t p, const Record& record) { return p < record.*begin; });
  return after == records.begin() ? 0 : static_cast<std::size_t>(after - records.begin()) - 1;
}

}  // namespace

std::unique_ptr<const KeptBytes> map_file(const std::filesystem::path& path) {
  return std::make_unique<Mapping>(path);
}

std::unique_ptr<const KeptBytes> keep(std::vector<std::uint8_t> bytes) {
  return std::make_unique<KeptVector>(std::move(bytes));
}

IndexTables::IndexTables(std::unique_ptr<const KeptBytes> bytes) : bytes_(std::move(bytes)) {
  static_assert(std::endian::native == std::endian::little, "the tables are used as they are");
  read_header();
  const auto description = section<std::uint8_t>(Section::kDescription);
  if (hash64(text_of(description)) != header_.description_hash)
    throw_damaged("its description is not what was written");
  description_ = description_from_json(text_of(description));
  text_ = section<std::uint8_t>(Section::kText);
  suffixes_ = section<std::uint32_t>(Section::kSuffixes);
  voices_ = section<VoiceRecord>(Section::kVoices);
  note_onsets_ = section<std::int32_t>(Section::kNoteOnsets);
  note_pitches_ = section<std::uint8_t>(Section::kNotePitches);
  piece_records_ = section<PieceRecord>(Section::kPieces);
  meters_ = section<MeterRecord>(Section::kMeters);
  point_onsets_ = section<std::uint32_t>(Section::kPointOnsets);
  point_pitches_ = section<std::uint8_t>(Section::kPointPitches);
  bucket_begins_ = section<std::uint32_t>(Section::kBuckets);
  anchors_ = section<std::uint32_t>(Section::kAnchors);
  check_tables();
  grids_.reserve(pieces());
  for (std::size_t piece = 0; piece < pieces(); ++piece) grids_.push_back(read_grid(piece));
}

void IndexTables::read_header() {
  const auto bytes = bytes_->bytes();
  const std::size_t known = std::min(bytes.size(), sizeof(header_));
  if (known > 0) std::memcpy(&header_, bytes.data(), known);
  if (known < sizeof(header_.magic) || header_.magic != kIndexMagic)
    throw Error(ErrorKind::kFormat, "this is no originality index");
  if (known < offsetof(IndexHeader, file_bytes)) throw_damaged("it ends in its header");
  if (header_.byte_order != kByteOrder) {
    throw Error(ErrorKind::kUnsupported,
                "the index was built on a machine of another byte order; build it here");
  }
  if (header_.version != kIndexVersion) {
    throw Error(ErrorKind::kUnsupported, "the index is of version " +
                                             std::to_string(header_.version) +
                                             ", this program reads version " +
                                             std::to_string(kIndexVersion) + "; build it again");
  }
  if (known < sizeof(header_)) throw_damaged("it ends in its header");
  if (hash64(text_of(bytes.first(offsetof(IndexHeader, hash)))) != header_.hash)
    throw_damaged("its header is not what was written");
  if (header_.file_bytes != bytes.size()) {
    throw_damaged("it has " + std::to_string(bytes.size()) + " bytes and should have " +
                  std::to_string(header_.file_bytes));
  }
}

template <typename T>
std::span<const T> IndexTables::section(Section name) const {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kSectionAlignment);
  const auto bytes = bytes_->bytes();
  const auto number = static_cast<std::size_t>(name);
  const SectionEntry& entry = header_.sections[number];
  if (entry.offset > bytes.size() || entry.bytes > bytes.size() - entry.offset ||
      entry.offset % kSectionAlignment != 0 || entry.bytes % sizeof(T) != 0) {
    throw_damaged("its section " + std::to_string(number) + " is not inside it");
  }
  // Mapped at a page, or allocated by new: aligned for every T.
  return {reinterpret_cast<const T*>(bytes.data() + entry.offset),
          static_cast<std::size_t>(entry.bytes) / sizeof(T)};
}

void IndexTables::check_tables() const {
  if (voices_.empty() || piece_records_.size() != pieces() + 1)
    throw_damaged("its pieces and its tables do not belong together");
  if (note_onsets_.size() != note_pitches_.size() || point_onsets_.size() != point_pitches_.size())
    throw_damaged("its notes and their pitches do not belong together");
  if (bucket_begins_.size() < 2 || !std::has_single_bit(bucket_begins_.size() - 1))
    throw_damaged("its table of figures is no power of two");
}

WindowGrid IndexTables::read_grid(std::size_t piece) const {
  const PieceRecord& record = piece_records_[piece];
  const std::size_t end =
      std::min<std::size_t>(piece_records_[piece + 1].meter_begin, meters_.size());
  Score meters;
  meters.ticks_per_quarter = ticks_per_quarter(piece);
  for (std::size_t i = record.meter_begin; i < end; ++i) {
    Meter meter;
    meter.tick = std::max(0, meters_[i].tick);
    meter.numerator = std::max<std::uint8_t>(1, meters_[i].numerator);
    meter.denominator = std::max<std::uint8_t>(1, meters_[i].denominator);
    meters.meters.push_back(meter);
  }
  constexpr std::int64_t kMostBars = std::int64_t{1} << 32U;
  return {meters, std::clamp<std::int64_t>(record.bars, 0, kMostBars)};
}

PieceList IndexTables::family(const std::string& family) const {
  PieceList list;
  if (family.empty()) return list;
  for (std::size_t piece = 0; piece < pieces(); ++piece) {
    if (description_.pieces[piece].family == family) list.push_back(piece);
  }
  return list;
}

std::span<const std::uint8_t> IndexTables::suffix(std::size_t rank) const {
  return text_.subspan(std::min<std::size_t>(suffixes_[rank], text_.size()));
}

std::size_t IndexTables::piece_of_text(std::size_t position) const {
  return entry_at(piece_records_, &PieceRecord::text_begin, position);
}

std::optional<LearnedNote> IndexTables::note_at(std::size_t position, std::int64_t notes) const {
  if (pieces() == 0 || voices_.size() < 2) return std::nullopt;
  const std::size_t voice = entry_at(voices_, &VoiceRecord::text_begin, position);
  const VoiceRecord& record = voices_[voice];
  if (position < record.text_begin) return std::nullopt;
  const std::size_t index =
      record.note_begin + (position - record.text_begin) / 2 + static_cast<std::size_t>(notes);
  if (index >= note_onsets_.size()) return std::nullopt;
  return LearnedNote{piece_of_text(position), index, std::max(0, note_onsets_[index]),
                     note_pitches_[index]};
}

Ticks IndexTables::ticks_per_quarter(std::size_t piece) const {
  return std::clamp(piece_records_[piece].ticks_per_quarter, 1, 32767);
}

IndexTables::PointRange IndexTables::points_of_piece(std::size_t piece) const {
  const std::size_t end =
      std::min<std::size_t>(piece_records_[piece + 1].point_begin, point_pitches_.size());
  return {std::min<std::size_t>(piece_records_[piece].point_begin, end), end};
}

std::size_t IndexTables::piece_of_point(std::size_t point) const {
  return entry_at(piece_records_, &PieceRecord::point_begin, point);
}

std::span<const std::uint32_t> IndexTables::anchors(std::size_t bucket) const {
  const std::size_t end = std::min<std::size_t>(bucket_begins_[bucket + 1], anchors_.size());
  const std::size_t begin = std::min<std::size_t>(bucket_begins_[bucket], end);
  return anchors_.subspan(begin, end - begin);
}

}  // namespace undersong::detail
