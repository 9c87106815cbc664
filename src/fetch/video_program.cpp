#include "fetch/video_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "base/subprocess_pipe.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using std::chrono::milliseconds;

// The description of a playlist of fifty videos with all their formats has a few megabytes.
constexpr std::size_t kLargestListing = std::size_t{256} << 20U;
constexpr std::string_view kProgressMark = "PROGRESS ";

// What every call has. Proxies by exception (no_proxy) would lead past the guard.
std::vector<std::string> base_arguments(const VideoProgramOptions& options) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.stall_limit);
  // Three tries must fit into the limit.
  const auto socket_timeout = std::clamp<std::int64_t>(seconds.count() / 4, 1, 15);
  std::vector<std::string> arguments = {"env",
                                        "-u",
                                        "no_proxy",
                                        "-u",
                                        "NO_PROXY",
                                        "yt-dlp",
                                        "--ignore-config",
                                        "--no-cache-dir",
                                        "--no-warnings",
                                        "--no-playlist",
                                        "--socket-timeout",
                                        std::to_string(socket_timeout),
                                        "--retries",
                                        "3"};
  if (!options.proxy.empty()) {
    arguments.emplace_back("--proxy");
    arguments.push_back(options.proxy);
  }
  return arguments;
}

void append(std::vector<std::string>& arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
}

// The sentence after "ERROR: [extractor] id: ", without advice on how to report a bug.
std::string reason_in(const std::string& errors) {
  std::string reason;
  constexpr std::string_view kMark = "ERROR: ";
  for (std::size_t at = 0; (at = errors.find(kMark, at)) != errors.npos; at += kMark.size())
    reason = errors.substr(at + kMark.size(), errors.find('\n', at) - at - kMark.size());
  for (const char* tail : {"; please report this issue", " (caused by", ". Use --"}) {
    if (const std::size_t cut = reason.find(tail); cut != reason.npos) reason.resize(cut);
  }
  while (!reason.empty() && (reason.back() == '.' || reason.back() == ' ')) reason.pop_back();
  return reason.empty() ? "it gave no reason" : reason;
}

// Reads all that the program says, in pieces, to `take`. Errors: kIo past a limit; what `take`
// throws.
template <typename Take>
void read_all(SubprocessPipe& program, const VideoProgramOptions& options, Take take) {
  const auto deadline = Clock::now() + options.time_limit;
  std::array<std::byte, 65536> buffer{};
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    const auto wait = std::clamp(left, milliseconds(0), options.stall_limit);
    const auto got = program.read(buffer, wait);
    if (!got) {
      program.kill();
      if (wait < options.stall_limit) {
        throw Error(ErrorKind::kIo, fmt::format("it took longer than {} seconds and was stopped",
                                                options.time_limit.count() / 1000));
      }
      throw Error(ErrorKind::kIo, fmt::format("nothing came for {} seconds, so it was stopped",
                                              options.stall_limit.count() / 1000));
    }
    if (*got == 0) return;
    take(std::string_view(reinterpret_cast<const char*>(buffer.data()), *got));
  }
}

std::string text_at(const Json& info, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = info.find(key);
    if (found != info.end() && found->is_string() && !found->get_ref<const std::string&>().empty())
      return found->get<std::string>();
  }
  return "";
}

std::optional<double> number_at(const Json& info, const char* key) {
  const auto found = info.find(key);
  if (found == info.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<std::int64_t> size_in(const Json& info) {
  for (const char* key : {"filesize", "filesize_approx"}) {
    if (const auto bytes = number_at(info, key)) return static_cast<std::int64_t>(*bytes);
  }
  return std::nullopt;
}

bool is_flat(const Json& info) { return text_at(info, {"_type"}).starts_with("url"); }

// `page` is the link that was looked at; of a page of several media the items have ids alone.
MediaItem item_of(Json info, const std::string& page, bool is_one_of_many) {
  MediaItem item;
  item.title = text_at(info, {"title", "fulltitle"});
  item.uploader = text_at(info, {"uploader", "channel", "artist", "creator", "uploader_id"});
  item.licence = text_at(info, {"license"});
  item.seconds = number_at(info, "duration");
  item.bytes = size_in(info);
  item.is_live =
      info.value("live_status", Json()) == "is_live" || info.value("is_live", Json()) == Json(true);
  if (is_flat(info)) {
    item.url = text_at(info, {"url", "webpage_url"});
    item.key = item.url;
    return item;
  }
  const std::string own_page = text_at(info, {"webpage_url"});
  item.url = own_page.empty() ? page : own_page;
  // The extractor's ids are its own; a file's name, as the generic one uses, is no identity.
  item.key = is_one_of_many ? item.url + "#" + text_at(info, {"id"}) : page;
  // Without them yt-dlp cannot fall back on looking again, at things that nobody chose.
  info.erase("webpage_url");
  info.erase("original_url");
  item.info = info.dump(-1, ' ', true, Json::error_handler_t::replace);
  return item;
}

Listing listing_of(const Json& info, const std::string& url, std::int64_t limit) {
  Listing listing;
  listing.title = text_at(info, {"title"});
  const auto entries = info.find("entries");
  listing.is_list = entries != info.end() && entries->is_array();
  if (!listing.is_list) {
    listing.items.push_back(item_of(info, url, false));
    return listing;
  }
  for (const Json& entry : *entries) {
    if (static_cast<std::int64_t>(listing.items.size()) >= limit) break;
    if (entry.is_object()) listing.items.push_back(item_of(entry, url, true));
  }
  return listing;
}

// Lines of what the program says while it fetches.
class FetchOutput {
 public:
  FetchOutput(std::int64_t most_bytes, const std::function<void(const FetchedBytes&)>& progress)
      : most_bytes_(most_bytes), progress_(progress) {}

  void take(std::string_view text) {
    line_ += text;
    for (std::size_t end = 0; (end = line_.find_first_of("\r\n")) != line_.npos;) {
      take_line(std::string_view(line_).substr(0, end));
      line_.erase(0, end + 1);
    }
  }

 private:
  void take_line(std::string_view line) {
    if (line.find("larger than max-filesize") != line.npos) refuse_size();
    if (!line.starts_with(kProgressMark)) return;
    const Json json = Json::parse(line.substr(kProgressMark.size()), nullptr, false);
    if (!json.is_object()) return;
    FetchedBytes bytes;
    bytes.done = static_cast<std::int64_t>(number_at(json, "done").value_or(0.0));
    for (const char* key : {"total", "estimate"}) {
      if (const auto total = number_at(json, key); total && !bytes.total)
        bytes.total = static_cast<std::int64_t>(*total);
    }
    // Not every server says how much it will send; some send for ever.
    if (bytes.done > most_bytes_) refuse_size();
    progress_(bytes);
  }

  [[noreturn]] void refuse_size() const {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("it is larger than {} MiB; --max-size allows more", most_bytes_ >> 20U));
  }

  std::int64_t most_bytes_;
  const std::function<void(const FetchedBytes&)>& progress_;
  std::string line_;
};

std::vector<std::string> fetch_arguments(const fs::path& folder, const fs::path& info,
                                         std::int64_t most_bytes,
                                         const VideoProgramOptions& options) {
  auto arguments = base_arguments(options);
  append(arguments, {"--no-color", "--newline", "--progress", "--no-mtime", "--max-filesize",
                     std::to_string(most_bytes), "-f",
                     // What is no http ends up in programs that know no proxy.
                     "bestaudio[protocol^=http]/bestaudio[protocol^=m3u8]/best[protocol^=http]"
                     "/best[protocol^=m3u8]",
                     "--progress-template",
                     "download:" + std::string(kProgressMark) +
                         R"({"done":%(progress.downloaded_bytes)j,)"
                         R"("total":%(progress.total_bytes)j,)"
                         R"("estimate":%(progress.total_bytes_estimate)j})",
                     "-P", "home:" + folder.string(), "-o", "media.%(ext)s", "--load-info-json",
                     info.string()});
  return arguments;
}

// The file that was fetched, when there is one and it is whole.
std::optional<fs::path> media_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path name = entry.path().filename();
    const bool is_part = name.extension() == ".part" || name.extension() == ".ytdl" ||
                         name.string().find(".part-Frag") != std::string::npos;
    if (name.string().starts_with("media.") && !is_part && entry.is_regular_file())
      found.push_back(entry.path());
  }
  if (found.size() != 1) return std::nullopt;
  return found.front();
}

}  // namespace

void require_video_program() {
  if (find_program("yt-dlp")) return;
  throw Error(ErrorKind::kNotFound,
              "links are fetched by yt-dlp, which is not installed: apt-get install yt-dlp, or a "
              "newer one from its authors in a folder of PATH");
}

Listing look_behind(const std::string& url, std::int64_t limit,
                    const VideoProgramOptions& options) {
  require_video_program();
  auto arguments = base_arguments(options);
  append(arguments, {"--dump-single-json", "--flat-playlist", "--playlist-items",
                     "1:" + std::to_string(limit), "--", url});
  SubprocessPipe program(arguments);
  std::string text;
  read_all(program, options, [&](std::string_view part) {
    text += part;
    if (text.size() > kLargestListing)
      throw Error(ErrorKind::kUnsupported, "its description is larger than a list may be");
  });
  const int exit_code = program.wait(options.stall_limit);
  const Json info = Json::parse(text, nullptr, false);
  if (!info.is_object()) {
    throw Error(ErrorKind::kFormat, exit_code == 0 ? "there is nothing to fetch"
                                                   : "yt-dlp says: " + reason_in(program.errors()));
  }
  return listing_of(info, url, limit);
}

fs::path fetch_item(const MediaItem& item, const fs::path& folder, std::int64_t most_bytes,
                    const VideoProgramOptions& options,
                    const std::function<void(const FetchedBytes&)>& progress) {
  require_video_program();
  fs::create_directories(folder);
  const fs::path info = folder / "info.json";
  save_file(info, item.info, Overwrite::kAllow);
  FetchOutput output(most_bytes, progress);
  SubprocessPipe program(fetch_arguments(folder, info, most_bytes, options));
  read_all(program, options, [&](std::string_view text) { output.take(text); });
  const int exit_code = program.wait(options.stall_limit);
  const auto media = media_in(folder);
  if (exit_code != 0 || !media) {
    throw Error(ErrorKind::kIo, "yt-dlp says: " + reason_in(program.errors()));
  }
  return *media;
}

std::string video_program_version() {
  if (!find_program("yt-dlp")) return "unknown";
  const auto result = run_subprocess({"yt-dlp", "--version"}, std::chrono::seconds(10));
  const std::string line = result.output.substr(0, result.output.find('\n'));
  return line.empty() ? "unknown" : line;
}

}  // namespace undersong
