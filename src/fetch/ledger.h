#pragma once
// What a folder already has: fetched.json, written whole after every item, so that a killed run
// goes on where it was and nothing is fetched twice (docs/formats/fetched.md).

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

struct LedgerEntry {
  std::string key;   // MediaItem::key
  std::string file;  // its name in the folder
  std::int64_t bytes = 0;
  double seconds = 0.0;  // of sound; 0 when the file does not say
  std::string url;
  std::string title;
  std::string uploader;
  std::string licence;     // as the platform says it; empty when it says nothing
  std::string fetched_by;  // "yt-dlp 2023.03.04"

  bool operator==(const LedgerEntry&) const = default;
};

class Ledger {
 public:
  // A folder without a ledger has an empty one. Errors: kFormat, kUnsupported for one that a newer
  // version wrote.
  static Ledger open(const std::filesystem::path& folder);

  // The entry of a key, where its file is still there with as many bytes; otherwise nullptr.
  const LedgerEntry* find(std::string_view key) const;

  // Replaces an older entry of the key, and writes the ledger. Errors: kIo.
  void add(LedgerEntry entry);

  // In the order in which they came.
  const std::vector<LedgerEntry>& entries() const { return entries_; }

  std::string to_json() const;

 private:
  explicit Ledger(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::vector<LedgerEntry> entries_;
};

// FOLDER/fetched.json
std::filesystem::path ledger_path(const std::filesystem::path& folder);

}  // namespace undersong
