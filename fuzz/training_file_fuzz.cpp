// Any description and any shard are a training file or an Error; what opens can be read whole. Up
// to the first zero byte stands training.json, behind it the first shard. Hashes and sizes are put
// right first, since no fuzzer guesses them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "base/scratch_folder.h"
#include "corpus/training_file.h"
#include "corpus/training_format.h"

namespace {

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void open_and_read(const std::filesystem::path& folder) {
  const auto file = undersong::TrainingFile::open(folder);
  std::int64_t notes = 0;
  std::int64_t said = 0;
  for (std::size_t i = 0; i < file.pieces().size(); ++i) {
    for (const auto& bar : file.read(i).bars) notes += static_cast<std::int64_t>(bar.notes.size());
    said += file.pieces()[i].notes;
  }
  if (notes != said) std::abort();
  static_cast<void>(file.density_shares());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const undersong::ScratchFolder folder;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\0'), size);
  const std::string_view shard = all.substr(std::min(end + 1, size));
  try {
    auto description = undersong::detail::TrainingDescription::from_json(all.substr(0, end));
    if (!description.shards.empty()) {
      auto& entry = description.shards.front();
      entry.file = "bars-000.bin";
      entry.bytes = static_cast<std::int64_t>(shard.size());
      entry.sha256 = undersong::sha256_hex(shard);
    }
    write(folder.path() / "training.json", description.to_json());
    write(folder.path() / "bars-000.bin", shard);
    open_and_read(folder.path());
  } catch (const undersong::Error&) {
    // A sentence is all that damaged bytes may come to.
  }
  return 0;
}
