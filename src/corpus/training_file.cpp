#include "corpus/training_file.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/mapped_file.h"
#include "corpus/training_format.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using detail::BarRecord;
using detail::NoteWord;
using detail::PiecePlace;
using detail::ShardEntry;
using detail::ShardHead;

static_assert(std::endian::native == std::endian::little,
              "shards are used as they stand in the file, which is little-endian");

constexpr const char* kMendShard = "; prepare the corpus again";

[[noreturn]] void throw_damaged(const std::string& what) {
  throw Error(ErrorKind::kFormat, what + kMendShard);
}

struct Shard {
  MappedFile file;
  std::span<const BarRecord> bars;
  std::span<const NoteWord> notes;

  std::span<const NoteWord> notes_of(const BarRecord& bar) const {
    return notes.subspan(bar.first_note, bar.notes);
  }
};

template <typename Record>
std::span<const Record> records(std::span<const std::uint8_t> bytes, std::size_t begin,
                                std::size_t count) {
  // A mapping begins at a page and every table at a multiple of four.
  return {reinterpret_cast<const Record*>(bytes.data() + begin), count};
}

ShardHead read_head(std::span<const std::uint8_t> bytes, const ShardEntry& entry) {
  ShardHead head;
  if (bytes.size() < sizeof head) throw_damaged("the shard ends in its head");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != detail::kShardMagic) throw_damaged("this is no shard of a training file");
  if (head.version > detail::kTrainingVersion) {
    throw Error(ErrorKind::kUnsupported,
                std::string("the shard was written by a newer undersong") + kMendShard);
  }
  if (head.bars != entry.bars || head.notes != entry.notes)
    throw_damaged("the shard has other counts than training.json says");
  return head;
}

Shard open_shard(const fs::path& folder, const ShardEntry& entry) {
  MappedFile file(folder / entry.file);
  const auto bytes = file.bytes();
  if (static_cast<std::int64_t>(bytes.size()) != entry.bytes) {
    throw_damaged(
        fmt::format("the shard has {} bytes and should have {}", bytes.size(), entry.bytes));
  }
  const ShardHead head = read_head(bytes, entry);
  const std::size_t notes_begin = sizeof head + head.bars * sizeof(BarRecord);
  if (bytes.size() != notes_begin + head.notes * sizeof(NoteWord))
    throw_damaged("the shard's size does not fit its counts");
  if (sha256_hex(bytes) != entry.sha256) throw_damaged("the shard is not what was written");
  return {std::move(file), records<BarRecord>(bytes, sizeof head, head.bars),
          records<NoteWord>(bytes, notes_begin, head.notes)};
}

// Every bar of a piece, whatever the hash said: what passes can be read without a look.
void check_piece(const Shard& shard, const TrainingPiece& piece, std::size_t first_bar,
                 std::size_t& note) {
  std::int64_t notes = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(piece.bars); ++i) {
    const BarRecord& bar = shard.bars[first_bar + i];
    std::string fault = detail::fault_of(bar, i, note);
    if (fault.empty() && bar.notes > shard.notes.size() - note) fault = "its notes are not there";
    if (fault.empty()) fault = detail::fault_of(bar, shard.notes_of(bar));
    if (!fault.empty()) throw_damaged(fmt::format("bar {} of {}: {}", i, piece.path, fault));
    note += bar.notes;
    notes += bar.notes;
  }
  if (notes != piece.notes)
    throw_damaged(fmt::format("{} has other notes than training.json says", piece.path));
}

}  // namespace

struct TrainingFile::Inside {
  detail::TrainingDescription description;
  std::string sha256;
  std::vector<Shard> shards;

  void check() const {
    std::size_t note = 0;
    std::size_t shard = 0;
    for (std::size_t i = 0; i < description.pieces.size(); ++i) {
      const PiecePlace& place = description.places[i];
      if (std::exchange(shard, place.shard) != place.shard) note = 0;
      with_context(display(description.shards[shard].file), [&] {
        check_piece(shards[shard], description.pieces[i], place.first_bar, note);
      });
    }
  }
};

TrainingFile TrainingFile::open(const fs::path& folder) {
  std::error_code ignored;
  const fs::path path = folder / "training.json";
  if (fs::is_directory(folder, ignored) && !fs::exists(path, ignored)) {
    throw Error(
        ErrorKind::kNotFound,
        display(folder) + " has no training.json; `undersong corpus prepare` makes such a folder");
  }
  return with_context("reading the training file " + display(folder), [&] {
    auto inside = std::make_shared<Inside>();
    inside->description = with_context("training.json", [&] {
      return detail::TrainingDescription::from_json(read_text_file(path));
    });
    inside->sha256 = inside->description.sha256();
    for (const auto& entry : inside->description.shards) {
      inside->shards.push_back(
          with_context(display(entry.file), [&] { return open_shard(folder, entry); }));
    }
    inside->check();
    TrainingFile file;
    file.inside_ = std::move(inside);
    return file;
  });
}

const std::vector<TrainingPiece>& TrainingFile::pieces() const {
  return inside_->description.pieces;
}
const std::string& TrainingFile::corpus() const { return inside_->description.corpus; }
const std::string& TrainingFile::corpus_sha256() const {
  return inside_->description.corpus_sha256;
}
const std::string& TrainingFile::sha256() const { return inside_->sha256; }
const std::vector<std::vector<double>>& TrainingFile::energy_borders() const {
  return inside_->description.energy_borders;
}

std::vector<std::vector<std::vector<double>>> TrainingFile::density_shares() const {
  std::vector shares(kGridStyleCount,
                     std::vector(kRoleCount, std::vector<double>(kDensitySteps, 0.0)));
  for (std::size_t i = 0; i < pieces().size(); ++i) {
    if (pieces()[i].split != Split::kTrain) continue;
    auto& of_style = shares[static_cast<std::size_t>(pieces()[i].style)];
    const Shard& shard = inside_->shards[inside_->description.places[i].shard];
    const std::size_t first = inside_->description.places[i].first_bar;
    for (const BarRecord& bar :
         shard.bars.subspan(first, static_cast<std::size_t>(pieces()[i].bars))) {
      std::array<int, kRoleCount> onsets{};
      NoteWord before = ~NoteWord{0};
      for (const NoteWord word : shard.notes_of(bar)) {
        const NoteWord place = word >> detail::kPlaceShift;
        if (place != before) ++onsets[index_of(detail::unpack(word).role)];
        before = place;
      }
      for (std::size_t role = 0; role < kRoleCount; ++role) {
        if (onsets[role] > 0) of_style[role][density_step(onsets[role])] += 1.0;
      }
    }
  }
  for (auto& of_style : shares) {
    for (auto& counts : of_style) {
      double all = 0.0;
      for (const double count : counts) all += count;
      for (double& count : counts) count = all == 0.0 ? 0.0 : count / all;
    }
  }
  return shares;
}

GridPiece TrainingFile::read(std::size_t piece, int first_bar, int last_bar) const {
  UNDERSONG_CHECK(piece < pieces().size());
  UNDERSONG_CHECK(0 <= first_bar && first_bar <= last_bar && last_bar <= pieces()[piece].bars);
  const PiecePlace& place = inside_->description.places[piece];
  const Shard& shard = inside_->shards[place.shard];
  GridPiece read;
  read.style = pieces()[piece].style;
  read.minor = place.minor;
  read.bars.reserve(static_cast<std::size_t>(last_bar - first_bar));
  for (const BarRecord& bar :
       shard.bars.subspan(place.first_bar + static_cast<std::size_t>(first_bar),
                          static_cast<std::size_t>(last_bar - first_bar)))
    read.bars.push_back(detail::unpack(bar, shard.notes_of(bar)));
  return read;
}

GridPiece TrainingFile::read(std::size_t piece) const {
  return read(piece, 0, static_cast<int>(pieces().at(piece).bars));
}

}  // namespace undersong
