// What `undersong evaluate --report` writes.

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/evaluate.h"
#include "pipeline/evaluate_measures.h"
#include "pipeline/evaluate_pictures.h"
#include "pipeline/evaluate_words.h"
#include "pipeline/table.h"
#include "plot/page.h"
#include "plot/svg.h"

namespace undersong {
namespace {

// Longer tables stand in the JSON.
constexpr std::size_t kMostTracks = 500;
constexpr std::size_t kMostUnreadable = 100;
constexpr std::size_t kClosestTracks = 10;
constexpr std::size_t kLongestName = 60;

PageColumn number_column(const std::string& heading) { return {heading, CellKind::kNumber}; }

std::vector<PageColumn> set_columns(const EvaluateReport& report, const std::string& first) {
  std::vector<PageColumn> columns = {{first}};
  for (const auto& set : report.sets) columns.push_back(number_column(set.label));
  return columns;
}

std::string title_of(const EvaluateReport& report) {
  std::string title = "Evaluation of ";
  const std::size_t subjects = report.yardstick.value_or(report.sets.size());
  for (std::size_t i = 0; i < subjects; ++i) {
    if (i > 0) title += i + 1 == subjects ? " and " : ", ";
    title += report.sets[i].label;
  }
  if (report.yardstick) title += " against " + report.sets[*report.yardstick].label;
  return title;
}

double total_seconds(const SetReport& set) {
  double seconds = 0.0;
  for (const auto& track : set.tracks) seconds += track.seconds;
  return seconds;
}

std::int64_t total_notes(const SetReport& set) {
  std::int64_t notes = 0;
  for (const auto& track : set.tracks) notes += track.notes;
  return notes;
}

void add_subjects(Page& page, const EvaluateReport& report) {
  page.section("What was judged");
  PageTable table{"", {{"set"}, {"source"}}, {}};
  for (const char* heading : {"tracks", "notes", "length", "unreadable"})
    table.columns.push_back(number_column(heading));
  for (const auto& set : report.sets) {
    table.rows.push_back({set.label, source_text(set, report.request),
                          number_text(static_cast<double>(set.tracks.size()), 0),
                          number_text(static_cast<double>(total_notes(set)), 0),
                          length_text(total_seconds(set)),
                          number_text(static_cast<double>(set.unreadable.size()), 0)});
  }
  page.table(table);
  if (report.recognisability) page.paragraph(recognition_text(*report.recognisability) + ".");
  if (!report.references.empty()) {
    for (const auto& set : report.sets) page.paragraph(too_close_text(set) + ".");
  }
  page.list(report.remarks);
}

void add_model(Page& page, const SetReport& set) {
  const ModelMeasures& model = *set.model;
  page.section(set.label + ": how well it foretells music");
  page.facts(std::vector<std::pair<std::string, std::string>>{
      {"architecture", model.info.architecture},
      {"learned from", model.info.corpus},
      {"judged on", model.corpus.empty() ? "nothing at hand" : model.corpus}});
  if (!model.by_piece.empty()) {
    PageTable table{"", {{"pieces"}, {"used"}}, loss_rows(model)};
    for (const char* heading : {"symbols", "nats a symbol", "perplexity", "right"})
      table.columns.push_back(number_column(heading));
    page.table(table);
    page.remark(
        "Nats a symbol: how surprised the model is by each next note, on average; less is better. "
        "Perplexity: among how many equally likely notes it hesitates. Right: how often its first "
        "guess is what comes. A model that is much better on pieces that it learned from (train) "
        "than on pieces kept from it (test) has learned by heart. The seed's split tests on "
        "windows "
        "of pieces that were learned from: read it only beside the others.");
  }
  page.list(model.remarks);
  if (!model.curve.empty()) page.figure({curve_picture(set), "Losses by epoch, from its log."});
}

void add_statistics(Page& page, const EvaluateReport& report, MeasureGroup group) {
  PageTable table{"Mean ± deviation, and the quarter and three quarter marks in brackets.",
                  set_columns(report, "measure"),
                  {}};
  for (const Measure* measure : measures_of(group)) {
    std::vector<std::string> cells = {measure->name};
    for (const auto& set : report.sets) {
      const auto statistics = statistics_of(set, *measure);
      cells.push_back(statistics
                          ? fmt::format("{} ({}-{})", mean_text(statistics, measure->decimals),
                                        number_text(statistics->quantiles[1], measure->decimals),
                                        number_text(statistics->quantiles[3], measure->decimals))
                          : "–");
    }
    table.rows.push_back(std::move(cells));
  }
  page.table(table);
}

// What each measure says, beside its picture.
void add_measure_pictures(Page& page, const EvaluateReport& report, MeasureGroup group) {
  std::vector<Figure> figures;
  for (const Measure* measure : measures_of(group)) {
    std::string caption = measure->meaning;
    if (*measure->human != '\0') caption += std::string(" Human music: ") + measure->human + ".";
    figures.push_back({measure_picture(report, *measure), caption});
  }
  page.figures(figures);
}

void add_texture(Page& page, const EvaluateReport& report) {
  page.section("Texture and structure");
  page.paragraph(
      "Each dot is a track, the box holds the middle half of them, the line is the median. Music "
      "that differs much from human music here is poorer or wilder than it; being alike is no "
      "proof of being good.");
  add_statistics(page, report, MeasureGroup::kTexture);
  add_measure_pictures(page, report, MeasureGroup::kTexture);
  page.remark(
      "Sources: H1, H4, GS, CPI and SI are those of Wu & Yang 2020 (arXiv:2008.01307), whose five "
      "human jazz solos the ranges come from. A dash or a missing dot means that the track is too "
      "short to have the measure.");
}

std::string feature_text(const std::vector<double>& mean, const std::vector<double>& deviation) {
  if (mean.size() != 1 || deviation.size() != 1) return "–";
  return number_text(mean[0], 2) + " ± " + number_text(deviation[0], 2);
}

void add_comparison(Page& page, const EvaluateReport& report, const SetComparison& comparison) {
  const std::string& a = report.sets[comparison.a].label;
  const std::string& b = report.sets[comparison.b].label;
  page.section(a + " against " + b);
  page.paragraph(
      "Nine features of every track, after Yang & Lerch 2018. The distances between two tracks of "
      "one set say how varied the set is; the distances between the sets say how far they lie "
      "apart. Where the curves within and between coincide, the two sets are of one kind: "
      "divergence (KL) near 0, overlap (OA) near 1.");
  PageTable table{"", {{"feature"}, {"what it counts"}}, {}};
  for (const auto& heading : {a, b, "KL of " + a, "OA of " + a, "KL of " + b, "OA of " + b})
    table.columns.push_back(number_column(heading));
  std::vector<Figure> figures;
  for (const auto& feature : comparison.features) {
    table.rows.push_back({std::string(name_of(feature.feature)), meaning_of(feature.feature),
                          feature_text(feature.mean_a, feature.deviation_a),
                          feature_text(feature.mean_b, feature.deviation_b),
                          number_text(feature.kl_a, 3), number_text(feature.overlap_a, 3),
                          number_text(feature.kl_b, 3), number_text(feature.overlap_b, 3)});
    figures.push_back({comparison_picture(report, comparison, feature), ""});
  }
  page.table(table);
  page.figures(figures);
}

void add_transitions(Page& page, const EvaluateReport& report) {
  page.section("Which note follows which");
  page.paragraph(
      "The mean of the tracks' pitch class transition matrices. Music in every key is even; music "
      "in few keys shows their scales.");
  std::vector<Figure> figures;
  for (const auto& set : report.sets) {
    if (!set.tracks.empty()) figures.push_back({transition_picture(set), ""});
  }
  page.figures(figures);
}

void add_variety(Page& page, const EvaluateReport& report) {
  page.section("Variety");
  page.paragraph(
      "Do the tracks all sound alike? Distances between tracks over figures of pitch, harmony, "
      "rhythm, texture and instruments, each in units of its spread among the pieces compared "
      "with. 100 % is as varied as those.");
  PageTable table{"", {{"set"}}, {}};
  for (const char* heading : {"tracks", "between two tracks", "to the nearest track",
                              "of the yardstick", "nearest, of the yardstick"})
    table.columns.push_back(number_column(heading));
  std::vector<Figure> figures;
  for (const auto& set : report.sets) {
    table.rows.push_back(
        {set.label, number_text(static_cast<double>(set.variety.tracks), 0),
         number_text(set.variety.mean_distance, 2), number_text(set.variety.nearest_distance, 2),
         percent_text(set.variety.mean_ratio), percent_text(set.variety.nearest_ratio)});
    if (set.variety.tracks > 1 && !set.variety.matrix.empty()) {
      figures.push_back(
          {variety_picture(set), "Pale squares off the diagonal are tracks that sound alike."});
    }
  }
  page.table(table);
  page.figures(figures);
}

void add_recognisability(Page& page, const Recognisability& r) {
  page.section("Recognisability");
  page.paragraph(
      "Can a simple classifier tell the styles apart from those figures? Each track was guessed by "
      "one that had learned from the others.");
  page.paragraph(recognition_text(r) + ".");
  page.figure({confusion_picture(r), "Rows are what a track is, columns what it was taken for."});
}

// The tracks that come closest to something, the closest first.
std::vector<const TrackMeasures*> closest_tracks(const SetReport& set) {
  std::vector<const TrackMeasures*> tracks;
  for (const auto& track : set.tracks) {
    if (track.copying && track.copying->longest_run > 0) tracks.push_back(&track);
  }
  std::stable_sort(tracks.begin(), tracks.end(), [](const auto* a, const auto* b) {
    if (a->copying->too_close != b->copying->too_close) return a->copying->too_close;
    return a->copying->distinctive_run > b->copying->distinctive_run;
  });
  tracks.resize(std::min(tracks.size(), kClosestTracks));
  return tracks;
}

void add_closest(Page& page, const EvaluateReport& report, const SetReport& set) {
  const auto tracks = closest_tracks(set);
  if (tracks.empty()) return;
  PageTable table{"The closest tracks of " + set.label, {{"track"}}, {}};
  table.columns.push_back(number_column("distinctive run"));
  table.columns.push_back(number_column("longest run"));
  table.columns.push_back(number_column("overlap"));
  table.columns.insert(table.columns.end(), {{"nearest piece"}, {"its bars"}, {"verdict"}});
  for (const TrackMeasures* track : tracks) {
    const CopyingMeasures& copying = *track->copying;
    table.rows.push_back({shortened(track->name, kLongestName),
                          number_text(static_cast<double>(copying.distinctive_run), 0),
                          number_text(static_cast<double>(copying.longest_run), 0),
                          number_text(copying.highest_overlap, 2),
                          report.references[copying.reference].name + ": " +
                              shortened(copying.nearest, kLongestName),
                          copying.nearest_bars, copying.too_close ? "too close" : "original"});
  }
  page.table(table);
}

void add_baselines(Page& page, const EvaluateReport& report) {
  for (const auto& reference : report.references) {
    if (reference.baseline.pieces == 0) continue;
    PageTable table{fmt::format("What pieces of {} share with each other: the mean, and where 95 % "
                                "of them lie",
                                reference.name),
                    {{"measure"}, number_column("between human pieces")},
                    {}};
    for (const Measure* measure : measures_of(MeasureGroup::kCopying))
      table.rows.push_back({measure->name, baseline_text(reference.baseline, *measure)});
    page.table(table);
  }
}

void add_copying(Page& page, const EvaluateReport& report) {
  page.section("Copying");
  if (report.references.empty()) {
    page.paragraph("Nothing was at hand to compare with.");
    return;
  }
  page.paragraph(
      "How much of the tracks stands in music that was learned, compared with " +
      references_text(report) +
      ". Music copies music: what counts is whether a track shares more than human pieces share "
      "with each other. `undersong check` shows each passage of one track.");
  for (const auto& set : report.sets) page.paragraph(too_close_text(set) + ".");
  add_statistics(page, report, MeasureGroup::kCopying);
  add_baselines(page, report);
  for (const auto& set : report.sets) add_closest(page, report, set);
  add_measure_pictures(page, report, MeasureGroup::kCopying);
}

void add_shown(Page& page, const EvaluateReport& report) {
  page.section("A look at the tracks");
  for (const auto& set : report.sets) {
    if (set.shown.empty()) continue;
    page.subsection(set.label);
    for (const auto& track : set.shown) {
      for (const auto& figure : track_pictures(track)) page.figure(figure);
    }
  }
}

void add_all_tracks(Page& page, const EvaluateReport& report) {
  page.section("Every track");
  for (const auto& set : report.sets) {
    if (set.tracks.empty()) continue;
    page.begin_details(
        fmt::format("{}: {}", set.label, counted(set.tracks.size(), "track", "tracks")));
    PageTable table{"", {{"track"}}, {}};
    for (const Measure& measure : measures()) table.columns.push_back(number_column(measure.name));
    for (std::size_t i = 0; i < std::min(set.tracks.size(), kMostTracks); ++i) {
      std::vector<std::string> cells = {shortened(set.tracks[i].name, kLongestName)};
      for (const Measure& measure : measures())
        cells.push_back(number_text(measure.value(set.tracks[i]), measure.decimals));
      table.rows.push_back(std::move(cells));
    }
    page.table(table);
    if (set.tracks.size() > kMostTracks) {
      page.remark(fmt::format("The first {}; --json has all {}.", kMostTracks, set.tracks.size()));
    }
    page.end_details();
  }
}

void add_unreadable(Page& page, const EvaluateReport& report) {
  const bool is_clean = std::all_of(report.sets.begin(), report.sets.end(),
                                    [](const SetReport& set) { return set.unreadable.empty(); });
  if (is_clean) return;
  page.section("What could not be evaluated");
  for (const auto& set : report.sets) {
    if (set.unreadable.empty()) continue;
    PageTable table{set.label, {{"track"}, {"reason"}}, {}};
    for (std::size_t i = 0; i < std::min(set.unreadable.size(), kMostUnreadable); ++i)
      table.rows.push_back(
          {shortened(set.unreadable[i].path, kLongestName), set.unreadable[i].reason});
    page.table(table);
    if (set.unreadable.size() > kMostUnreadable)
      page.remark(fmt::format("The first {} of {}.", kMostUnreadable, set.unreadable.size()));
  }
}

}  // namespace

std::string to_html(const EvaluateReport& report) {
  Page page(title_of(report),
            "Written by undersong evaluate. The same files, settings and version "
            "give the same numbers on every machine.");
  add_subjects(page, report);
  for (const auto& set : report.sets) {
    if (set.model) add_model(page, set);
  }
  add_texture(page, report);
  for (const auto& comparison : report.comparisons) add_comparison(page, report, comparison);
  add_transitions(page, report);
  add_variety(page, report);
  if (report.recognisability) add_recognisability(page, *report.recognisability);
  add_copying(page, report);
  add_shown(page, report);
  add_all_tracks(page, report);
  add_unreadable(page, report);
  return page.finish();
}

}  // namespace undersong
