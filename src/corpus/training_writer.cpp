#include "corpus/training_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "corpus/training_format.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using detail::BarRecord;
using detail::NoteWord;

constexpr const char* kDescription = "training.json";

[[noreturn]] void throw_io(const fs::path& path, const std::error_code& failure) {
  throw Error(ErrorKind::kIo, "cannot write " + display(path) + ": " + failure.message());
}

// A folder under a name of its own beside `target`, which it becomes by commit().
class AtomicFolder {
 public:
  explicit AtomicFolder(const fs::path& target) : target_(target), temporary_(beside(".part")) {
    std::error_code failure;
    fs::remove_all(temporary_, failure);
    fs::create_directories(temporary_, failure);
    if (failure) throw_io(target_, failure);
  }
  ~AtomicFolder() {
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
  }
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  const fs::path& path() const { return temporary_; }

  void commit() {
    std::error_code failure;
    if (!fs::exists(target_)) {
      fs::rename(temporary_, target_, failure);
    } else if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(),
                           RENAME_EXCHANGE) != 0) {
      // Not every file system can exchange two names at once.
      const fs::path old = beside(".old.part");
      fs::rename(target_, old, failure);
      if (!failure) fs::rename(temporary_, target_, failure);
      std::error_code ignored;
      fs::remove_all(old, ignored);
    }
    if (failure) throw_io(target_, failure);
  }

 private:
  fs::path beside(const std::string& mark) const {
    return target_.parent_path() /
           ("." + target_.filename().string() + mark + std::to_string(::getpid()));
  }

  fs::path target_;
  fs::path temporary_;
};

fs::path without_last_slash(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  return whole.filename().empty() ? whole.parent_path() : whole;
}

template <typename Record>
void append(std::vector<std::uint8_t>& bytes, std::span<const Record> records) {
  const auto raw = std::as_bytes(records);
  const auto* first = reinterpret_cast<const std::uint8_t*>(raw.data());
  bytes.insert(bytes.end(), first, first + raw.size());
}

// The shard that is being filled.
class ShardWriter {
 public:
  ShardWriter(fs::path folder, std::int64_t limit, detail::TrainingDescription& description)
      : folder_(std::move(folder)), limit_(limit), description_(description) {}

  void add(const TrainingEntry& entry) {
    TrainingPiece about = entry.about;
    about.style = entry.bars.style;
    about.flat_velocity = is_flat(entry.bars);
    about.bars = static_cast<std::int64_t>(entry.bars.bars.size());
    about.notes = 0;
    for (const GridBar& bar : entry.bars.bars)
      about.notes += static_cast<std::int64_t>(bar.notes.size());
    UNDERSONG_CHECK(about.bars > 0);
    if (!bars_.empty() && size(about.bars, about.notes) > limit_) finish();
    description_.places.push_back({description_.shards.size(), bars_.size(), entry.bars.minor});
    description_.pieces.push_back(std::move(about));
    for (const GridBar& bar : entry.bars.bars) {
      bars_.push_back(detail::pack(bar, notes_.size()));
      for (const GridNote& note : bar.notes) notes_.push_back(detail::pack(note));
    }
  }

  void finish() {
    if (bars_.empty()) return;
    throw_if_cancelled();
    const detail::ShardHead head = {.bars = static_cast<std::uint32_t>(bars_.size()),
                                    .notes = static_cast<std::uint32_t>(notes_.size())};
    std::vector<std::uint8_t> bytes;
    append(bytes, std::span(&head, 1));
    append(bytes, std::span<const BarRecord>(bars_));
    append(bytes, std::span<const NoteWord>(notes_));
    const std::string name = fmt::format("bars-{:03}.bin", description_.shards.size());
    save_file(folder_ / name, bytes, Overwrite::kRefuse);
    description_.shards.push_back(
        {name, static_cast<std::int64_t>(bytes.size()), head.bars, head.notes, sha256_hex(bytes)});
    bars_.clear();
    notes_.clear();
  }

 private:
  // Of the shard with so much more.
  std::int64_t size(std::int64_t bars, std::int64_t notes) const {
    return static_cast<std::int64_t>(sizeof(detail::ShardHead)) +
           (static_cast<std::int64_t>(bars_.size()) + bars) *
               static_cast<std::int64_t>(sizeof(BarRecord)) +
           (static_cast<std::int64_t>(notes_.size()) + notes) *
               static_cast<std::int64_t>(sizeof(NoteWord));
  }

  fs::path folder_;
  std::int64_t limit_;
  detail::TrainingDescription& description_;
  std::vector<BarRecord> bars_;
  std::vector<NoteWord> notes_;
};

}  // namespace

bool is_flat(const GridPiece& piece) {
  std::bitset<kGridVelocities> pitched;
  std::bitset<kGridVelocities> drums;
  for (const GridBar& bar : piece.bars) {
    for (const GridNote& note : bar.notes)
      (is_percussive(note.role) ? drums : pitched).set(note.velocity);
  }
  return (pitched.any() ? pitched : drums).count() <= 2;
}

void check_training_output(const fs::path& folder, Overwrite overwrite) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder, ignored))) return;
  if (fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored)) return;
  if (!fs::is_directory(folder, ignored) || !fs::exists(folder / kDescription, ignored)) {
    throw Error(ErrorKind::kUsage, display(folder) +
                                       " exists and is no training file; name a folder that there "
                                       "is not");
  }
  if (overwrite == Overwrite::kRefuse) {
    throw Error(ErrorKind::kUsage, display(folder) +
                                       " exists already; give another name, or --force to "
                                       "overwrite it");
  }
}

std::int64_t write_training_file(const TrainingContents& contents, std::int64_t shard_bytes,
                                 const fs::path& folder, Overwrite overwrite) {
  check_training_output(folder, overwrite);
  AtomicFolder output(without_last_slash(folder));
  detail::TrainingDescription description;
  description.corpus = contents.corpus;
  description.corpus_sha256 = contents.corpus_sha256;
  description.energy_borders = contents.energy_borders;
  description.losses = contents.losses;
  description.left_out = contents.left_out;
  ShardWriter shards(output.path(), shard_bytes, description);
  for (const auto& entry : contents.entries) shards.add(entry);
  shards.finish();
  const std::string text = description.to_json();
  save_file(output.path() / kDescription, text, Overwrite::kRefuse);
  output.commit();
  auto bytes = static_cast<std::int64_t>(text.size());
  for (const auto& shard : description.shards) bytes += shard.bytes;
  return bytes;
}

}  // namespace undersong
