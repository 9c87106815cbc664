// What `undersong corpus` prints and draws.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "corpus/licence.h"
#include "pipeline/corpus.h"
#include "pipeline/table.h"
#include "plot/bar_chart.h"
#include "plot/scale.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

// Longer lists drown the rest; `corpus show` and --json have all of it.
constexpr std::size_t kLongestList = 20;
constexpr std::size_t kSymbolsShown = 20;

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// "1 piece", "12,345 pieces".
std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return with_thousands(count) + " " + std::string(count == 1 ? one : many);
}

std::string pieces_text(std::int64_t count) { return counted(count, "piece", "pieces"); }
std::string notes_text(std::int64_t count) { return counted(count, "note", "notes"); }

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// A heading and at most kLongestList lines of what `line_of` makes of the items.
template <typename Items, typename LineOf>
std::string list_text(const std::string& heading, const Items& items, LineOf line_of) {
  if (items.empty()) return "";
  std::string text = heading + ":\n";
  for (std::size_t i = 0; i < std::min(items.size(), kLongestList); ++i)
    text += "  " + line_of(items[i]) + "\n";
  if (items.size() > kLongestList)
    text += fmt::format("  … and {} more\n", items.size() - kLongestList);
  return text;
}

std::string repair_line(const CorpusAddReport::Repair& repair) {
  std::string line = display(repair.path) + ": " + repair.repairs.front();
  if (repair.repairs.size() > 1) line += fmt::format(" (and {} more)", repair.repairs.size() - 1);
  return line;
}

std::string twin_line(const CorpusAddReport::Twin& twin) {
  const std::string line = display(twin.path) + " has the notes of " + display(twin.original);
  return twin.transposed_by == 0 ? line
                                 : fmt::format("{}, {:+} semitones", line, twin.transposed_by);
}

std::string rejection_line(const Rejection& rejection) {
  return display(rejection.path) + ": " + rejection.reason;
}

Json json_of(const std::vector<Rejection>& rejections) {
  Json list = Json::array();
  for (const auto& rejection : rejections) {
    list.push_back(
        {{"path", rejection.path}, {"origin", rejection.origin}, {"reason", rejection.reason}});
  }
  return list;
}

Json json_of(const Piece& piece) {
  Json json = {{"id", piece.id},
               {"path", piece.path},
               {"group", piece.group},
               {"title", piece.title},
               {"licence", piece.licence},
               {"source", piece.source},
               {"notes", piece.notes},
               {"seconds", piece.seconds},
               {"split", name_of(piece.split)},
               {"duplicate_of", piece.duplicate_of},
               {"transposed_by", piece.transposed_by},
               {"repairs", piece.repairs},
               {"publishable", is_publishable(piece.licence)},
               {"uploader", piece.uploader},
               {"address", piece.address}};
  if (!piece.transcribed.recording_sha256.empty()) {
    json["transcribed"] = {{"recording_sha256", piece.transcribed.recording_sha256},
                           {"by", piece.transcribed.by},
                           {"confidence", piece.transcribed.confidence}};
  }
  return json;
}

// "3 of 12 pieces not for weights that you publish: …"; empty when there are none.
std::string mark_text(std::int64_t pieces, std::int64_t all) {
  if (pieces == 0) return "";
  return fmt::format("{} of {} {}: their terms are unknown or do not allow it\n",
                     with_thousands(pieces), pieces_text(all), std::string(kNotForPublishing));
}

std::string title_of(const std::string& name, const std::string& group) {
  return group.empty() ? display(name) : display(name) + ", group " + display(group);
}

// The line of a piece beside its table columns: mended, or the twin of another.
std::string remark_on(const Piece& piece) {
  std::string remark;
  if (!piece.duplicate_of.empty()) {
    remark = "duplicate";
    if (piece.transposed_by != 0) remark += fmt::format(" {:+}", piece.transposed_by);
  }
  const auto add = [&remark](const std::string& more) {
    remark += (remark.empty() ? "" : ", ") + more;
  };
  if (!piece.repairs.empty()) add("mended");
  if (!piece.transcribed.recording_sha256.empty())
    add(fmt::format("transcribed, confidence {:.2f}", piece.transcribed.confidence));
  return remark;
}

std::string counts_text(const std::map<std::string, std::int64_t>& counts,
                        std::string_view without_name) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text +=
        (name.empty() ? std::string(without_name) : display(name)) + " " + with_thousands(count);
  }
  return text;
}

using SymbolCount = CorpusStatistics::SymbolCount;

// Those that are not rare, the most frequent first.
std::vector<SymbolCount> kept_symbols(const CorpusStatistics& statistics) {
  auto kept = statistics.symbol_counts;
  kept.resize(kept.size() - static_cast<std::size_t>(statistics.rare_symbols));
  return kept;
}

std::vector<SymbolCount> most_frequent(const CorpusStatistics& statistics) {
  auto symbols = kept_symbols(statistics);
  symbols.resize(std::min(symbols.size(), kSymbolsShown));
  return symbols;
}

// The rarest of the kept ones first.
std::vector<SymbolCount> least_frequent(const CorpusStatistics& statistics) {
  auto symbols = kept_symbols(statistics);
  std::reverse(symbols.begin(), symbols.end());
  symbols.resize(std::min(symbols.size(), kSymbolsShown));
  return symbols;
}

std::string symbols_line(const std::vector<SymbolCount>& symbols) {
  std::string line;
  for (const auto& [symbol, count] : symbols) {
    if (!line.empty()) line += ", ";
    line += symbol + " " + with_thousands(count);
  }
  return or_dash(line);
}

double percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string rare_line(const CorpusStatistics& statistics) {
  return fmt::format("{} seen fewer than {} times; they are {} ({:.1f} %) of all",
                     counted(statistics.rare_symbols, "symbol", "symbols"), statistics.rare_below,
                     with_thousands(statistics.rare_occurrences),
                     percent(statistics.rare_occurrences, statistics.symbols));
}

std::string splits_text(const CorpusStatistics& statistics) {
  std::string text;
  for (const char* name : {"train", "valid", "test"}) {
    const auto found = statistics.splits.find(name);
    const std::int64_t pieces = found == statistics.splits.end() ? 0 : found->second.pieces;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, with_thousands(pieces));
  }
  return text;
}

std::vector<Bar> bars_of(const std::vector<SymbolCount>& symbols) {
  std::vector<Bar> bars;
  for (const auto& [symbol, count] : symbols) bars.push_back({symbol, static_cast<double>(count)});
  return bars;
}

// How many symbols are seen once, twice, … below the limit.
std::vector<Bar> rare_bars(const CorpusStatistics& statistics) {
  const auto rows = std::min<std::int64_t>(statistics.rare_below - 1, kSymbolsShown);
  std::vector<Bar> bars;
  for (std::int64_t times = 1; times <= rows; ++times) {
    const auto symbols =
        std::count_if(statistics.symbol_counts.begin(), statistics.symbol_counts.end(),
                      [&](const SymbolCount& symbol) { return symbol.count == times; });
    bars.push_back(
        {times == 1 ? "once" : fmt::format("{} times", times), static_cast<double>(symbols)});
  }
  return bars;
}

std::int64_t private_pieces(const CorpusContents& contents) {
  return std::count_if(contents.pieces.begin(), contents.pieces.end(),
                       [](const Piece& piece) { return !is_publishable(piece.licence); });
}

// "12 MIDI files", "12 files (3 recordings)".
std::string files_text(const CorpusAddReport& report) {
  if (report.recordings == 0) return counted(report.files, "MIDI file", "MIDI files");
  return fmt::format("{} ({})", counted(report.files, "file", "files"),
                     counted(report.recordings, "recording", "recordings"));
}

}  // namespace

std::string to_text(const CorpusAddReport& report) {
  std::string text = fmt::format("{} found: {} came in ({}, {})\n", files_text(report),
                                 pieces_text(report.accepted), notes_text(report.notes),
                                 length_text(report.seconds));
  if (report.already_there > 0)
    text += counted(report.already_there, "file was", "files were") + " there already\n";
  if (report.new_terms > 0)
    text += pieces_text(report.new_terms) + " got a new licence or source\n";
  text += list_text(counted(static_cast<std::int64_t>(report.repaired.size()), "file was mended",
                            "files were mended"),
                    report.repaired, repair_line);
  text += list_text(counted(static_cast<std::int64_t>(report.duplicates.size()),
                            "piece doubles another", "pieces double others"),
                    report.duplicates, twin_line);
  text += list_text(counted(static_cast<std::int64_t>(report.rejected.size()), "file was rejected",
                            "files were rejected"),
                    report.rejected, rejection_line);
  text += list_text(counted(static_cast<std::int64_t>(report.not_fetched.size()),
                            "item could not be fetched", "items could not be fetched"),
                    report.not_fetched, [](const CorpusAddReport::NotFetched& item) {
                      return display(item.title) + ": " + item.reason;
                    });
  text += mark_text(report.not_for_publishing, report.accepted);
  return text + fmt::format("Corpus {} now has {}, in {}\n", display(report.name),
                            pieces_text(report.pieces), display(report.folder));
}

std::string to_json(const CorpusAddReport& report) {
  Json json = {{"name", report.name},
               {"folder", report.folder.string()},
               {"files", report.files},
               {"accepted", report.accepted},
               {"already_there", report.already_there},
               {"new_terms", report.new_terms},
               {"notes", report.notes},
               {"seconds", report.seconds},
               {"pieces", report.pieces},
               {"recordings", report.recordings},
               {"not_for_publishing", report.not_for_publishing}};
  json["not_fetched"] = Json::array();
  for (const auto& item : report.not_fetched)
    json["not_fetched"].push_back({{"title", item.title}, {"reason", item.reason}});
  json["repaired"] = Json::array();
  for (const auto& repair : report.repaired)
    json["repaired"].push_back({{"path", repair.path}, {"repairs", repair.repairs}});
  json["duplicates"] = Json::array();
  for (const auto& twin : report.duplicates) {
    json["duplicates"].push_back(
        {{"path", twin.path}, {"original", twin.original}, {"transposed_by", twin.transposed_by}});
  }
  json["rejected"] = json_of(report.rejected);
  return dump(json);
}

std::string to_text(const CorpusList& list) {
  if (list.corpora.empty()) {
    return "There is no corpus yet; `undersong corpus add NAME FOLDER` makes one in " +
           display(list.folder) + "\n";
  }
  Table table({{"name"},
               {"pieces", Align::kRight},
               {"groups", Align::kRight},
               {"notes", Align::kRight},
               {"length", Align::kRight},
               {"rejected", Align::kRight}});
  std::string problems;
  for (const auto& entry : list.corpora) {
    if (!entry.problem.empty()) {
      problems += display(entry.name) + " cannot be read: " + entry.problem + "\n";
      continue;
    }
    table.add({display(entry.name), with_thousands(entry.pieces), with_thousands(entry.groups),
               with_thousands(entry.notes), length_text(entry.seconds),
               with_thousands(entry.rejections)});
  }
  return table.text() + problems;
}

std::string to_json(const CorpusList& list) {
  Json json = {{"folder", list.folder.string()}, {"corpora", Json::array()}};
  for (const auto& entry : list.corpora) {
    json["corpora"].push_back({{"name", entry.name},
                               {"pieces", entry.pieces},
                               {"groups", entry.groups},
                               {"notes", entry.notes},
                               {"seconds", entry.seconds},
                               {"rejections", entry.rejections},
                               {"problem", entry.problem}});
  }
  return dump(json);
}

std::string to_text(const CorpusContents& contents) {
  Table table({{"piece"},
               {"group"},
               {"split"},
               {"notes", Align::kRight},
               {"length", Align::kRight},
               {"licence"},
               {"remarks"}});
  for (const auto& piece : contents.pieces) {
    table.add({display(piece.path), or_dash(piece.group), std::string(name_of(piece.split)),
               with_thousands(piece.notes), length_text(piece.seconds), or_dash(piece.licence),
               remark_on(piece)});
  }
  std::string text = fmt::format("Corpus {}: {}, in {}\n", title_of(contents.name, contents.group),
                                 pieces_text(static_cast<std::int64_t>(contents.pieces.size())),
                                 display(contents.folder));
  text += mark_text(private_pieces(contents), static_cast<std::int64_t>(contents.pieces.size()));
  text += table.text();
  if (contents.rejections.empty()) return text;
  text += fmt::format("\n{}:\n", counted(static_cast<std::int64_t>(contents.rejections.size()),
                                         "rejected file", "rejected files"));
  for (const auto& rejection : contents.rejections) text += "  " + rejection_line(rejection) + "\n";
  return text;
}

std::string to_json(const CorpusContents& contents) {
  Json json = {{"name", contents.name},
               {"group", contents.group},
               {"folder", contents.folder.string()},
               {"not_for_publishing", private_pieces(contents)},
               {"pieces", Json::array()}};
  for (const auto& piece : contents.pieces) json["pieces"].push_back(json_of(piece));
  json["rejections"] = json_of(contents.rejections);
  return dump(json);
}

std::string to_text(const CorpusStatistics& statistics) {
  std::string text =
      fmt::format("Corpus {}: {}, {}, {}\n", title_of(statistics.name, statistics.group),
                  pieces_text(statistics.pieces), notes_text(statistics.notes),
                  length_text(statistics.seconds));
  const auto add = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("  {:<16}{}\n", name, value);
  };
  add("splits", splits_text(statistics));
  add("groups", or_dash(counts_text(statistics.groups, "none")));
  add("licences", or_dash(counts_text(statistics.licences, "not said")));
  add("publishable",
      fmt::format("{} of {}: their terms let published weights learn from them",
                  with_thousands(statistics.publishable), pieces_text(statistics.pieces)));
  if (statistics.publishable < statistics.pieces) add("marked", std::string(kNotForPublishing));
  if (statistics.transcribed > 0) add("transcribed", pieces_text(statistics.transcribed));
  add("duplicates", with_thousands(statistics.duplicates));
  add("mended", with_thousands(statistics.repaired));
  add("rejected files", with_thousands(statistics.rejections));
  add("symbols",
      fmt::format("{}, {} distinct", with_thousands(statistics.symbols),
                  with_thousands(static_cast<std::int64_t>(statistics.symbol_counts.size()))));
  add("most frequent", symbols_line(most_frequent(statistics)));
  add("least frequent", symbols_line(least_frequent(statistics)));
  add("rare", rare_line(statistics));
  return text;
}

std::string to_json(const CorpusStatistics& statistics) {
  Json json = {{"name", statistics.name},
               {"group", statistics.group},
               {"pieces", statistics.pieces},
               {"duplicates", statistics.duplicates},
               {"repaired", statistics.repaired},
               {"rejections", statistics.rejections},
               {"notes", statistics.notes},
               {"seconds", statistics.seconds},
               {"splits", Json::object()},
               {"groups", statistics.groups},
               {"licences", statistics.licences},
               {"publishable", statistics.publishable},
               {"transcribed", statistics.transcribed},
               {"symbols", statistics.symbols},
               {"distinct_symbols", statistics.symbol_counts.size()},
               {"rare_below", statistics.rare_below},
               {"rare_symbols", statistics.rare_symbols},
               {"rare_occurrences", statistics.rare_occurrences},
               {"symbol_counts", Json::array()}};
  for (const auto& [name, split] : statistics.splits) {
    json["splits"][name] = {
        {"pieces", split.pieces}, {"notes", split.notes}, {"seconds", split.seconds}};
  }
  for (const auto& [symbol, count] : statistics.symbol_counts)
    json["symbol_counts"].push_back({{"symbol", symbol}, {"count", count}});
  return dump(json);
}

std::string to_svg(const CorpusStatistics& statistics) {
  BarChart chart;
  chart.title = "Symbols of corpus " + statistics.name +
                (statistics.group.empty() ? "" : ", group " + statistics.group);
  chart.subtitle =
      fmt::format("{}, {}; {} symbols, {} distinct", pieces_text(statistics.pieces),
                  notes_text(statistics.notes), with_thousands(statistics.symbols),
                  with_thousands(static_cast<std::int64_t>(statistics.symbol_counts.size())));
  chart.panels.push_back({"Most frequent", "times seen", bars_of(most_frequent(statistics))});
  chart.panels.push_back({"Least frequent",
                          fmt::format("of those seen {} times or more", statistics.rare_below),
                          bars_of(least_frequent(statistics))});
  chart.panels.push_back(
      {fmt::format("Rare: seen fewer than {} times", statistics.rare_below),
       fmt::format("{} of {} symbols, {:.1f} % of what sounds",
                   with_thousands(statistics.rare_symbols),
                   with_thousands(static_cast<std::int64_t>(statistics.symbol_counts.size())),
                   percent(statistics.rare_occurrences, statistics.symbols)),
       rare_bars(statistics)});
  return draw(chart);
}

std::string to_text(const CorpusRemoval& removal) {
  if (removal.group.empty())
    return fmt::format("Removed corpus {} ({})\n", display(removal.name),
                       pieces_text(removal.pieces));
  return fmt::format("Removed group {} ({}) from corpus {}\n", display(removal.group),
                     pieces_text(removal.pieces), display(removal.name));
}

std::string to_json(const CorpusRemoval& removal) {
  return dump({{"name", removal.name}, {"group", removal.group}, {"pieces", removal.pieces}});
}

}  // namespace undersong
