// What stands for one piece when pieces are compared. Every figure is a share, a mean, a spread or
// a rate, so that a piece played twice measures nearly as played once. What a piece has nothing of
// counts as 0 (a drum track has no pitches), which is itself a trait.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "analysis/chords.h"
#include "base/portable_math.h"
#include "evaluate/note_lists.h"
#include "evaluate/statistics.h"
#include "evaluate/variety.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
constexpr double kMostPitch = 127.0;

struct NamedValue {
  const char* name;
  double value;
};
using NamedValues = std::vector<NamedValue>;

double log2_of(double x) {
  constexpr double kLn2 = 0.69314718055994530942;
  return portable_log(x) / kLn2;
}

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

// `measure` of each item.
template <typename Item, typename Measure>
Moments moments_over(const std::vector<Item>& items, Measure measure) {
  std::vector<double> values;
  values.reserve(items.size());
  for (const Item& item : items) values.push_back(measure(item));
  return moments_of(values);
}

// What begins together: a played chord is not struck at one tick.
struct OnsetGroup {
  Ticks onset_ticks = 0;
  Ticks longest_ticks = 0;
  int lowest = 0;
  int highest = 0;
};

// Notes within a 64th note of the first are one group, as the symbols of `tokens` have it.
std::vector<OnsetGroup> groups_of(const std::vector<Note>& notes, Ticks ticks_per_quarter) {
  std::vector<OnsetGroup> groups;
  for (const Note& note : notes) {
    const bool together =
        !groups.empty() &&
        16 * (std::int64_t{note.onset_ticks} - groups.back().onset_ticks) < ticks_per_quarter;
    if (!together) groups.push_back({note.onset_ticks, 0, note.pitch, note.pitch});
    OnsetGroup& group = groups.back();
    group.longest_ticks = std::max(group.longest_ticks, note.duration_ticks);
    group.lowest = std::min<int>(group.lowest, note.pitch);
    group.highest = std::max<int>(group.highest, note.pitch);
  }
  return groups;
}

// One piece, read once.
struct Piece {
  explicit Piece(const Score& source)
      : score(source),
        tempo(source),
        all(notes_of(source, NoteChoice::kAll)),
        pitched(notes_of(source, NoteChoice::kPitched)),
        percussion(notes_of(source, NoteChoice::kPercussion)),
        all_groups(groups_of(all, source.ticks_per_quarter)),
        pitched_groups(groups_of(pitched, source.ticks_per_quarter)) {}

  double quarters(Ticks ticks) const {
    return static_cast<double>(ticks) / score.ticks_per_quarter;
  }

  const Score& score;
  TempoMap tempo;
  std::vector<Note> all;
  std::vector<Note> pitched;
  std::vector<Note> percussion;
  std::vector<OnsetGroup> all_groups;
  std::vector<OnsetGroup> pitched_groups;
};

using PitchClasses = std::array<double, kPitchClasses>;

PitchClasses sounding_pitch_classes(const std::vector<Note>& notes) {
  PitchClasses shares{};
  double sum = 0.0;
  for (const Note& note : notes) {
    shares[note.pitch % kPitchClasses] += note.duration_ticks;
    sum += note.duration_ticks;
  }
  for (double& share : shares) share = ratio(share, sum);
  return shares;
}

double entropy_bits(const PitchClasses& shares) {
  double bits = 0.0;
  for (const double share : shares) bits -= share > 0.0 ? share * log2_of(share) : 0.0;
  return bits;
}

// Pearson's correlation of `shares`, read from `tonic` on, with a key's profile.
double correlation(const PitchClasses& shares, std::size_t tonic, const PitchClasses& profile) {
  const Moments of_shares = moments_of(shares);
  const Moments of_profile = moments_of(profile);
  double sum = 0.0;
  for (std::size_t i = 0; i < kPitchClasses; ++i) {
    sum += (shares[(tonic + i) % kPitchClasses] - of_shares.mean) * (profile[i] - of_profile.mean);
  }
  return ratio(sum / kPitchClasses, of_shares.deviation * of_profile.deviation);
}

double best_correlation(const PitchClasses& shares, const PitchClasses& profile) {
  double best = -1.0;
  for (std::size_t tonic = 0; tonic < kPitchClasses; ++tonic) {
    best = std::max(best, correlation(shares, tonic, profile));
  }
  return best;
}

// Profiles: Krumhansl & Kessler 1982, doi:10.1037/0033-295X.89.4.334, table of probe tones.
void add_pitch(const Piece& piece, NamedValues& values) {
  constexpr PitchClasses kMajor = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09,
                                   2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
  constexpr PitchClasses kMinor = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53,
                                   2.54, 4.75, 3.98, 2.69, 3.34, 3.17};
  const PitchClasses shares = sounding_pitch_classes(piece.pitched);
  const double major = best_correlation(shares, kMajor);
  const double minor = best_correlation(shares, kMinor);
  const Moments pitches =
      moments_over(piece.pitched, [](const Note& note) { return note.pitch / kMostPitch; });
  const Moments lowest = moments_over(
      piece.pitched_groups, [](const OnsetGroup& group) { return group.lowest / kMostPitch; });
  const Moments highest = moments_over(
      piece.pitched_groups, [](const OnsetGroup& group) { return group.highest / kMostPitch; });
  values.push_back({"pitch class entropy", entropy_bits(shares)});
  values.push_back({"key clearness", std::max(major, minor)});
  values.push_back({"minor over major", minor - major});
  values.push_back({"mean pitch", pitches.mean});
  values.push_back({"pitch deviation", pitches.deviation});
  values.push_back({"mean lowest pitch", lowest.mean});
  values.push_back({"mean highest pitch", highest.mean});
}

// The line of the highest notes.
void add_melody(const Piece& piece, NamedValues& values) {
  constexpr int kLargestStep = 2;   // semitones
  constexpr int kSmallestLeap = 5;  // a fourth
  double semitones = 0.0;
  double repeats = 0.0;
  double steps = 0.0;
  double leaps = 0.0;
  double rises = 0.0;
  const auto& groups = piece.pitched_groups;
  for (std::size_t i = 1; i < groups.size(); ++i) {
    const int interval = groups[i].highest - groups[i - 1].highest;
    const int size = std::abs(interval);
    semitones += size;
    repeats += size == 0 ? 1.0 : 0.0;
    steps += size >= 1 && size <= kLargestStep ? 1.0 : 0.0;
    leaps += size >= kSmallestLeap ? 1.0 : 0.0;
    rises += interval > 0 ? 1.0 : 0.0;
  }
  const double count = groups.empty() ? 0.0 : static_cast<double>(groups.size() - 1);
  values.push_back({"melodic interval", ratio(semitones, count)});
  values.push_back({"repeated notes", ratio(repeats, count)});
  values.push_back({"steps", ratio(steps, count)});
  values.push_back({"leaps", ratio(leaps, count)});
  values.push_back({"rising share", ratio(rises, count - repeats)});
}

// Shares of the time that chords of a kind last, and how often they change.
void add_harmony(const Piece& piece, NamedValues& values) {
  double major = 0.0;
  double minor = 0.0;
  double sevenths = 0.0;
  double all = 0.0;
  double spans = 0.0;
  for (const ChordSpan& span : recognise_chords(piece.score)) {
    const double ticks = static_cast<double>(span.end_ticks) - span.onset_ticks;
    const ChordQuality quality = span.chord.quality;
    all += ticks;
    spans += 1.0;
    major += quality == ChordQuality::kMajor ? ticks : 0.0;
    minor += quality == ChordQuality::kMinor ? ticks : 0.0;
    sevenths += quality >= ChordQuality::kDominant7 ? ticks : 0.0;
  }
  const double quarters = all / piece.score.ticks_per_quarter;
  values.push_back({"major chords", ratio(major, all)});
  values.push_back({"minor chords", ratio(minor, all)});
  values.push_back({"seventh chords", ratio(sevenths, all)});
  values.push_back({"chords a quarter", ratio(spans, quarters)});
}

// Of texture.h those that do not fall with the length: the share of distinct chord trigrams does.
void add_bars(const Piece& piece, NamedValues& values) {
  const Texture texture = measure_texture(piece.score);
  values.push_back({"bar entropy", texture.entropy_1_bar.value_or(0.0)});
  values.push_back({"grooving similarity", texture.grooving_similarity.value_or(0.0)});
}

// Ticks in which at least one of `notes` sounds.
double covered_ticks(const std::vector<Note>& notes) {
  std::int64_t covered = 0;
  std::int64_t until = 0;
  for (const Note& note : notes) {
    const std::int64_t end = std::int64_t{note.onset_ticks} + note.duration_ticks;
    covered += std::max<std::int64_t>(0, end - std::max<std::int64_t>(until, note.onset_ticks));
    until = std::max(until, end);
  }
  return static_cast<double>(covered);
}

void add_texture(const Piece& piece, NamedValues& values) {
  double sounding = 0.0;
  Ticks end = 0;
  for (const Note& note : piece.pitched) sounding += note.duration_ticks;
  for (const Note& note : piece.all) end = std::max(end, note.onset_ticks + note.duration_ticks);
  const Ticks begin = piece.all.empty() ? 0 : piece.all.front().onset_ticks;
  const double seconds = piece.tempo.seconds_at(end) - piece.tempo.seconds_at(begin);
  const double covered = covered_ticks(piece.pitched);
  const double rate = ratio(static_cast<double>(piece.all.size()), seconds);
  values.push_back({"voices", ratio(sounding, covered)});
  values.push_back({"silence", 1.0 - ratio(covered_ticks(piece.all), end - begin)});
  values.push_back({"notes an onset", ratio(static_cast<double>(piece.pitched.size()),
                                            static_cast<double>(piece.pitched_groups.size()))});
  values.push_back({"notes a second", log2_of(1.0 + rate)});
}

// Where in its quarter each onset falls, by the nearest of the places of 16ths and triplets; those
// farther than a 24th of a quarter from all are none of them.
void add_places(const Piece& piece, NamedValues& values) {
  constexpr double kTolerance = 1.0 / 24.0;
  constexpr double kSwungFrom = 0.4;  // where the second eighth may fall
  constexpr double kSwungTo = 0.75;
  double beats = 0.0;
  double halves = 0.0;
  double sixteenths = 0.0;
  double triplets = 0.0;
  std::vector<double> seconds;
  const auto near = [&](double place, double target) {
    return std::abs(place - target) <= kTolerance;
  };
  for (const OnsetGroup& group : piece.all_groups) {
    const double place = piece.quarters(group.onset_ticks % piece.score.ticks_per_quarter);
    beats += near(place, 0.0) || near(place, 1.0) ? 1.0 : 0.0;
    halves += near(place, 0.5) ? 1.0 : 0.0;
    sixteenths += near(place, 0.25) || near(place, 0.75) ? 1.0 : 0.0;
    triplets += !near(place, 0.25) && !near(place, 0.75) &&
                        (near(place, 1.0 / 3.0) || near(place, 2.0 / 3.0))
                    ? 1.0
                    : 0.0;
    if (place >= kSwungFrom && place < kSwungTo) seconds.push_back(place);
  }
  const auto count = static_cast<double>(piece.all_groups.size());
  values.push_back({"on the beat", ratio(beats, count)});
  values.push_back({"between beats", ratio(halves, count)});
  values.push_back({"on 16ths", ratio(sixteenths, count)});
  values.push_back({"on triplets", ratio(triplets, count)});
  values.push_back({"second eighth", seconds.empty() ? 0.5 : moments_of(seconds).mean});
}

// The share of onsets that come off the beat with none on the beat that follows.
double syncopation(const Piece& piece) {
  const Ticks quarter = piece.score.ticks_per_quarter;
  const Ticks tolerance = quarter / 12;  // a played beat is not exact
  double syncopated = 0.0;
  const auto& groups = piece.all_groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Ticks place = groups[i].onset_ticks % quarter;
    if (place <= tolerance || place >= quarter - tolerance) continue;
    const std::int64_t beat = std::int64_t{groups[i].onset_ticks} - place + quarter;
    const bool answered = i + 1 < groups.size() && groups[i + 1].onset_ticks <= beat + tolerance;
    syncopated += answered ? 0.0 : 1.0;
  }
  return ratio(syncopated, static_cast<double>(groups.size()));
}

void add_durations(const Piece& piece, NamedValues& values) {
  constexpr double kShortest = 1.0 / 64.0;  // of a quarter: grace notes do not rule the mean
  constexpr double kMostLegato = 2.0;
  const Moments lengths = moments_over(piece.pitched, [&](const Note& note) {
    return log2_of(std::max(kShortest, piece.quarters(note.duration_ticks)));
  });
  std::vector<double> intervals;
  std::vector<double> legato;
  const auto& all = piece.all_groups;
  intervals.reserve(all.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    intervals.push_back(log2_of(piece.quarters(all[i].onset_ticks - all[i - 1].onset_ticks)));
  }
  const auto& pitched = piece.pitched_groups;
  legato.reserve(pitched.size());
  for (std::size_t i = 1; i < pitched.size(); ++i) {
    const double interval = pitched[i].onset_ticks - pitched[i - 1].onset_ticks;
    legato.push_back(std::min(kMostLegato, pitched[i - 1].longest_ticks / interval));
  }
  values.push_back({"note length", lengths.mean});
  values.push_back({"note length deviation", lengths.deviation});
  values.push_back({"inter-onset interval", moments_of(intervals).mean});
  values.push_back({"inter-onset deviation", moments_of(intervals).deviation});
  values.push_back({"legato", moments_of(legato).mean});
  values.push_back({"syncopation", syncopation(piece)});
}

void add_performance(const Piece& piece, NamedValues& values) {
  const Moments velocities =
      moments_over(piece.all, [](const Note& note) { return note.velocity / kMostPitch; });
  const Moments tempos = moments_over(piece.all_groups, [&](const OnsetGroup& group) {
    return log2_of(piece.tempo.bpm_at(group.onset_ticks));
  });
  values.push_back({"velocity", velocities.mean});
  values.push_back({"velocity deviation", velocities.deviation});
  values.push_back({"tempo", tempos.mean});
  values.push_back({"tempo deviation", tempos.deviation});
}

// The program that each channel has from each tick on.
class Programs {
 public:
  explicit Programs(const Score& score) {
    for (const Track& track : score.tracks) {
      for (const ControlEvent& event : track.controls) {
        if (event.kind == ControlEvent::Kind::kProgram) channels_[event.channel].push_back(event);
      }
    }
    for (auto& events : channels_) std::ranges::stable_sort(events, {}, &ControlEvent::tick);
  }

  // 0, a piano, before the first change.
  std::size_t at(const Note& note) const {
    const auto& events = channels_[note.channel];
    const auto after = std::ranges::upper_bound(events, note.onset_ticks, {}, &ControlEvent::tick);
    return after == events.begin() ? 0 : static_cast<std::size_t>((after - 1)->value);
  }

 private:
  std::array<std::vector<ControlEvent>, 16> channels_;
};

// General MIDI's sixteen families of eight programs; those that share a part here share a role.
void add_instruments(const Piece& piece, NamedValues& values) {
  constexpr std::array<const char*, 11> kNames = {"piano",
                                                  "chromatic percussion",
                                                  "organ",
                                                  "guitar",
                                                  "bass",
                                                  "strings",
                                                  "brass",
                                                  "reed",
                                                  "pipe",
                                                  "synth",
                                                  "other instruments"};
  constexpr std::array<std::size_t, 16> kParts = {0, 1, 2, 3, 4, 5,  5,  6,
                                                  7, 8, 9, 9, 9, 10, 10, 10};
  const Programs programs(piece.score);
  std::array<double, kNames.size()> counts{};
  for (const Note& note : piece.pitched) counts[kParts[programs.at(note) / 8]] += 1.0;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    values.push_back({kNames[i], ratio(counts[i], static_cast<double>(piece.pitched.size()))});
  }
}

// Percussion by kind. Source: General MIDI System Level 1 (RP-003), table 3.
void add_percussion(const Piece& piece, NamedValues& values) {
  constexpr int kKinds = 6;
  constexpr std::array<const char*, kKinds> kNames = {"bass drum", "snare",   "hi-hat",
                                                      "toms",      "cymbals", "other percussion"};
  // Keys 35 … 59; 5 is the rest.
  constexpr std::array<std::size_t, 25> kKindOf = {0, 0, 1, 1, 1, 1, 3, 2, 3, 2, 3, 2, 3,
                                                   3, 4, 3, 4, 4, 4, 5, 4, 5, 4, 5, 4};
  std::array<double, kKinds> counts{};
  for (const Note& note : piece.percussion) {
    const bool known = note.pitch >= 35 && note.pitch < 35 + kKindOf.size();
    counts[known ? kKindOf[note.pitch - 35U] : 5] += 1.0;
  }
  const auto count = static_cast<double>(piece.percussion.size());
  values.push_back({"percussion", ratio(count, static_cast<double>(piece.all.size()))});
  for (std::size_t i = 0; i < kKinds; ++i) values.push_back({kNames[i], ratio(counts[i], count)});
}

NamedValues measure_style(const Score& score) {
  const Piece piece(score);
  NamedValues values;
  add_pitch(piece, values);
  add_melody(piece, values);
  add_harmony(piece, values);
  add_texture(piece, values);
  add_bars(piece, values);
  add_places(piece, values);
  add_durations(piece, values);
  add_performance(piece, values);
  add_instruments(piece, values);
  add_percussion(piece, values);
  return values;
}

std::vector<const char*> collect_names() {
  const NamedValues values = measure_style(Score{});
  std::vector<const char*> names(values.size());
  std::ranges::transform(values, names.begin(), &NamedValue::name);
  return names;
}

}  // namespace

std::vector<double> style_features(const Score& score) {
  const NamedValues named = measure_style(score);
  std::vector<double> values(named.size());
  std::ranges::transform(named, values.begin(), &NamedValue::value);
  return values;
}

std::span<const char* const> style_feature_names() {
  static const std::vector<const char*> names = collect_names();
  return names;
}

}  // namespace undersong
