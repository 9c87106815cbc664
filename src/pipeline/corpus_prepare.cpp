// What `undersong corpus prepare` does and prints.

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "corpus/corpus.h"
#include "pipeline/corpus.h"
#include "pipeline/table.h"
#include "plot/scale.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestList = 20;

std::string name_of_style(std::size_t style) {
  return std::string(name_of(static_cast<GridStyle>(style)));
}

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<std::string> table_row(const std::string& name, const StyleCount& count) {
  const auto& pieces = count.pieces_by_split;
  return {name,
          fmt::format("{} + {} + {}", pieces[0], pieces[1], pieces[2]),
          with_thousands(count.notes),
          fmt::format("{:.1f} + {:.1f}", 100.0 * ratio(count.notes_by_split[1], count.notes),
                      100.0 * ratio(count.notes_by_split[2], count.notes)),
          with_thousands(count.bars),
          with_thousands(count.tokens),
          fmt::format("{:.2f}", ratio(count.tokens, count.notes)),
          length_text(count.seconds)};
}

StyleCount sum_of(const std::vector<StyleCount>& styles) {
  StyleCount sum;
  for (const StyleCount& style : styles) {
    sum.pieces += style.pieces;
    sum.bars += style.bars;
    sum.notes += style.notes;
    sum.tokens += style.tokens;
    sum.seconds += style.seconds;
    for (std::size_t split = 0; split < sum.pieces_by_split.size(); ++split) {
      sum.pieces_by_split[split] += style.pieces_by_split[split];
      sum.notes_by_split[split] += style.notes_by_split[split];
    }
  }
  return sum;
}

std::string table_text(const std::vector<StyleCount>& styles) {
  Table table({{"style"},
               {"train + valid + test", Align::kRight},
               {"notes", Align::kRight},
               {"% held out", Align::kRight},
               {"bars", Align::kRight},
               {"tokens", Align::kRight},
               {"a note", Align::kRight},
               {"length", Align::kRight}});
  for (std::size_t style = 0; style < styles.size(); ++style) {
    if (styles[style].pieces > 0) table.add(table_row(name_of_style(style), styles[style]));
  }
  table.add(table_row("all", sum_of(styles)));
  return table.text();
}

std::string losses_text(const GridLosses& losses) {
  return fmt::format(
      "Of {} notes {} doubled another and {} moved by octaves; {} bars were cut to two of 4/4, and "
      "{} bars of long silence left out.\n",
      with_thousands(losses.notes), with_thousands(losses.doubled),
      with_thousands(losses.moved_octaves), with_thousands(losses.shortened_bars),
      with_thousands(losses.silent_bars));
}

// Reasons without what differs from piece to piece.
std::string kind_of(const LeftOut& one) {
  constexpr std::string_view kFewer = " notes, fewer than ";
  if (one.reason.starts_with("it has the notes of ")) return "the notes of another piece";
  const std::size_t at = one.reason.find(kFewer);
  return at == std::string::npos ? one.reason
                                 : "fewer notes than " + one.reason.substr(at + kFewer.size());
}

std::string left_out_text(const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return "";
  std::map<std::string, std::vector<const LeftOut*>> kinds;
  for (const auto& one : left_out) kinds[kind_of(one)].push_back(&one);
  std::string text = fmt::format("{} left out:\n", left_out.size());
  std::size_t shown = 0;
  for (const auto& [kind, pieces] : kinds) {
    if (shown++ == kLongestList) return text + "  … and for other reasons; --json has all\n";
    text += fmt::format("  {}: {}{}\n", kind, display(pieces.front()->path),
                        pieces.size() == 1 ? "" : fmt::format(" and {} more", pieces.size() - 1));
  }
  return text;
}

}  // namespace

CorpusPreparation corpus_prepare(const CorpusPrepareRequest& request, Progress& progress) {
  if (request.fewest_notes < 1) throw Error(ErrorKind::kUsage, "--fewest-notes is 1 or more");
  const Corpus corpus = Corpus::open(request.name);
  PrepareOptions options;
  if (!request.styles.empty()) options.rules = read_style_rules(request.styles);
  options.fewest_notes = request.fewest_notes;
  return {request.name, request.output,
          prepare_training_file(corpus, options, request.output, request.overwrite, progress)};
}

std::string to_text(const CorpusPreparation& preparation) {
  const PrepareReport& report = preparation.report;
  return fmt::format("Wrote {}: {} pieces of corpus {}, {:.1f} MB\n", display(preparation.folder),
                     with_thousands(report.pieces), display(preparation.name),
                     static_cast<double>(report.bytes) / 1e6) +
         table_text(report.styles) + losses_text(report.losses) + left_out_text(report.left_out);
}

std::string to_json(const CorpusPreparation& preparation) {
  const PrepareReport& report = preparation.report;
  Json json = {{"name", preparation.name},
               {"folder", preparation.folder.string()},
               {"pieces", report.pieces},
               {"bars", report.bars},
               {"notes", report.notes},
               {"tokens", report.tokens},
               {"bytes", report.bytes},
               {"seconds", report.seconds},
               {"styles", Json::object()},
               {"losses",
                {{"notes", report.losses.notes},
                 {"doubled", report.losses.doubled},
                 {"moved_octaves", report.losses.moved_octaves},
                 {"shortened_bars", report.losses.shortened_bars},
                 {"silent_bars", report.losses.silent_bars}}},
               {"left_out", Json::array()}};
  for (std::size_t style = 0; style < report.styles.size(); ++style) {
    const StyleCount& count = report.styles[style];
    if (count.pieces == 0) continue;
    Json& entry = json["styles"][name_of_style(style)];
    entry = {{"pieces", count.pieces}, {"bars", count.bars},       {"notes", count.notes},
             {"tokens", count.tokens}, {"seconds", count.seconds}, {"splits", Json::object()}};
    for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
      const auto index = static_cast<std::size_t>(split);
      entry["splits"][std::string(name_of(split))] = {{"pieces", count.pieces_by_split[index]},
                                                      {"notes", count.notes_by_split[index]}};
    }
  }
  for (const auto& one : report.left_out)
    json["left_out"].push_back({{"path", one.path}, {"reason", one.reason}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace undersong
