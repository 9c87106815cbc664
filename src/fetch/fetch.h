#pragma once
// Links become files: yt-dlp fetches, one item at a time, through a guard that keeps it off
// addresses that are nobody's business (guard_proxy.h).
//
// Goals: a video, a list of them, a page with media and a direct file are one thing to the caller;
// limits of size, length and time hold whatever a server does; one bad item does not end the rest;
// a killed run goes on where it was; who made a thing and under which terms is kept. Non-goals:
// passwords, live streams, choosing among qualities.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "fetch/address.h"

namespace undersong {

enum class PrivateAddresses { kRefuse, kAllow };

struct FetchLimits {
  std::int64_t items = 50;                        // of each link
  std::int64_t bytes = std::int64_t{500} << 20U;  // of an item
  double seconds = 7200.0;                        // of an item's sound
  std::chrono::milliseconds time{1800 * 1000};    // for an item
  std::chrono::milliseconds stall{60 * 1000};     // without a byte or a word
};

struct FetchOptions {
  FetchLimits limits;
  PrivateAddresses private_addresses = PrivateAddresses::kRefuse;
  AddressRule rule = why_not_public;  // when private addresses are refused; tests have their own
};

struct FetchedItem {
  enum class Outcome { kFetched, kAlreadyThere, kFailed };

  Outcome outcome = Outcome::kFailed;
  std::string link;  // that it came from
  std::string list;  // title of the playlist or page; empty for one that stood alone
  std::string url;   // of its own page; the link when nothing more is known
  std::string title;
  std::string uploader;
  std::string licence;         // as the platform says it; empty when it says nothing
  std::filesystem::path file;  // empty for one that failed
  std::int64_t bytes = 0;
  double seconds = 0.0;  // of sound; 0 when the file does not say
  std::string reason;    // why it failed
};

// Fetches links into `folder`, which is made when it is not there; fetched.json in it says what it
// has (ledger.h). What a failed or killed run began stands in its hidden folder `.fetching`, where
// the next one goes on; what is of no use is removed.
// Errors: kUsage for what is no link, a link to a refused address, and limits below 1; kNotFound
// when yt-dlp is not installed; kFormat for a damaged ledger; kIo for a folder that cannot be
// written or is used by another program; kCancelled, with what was fetched in the ledger.
// What goes wrong with one item is no error: it stands in the report.
std::vector<FetchedItem> fetch_links(const std::vector<std::string>& links,
                                     const std::filesystem::path& folder,
                                     const FetchOptions& options, Progress& progress);

}  // namespace undersong
