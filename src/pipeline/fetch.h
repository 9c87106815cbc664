#pragma once
// What `undersong fetch` does: links become files in a folder (fetch/fetch.h). JSON keys are
// stable: they are only ever added to.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "fetch/fetch.h"

namespace undersong {

struct FetchRequest {
  std::vector<std::string> links;
  std::filesystem::path folder;
  FetchOptions options;
};

struct FetchReport {
  std::filesystem::path folder;
  std::vector<FetchedItem> items;  // in the order of the links

  std::int64_t count(FetchedItem::Outcome outcome) const;
};

// Errors: those of fetch_links. A caller exits with 1 when nothing came or was there.
FetchReport fetch_to_folder(const FetchRequest& request, Progress& progress);
std::string to_text(const FetchReport& report);
std::string to_json(const FetchReport& report);

}  // namespace undersong
