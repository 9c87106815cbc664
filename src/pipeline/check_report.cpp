// What `undersong check` prints and draws.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/check.h"
#include "pipeline/table.h"
#include "plot/page.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

// Tables of more tracks drown the verdicts; --json and --report have all of them.
constexpr std::size_t kMostTables = 10;

const char* const kHeadings[] = {"", "this track", "human pieces: mean (95 %)",
                                 "95 % of them lie at", "limit"};

std::string indented(const std::string& text) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += "  " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return result;
}

std::vector<std::string> cells_of(const MeasureRow& row) {
  return {row.measure, row.track, row.human_mean, row.human_range, row.limit};
}

std::string measures_text(const Comparison& comparison, const Baseline& baseline) {
  Table table({{kHeadings[0]},
               {kHeadings[1], Align::kRight},
               {kHeadings[2], Align::kRight},
               {kHeadings[3], Align::kRight},
               {kHeadings[4], Align::kRight}});
  for (const MeasureRow& row : measure_rows(comparison, baseline)) table.add(cells_of(row));
  return table.text();
}

std::string verdict_text(const CheckedTrack& track) {
  if (!track.problem.empty()) return "not compared: " + track.problem;
  if (track.notes == 0) return "not compared: it has no notes";
  if (track.pitched_notes == 0)
    return "nothing to compare: it has percussion alone, and grooves are everybody's";
  return track.verdict == Verdict::kTooClose ? "too close to what was learned" : "original";
}

// A capital letter and a full stop.
std::string as_sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text + ".";
}

// What comes nearest, and what its terms mean: two sentences, or one that nothing does.
std::vector<std::string> findings(const Comparison& comparison, const Reference& reference) {
  const auto match = nearest_match(comparison);
  if (!match) return {"Nothing in it was recognised from " + display(reference.name()) + "."};
  const LearnedPiece& piece = reference.pieces()[match->place.piece];
  const std::string found = match_text(reference, *match);
  if (comparison.verdict == Verdict::kTooClose)
    return {as_sentence(found), "The terms of that piece are " + terms_text(piece) + "."};
  return {as_sentence("nearest, and within the limits: " + found),
          (piece.licence.empty() ? "Nobody said on what terms that piece stands"
                                 : "That piece stands under " + display(piece.licence)) +
              ", which matters where a track is too close."};
}

std::string other_references_text(const CheckedTrack& track, const Comparison* nearest,
                                  const References& references) {
  std::string text;
  for (const Comparison& comparison : track.comparisons) {
    if (&comparison == nearest) continue;
    const Reference& reference = *references.open[comparison.reference].reference;
    const auto match = nearest_match(comparison);
    text +=
        fmt::format("  Beside {}: {}; {}\n", display(reference.name()),
                    comparison.verdict == Verdict::kTooClose ? "too close" : "original",
                    match ? match_text(reference, *match) : std::string("nothing was recognised"));
  }
  return text;
}

std::string track_text(const CheckedTrack& track, const References& references, bool with_table) {
  std::string text = display(track.path) + ": " + verdict_text(track) + "\n";
  for (const std::string& repair : track.repairs) text += "  mended: " + repair + "\n";
  const Comparison* nearest = nearest_of(track.comparisons);
  if (nearest == nullptr) return text;
  const Reference& reference = *references.open[nearest->reference].reference;
  for (const std::string& line : findings(*nearest, reference)) text += "  " + line + "\n";
  if (with_table) {
    if (references.open.size() > 1) text += "  Beside " + display(reference.name()) + ":\n";
    text += indented(measures_text(*nearest, reference.baseline()));
  }
  return text + other_references_text(track, nearest, references);
}

std::string references_text(const References& references) {
  std::string text;
  for (const OpenReference& reference : references.open)
    text += "Compared with " + describe(reference) + "\n";
  for (const UnusedReference& unused : references.unused)
    text += "Not compared with " + display(unused.name) + ": " + unused.reason + "\n";
  return text;
}

Json json_of(const CheckedTrack& track, const References& references) {
  Json json = {
      {"path", track.path},
      {"problem", track.problem.empty() ? Json() : Json(track.problem)},
      {"verdict", track.comparisons.empty()
                      ? Json()
                      : Json(track.verdict == Verdict::kTooClose ? "too close" : "original")},
      {"notes", track.notes},
      {"pitched_notes", track.pitched_notes},
      {"seconds", track.seconds},
      {"repairs", track.repairs}};
  Json comparisons = Json::array();
  for (const Comparison& comparison : track.comparisons)
    comparisons.push_back(to_json(comparison, *references.open[comparison.reference].reference));
  json["comparisons"] = comparisons;
  return json;
}

PageTable measures_table(const Comparison& comparison, const Reference& reference) {
  PageTable table;
  table.caption = "Beside " + reference.name();
  table.columns = {{kHeadings[0], CellKind::kText}};
  for (std::size_t i = 1; i < std::size(kHeadings); ++i)
    table.columns.push_back({kHeadings[i], CellKind::kNumber});
  for (const MeasureRow& row : measure_rows(comparison, reference.baseline()))
    table.rows.push_back(cells_of(row));
  return table;
}

void add_track(Page& page, const CheckedTrack& track, const References& references) {
  page.section(track.path);
  page.paragraph(as_sentence(verdict_text(track)));
  if (!track.repairs.empty()) page.list(track.repairs);
  const Comparison* nearest = nearest_of(track.comparisons);
  if (nearest == nullptr) return;
  const Reference& reference = *references.open[nearest->reference].reference;
  for (const std::string& line : findings(*nearest, reference)) page.paragraph(line);
  if (!track.picture.empty()) {
    page.figure({track.picture,
                 "Full: notes of both. Pale: of the track alone. Frames: of the learned piece "
                 "alone, moved onto the track."});
  }
  page.table(measures_table(*nearest, reference));
  for (const Comparison& comparison : track.comparisons) {
    if (&comparison == nearest) continue;
    const Reference& other = *references.open[comparison.reference].reference;
    page.begin_details("Beside " + other.name());
    for (const std::string& line : findings(comparison, other)) page.paragraph(line);
    page.table(measures_table(comparison, other));
    page.end_details();
  }
}

void add_explanation(Page& page, const References& references) {
  page.section("What it was compared with");
  std::vector<std::string> lines;
  for (const OpenReference& reference : references.open) lines.push_back(describe(reference));
  for (const UnusedReference& unused : references.unused)
    lines.push_back("not " + unused.name + ": " + unused.reason);
  page.list(lines);
  page.section("How to read this");
  page.paragraph(
      "A run is a stretch of one voice that a learned piece has too, at any pitch and speed; its "
      "distinctive notes are those that its own repetitions do not foretell, so that a long trill "
      "counts as a few. The overlap of four bars is the share of their notes that lie as in four "
      "bars of a learned piece, at one transposition; mean originality is 1 less the overlap, "
      "averaged over all bars.");
  page.paragraph(
      "Music copies music: the columns beside the track say how much pieces by people share with "
      "the others of the same collection. A track is too close when it shares more than the limit. "
      "This is a measurement, not what a court would say.");
}

}  // namespace

std::string to_text(const CheckReport& report) {
  std::string text = references_text(report.references);
  for (const CheckedTrack& track : report.tracks) {
    const bool with_table = report.tracks.size() <= kMostTables ||
                            (report.too_close() <= static_cast<std::int64_t>(kMostTables) &&
                             track.verdict == Verdict::kTooClose);
    text += "\n" + track_text(track, report.references, with_table);
  }
  if (report.tracks.size() > 1) {
    text += fmt::format("\n{} tracks: {} too close, {} not read\n", report.tracks.size(),
                        report.too_close(), report.unreadable());
  }
  return text;
}

std::string to_json(const CheckReport& report) {
  Json references = Json::array();
  for (const OpenReference& reference : report.references.open)
    references.push_back(to_json(reference));
  Json unused = Json::array();
  for (const UnusedReference& one : report.references.unused)
    unused.push_back({{"name", one.name}, {"reason", one.reason}});
  Json tracks = Json::array();
  for (const CheckedTrack& track : report.tracks)
    tracks.push_back(json_of(track, report.references));
  const Json json = {{"references", references},
                     {"unused", unused},
                     {"tracks", tracks},
                     {"too_close", report.too_close()},
                     {"unreadable", report.unreadable()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_html(const CheckReport& report) {
  Page page("How close is it to what was learned?",
            fmt::format("{} {}: {} too close, {} not read", report.tracks.size(),
                        report.tracks.size() == 1 ? "track" : "tracks", report.too_close(),
                        report.unreadable()));
  for (const CheckedTrack& track : report.tracks) add_track(page, track, report.references);
  add_explanation(page, report.references);
  return page.finish();
}

}  // namespace undersong
