#pragma once
// yt-dlp as a program: what stands behind a link, and one item of it as a file. Debian's of 2023
// works with direct files and most sites; the big sites change and want a newer one first in PATH.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace undersong {

// One thing that can be fetched.
struct MediaItem {
  // What is the same at every look: the address of the page, and the item's id where a page has
  // several.
  std::string key;
  std::string url;       // for people: the page or file
  std::string title;     // UTF-8; empty when nobody gave one
  std::string uploader;  // or channel, artist, creator
  std::string licence;   // as the platform says it
  std::optional<double> seconds;
  std::optional<std::int64_t> bytes;  // of what would be fetched
  bool is_live = false;
  std::string info;  // yt-dlp's JSON, for fetch_item; empty: look at `url` first
};

struct Listing {
  bool is_list = false;  // a playlist, or a page of several media
  std::string title;
  std::vector<MediaItem> items;
};

struct VideoProgramOptions {
  std::string proxy;                        // address of a GuardProxy; empty: none
  std::chrono::milliseconds stall_limit{};  // without a word or a byte
  std::chrono::milliseconds time_limit{};   // of one call
};

// How far a fetch is.
struct FetchedBytes {
  std::int64_t done = 0;
  std::optional<std::int64_t> total;
};

// Errors: kNotFound when yt-dlp is not installed.
void require_video_program();

// Looks behind a link: one item, or at most `limit` of a list. Items of a list may still have to be
// looked at themselves.
// Errors: kNotFound when yt-dlp is not installed; kFormat when there is nothing to fetch, or yt-dlp
// says that it cannot, in its words; kIo past a limit; kCancelled.
Listing look_behind(const std::string& url, std::int64_t limit, const VideoProgramOptions& options);

// Fetches an item that was looked at into `folder`, which is for it alone; goes on where an earlier
// try stopped, when the server can. `progress` may throw to stop it.
// Returns the one file. Errors: as look_behind; kUnsupported beyond `most_bytes`.
std::filesystem::path fetch_item(const MediaItem& item, const std::filesystem::path& folder,
                                 std::int64_t most_bytes, const VideoProgramOptions& options,
                                 const std::function<void(const FetchedBytes&)>& progress);

// Its version: "2023.03.04"; "unknown" when it does not say.
std::string video_program_version();

}  // namespace undersong
