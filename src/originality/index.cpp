#include "originality/index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "originality/index_file.h"
#include "originality/melodic_text.h"
#include "originality/points.h"
#include "originality/run_search.h"
#include "originality/symbol_text.h"
#include "originality/voices.h"
#include "originality/window_grid.h"
#include "originality/window_search.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

using detail::IndexTables;
using detail::LearnedNote;
using detail::PieceList;
using detail::RunMatch;
using detail::Suggestion;

enum class Direction { kForwards, kBackwards };

std::int64_t pitched_notes(const Score& score) {
  std::int64_t notes = 0;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) notes += note.channel == kDrumChannel ? 0 : 1;
  }
  return notes;
}

std::int64_t bar_of(const IndexTables& tables, const LearnedNote& note) {
  return tables.grid(note.piece).bar_at_tick(note.onset_ticks);
}

// Compares the voices of one track with the index.
class RunComparison {
 public:
  RunComparison(const IndexTables& tables, const Score& track, const PieceList& except)
      : tables_(tables), track_(track), except_(except), bars_(track), tempo_(track) {}

  void add(const Voice& voice) {
    const std::vector<RunMatch> matches =
        offer(voice, melodic_text(voice), Direction::kForwards, voices_);
    for (std::size_t i = 0; i < kCoverageLengths.size(); ++i) count_coverage(voice, matches, i);
    suggest(voice, matches);
    offer(voice, backwards_text(voice), Direction::kBackwards, voices_);
  }

  void add(const SymbolLine& line) {
    offer(line.symbols, line.text, Direction::kForwards, symbols_);
  }

  void finish(Closeness& closeness) const {
    closeness.symbol_run = run_of(symbols_.most_distinctive);
    // Neither rhythm nor the octaves of chords are compared.
    closeness.symbol_run.stretched_by = std::nullopt;
    closeness.symbol_run.transposed_by = std::nullopt;
    closeness.longest_run = run_of(voices_.longest);
    closeness.most_distinctive_run = run_of(voices_.most_distinctive);
    for (std::size_t i = 0; i < kCoverageLengths.size(); ++i) {
      if (grams_[i] > 0) {
        closeness.coverage[i] = static_cast<double>(covered_[i]) / static_cast<double>(grams_[i]);
      }
    }
  }

  // Translations of the runs that are not stretched, sorted.
  std::vector<Suggestion> suggestions() && {
    std::sort(suggestions_.begin(), suggestions_.end());
    return std::move(suggestions_);
  }

 private:
  // A run found so far. The voice's notes in the track's order, from the first.
  struct Found {
    std::int64_t notes = 0;
    std::int64_t distinctive_notes = 0;
    std::size_t text_position = 0;
    Direction direction = Direction::kForwards;
    std::vector<VoiceNote> first_and_last;  // of the track
  };

  struct Best {
    Found longest;
    Found most_distinctive;
  };

  std::vector<RunMatch> offer(const Voice& voice, const std::vector<std::uint8_t>& text,
                              Direction direction, Best& best) {
    std::vector<RunMatch> matches = detail::longest_matches(tables_, text, except_);
    const auto distinctive = detail::distinctive_of_matches(text, matches);
    for (std::size_t i = 0; i < matches.size(); ++i) {
      const std::pair found(matches[i].notes, distinctive[i]);
      if (found > std::pair(best.longest.notes, best.longest.distinctive_notes))
        best.longest = found_at(voice, matches[i], distinctive[i], i, direction);
      if (std::pair(found.second, found.first) >
          std::pair(best.most_distinctive.distinctive_notes, best.most_distinctive.notes))
        best.most_distinctive = found_at(voice, matches[i], distinctive[i], i, direction);
    }
    return matches;
  }

  static Found found_at(const Voice& voice, const RunMatch& match, std::int64_t distinctive,
                        std::size_t note, Direction direction) {
    const auto behind = note + static_cast<std::size_t>(match.notes);
    const bool forwards = direction == Direction::kForwards;
    const std::size_t first = forwards ? note : voice.size() - behind;
    const std::size_t last = forwards ? behind - 1 : voice.size() - 1 - note;
    return {match.notes, distinctive, match.text_position, direction, {voice[first], voice[last]}};
  }

  void count_coverage(const Voice& voice, const std::vector<RunMatch>& matches, std::size_t i) {
    const std::int64_t length = kCoverageLengths[i];
    grams_[i] += std::max<std::int64_t>(0, static_cast<std::int64_t>(voice.size()) - length + 1);
    covered_[i] += std::count_if(matches.begin(), matches.end(),
                                 [length](const RunMatch& match) { return match.notes >= length; });
  }

  void suggest(const Voice& voice, const std::vector<RunMatch>& matches) {
    for (std::size_t i = 0; i < matches.size(); ++i) {
      if (matches[i].notes < kCoverageLengths[0]) continue;
      const auto learned = tables_.note_at(matches[i].text_position, 0);
      if (!learned) continue;
      const std::int32_t here = steps_of(voice[i].onset_ticks, track_.ticks_per_quarter);
      const std::int32_t there =
          steps_of(learned->onset_ticks, tables_.ticks_per_quarter(learned->piece));
      suggestions_.push_back({here, learned->piece, there - here, learned->pitch - voice[i].pitch});
    }
  }

  SharedRun run_of(const Found& found) const {
    SharedRun run;
    if (found.notes == 0) return run;
    const VoiceNote& first = found.first_and_last[0];
    const VoiceNote& last = found.first_and_last[1];
    run.notes = found.notes;
    run.distinctive_notes = found.distinctive_notes;
    run.seconds = tempo_.seconds_at(last.onset_ticks + last.duration_ticks) -
                  tempo_.seconds_at(first.onset_ticks);
    run.bars = {bars_.bar_at(first.onset_ticks) + 1, bars_.bar_at(last.onset_ticks) + 1};
    run.backwards = found.direction == Direction::kBackwards;
    auto learned_first = tables_.note_at(found.text_position, 0);
    auto learned_last = tables_.note_at(found.text_position, found.notes - 1);
    if (!learned_first || !learned_last) return run;
    run.nearest.piece = learned_first->piece;
    run.nearest.bars = {bar_of(tables_, *learned_first) + 1, bar_of(tables_, *learned_last) + 1};
    const double learned_span = quarters(learned_last->onset_ticks - learned_first->onset_ticks,
                                         tables_.ticks_per_quarter(learned_first->piece));
    const double span = quarters(last.onset_ticks - first.onset_ticks, track_.ticks_per_quarter);
    if (learned_span > 0.0) run.stretched_by = span / learned_span;
    // Backwards the track's first note is the learned piece's last.
    run.transposed_by = first.pitch - (run.backwards ? *learned_last : *learned_first).pitch;
    return run;
  }

  static double quarters(Ticks ticks, Ticks ticks_per_quarter) {
    return static_cast<double>(ticks) / static_cast<double>(ticks_per_quarter);
  }

  const IndexTables& tables_;
  const Score& track_;
  const PieceList& except_;
  BarGrid bars_;
  TempoMap tempo_;
  Best voices_;
  Best symbols_;
  std::array<std::int64_t, kCoverageLengths.size()> grams_{};
  std::array<std::int64_t, kCoverageLengths.size()> covered_{};
  std::vector<Suggestion> suggestions_;
};

class MappedIndex : public OriginalityIndex {
 public:
  explicit MappedIndex(std::unique_ptr<const detail::KeptBytes> bytes)
      : tables_(std::move(bytes)) {}

  const std::string& name() const override { return tables_.description().corpus; }
  std::span<const LearnedPiece> pieces() const override { return tables_.description().pieces; }
  const Baseline& baseline() const override { return tables_.description().baseline; }
  const std::string& corpus_sha256() const override { return tables_.description().corpus_sha256; }
  std::int64_t notes() const override { return tables_.description().notes; }

  Closeness compare(const Score& track, const std::string& except) const override {
    Closeness closeness;
    closeness.knows_windows = true;
    closeness.notes = pitched_notes(track);
    closeness.seconds = length_seconds(track);
    const PieceList family = tables_.family(except);
    RunComparison runs(tables_, track, family);
    for (const Voice& voice : separate_voices(track)) runs.add(voice);
    for (const SymbolLine& line : symbol_lines(track)) runs.add(line);
    runs.finish(closeness);
    const std::vector<Point> points = points_of(track);
    const std::vector<Suggestion> suggestions = std::move(runs).suggestions();
    closeness.windows =
        detail::search_windows(tables_, points, WindowGrid(track, points), suggestions, family);
    return closeness;
  }

 private:
  IndexTables tables_;
};

}  // namespace

std::shared_ptr<const OriginalityIndex> OriginalityIndex::open(const std::filesystem::path& path) {
  return with_context("reading " + display(path),
                      [&] { return std::make_shared<const MappedIndex>(detail::map_file(path)); });
}

std::shared_ptr<const OriginalityIndex> OriginalityIndex::parse(std::vector<std::uint8_t> bytes) {
  return std::make_shared<const MappedIndex>(detail::keep(std::move(bytes)));
}

}  // namespace undersong
