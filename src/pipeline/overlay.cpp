#include "pipeline/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "plot/overlay_roll.h"
#include "score/bars.h"

namespace undersong {
namespace {

constexpr std::int64_t kMostBars = 16;  // more are too fine to read
constexpr std::int64_t kContext = 1;    // bars beside the match, to see where it ends

// Onsets are compared in twelfths of a quarter note, as the measures do.
constexpr double kStepsPerQuarter = 12.0;
constexpr double kTolerance = 1.5;  // steps that played timing may differ by

// In quarter notes of its own score.
struct TimedNote {
  double onset = 0.0;
  double duration = 0.0;
  int pitch = 60;
};

double quarters(const Score& score, Ticks ticks) {
  return static_cast<double>(ticks) / score.ticks_per_quarter;
}

// Pitched notes that begin in these bars, counted from 1.
std::vector<TimedNote> notes_in(const Score& score, BarRange bars) {
  const BarGrid grid(score);
  const Ticks begin = grid.onset(std::max<std::int64_t>(0, bars.first - 1));
  const Ticks end = grid.onset(std::max<std::int64_t>(0, bars.last));
  std::vector<TimedNote> notes;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel == kDrumChannel || note.onset_ticks < begin || note.onset_ticks >= end)
        continue;
      notes.push_back(
          {quarters(score, note.onset_ticks), quarters(score, note.duration_ticks), note.pitch});
    }
  }
  std::sort(notes.begin(), notes.end(), [](const TimedNote& a, const TimedNote& b) {
    return a.onset != b.onset ? a.onset < b.onset : a.pitch < b.pitch;
  });
  return notes;
}

// How the learned piece comes to lie on the track: onset * stretch + shift, pitch + semitones.
struct Placement {
  double stretch = 1.0;  // below 0: backwards
  double shift = 0.0;    // quarter notes
  int semitones = 0;
  std::int64_t votes = 0;
};

TimedNote placed(const TimedNote& note, const Placement& placement) {
  return {note.onset * placement.stretch + placement.shift,
          note.duration * std::abs(placement.stretch), note.pitch + placement.semitones};
}

// The shift that most pairs of notes of one pitch vote for, neighbouring steps together. Where
// music repeats itself several do: the one that brings the first notes together is taken.
Placement best_shift(const std::vector<TimedNote>& track, const std::vector<TimedNote>& learned,
                     double stretch, int semitones) {
  if (track.empty() || learned.empty()) return {};
  const TimedNote& opening = stretch > 0.0 ? learned.front() : learned.back();
  const auto expected = static_cast<std::int64_t>(
      std::llround(kStepsPerQuarter * (track.front().onset - stretch * opening.onset)));
  std::map<std::int64_t, std::int64_t> votes;
  for (const TimedNote& theirs : learned) {
    for (const TimedNote& ours : track) {
      if (ours.pitch != theirs.pitch + semitones) continue;
      ++votes[std::llround(kStepsPerQuarter * (ours.onset - stretch * theirs.onset))];
    }
  }
  Placement best{stretch, 0.0, semitones, 0};
  std::int64_t farthest = 0;
  for (const auto& [step, count] : votes) {
    const std::int64_t distance = std::abs(step - expected);
    const auto before = votes.find(step - 1);
    const auto after = votes.find(step + 1);
    // Its own votes count twice, so that of two neighbours the better one leads.
    const std::int64_t sum = 2 * count + (before == votes.end() ? 0 : before->second) +
                             (after == votes.end() ? 0 : after->second);
    if (sum < best.votes || (sum == best.votes && distance >= farthest)) continue;
    best.votes = sum;
    farthest = distance;
    best.shift = static_cast<double>(step) / kStepsPerQuarter;
  }
  return best;
}

Placement best_placement(const std::vector<TimedNote>& track, const std::vector<TimedNote>& learned,
                         const Match& match) {
  std::vector<double> stretches = {1.0, 2.0, 0.5};
  if (match.stretched_by) stretches.insert(stretches.begin(), *match.stretched_by);
  constexpr int kFarthest = 60;  // semitones tried where the transposition is not known
  const int low = match.transposed_by.value_or(-kFarthest);
  const int high = match.transposed_by.value_or(kFarthest);
  Placement best;
  for (const double stretch : stretches) {
    for (int semitones = low; semitones <= high; ++semitones) {
      const Placement placement =
          best_shift(track, learned, match.backwards ? -stretch : stretch, semitones);
      if (placement.votes > best.votes) best = placement;
    }
  }
  return best;
}

// Bars that the picture shows, and those whose notes decide how the pieces lie on each other.
struct View {
  BarRange shown;    // of the track
  BarRange matched;  // of the track
  BarRange voting;   // of the learned piece
  BarRange learned;  // of the learned piece, with what may reach into the picture
};

View view_of(const Match& match) {
  View view;
  view.matched = {match.bars.first,
                  std::min(match.bars.last, match.bars.first + kMostBars - 2 * kContext - 1)};
  view.shown = {std::max<std::int64_t>(1, view.matched.first - kContext),
                view.matched.last + kContext};
  view.voting = match.place.bars;
  // Of a long match only the beginning is shown; the rest could vote for a repeat of it.
  const double slower = match.stretched_by.value_or(1.0);
  const auto bars = static_cast<std::int64_t>(
      std::ceil(static_cast<double>(view.matched.last - view.matched.first + 1) / slower));
  if (match.backwards) {
    view.voting.first = std::max(view.voting.first, view.voting.last - bars);
  } else {
    view.voting.last = std::min(view.voting.last, view.voting.first + bars);
  }
  const std::int64_t more = 2 * kContext;
  view.learned = {std::max<std::int64_t>(1, view.voting.first - more), view.voting.last + more};
  return view;
}

// Pairs notes of one pitch that begin together, each at most once.
void lay_over(const std::vector<TimedNote>& track, std::vector<TimedNote> learned,
              OverlayRoll& roll) {
  std::vector<bool> used(learned.size(), false);
  for (const TimedNote& ours : track) {
    const auto meets = [&](std::size_t i) {
      return !used[i] && learned[i].pitch == ours.pitch &&
             std::abs(learned[i].onset - ours.onset) * kStepsPerQuarter <= kTolerance;
    };
    std::size_t i = 0;
    while (i < learned.size() && !meets(i)) ++i;
    if (i < learned.size()) used[i] = true;
    roll.notes.push_back({ours.onset, ours.duration, ours.pitch,
                          i < learned.size() ? OverlayPart::kBoth : OverlayPart::kOnlyFirst});
  }
  for (std::size_t i = 0; i < learned.size(); ++i) {
    const TimedNote& theirs = learned[i];
    const bool visible = theirs.onset >= roll.begin && theirs.onset < roll.end &&
                         theirs.pitch >= 0 && theirs.pitch <= 127;
    if (visible && !used[i])
      roll.notes.push_back({theirs.onset, theirs.duration, theirs.pitch, OverlayPart::kOnlySecond});
  }
}

OverlayRoll empty_roll(const Score& track, const std::string& name, BarRange shown) {
  const BarGrid grid(track);
  OverlayRoll roll;
  roll.first = name;
  roll.time_label = "bars of " + name;
  roll.first_bar = shown.first;
  for (std::int64_t bar = shown.first - 1; bar <= shown.last; ++bar)
    roll.bar_lines.push_back(quarters(track, grid.onset(bar)));
  roll.begin = roll.bar_lines.front();
  roll.end = std::max(roll.bar_lines.back(), roll.begin + 1.0);
  return roll;
}

std::string alone(const Score& track, const std::string& name, BarRange shown,
                  const std::string& second, const std::string& why) {
  OverlayRoll roll = empty_roll(track, name, shown);
  roll.title = name + ", " + bars_text(shown);
  roll.subtitle = why;
  roll.second = second;
  lay_over(notes_in(track, shown), {}, roll);
  return draw(roll);
}

const Piece* find_piece(const Corpus& corpus, const std::string& id) {
  const auto& pieces = corpus.manifest().pieces;
  const auto found = std::find_if(pieces.begin(), pieces.end(),
                                  [&](const Piece& piece) { return piece.id == id; });
  return found == pieces.end() ? nullptr : &*found;
}

std::int64_t shared_notes(const OverlayRoll& roll) {
  return std::count_if(roll.notes.begin(), roll.notes.end(),
                       [](const OverlayNote& note) { return note.part == OverlayPart::kBoth; });
}

}  // namespace

std::string overlay_svg(const Score& track, const std::string& name, const OpenReference& reference,
                        const Comparison& comparison) {
  const auto match = nearest_match(comparison);
  if (!match) {
    const BarRange first = {1, std::clamp<std::int64_t>(BarGrid(track).count(), 1, kMostBars)};
    return alone(track, name, first, "what was learned", "nothing in it was recognised from it");
  }
  const View view = view_of(*match);
  const LearnedPiece& learned = reference.reference->pieces()[match->place.piece];
  const Piece* piece = reference.corpus ? find_piece(*reference.corpus, learned.id) : nullptr;
  if (piece == nullptr) {
    return alone(track, name, view.shown, learned.path,
                 "it cannot be drawn: this machine has fingerprints of it, and not its music");
  }
  Score other;
  try {
    other = reference.corpus->read_piece(*piece);
  } catch (const Error& error) {
    return alone(track, name, view.shown, learned.path, error.message());
  }
  std::vector<TimedNote> theirs = notes_in(other, view.learned);
  const Placement placement =
      best_placement(notes_in(track, view.matched), notes_in(other, view.voting), *match);
  for (TimedNote& note : theirs) note = placed(note, placement);

  OverlayRoll roll = empty_roll(track, name, view.shown);
  roll.second = learned.path;
  lay_over(notes_in(track, view.shown), std::move(theirs), roll);
  roll.title = fmt::format("{}, {}, over {}", name, bars_text(match->bars), learned.path);
  roll.subtitle = fmt::format("{} of the track's {} notes here are in {} of it{}",
                              shared_notes(roll), notes_in(track, view.shown).size(),
                              bars_text(match->place.bars), change_text(*match));
  return draw(roll);
}

}  // namespace undersong
