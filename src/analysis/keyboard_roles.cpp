#include "analysis/keyboard_roles.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace undersong {
namespace {

constexpr int kNoPitch = -1;
constexpr int kHighestBass = 57;    // A3
constexpr int kLowestLead = 55;     // G3
constexpr int kBassSlack = 2;       // above the lowest within a beat: still the low line
constexpr int kLeadSlack = 5;       // below the highest
constexpr int kLongLeadSlack = 12;  // of a note of most of a beat that nothing sounds above
constexpr int kShortBassReach = 9;  // of a short note above the lowest of its bar
constexpr int kBassStep = 2;        // from one note of the line to the next
constexpr int kLeadStep = 4;
constexpr int kOctave = 12;

// Keys struck together: a range of `keys`.
struct Strike {
  std::size_t first = 0;
  std::size_t last = 0;  // the last one not among them
  Ticks tick = 0;
  std::size_t frame = 0;
  int lowest = kNoPitch;
  int highest = kNoPitch;
  int lowest_sounding = std::numeric_limits<int>::max();  // of keys held from before
  int highest_sounding = kNoPitch;
  bool is_lowest_short = false;  // its lowest key: less than 3/4 of a beat
  bool is_highest_short = false;
  int low_around = 0;  // the lowest within a beat before and after
  int high_around = 0;
};

class Division {
 public:
  Division(const std::vector<KeyboardNote>& keys, const std::vector<KeyboardFrame>& frames,
           Ticks ticks_per_quarter, std::vector<RoledNote>& notes)
      : keys_(keys), frames_(frames), quarter_(ticks_per_quarter), notes_(notes) {
    collect_strikes();
    hear_held_keys();
    look_around();
  }

  void divide() {
    for (const auto& key : keys_) notes_[key.note].role = Role::kChords;
    int last_bass = kNoPitch;
    int last_lead = kNoPitch;
    for (const Strike& strike : strikes_) {
      if (frames_[strike.frame].bass && in_bass_line(strike, last_bass)) {
        give_bass(strike);
        last_bass = strike.lowest;
      }
      if (!frames_[strike.frame].lead) {
        last_lead = kNoPitch;
      } else if (in_lead_line(strike, last_lead)) {
        give_lead(strike);
        last_lead = strike.highest;
      }
    }
    divide_rest();
  }

 private:
  const Note& note(const KeyboardNote& key) const { return notes_[key.note].note; }
  Role& role(const KeyboardNote& key) { return notes_[key.note].role; }

  // Played chords are rolled a little: what comes within 1/12 of a quarter is struck together.
  void collect_strikes() {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const Note& here = note(keys_[i]);
      const bool joins = !strikes_.empty() && strikes_.back().frame == keys_[i].frame &&
                         here.onset_ticks - strikes_.back().tick <= quarter_ / 12;
      if (!joins) {
        Strike strike;
        strike.first = i;
        strike.tick = here.onset_ticks;
        strike.frame = keys_[i].frame;
        strike.lowest = strike.highest = here.pitch;
        strikes_.push_back(strike);
      }
      Strike& strike = strikes_.back();
      strike.last = i + 1;
      const bool is_short = here.duration_ticks < quarter_ - quarter_ / 4;
      if (!joins || here.pitch < strike.lowest) strike.is_lowest_short = is_short;
      if (!joins || here.pitch > strike.highest) strike.is_highest_short = is_short;
      strike.lowest = std::min<int>(strike.lowest, here.pitch);
      strike.highest = std::max<int>(strike.highest, here.pitch);
    }
  }

  void hear_held_keys() {
    std::vector<const Note*> held;
    for (Strike& strike : strikes_) {
      const Ticks after = strike.tick + quarter_ / 6;  // legato overlaps are not holding
      std::erase_if(
          held, [&](const Note* key) { return key->onset_ticks + key->duration_ticks <= after; });
      for (const Note* key : held) {
        strike.lowest_sounding = std::min<int>(strike.lowest_sounding, key->pitch);
        strike.highest_sounding = std::max<int>(strike.highest_sounding, key->pitch);
      }
      for (std::size_t i = strike.first; i < strike.last; ++i) held.push_back(&note(keys_[i]));
    }
  }

  // A beat to either side. What is a whole beat away counts for short notes alone: an Alberti bass
  // has its low note a beat before, and a walking one walks by beats.
  void look_around() {
    lowest_of_.assign(frames_.size(), std::numeric_limits<int>::max());
    for (const Strike& strike : strikes_)
      lowest_of_[strike.frame] = std::min(lowest_of_[strike.frame], strike.lowest);
    std::size_t begin = 0;
    std::size_t end = 0;
    for (Strike& strike : strikes_) {
      const Ticks farthest = strike.is_lowest_short ? quarter_ : quarter_ - quarter_ / 12 - 1;
      const Ticks slack = quarter_ / 24;
      while (strikes_[begin].tick < strike.tick - quarter_ - slack) ++begin;
      while (end < strikes_.size() && strikes_[end].tick <= strike.tick + quarter_ + slack) ++end;
      strike.low_around = strike.lowest;
      strike.high_around = strike.highest;
      for (std::size_t i = begin; i < end; ++i) {
        if (std::abs(strikes_[i].tick - strike.tick) > farthest + slack) continue;
        strike.low_around = std::min(strike.low_around, strikes_[i].lowest);
        strike.high_around = std::max(strike.high_around, strikes_[i].highest);
      }
    }
  }

  Hand hand_of_pitch(const Strike& strike, int pitch) const {
    for (std::size_t i = strike.first; i < strike.last; ++i) {
      if (note(keys_[i]).pitch == pitch) return keys_[i].hand;
    }
    return Hand::kUnknown;
  }

  bool in_bass_line(const Strike& strike, int last_bass) const {
    const int pitch = strike.lowest;
    const Hand hand = hand_of_pitch(strike, pitch);
    if (hand == Hand::kRight || pitch > kHighestBass) return false;
    if (strike.lowest_sounding < pitch) return false;
    if (strike.is_lowest_short && pitch > lowest_of_[strike.frame] + kShortBassReach) return false;
    const bool step = last_bass != kNoPitch && std::abs(pitch - last_bass) <= kBassStep;
    return pitch <= strike.low_around + kBassSlack || step;
  }

  bool in_lead_line(const Strike& strike, int last_lead) const {
    const int pitch = strike.highest;
    const Hand hand = hand_of_pitch(strike, pitch);
    if (hand == Hand::kLeft || pitch < kLowestLead) return false;
    if (strike.highest_sounding > pitch) return false;
    const bool step = last_lead != kNoPitch && std::abs(pitch - last_lead) <= kLeadStep;
    const int slack = strike.is_highest_short ? kLeadSlack : kLongLeadSlack;
    return pitch >= strike.high_around - slack || step;
  }

  void give_bass(const Strike& strike) {
    for (std::size_t i = strike.first; i < strike.last; ++i) {
      const int above = note(keys_[i]).pitch - strike.lowest;
      if (above == 0 || (above == kOctave && keys_[i].hand != Hand::kRight &&
                         note(keys_[i]).pitch <= kHighestBass))
        role(keys_[i]) = Role::kBass;
    }
  }

  void give_lead(const Strike& strike) {
    for (std::size_t i = strike.first; i < strike.last; ++i) {
      const int below = strike.highest - note(keys_[i]).pitch;
      if (role(keys_[i]) != Role::kBass &&
          (below == 0 || (below == kOctave && keys_[i].hand != Hand::kLeft)))
        role(keys_[i]) = Role::kLead;
    }
  }

  // Bar by bar: what is neither bass nor lead is an arpeggio where its notes come one by one.
  void divide_rest() {
    struct Rest {
      int notes = 0;
      int strikes = 0;
      double quarters = 0.0;
    };
    std::vector<Rest> rest(frames_.size());
    for (const Strike& strike : strikes_) {
      int notes = 0;
      for (std::size_t i = strike.first; i < strike.last; ++i) {
        if (role(keys_[i]) != Role::kChords) continue;
        ++notes;
        rest[strike.frame].quarters +=
            static_cast<double>(note(keys_[i]).duration_ticks) / quarter_;
      }
      rest[strike.frame].notes += notes;
      rest[strike.frame].strikes += notes > 0 ? 1 : 0;
    }
    for (const auto& key : keys_) {
      if (role(key) != Role::kChords) continue;
      const Rest& here = rest[key.frame];
      const double polyphony = static_cast<double>(here.notes) / here.strikes;
      if (here.strikes >= 4 && polyphony <= 1.34 && here.quarters / here.notes <= 1.0 &&
          note(key).duration_ticks <= quarter_)
        role(key) = Role::kArpeggio;
    }
  }

  const std::vector<KeyboardNote>& keys_;
  const std::vector<KeyboardFrame>& frames_;
  Ticks quarter_;
  std::vector<RoledNote>& notes_;
  std::vector<Strike> strikes_;
  std::vector<int> lowest_of_;  // by frame
};

}  // namespace

void divide_keyboard(const std::vector<KeyboardNote>& keys,
                     const std::vector<KeyboardFrame>& frames, Ticks ticks_per_quarter,
                     std::vector<RoledNote>& notes) {
  Division(keys, frames, ticks_per_quarter, notes).divide();
}

}  // namespace undersong
