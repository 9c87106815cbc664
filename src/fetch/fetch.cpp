#include "fetch/fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "audio/mono_stream.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder_lock.h"
#include "base/hash.h"
#include "fetch/file_name.h"
#include "fetch/guard_proxy.h"
#include "fetch/ledger.h"
#include "fetch/link.h"
#include "fetch/video_program.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Outcome = FetchedItem::Outcome;

constexpr std::size_t kKeyDigits = 16;  // of the hidden folder of an item
constexpr std::size_t kNameDigits = 8;  // behind a title, so that two of one name differ

bool has_own_proxy() {
  for (const char* name :
       {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

AddressRule rule_of(const FetchOptions& options) {
  if (options.private_addresses == PrivateAddresses::kRefuse) return options.rule;
  return [](const IpAddress&) { return std::string_view(); };
}

void check_limits(const FetchLimits& limits) {
  const bool is_sensible = limits.items >= 1 && limits.bytes >= 1 && limits.seconds > 0.0 &&
                           limits.time.count() >= 1 && limits.stall.count() >= 1;
  if (!is_sensible)
    throw Error(ErrorKind::kUsage, "limits of less than one let nothing through; give more");
}

// ".mp3"; what is no plain suffix is left out.
std::string suffix_of(const fs::path& media) {
  const std::string suffix = media.extension().string();
  const bool is_plain = suffix.size() >= 2 && suffix.size() <= 9 &&
                        std::all_of(suffix.begin() + 1, suffix.end(), [](char c) {
                          return std::isalnum(static_cast<unsigned char>(c)) != 0;
                        });
  return is_plain ? suffix : "";
}

// Seconds of sound. Errors: kFormat when there is none, kUnsupported when it is too long.
double check_sound(const fs::path& media, double longest) {
  MonoStream stream(media);
  std::array<float, 4096> begin{};
  if (stream.read(begin) == 0) throw Error(ErrorKind::kFormat, "there is no sound in it");
  const double seconds = stream.length_seconds().value_or(0.0);
  if (seconds > longest) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("it lasts {:.0f} seconds, more than {:.0f}; --max-length allows more",
                            seconds, longest));
  }
  return seconds;
}

void check_before_fetching(const MediaItem& item, const FetchLimits& limits) {
  if (item.is_live) throw Error(ErrorKind::kUnsupported, "it is live and has no end yet");
  if (item.seconds.value_or(0.0) > limits.seconds) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("it lasts {:.0f} seconds, more than {:.0f}; --max-length allows more",
                            *item.seconds, limits.seconds));
  }
  if (item.bytes.value_or(0) > limits.bytes) {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("it is larger than {} MiB; --max-size allows more", limits.bytes >> 20U));
  }
}

// The bar of one item; its total is known with the first bytes.
class ItemProgress {
 public:
  ItemProgress(Progress& progress, std::string title)
      : progress_(progress), title_(std::move(title)) {}
  ~ItemProgress() {
    if (begun_) progress_.end();
  }
  ItemProgress(const ItemProgress&) = delete;
  ItemProgress& operator=(const ItemProgress&) = delete;

  void update(const FetchedBytes& bytes) {
    if (!begun_) progress_.begin("fetching", bytes.total.value_or(0) >> 10U, "KiB");
    begun_ = true;
    progress_.update(bytes.done >> 10U, title_);
  }

 private:
  Progress& progress_;
  std::string title_;
  bool begun_ = false;
};

class FetchRun {
 public:
  FetchRun(const fs::path& folder, const FetchOptions& options, Progress& progress)
      : folder_(folder),
        options_(options),
        rule_(rule_of(options)),
        progress_(progress),
        lock_(folder, "fetching into " + display(folder)),
        ledger_(Ledger::open(folder)),
        version_("yt-dlp " + video_program_version()) {
    const bool guarded = options.private_addresses == PrivateAddresses::kRefuse && !has_own_proxy();
    if (guarded) guard_ = std::make_unique<GuardProxy>(rule_);
    program_ = {.proxy = guarded ? guard_->address() : "",
                .stall_limit = options.limits.stall,
                .time_limit = options.limits.time};
  }

  ~FetchRun() {
    std::error_code ignored;
    fs::remove(begun_folder(), ignored);  // only when it is empty
  }
  FetchRun(const FetchRun&) = delete;
  FetchRun& operator=(const FetchRun&) = delete;

  void fetch_link(const std::string& link) {
    link_ = link;
    list_.clear();
    if (take_known(link)) return;
    MediaItem unknown;
    unknown.key = link;
    unknown.url = link;
    attempt(unknown, [&](MediaItem& item) {
      const Listing listing = look(link, options_.limits.items);
      if (listing.is_list) {
        fetch_list(listing);
        return false;
      }
      item = listing.items.front();
      fetch(item);
      return true;
    });
  }

  std::vector<FetchedItem> take_items() { return std::move(items_); }

 private:
  fs::path begun_folder() const { return folder_ / ".fetching"; }

  // Errors: those of look_behind; a refused address is told as such.
  Listing look(const std::string& url, std::int64_t limit) {
    check_reachable(url);
    const Listing listing = look_behind(url, limit, program_);
    if (listing.items.empty()) throw Error(ErrorKind::kFormat, "the list is empty");
    return listing;
  }

  void check_reachable(const std::string& url) {
    try {
      check_link(url, rule_);
    } catch (const Error& error) {
      // Behind a proxy of one's own there may be no names.
      if (error.kind() != ErrorKind::kNotFound || !has_own_proxy()) throw;
    }
  }

  void fetch_list(const Listing& listing) {
    list_ = listing.title;
    progress_.line(fmt::format("{}: {} items", listing.title.empty() ? link_ : listing.title,
                               listing.items.size()));
    for (const MediaItem& known : listing.items) {
      if (take_known(known.key)) continue;
      attempt(known, [&](MediaItem& item) {
        if (item.info.empty()) look_closer(item);
        fetch(item);
        return true;
      });
    }
  }

  // What a list says of its items is too little to fetch them.
  void look_closer(MediaItem& item) {
    const Listing listing = look(item.url, 1);
    if (listing.is_list)
      throw Error(ErrorKind::kUnsupported, "it is a list of its own; name it by itself");
    MediaItem closer = listing.items.front();
    closer.key = item.key;
    if (!item.title.empty()) closer.title = item.title;
    item = std::move(closer);
  }

  bool take_known(const std::string& key) {
    const LedgerEntry* entry = ledger_.find(key);
    if (entry == nullptr) return false;
    report(*entry, Outcome::kAlreadyThere);
    return true;
  }

  // Runs `action` on an item; what goes wrong is told in its place.
  template <typename Action>
  void attempt(MediaItem item, Action action) {
    throw_if_cancelled();
    if (guard_) guard_->take_refusals();
    try {
      if (action(item)) remove_begun(item);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) throw;
      // What the network did not let through may come the next time, and goes on then.
      if (error.kind() != ErrorKind::kIo) remove_begun(item);
      report_failure(item, reason_of(error));
    }
  }

  std::string reason_of(const Error& error) {
    const auto refusals = guard_ ? guard_->take_refusals() : std::vector<std::string>();
    return refusals.empty() ? error.message() : refusals.front();
  }

  void fetch(const MediaItem& item) {
    check_before_fetching(item, options_.limits);
    ItemProgress bar(progress_, item.title);
    const fs::path media = fetch_item(item, begun_folder_of(item), options_.limits.bytes, program_,
                                      [&](const FetchedBytes& bytes) { bar.update(bytes); });
    LedgerEntry entry;
    entry.seconds = check_sound(media, options_.limits.seconds);
    const std::string digest = sha256_hex(item.key);
    entry.key = item.key;
    entry.file = fmt::format("{} [{}]{}", file_name_of(item.title), digest.substr(0, kNameDigits),
                             suffix_of(media));
    entry.bytes = static_cast<std::int64_t>(fs::file_size(media));
    entry.url = item.url;
    entry.title = item.title;
    entry.uploader = item.uploader;
    entry.licence = item.licence;
    entry.fetched_by = version_;
    // In this order: a run that is killed in between finds the whole file in the item's folder.
    ledger_.add(entry);
    fs::rename(media, folder_ / entry.file);
    report(entry, Outcome::kFetched);
  }

  fs::path begun_folder_of(const MediaItem& item) const {
    return begun_folder() / sha256_hex(item.key).substr(0, kKeyDigits);
  }

  void remove_begun(const MediaItem& item) const {
    std::error_code ignored;
    fs::remove_all(begun_folder_of(item), ignored);
  }

  void report(const LedgerEntry& entry, Outcome outcome) {
    items_.push_back({.outcome = outcome,
                      .link = link_,
                      .list = list_,
                      .url = entry.url,
                      .title = entry.title,
                      .uploader = entry.uploader,
                      .licence = entry.licence,
                      .file = folder_ / entry.file,
                      .bytes = entry.bytes,
                      .seconds = entry.seconds,
                      .reason = ""});
    const char* done = outcome == Outcome::kFetched ? "fetched" : "there already";
    progress_.line(fmt::format("{}: {}", display(entry.title), done));
  }

  void report_failure(const MediaItem& item, const std::string& reason) {
    items_.push_back({.outcome = Outcome::kFailed,
                      .link = link_,
                      .list = list_,
                      .url = item.url,
                      .title = item.title,
                      .uploader = item.uploader,
                      .licence = item.licence,
                      .file = {},
                      .bytes = 0,
                      .seconds = 0.0,
                      .reason = reason});
    progress_.line(fmt::format("{}: {}", item.url, reason));
  }

  fs::path folder_;
  FetchOptions options_;
  AddressRule rule_;
  Progress& progress_;
  FolderLock lock_;
  Ledger ledger_;
  std::string version_;
  std::unique_ptr<GuardProxy> guard_;
  VideoProgramOptions program_;
  std::string link_;
  std::string list_;
  std::vector<FetchedItem> items_;
};

// A folder that we make and leave empty goes again.
class MadeFolder {
 public:
  explicit MadeFolder(const fs::path& folder) : folder_(folder) {
    std::error_code failure;
    made_ = fs::create_directories(folder, failure);
    if (failure || !fs::is_directory(folder)) {
      throw Error(ErrorKind::kIo, "cannot make the folder " + display(folder) + ": " +
                                      (failure ? failure.message() : "a file is in its place"));
    }
  }
  ~MadeFolder() {
    std::error_code ignored;
    if (made_) fs::remove(folder_, ignored);
  }
  MadeFolder(const MadeFolder&) = delete;
  MadeFolder& operator=(const MadeFolder&) = delete;

 private:
  fs::path folder_;
  bool made_ = false;
};

// Whether a link is one that may be fetched; an unknown name is told when its turn comes.
void check_early(const std::string& link, const AddressRule& rule) {
  try {
    check_link(link, rule);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
  }
}

}  // namespace

std::vector<FetchedItem> fetch_links(const std::vector<std::string>& links, const fs::path& folder,
                                     const FetchOptions& options, Progress& progress) {
  check_limits(options.limits);
  if (links.empty()) throw Error(ErrorKind::kUsage, "name at least one link");
  for (const std::string& link : links) check_early(link, rule_of(options));
  require_video_program();
  const MadeFolder made(folder);
  FetchRun run(folder, options, progress);
  for (const std::string& link : links) run.fetch_link(link);
  return run.take_items();
}

}  // namespace undersong
