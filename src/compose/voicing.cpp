#include "compose/voicing.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

namespace undersong {
namespace {

constexpr std::size_t kMostVoices = 4;

// What each tone of a chord is for; semitones above the root, -1 where it has none.
struct ChordDegrees {
  int third = -1;  // or what is suspended for it
  int fifth = -1;
  int seventh = -1;         // or the sixth of a chord without
  std::vector<int> colour;  // ninths, elevenths, thirteenths: what says most first
};

int third_of(const ChordSymbol& chord) {
  // An eleventh a semitone above the major third would be a minor ninth above it somewhere.
  if (chord.has(4) && !chord.has(5)) return 4;
  if (chord.has(3) && !chord.has(4)) return 3;
  if (chord.has(5)) return 5;
  return chord.has(2) ? 2 : -1;
}

int fifth_of(const ChordSymbol& chord) {
  for (const int tone : {7, 6, 8})
    if (chord.has(tone)) return tone;
  return -1;
}

int seventh_of(const ChordSymbol& chord) {
  for (const int tone : {10, 11, 9})
    if (chord.has(tone)) return tone;
  return -1;
}

ChordDegrees degrees_of(const ChordSymbol& chord) {
  ChordDegrees degrees{third_of(chord), fifth_of(chord), seventh_of(chord), {}};
  // Altered tones name the chord more than natural ones, a thirteenth more than its ninth.
  for (const int tone : {1, 3, 6, 8, 9, 2, 5}) {
    const bool taken = tone == degrees.third || tone == degrees.fifth || tone == degrees.seventh ||
                       !chord.has(tone);
    if (!taken) degrees.colour.push_back(tone);
  }
  return degrees;
}

void add_tone(std::vector<int>& tones, int tone) {
  const bool there = std::find(tones.begin(), tones.end(), tone) != tones.end();
  if (tone >= 0 && !there && tones.size() < kMostVoices) tones.push_back(tone);
}

std::vector<int> power_tones(const ChordDegrees& degrees) {
  return {0, degrees.fifth >= 0 ? degrees.fifth : 0, 0};
}

std::vector<int> triad_tones(const ChordDegrees& degrees) {
  std::vector<int> tones;
  for (const int tone : {degrees.third, 0, degrees.fifth}) add_tone(tones, tone);
  return tones;
}

// Third, seventh, colours, fifth, and the root where there is still room.
std::vector<int> full_tones(const ChordDegrees& degrees) {
  std::vector<int> tones;
  for (const int tone : {degrees.third, degrees.seventh}) add_tone(tones, tone);
  for (const int tone : degrees.colour) add_tone(tones, tone);
  for (const int tone : {degrees.fifth, 0}) add_tone(tones, tone);
  return tones;
}

std::vector<int> shell_tones(const ChordDegrees& degrees) {
  std::vector<int> tones;
  for (const int tone : {degrees.third, degrees.seventh}) add_tone(tones, tone);
  if (!degrees.colour.empty()) add_tone(tones, degrees.colour.front());
  if (tones.size() < 2) add_tone(tones, degrees.fifth);
  if (tones.size() < 2) add_tone(tones, 0);
  return tones;
}

// The chord's own tones and those of the key that rub with none of them: fourths need choice.
std::vector<int> quartal_tones(const ChordSymbol& chord, const std::optional<Key>& key) {
  std::vector<int> tones = full_tones(degrees_of(chord));
  if (!key) return tones;
  for (const int tone : {2, 5, 9}) {
    const bool natural_eleventh = tone == 5 && chord.has(4);
    const bool rubs = chord.has((tone + 11) % 12);
    if (!natural_eleventh && !rubs && contains(*key, chord.root + tone)) add_tone(tones, tone);
  }
  return tones;
}

// In the order in which they may be left out: the last first. A tone twice is doubled.
std::vector<int> tones_for(const ChordSymbol& chord, const VoicingOptions& options) {
  const ChordDegrees degrees = degrees_of(chord);
  switch (options.type) {
    case VoicingType::kPower: return power_tones(degrees);
    case VoicingType::kTriad: return triad_tones(degrees);
    case VoicingType::kShell: return shell_tones(degrees);
    case VoicingType::kQuartal: return quartal_tones(chord, options.key);
    case VoicingType::kRootless: {
      std::vector<int> tones = full_tones(degrees);
      if (tones.size() > 3) std::erase(tones, 0);
      return tones;
    }
    default: break;
  }
  std::vector<int> tones = full_tones(degrees);
  if (tones.size() < kMostVoices) tones.push_back(0);
  return tones;
}

// Pitch classes, the most needed first, the chord's bass note among them where it is wanted.
std::vector<int> classes_for(const ChordSymbol& chord, const VoicingOptions& options) {
  std::vector<int> classes;
  for (const int tone : tones_for(chord, options)) classes.push_back((chord.root + tone) % 12);
  if (options.root == VoicedRoot::kLeftToBass) return classes;
  const auto found = std::find(classes.begin(), classes.end(), chord.bass);
  if (found != classes.end()) classes.erase(found);
  if (classes.size() >= kMostVoices) classes.pop_back();
  classes.insert(classes.begin(), chord.bass);
  return classes;
}

bool is_close(const Voicing& voicing) { return voicing.back() - voicing.front() <= 12; }

bool is_drop2(const Voicing& voicing) {
  if (voicing.size() < 4) return true;
  const int raised = voicing[0] + 12;
  return raised > voicing[2] && raised < voicing[3] && voicing[3] - voicing[1] < 12;
}

bool is_open(const Voicing& voicing) {
  for (std::size_t i = 0; i + 1 < voicing.size(); ++i) {
    if (voicing[i + 1] - voicing[i] > 12) return false;
    if (i + 2 < voicing.size() && voicing[i + 2] - voicing[i] < 12) return false;
  }
  return true;
}

bool is_in_fourths(const Voicing& voicing) {
  int thirds = 0;
  for (std::size_t i = 0; i + 1 < voicing.size(); ++i) {
    const int gap = voicing[i + 1] - voicing[i];
    if (gap < 4 || gap > 7) return false;
    if (gap == 4 || gap == 7) ++thirds;
  }
  return thirds <= 1;
}

bool is_in_layout(const Voicing& voicing, const ChordSymbol& chord, VoicingType type) {
  switch (type) {
    case VoicingType::kDrop2: return is_drop2(voicing);
    case VoicingType::kSpread: return is_open(voicing);
    case VoicingType::kQuartal: return is_in_fourths(voicing);
    case VoicingType::kShell: return voicing.back() - voicing.front() <= 16;
    case VoicingType::kPower:
      return voicing.front() % 12 == chord.root && voicing.back() - voicing.front() == 12;
    default: return is_close(voicing);
  }
}

// Octaves above the bass note are no part of a close layout over it.
bool fits(const Voicing& voicing, const ChordSymbol& chord, const VoicingOptions& options) {
  if (options.root == VoicedRoot::kLeftToBass || options.type == VoicingType::kPower)
    return is_in_layout(voicing, chord, options.type);
  const Voicing above(voicing.begin() + 1, voicing.end());
  const bool near = above.empty() || above.front() - voicing.front() <= 19;
  return near && (above.empty() || is_in_layout(above, chord, options.type));
}

// Rubs that the chord does not name: minor ninths, and a semitone under the top voice.
int roughness(const Voicing& voicing, const ChordSymbol& chord) {
  int cost = 0;
  for (std::size_t low = 0; low < voicing.size(); ++low) {
    for (std::size_t high = low + 1; high < voicing.size(); ++high) {
      const bool named = voicing[low] % 12 == chord.root && chord.has(1);
      if ((voicing[high] - voicing[low]) % 12 == 1 && voicing[high] - voicing[low] > 1 && !named)
        cost += 60;
    }
  }
  const std::size_t n = voicing.size();
  if (n > 1 && voicing[n - 1] - voicing[n - 2] == 1) cost += 30;
  return cost;
}

int cost_of(const Voicing& voicing, const ChordSymbol& chord, const VoicingOptions& options,
            const Voicing& previous) {
  const int aim = options.aim.value_or((options.range.low + options.range.high) / 2);
  int sum = 0;
  for (const int pitch : voicing) sum += pitch;
  const int off_aim =
      std::abs(sum - aim * static_cast<int>(voicing.size())) / static_cast<int>(voicing.size());
  int cost = roughness(voicing, chord) + off_aim * (previous.empty() ? 10 : 4);
  if (previous.empty()) return cost;
  cost += 10 * motion_between(previous, voicing);
  const int top_moves = std::abs(voicing.back() - previous.back());
  return cost + 12 * std::max(0, top_moves - 4);
}

enum class Layout : std::uint8_t { kOfItsType, kFree };

// Every way to place the classes in the range, one pitch each; keeps the cheapest.
class Search {
 public:
  Search(const ChordSymbol& chord, const VoicingOptions& options, const Voicing& previous)
      : chord_(chord), options_(options), previous_(previous) {}

  Voicing best(const std::vector<int>& classes, Layout layout) {
    layout_ = layout;
    best_.clear();
    best_cost_ = std::numeric_limits<int>::max();
    place(classes, 0);
    return best_;
  }

 private:
  void place(const std::vector<int>& classes, std::size_t index) {
    if (index == classes.size()) {
      weigh();
      return;
    }
    const int low = options_.range.low;
    for (int pitch = low + (classes[index] - low % 12 + 12) % 12; pitch <= options_.ceiling;
         pitch += 12) {
      placed_.push_back(pitch);
      place(classes, index + 1);
      placed_.pop_back();
    }
  }

  void weigh() {
    Voicing voicing = placed_;
    const int bass = voicing.front();
    std::sort(voicing.begin(), voicing.end());
    if (std::adjacent_find(voicing.begin(), voicing.end()) != voicing.end()) return;
    if (options_.root == VoicedRoot::kAtTheBottom && voicing.front() != bass) return;
    if (is_muddy(voicing)) return;
    if (layout_ == Layout::kOfItsType && !fits(voicing, chord_, options_)) return;
    const int cost = cost_of(voicing, chord_, options_, previous_);
    if (cost >= best_cost_) return;
    best_cost_ = cost;
    best_ = std::move(voicing);
  }

  const ChordSymbol& chord_;
  const VoicingOptions& options_;
  const Voicing& previous_;
  Layout layout_ = Layout::kOfItsType;
  Voicing placed_;
  Voicing best_;
  int best_cost_ = 0;
};

std::vector<int> without_doubling(std::vector<int> classes) {
  const auto last = classes.end() - 1;
  if (classes.size() > 2 && std::find(classes.begin(), last, *last) != last) classes.pop_back();
  return classes;
}

// Some tone of the chord, in a range that holds no more; the range's middle where it holds none.
Voicing single_tone(const ChordSymbol& chord, const PitchRange& range) {
  for (int pitch = range.low; pitch <= range.high; ++pitch)
    if (contains(chord, pitch)) return {pitch};
  return {(range.low + range.high) / 2};
}

}  // namespace

int lowest_for_interval(int semitones) {
  // By semitones from 1: E3 Eb3 D3 C3 Bb2 B2 C2 G2 F2 F2 F2; octave; ninths and tenths.
  constexpr std::array kLowest = {0, 52, 51, 50, 48, 46, 47, 36, 43, 41, 41, 41, 0, 40, 39, 36, 36};
  if (semitones < 0 || semitones >= static_cast<int>(kLowest.size())) return 0;
  return kLowest[static_cast<std::size_t>(semitones)];
}

bool is_muddy(const Voicing& voicing) {
  for (std::size_t i = 0; i + 1 < voicing.size(); ++i)
    if (voicing[i] < lowest_for_interval(voicing[i + 1] - voicing[i])) return true;
  return false;
}

int motion_between(const Voicing& from, const Voicing& to) {
  const auto one_way = [](const Voicing& some, const Voicing& others) {
    int sum = 0;
    for (const int pitch : some) {
      int nearest = 128;
      for (const int other : others) nearest = std::min(nearest, std::abs(pitch - other));
      sum += nearest;
    }
    return sum;
  };
  if (from.empty() || to.empty()) return 0;
  return one_way(from, to) + one_way(to, from);
}

Voicing voice_chord(const ChordSymbol& chord, const VoicingOptions& options,
                    const Voicing& previous) {
  VoicingOptions within = options;
  // Nine semitones hold a close triad in some inversion.
  within.ceiling = std::min(options.range.high, std::max(options.ceiling, options.range.low + 9));
  std::vector<int> classes = classes_for(chord, within);
  Search search(chord, within, previous);
  for (const bool whole_range : {false, true}) {
    if (whole_range) within.ceiling = options.range.high;
    for (const Layout layout : {Layout::kOfItsType, Layout::kFree}) {
      Voicing found = search.best(classes, layout);
      if (found.empty() && layout == Layout::kOfItsType)
        found = search.best(without_doubling(classes), layout);
      if (!found.empty()) return found;
    }
  }
  while (classes.size() > 1) {
    classes.pop_back();
    Voicing found = search.best(classes, Layout::kFree);
    if (!found.empty()) return found;
  }
  return single_tone(chord, options.range);
}

}  // namespace undersong
