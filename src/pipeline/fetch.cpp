#include "pipeline/fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "corpus/licence.h"
#include "pipeline/table.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;
using Outcome = FetchedItem::Outcome;

const char* name_of(Outcome outcome) {
  if (outcome == Outcome::kFetched) return "fetched";
  return outcome == Outcome::kAlreadyThere ? "there" : "failed";
}

std::string size_text(std::int64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

// What a platform's licence field allows, in a word.
std::string terms_text(const FetchedItem& item) {
  if (item.licence.empty()) return "terms unknown";
  return display(item.licence);
}

std::string item_line(const FetchedItem& item) {
  const std::string title = display(item.title.empty() ? item.url : item.title);
  if (item.outcome == Outcome::kFailed)
    return fmt::format("  failed   {}: {}\n", title, item.reason);
  const std::string length = item.seconds > 0.0 ? length_text(item.seconds) + ", " : "";
  const std::string by = item.uploader.empty() ? "" : " by " + display(item.uploader);
  return fmt::format("  {:<8} {}{} ({}{}, {}): {}\n", name_of(item.outcome), title, by, length,
                     size_text(item.bytes), terms_text(item), display(item.file.filename()));
}

Json json_of(const FetchedItem& item) {
  return {{"outcome", name_of(item.outcome)},
          {"link", item.link},
          {"url", item.url},
          {"title", item.title},
          {"uploader", item.uploader},
          {"licence", item.licence},
          {"publishable", is_publishable(item.licence)},
          {"file", item.file.string()},
          {"bytes", item.bytes},
          {"seconds", item.seconds},
          {"reason", item.reason}};
}

}  // namespace

std::int64_t FetchReport::count(Outcome outcome) const {
  return std::count_if(items.begin(), items.end(),
                       [&](const FetchedItem& item) { return item.outcome == outcome; });
}

FetchReport fetch_to_folder(const FetchRequest& request, Progress& progress) {
  return {request.folder, fetch_links(request.links, request.folder, request.options, progress)};
}

std::string to_text(const FetchReport& report) {
  std::string text = fmt::format(
      "{} fetched, {} there already, {} failed; in {}\n", report.count(Outcome::kFetched),
      report.count(Outcome::kAlreadyThere), report.count(Outcome::kFailed), display(report.folder));
  for (const FetchedItem& item : report.items) text += item_line(item);
  return text;
}

std::string to_json(const FetchReport& report) {
  Json json = {{"folder", report.folder.string()},
               {"fetched", report.count(Outcome::kFetched)},
               {"there", report.count(Outcome::kAlreadyThere)},
               {"failed", report.count(Outcome::kFailed)},
               {"items", Json::array()}};
  for (const FetchedItem& item : report.items) json["items"].push_back(json_of(item));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace undersong
