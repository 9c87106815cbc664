#include "originality/voices.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>
#include <span>

namespace undersong {

namespace {

// Costs in semitones of leap.
//
// A voice is begun rather than made to leap two octaves: single lines hardly ever do, so that they
// stay one voice.
constexpr int kBeginCost = 24;
// A voice that was silent while others of its part moved on is left to rest, unless the others
// would have to leap: what follows a chord follows its nearest note, then stays with it. Counted in
// onsets of the part, which neither tempo nor note values change.
constexpr int kRestCost = 8;
constexpr std::int64_t kMostRestOnsets = 8;

// Notes are one chord when they begin within an eighth of the shortest of them: played chords are
// spread a little, and a share of their own length is the same at any speed.
constexpr std::int64_t kChordSpread = 8;

struct OpenVoice {
  Voice notes;
  std::int64_t last_chord = 0;
};

// One part: what one channel of one track plays.
class Separator {
 public:
  // `chord` ascends, its notes distinct, at one onset.
  void add(std::span<const VoiceNote> chord);
  std::vector<Voice> finish() &&;

 private:
  static constexpr std::size_t kSize = kMostVoices + 1;
  enum class Step : std::uint8_t { kEnd, kContinue, kBegin, kRest };
  struct Cell {
    int cost = 0;
    Step step = Step::kEnd;
  };

  int cost_of(const OpenVoice& voice, const VoiceNote& note) const;
  Cell best_step(std::span<const VoiceNote> chord, std::size_t note, std::size_t voice) const;
  void close_longest_resting();

  std::vector<OpenVoice> open_;  // by their last pitches, ascending
  std::vector<Voice> closed_;
  std::int64_t chords_ = 0;
  // cells_[n][v]: the cheapest way to place the notes from n on in the voices from v on.
  std::array<std::array<Cell, kSize>, kSize> cells_{};
};

int Separator::cost_of(const OpenVoice& voice, const VoiceNote& note) const {
  const int leap = std::abs(int{voice.notes.back().pitch} - int{note.pitch});
  const std::int64_t rested = chords_ - voice.last_chord - 1;
  if (rested == 0) return leap;
  return leap + kRestCost + static_cast<int>(std::min(rested, kMostRestOnsets));
}

Separator::Cell Separator::best_step(std::span<const VoiceNote> chord, std::size_t note,
                                     std::size_t voice) const {
  const bool notes_left = note < chord.size();
  const bool voices_left = voice < open_.size();
  if (!notes_left) return {0, voices_left ? Step::kRest : Step::kEnd};
  Cell best{std::numeric_limits<int>::max(), Step::kEnd};
  // The first of equals wins, in this order.
  const auto offer = [&best](int cost, Step step) {
    if (cost < best.cost) best = {cost, step};
  };
  if (voices_left) {
    offer(cells_[note + 1][voice + 1].cost + cost_of(open_[voice], chord[note]), Step::kContinue);
    offer(cells_[note][voice + 1].cost, Step::kRest);
  }
  offer(cells_[note + 1][voice].cost + kBeginCost, Step::kBegin);
  return best;
}

void Separator::add(std::span<const VoiceNote> chord) {
  for (std::size_t note = chord.size() + 1; note-- > 0;) {
    for (std::size_t voice = open_.size() + 1; voice-- > 0;)
      cells_[note][voice] = best_step(chord, note, voice);
  }
  std::vector<OpenVoice> next;
  std::size_t note = 0;
  std::size_t voice = 0;
  while (cells_[note][voice].step != Step::kEnd) {
    const Step step = cells_[note][voice].step;
    if (step == Step::kBegin) {
      next.push_back({});
    } else {
      next.push_back(std::move(open_[voice]));
      ++voice;
    }
    if (step == Step::kRest) continue;
    next.back().notes.push_back(chord[note]);
    next.back().last_chord = chords_;
    ++note;
  }
  open_ = std::move(next);
  // A resting voice may have been passed by its neighbours.
  std::stable_sort(open_.begin(), open_.end(), [](const OpenVoice& a, const OpenVoice& b) {
    return a.notes.back().pitch < b.notes.back().pitch;
  });
  while (open_.size() > kMostVoices) close_longest_resting();
  ++chords_;
}

void Separator::close_longest_resting() {
  const auto longest = std::min_element(
      open_.begin(), open_.end(),
      [](const OpenVoice& a, const OpenVoice& b) { return a.last_chord < b.last_chord; });
  closed_.push_back(std::move(longest->notes));
  open_.erase(longest);
}

std::vector<Voice> Separator::finish() && {
  for (OpenVoice& voice : open_) closed_.push_back(std::move(voice.notes));
  return std::move(closed_);
}

// Distinct pitches, ascending; of more than kMostVoices the highest and the lowest.
void tidy_chord(std::vector<VoiceNote>& chord) {
  std::stable_sort(chord.begin(), chord.end(), [](const VoiceNote& a, const VoiceNote& b) {
    return a.pitch != b.pitch ? a.pitch < b.pitch : a.duration_ticks > b.duration_ticks;
  });
  chord.erase(
      std::unique(chord.begin(), chord.end(),
                  [](const VoiceNote& a, const VoiceNote& b) { return a.pitch == b.pitch; }),
      chord.end());
  if (chord.size() <= kMostVoices) return;
  const auto low = static_cast<std::ptrdiff_t>(kMostVoices / 2);
  const auto high = static_cast<std::ptrdiff_t>(kMostVoices) - low;
  chord.erase(chord.begin() + low, chord.end() - high);
}

// The notes that begin with notes[first], as one chord at its onset; `first` moves behind them.
std::vector<VoiceNote> next_chord(std::span<const VoiceNote> notes, std::size_t& first) {
  const Ticks onset = notes[first].onset_ticks;
  std::int64_t shortest = std::numeric_limits<Ticks>::max();
  std::vector<VoiceNote> chord;
  for (; first < notes.size(); ++first) {
    VoiceNote note = notes[first];
    const std::int64_t shortest_with = std::min<std::int64_t>(shortest, note.duration_ticks);
    const std::int64_t spread = std::int64_t{note.onset_ticks} - onset;
    if (spread > 0 && spread * kChordSpread > shortest_with) break;
    shortest = shortest_with;
    note.onset_ticks = onset;
    chord.push_back(note);
  }
  tidy_chord(chord);
  return chord;
}

}  // namespace

std::vector<Voice> separate_voices(const Score& score) {
  std::vector<Voice> voices;
  for (const Track& track : score.tracks) {
    std::map<std::uint8_t, std::vector<VoiceNote>> parts;
    for (const Note& note : track.notes) {
      if (note.channel != kDrumChannel)
        parts[note.channel].push_back({note.onset_ticks, note.duration_ticks, note.pitch});
    }
    for (const auto& [channel, notes] : parts) {
      Separator separator;
      for (std::size_t first = 0; first < notes.size();) {
        const std::vector<VoiceNote> chord = next_chord(notes, first);
        separator.add(chord);
      }
      for (Voice& voice : std::move(separator).finish()) voices.push_back(std::move(voice));
    }
  }
  return voices;
}

Voice backwards(const Voice& voice) {
  Voice result;
  if (voice.empty()) return result;
  result.reserve(voice.size());
  const auto end_of = [&voice](std::size_t i) -> std::int64_t {
    const VoiceNote& note = voice[i];
    const std::int64_t end = std::int64_t{note.onset_ticks} + note.duration_ticks;
    if (i + 1 == voice.size()) return std::max(end, std::int64_t{note.onset_ticks} + 1);
    const std::int64_t next = voice[i + 1].onset_ticks;
    return note.duration_ticks == 0 ? next : std::min(end, next);
  };
  const std::int64_t end = end_of(voice.size() - 1);
  for (std::size_t i = voice.size(); i-- > 0;) {
    result.push_back({static_cast<Ticks>(end - end_of(i)),
                      static_cast<Ticks>(end_of(i) - voice[i].onset_ticks), voice[i].pitch});
  }
  return result;
}

}  // namespace undersong
