#include "fetch/ledger.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "undersong-fetched";
constexpr int kVersion = 1;

// A name in the folder itself: a ledger from elsewhere must not make us look at other files.
void check_file_name(const std::string& name) {
  if (name.empty() || name.find('/') != name.npos || name.front() == '.')
    throw Error(ErrorKind::kFormat, "'" + name + "' is not the name of a file that was fetched");
}

LedgerEntry entry_from(const Json& json) {
  LedgerEntry entry;
  json.at("key").get_to(entry.key);
  json.at("file").get_to(entry.file);
  json.at("bytes").get_to(entry.bytes);
  json.at("seconds").get_to(entry.seconds);
  json.at("url").get_to(entry.url);
  json.at("title").get_to(entry.title);
  json.at("uploader").get_to(entry.uploader);
  json.at("licence").get_to(entry.licence);
  json.at("fetched_by").get_to(entry.fetched_by);
  check_file_name(entry.file);
  return entry;
}

std::vector<LedgerEntry> entries_from(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format").get<std::string>() != kFormat)
      throw Error(ErrorKind::kFormat, "this is not a list of what was fetched");
    if (json.at("version").get<int>() > kVersion) {
      throw Error(ErrorKind::kUnsupported,
                  "a newer undersong wrote it; use that version, or another folder");
    }
    std::vector<LedgerEntry> entries;
    for (const Json& item : json.at("items")) entries.push_back(entry_from(item));
    return entries;
  } catch (const Json::exception& failure) {
    throw Error(ErrorKind::kFormat, std::string("it is damaged: ") + failure.what());
  }
}

}  // namespace

fs::path ledger_path(const fs::path& folder) { return folder / "fetched.json"; }

Ledger Ledger::open(const fs::path& folder) {
  Ledger ledger(folder);
  const fs::path path = ledger_path(folder);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return ledger;
  with_context(display(path), [&] { ledger.entries_ = entries_from(read_text_file(path)); });
  return ledger;
}

const LedgerEntry* Ledger::find(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const LedgerEntry& entry) { return entry.key == key; });
  if (found == entries_.end()) return nullptr;
  std::error_code failure;
  const auto bytes = fs::file_size(folder_ / found->file, failure);
  if (failure || bytes != static_cast<std::uintmax_t>(found->bytes)) return nullptr;
  return &*found;
}

void Ledger::add(LedgerEntry entry) {
  std::erase_if(entries_, [&](const LedgerEntry& old) { return old.key == entry.key; });
  entries_.push_back(std::move(entry));
  save_file(ledger_path(folder_), to_json(), Overwrite::kAllow);
}

std::string Ledger::to_json() const {
  Json json = {{"format", kFormat}, {"version", kVersion}, {"items", Json::array()}};
  for (const LedgerEntry& entry : entries_) {
    json["items"].push_back({{"key", entry.key},
                             {"file", entry.file},
                             {"bytes", entry.bytes},
                             {"seconds", entry.seconds},
                             {"url", entry.url},
                             {"title", entry.title},
                             {"uploader", entry.uploader},
                             {"licence", entry.licence},
                             {"fetched_by", entry.fetched_by}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace undersong
