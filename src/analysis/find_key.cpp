#include "analysis/find_key.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

#include "base/portable_math.h"
#include "score/bars.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
using Profile = std::array<double, kPitchClasses>;

// The chance that a stretch of music in a key has a pitch class, by semitones above the tonic.
// Source: Temperley 2007, Music and Probability, chapter 6 (the Kostka-Payne corpus).
constexpr Profile kMajorProfile = {0.748, 0.060, 0.488, 0.082, 0.670, 0.460,
                                   0.096, 0.715, 0.104, 0.366, 0.057, 0.400};
constexpr Profile kMinorProfile = {0.712, 0.084, 0.474, 0.618, 0.049, 0.460,
                                   0.105, 0.747, 0.404, 0.067, 0.133, 0.330};

// For each pitch class, the weight of the bars that it begins in.
struct Presence {
  std::array<int, kPitchClasses> with{};
  int all = 0;
};

std::vector<std::uint16_t> pitch_classes_by_bar(const Score& score) {
  const BarGrid grid(score);
  std::map<std::int64_t, std::uint16_t> sets;  // a bar may be far from the next
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel == kDrumChannel) continue;
      std::uint16_t& set = sets[grid.bar_at(note.onset_ticks)];
      set = static_cast<std::uint16_t>(set | 1U << note.pitch % kPitchClasses);
    }
  }
  std::vector<std::uint16_t> result;
  for (const auto& bar : sets) result.push_back(bar.second);
  return result;
}

// Pieces leave their key and come home: the first and the last tenth of the bars count three times.
Presence presence_of(const Score& score) {
  constexpr int kWeightOfEnds = 3;
  const std::vector<std::uint16_t> bars = pitch_classes_by_bar(score);
  const std::size_t tenth = (bars.size() + 9) / 10;
  Presence presence;
  for (std::size_t bar = 0; bar < bars.size(); ++bar) {
    const int weight = bar < tenth || bar + tenth >= bars.size() ? kWeightOfEnds : 1;
    presence.all += weight;
    for (std::size_t i = 0; i < kPitchClasses; ++i)
      presence.with[i] += weight * static_cast<int>(unsigned{bars[bar]} >> i & 1U);
  }
  return presence;
}

double log_chance(const Presence& presence, int tonic, const Profile& profile) {
  double sum = 0.0;
  for (std::size_t i = 0; i < kPitchClasses; ++i) {
    const int with = presence.with[(i + static_cast<std::size_t>(tonic)) % kPitchClasses];
    sum += with * portable_log(profile[i]) + (presence.all - with) * portable_log(1.0 - profile[i]);
  }
  return sum;
}

int accidentals_of(const Key& key) { return std::abs(signature_of(key, 0).sharps); }

}  // namespace

Key find_key(const Score& score) {
  const Presence presence = presence_of(score);
  Key best;
  if (presence.all == 0) return best;
  // The margin keeps a tie a tie whatever the order of the sums.
  constexpr double kTie = 1e-9;
  double best_chance = log_chance(presence, best.tonic, kMajorProfile);
  for (const Mode mode : {Mode::kMajor, Mode::kMinor}) {
    for (int tonic = 0; tonic < static_cast<int>(kPitchClasses); ++tonic) {
      const Key key = {tonic, mode};
      const double chance =
          log_chance(presence, tonic, mode == Mode::kMajor ? kMajorProfile : kMinorProfile);
      const bool tie = std::abs(chance - best_chance) <= kTie;
      if (tie ? accidentals_of(key) >= accidentals_of(best) : chance < best_chance) continue;
      best = key;
      best_chance = chance;
    }
  }
  return best;
}

int shift_to_no_signature(const Key& key) {
  // Fifths up are seven semitones each.
  const int shift = ((-7 * signature_of(key, 0).sharps) % 12 + 12) % 12;
  return shift > 6 ? shift - 12 : shift;
}

}  // namespace undersong
