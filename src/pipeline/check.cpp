#include "pipeline/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"
#include "corpus/archive.h"
#include "corpus/candidates.h"
#include "midi/midi_file.h"
#include "pipeline/overlay.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// A report with more pictures than this opens slowly.
constexpr std::size_t kMostPictures = 100;

// A track before anyone has read it.
struct Source {
  std::string path;
  fs::path file;  // empty when `bytes` came out of an archive
  std::vector<std::uint8_t> bytes;
  std::string problem;
};

Source source_of(const fs::path& root, Candidate candidate) {
  return {(root / candidate.path).string(), std::move(candidate.file), std::move(candidate.bytes),
          std::move(candidate.problem)};
}

std::vector<Source> sources_of(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored) && !is_archive_name(path.filename().string()))
    return {{path.string(), path, {}, ""}};
  std::vector<Source> sources;
  try {
    for (auto& candidate : find_candidates(std::span(&path, 1)))
      sources.push_back(source_of(path, std::move(candidate)));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    sources.push_back({path.string(), {}, {}, error.message()});
  }
  return sources;
}

// The path stands beside the message already.
std::string without_path(const std::string& message, const fs::path& path) {
  const std::string prefix = display(path) + ": ";
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

MidiReading read_source(const Source& source) {
  if (!source.file.empty()) return load_midi(source.file);
  return read_midi(source.bytes);
}

std::string problem_of(const Source& source, const Error& error) {
  std::string problem = without_path(error.message(), source.file);
  if (error.kind() == ErrorKind::kFormat && !is_midi_name(source.path))
    problem = "it is not a MIDI file (" + problem + "); check reads .mid and .midi";
  return problem;
}

// Empty when it cannot be read; the track says why.
std::optional<Score> read_track(const Source& source, CheckedTrack& track) {
  if (!track.problem.empty()) return std::nullopt;
  try {
    MidiReading reading = read_source(source);
    track.repairs = std::move(reading.repairs);
    return std::move(reading.score);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    track.problem = problem_of(source, error);
    return std::nullopt;
  }
}

std::int64_t pitched_notes(const Score& score) {
  std::int64_t count = 0;
  for (const Track& track : score.tracks) {
    count += std::count_if(track.notes.begin(), track.notes.end(),
                           [](const Note& note) { return note.channel != kDrumChannel; });
  }
  return count;
}

void compare_track(CheckedTrack& track, const Score& score, const CheckRequest& request,
                   const std::vector<OpenReference>& references) {
  track.notes = static_cast<std::int64_t>(note_count(score));
  track.pitched_notes = pitched_notes(score);
  track.seconds = length_seconds(score);
  if (track.pitched_notes == 0) return;
  for (std::size_t i = 0; i < references.size(); ++i) {
    Comparison comparison = compare_with(references[i], score, request.limits);
    comparison.reference = i;
    if (comparison.verdict == Verdict::kTooClose) track.verdict = Verdict::kTooClose;
    track.comparisons.push_back(std::move(comparison));
  }
}

// Music that is beyond comparing is told of like a file that is beyond reading.
void try_to_compare(CheckedTrack& track, const Score& score, const CheckRequest& request,
                    const std::vector<OpenReference>& references) {
  try {
    compare_track(track, score, request, references);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    track.problem = error.message();
    track.comparisons.clear();
    track.verdict = Verdict::kOriginal;
  }
}

double nearness_of(const CheckedTrack& track) {
  const Comparison* nearest = nearest_of(track.comparisons);
  if (nearest == nullptr) return -1.0;
  const auto match = nearest_match(*nearest);
  return match ? match->nearness : 0.0;
}

std::string picture_of(const CheckedTrack& track, const Score& score,
                       const std::vector<OpenReference>& references) {
  const Comparison* nearest = nearest_of(track.comparisons);
  if (nearest == nullptr) return "";
  return overlay_svg(score, fs::path(track.path).filename().string(),
                     references[nearest->reference], *nearest);
}

// The closest tracks first, the first named of equals.
void draw_pictures(CheckReport& report, const std::vector<Source>& sources) {
  std::vector<std::size_t> order(report.tracks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return nearness_of(report.tracks[a]) > nearness_of(report.tracks[b]);
  });
  order.resize(std::min(order.size(), kMostPictures));
  for (const std::size_t i : order) {
    CheckedTrack& track = report.tracks[i];
    if (track.comparisons.empty()) continue;
    throw_if_cancelled();
    track.picture = picture_of(track, read_source(sources[i]).score, report.references.open);
  }
}

}  // namespace

std::int64_t CheckReport::too_close() const {
  return std::count_if(tracks.begin(), tracks.end(), [](const CheckedTrack& track) {
    return track.verdict == Verdict::kTooClose;
  });
}

std::int64_t CheckReport::unreadable() const {
  return std::count_if(tracks.begin(), tracks.end(),
                       [](const CheckedTrack& track) { return !track.problem.empty(); });
}

const CheckedTrack* nearest_of(const CheckReport& report) {
  const CheckedTrack* nearest = nullptr;
  for (const CheckedTrack& track : report.tracks) {
    if (track.comparisons.empty()) continue;
    if (nearest == nullptr || nearness_of(track) > nearness_of(*nearest)) nearest = &track;
  }
  return nearest;
}

CheckReport check(const CheckRequest& request, Progress& progress) {
  if (request.tracks.empty()) throw Error(ErrorKind::kUsage, "name at least one MIDI file");
  check_limits(request.limits);
  References references;
  for (const auto& name : request.against)
    references.open.push_back(open_reference(name, progress));
  if (request.against.empty()) references = open_all_references(progress);
  return check_against(request, std::move(references), progress);
}

CheckReport check_against(const CheckRequest& request, References references, Progress& progress) {
  check_limits(request.limits);
  std::vector<Source> sources;
  for (const auto& path : request.tracks) {
    for (auto& source : sources_of(path)) sources.push_back(std::move(source));
  }
  CheckReport report;
  report.references = std::move(references);
  progress.begin("comparing", static_cast<std::int64_t>(sources.size()), "tracks");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    throw_if_cancelled();
    CheckedTrack& track = report.tracks.emplace_back();
    track.path = sources[i].path;
    track.problem = sources[i].problem;
    if (const auto score = read_track(sources[i], track))
      try_to_compare(track, *score, request, report.references.open);
    progress.update(static_cast<std::int64_t>(i + 1), track.path);
  }
  progress.end();
  if (request.pictures == Pictures::kDraw) draw_pictures(report, sources);
  return report;
}

std::string complaint(const CheckReport& report) {
  const auto total = static_cast<std::int64_t>(report.tracks.size());
  const auto part = [&](std::int64_t count, std::string_view one, std::string_view many) {
    if (total == 1) return fmt::format("the track {}", one);
    return fmt::format("{} of {} tracks {}", count, total, count == 1 ? one : many);
  };
  const std::int64_t close = report.too_close();
  const std::int64_t unreadable = report.unreadable();
  std::string text;
  if (close > 0)
    text = part(close, "is too close to what was learned", "are too close to what was learned");
  if (unreadable > 0) {
    if (!text.empty()) text += ", and ";
    text += part(unreadable, "could not be read", "could not be read");
    if (total > 1)
      text += "; the reasons are above";
    else
      text += ": " + display(report.tracks.front().path) + ": " + report.tracks.front().problem;
  }
  return text;
}

}  // namespace undersong
