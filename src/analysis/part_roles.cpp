#include "analysis/part_roles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>

#include "analysis/keyboard_roles.h"
#include "analysis/parts.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

constexpr std::size_t kNoPart = PartTable::kNoPart;

// ---- Percussion ----

// Keys of the General MIDI drum map that are no part of a kit: what hands shake and strike.
Role role_of_drum(int key) {
  const bool by_hand = key == 54 || key == 56 || key == 58 || (key >= 60 && key <= 87);
  return by_hand ? Role::kPercussion : Role::kDrums;
}

// Instruments without keys of their own on other channels, as the drum that comes nearest: kettle
// drums become toms, low ones the floor tom.
std::optional<std::uint8_t> drum_of_program(int program, int pitch) {
  constexpr std::uint8_t kFloorTom = 41;
  constexpr std::uint8_t kHighFloorTom = 43;
  constexpr std::uint8_t kLowTom = 45;
  constexpr std::uint8_t kHighAgogo = 67;
  constexpr std::uint8_t kHighWoodBlock = 76;
  const auto tom = [pitch] {
    return pitch < 45 ? kFloorTom : pitch < 50 ? kHighFloorTom : kLowTom;
  };
  switch (program) {
    case 47:   // timpani
    case 116:  // taiko
    case 117:  // melodic tom
    case 118:  // synth drum
      return tom();
    case 113: return kHighAgogo;
    case 115: return kHighWoodBlock;
    default: return std::nullopt;
  }
}

void set_percussion(const PartTable& table, std::vector<RoledNote>& notes) {
  for (const Part& part : table.parts) {
    for (const std::size_t index : part.notes) {
      Note& note = notes[index].note;
      const auto drum = drum_of_program(part.program, note.pitch);
      if (!drum) break;
      note.pitch = *drum;
      notes[index].role = Role::kPercussion;
    }
  }
}

bool is_timpani(const Part& part) { return drum_of_program(part.program, 60).has_value(); }

// ---- Textures of a part in a bar ----

bool rings(int program) {
  return (program >= 16 && program <= 23) || (program >= 40 && program <= 44) ||
         (program >= 48 && program <= 54) || (program >= 56 && program <= 79) ||
         (program >= 88 && program <= 103);
}

Role texture_of(const Part& part, const PartBar& bar) {
  const double quarters = bar.mean_quarters();
  if (rings(part.program) &&
      (quarters >= 1.75 || (part.kind == PartKind::kSustained && quarters >= 1.0)))
    return Role::kPad;
  const bool one_by_one = bar.onsets >= 4 && bar.polyphony() <= 1.3;
  if (one_by_one && quarters <= 1.0 && 2 * bar.leaps >= bar.onsets) return Role::kArpeggio;
  return Role::kChords;
}

// ---- Who leads ----

// Onsets that two bars share, over those that either has.
double same_rhythm(const PartBar& a, const PartBar& b) {
  std::size_t common = 0;
  for (const std::uint16_t position : a.positions)
    common += std::binary_search(b.positions.begin(), b.positions.end(), position) ? 1U : 0U;
  const std::size_t either = a.positions.size() + b.positions.size() - common;
  return either == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(either);
}

class Ensemble {
 public:
  Ensemble(const PartTable& table, Ticks ticks_per_quarter, std::vector<RoledNote>& notes)
      : table_(table), quarter_(ticks_per_quarter), notes_(notes) {}

  void assign() {
    roles_.assign(table_.frames.size(), std::vector<Role>(table_.parts.size(), Role::kChords));
    std::size_t lead = kNoPart;
    std::size_t counter = kNoPart;
    for (std::size_t frame = 0; frame < table_.frames.size(); ++frame) {
      lead = lead_of(frame, lead);
      counter = counter_of(frame, lead, counter);
      set_roles(frame, lead, counter);
      keyboard_frames_.push_back({!has_bass(frame), lead == kNoPart});
    }
    apply();
  }

 private:
  const PartBar& bar(std::size_t part, std::size_t frame) const {
    return table_.parts[part].bars[frame];
  }
  bool plays(std::size_t part, std::size_t frame) const { return bar(part, frame).notes > 0; }

  // How well a part would lead around a bar.
  double lead_score(std::size_t number, std::size_t frame) const {
    const Part& part = table_.parts[number];
    double sum = 0.0;
    double weights = 0.0;
    const std::size_t first = frame < 2 ? 0 : frame - 2;
    for (std::size_t f = first; f < std::min(frame + 3, table_.frames.size()); ++f) {
      if (!plays(number, f)) continue;
      const double weight = f == frame ? 2.0 : 1.0;
      sum += weight * score_of_bar(part.bars[f]);
      weights += weight;
    }
    const double loud = (part.mean_velocity - 64.0) / 128.0;
    return part.lead_prior + loud + (weights > 0.0 ? sum / weights : 0.0);
  }

  static double score_of_bar(const PartBar& here) {
    const double high = std::clamp((here.mean_pitch() - 64.0) * 0.03, -0.9, 0.5);
    const double busy = 0.3 * std::min(here.onsets, 8) / 8.0;
    const double thick = 0.6 * std::min(here.polyphony() - 1.0, 2.0);
    const bool monotone = (here.pitch_classes & (here.pitch_classes - 1)) == 0 && here.onsets > 2;
    const bool broken_chord = here.onsets >= 6 && 5 * here.leaps >= 4 * here.onsets;
    return high + busy - thick - (monotone ? 1.2 : broken_chord ? 0.35 : 0.0);
  }

  bool may_lead(std::size_t number) const {
    const PartKind kind = table_.parts[number].kind;
    return kind != PartKind::kBass && kind != PartKind::kKeyboard &&
           !is_timpani(table_.parts[number]);
  }

  std::size_t lead_of(std::size_t frame, std::size_t before) const {
    constexpr double kFewest = 0.3;  // less than this leads nothing
    constexpr double kStays = 0.25;
    std::size_t best = kNoPart;
    double best_score = kFewest;
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      if (!may_lead(i) || !plays(i, frame)) continue;
      const double score = lead_score(i, frame) + (i == before ? kStays : 0.0);
      if (score <= best_score) continue;
      best = i;
      best_score = score;
    }
    return best;
  }

  // The best of the others with a rhythm of its own.
  std::size_t counter_of(std::size_t frame, std::size_t lead, std::size_t before) const {
    constexpr double kFewest = 0.35;
    constexpr double kStays = 0.2;
    std::size_t best = kNoPart;
    double best_score = kFewest;
    if (lead == kNoPart) return best;
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      if (i == lead || !may_lead(i) || !plays(i, frame) || !is_own_line(i, lead, frame)) continue;
      const double score = lead_score(i, frame) + (i == before ? kStays : 0.0);
      if (score <= best_score) continue;
      best = i;
      best_score = score;
    }
    return best;
  }

  bool is_own_line(std::size_t number, std::size_t lead, std::size_t frame) const {
    const PartBar& here = bar(number, frame);
    if (here.polyphony() > 1.3 || texture_of(table_.parts[number], here) != Role::kChords)
      return false;
    if (same_rhythm(here, bar(lead, frame)) > 0.8) return false;
    // What moves together is accompaniment.
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      if (i == number || i == lead || !plays(i, frame) || here.onsets < 3) continue;
      if (same_rhythm(here, bar(i, frame)) > 0.75 &&
          (here.pitch_classes != bar(i, frame).pitch_classes))
        return false;
    }
    return true;
  }

  bool has_bass(std::size_t frame) const {
    return std::find(roles_[frame].begin(), roles_[frame].end(), Role::kBass) !=
           roles_[frame].end();
  }

  void set_roles(std::size_t frame, std::size_t lead, std::size_t counter) {
    auto& roles = roles_[frame];
    bool bass_plays = false;
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      if (!plays(i, frame)) {
        roles[i] = Role::kChords;
        continue;
      }
      roles[i] = i == lead      ? Role::kLead
                 : i == counter ? Role::kCounter
                 : table_.parts[i].kind == PartKind::kBass
                     ? Role::kBass
                     : texture_of(table_.parts[i], bar(i, frame));
      if (is_timpani(table_.parts[i])) roles[i] = Role::kChords;
      bass_plays = bass_plays || roles[i] == Role::kBass;
    }
    give_bass_to_low_parts(frame, lead, bass_plays);
    follow(frame, lead);
    follow(frame, counter);
  }

  // Who plays the same line in unison or an octave away goes with it; who doubles it from farther
  // away is harmony, and no arpeggio however the line leaps.
  void follow(std::size_t frame, std::size_t line) {
    constexpr double kOctave = 13.0;  // and a little for what the other leaves out
    if (line == kNoPart) return;
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      Role& role = roles_[frame][i];
      if (i == line || !plays(i, frame) || role == Role::kBass || role == Role::kLead ||
          !may_lead(i) || !is_same_line(bar(i, frame), bar(line, frame)))
        continue;
      const double apart = std::abs(bar(i, frame).mean_pitch() - bar(line, frame).mean_pitch());
      role = apart <= kOctave ? roles_[frame][line] : Role::kChords;
    }
  }

  static bool is_same_line(const PartBar& a, const PartBar& b) {
    return a.pitch_classes == b.pitch_classes && same_rhythm(a, b) > 0.8 && a.onsets > 1;
  }

  // Celli and bassoons double the basses, or are the bass where there are none; where nobody is
  // made for it, the lowest single line that lies low.
  void give_bass_to_low_parts(std::size_t frame, std::size_t lead, bool bass_plays) {
    constexpr double kLowLine = 53.0;
    std::size_t lowest = kNoPart;
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      const Part& part = table_.parts[i];
      if (i == lead || !plays(i, frame) || is_timpani(part)) continue;
      if (bass_plays && part.kind == PartKind::kLow && doubles_bass(i, frame))
        roles_[frame][i] = Role::kBass;
      if (part.kind == PartKind::kKeyboard) continue;
      if (lowest == kNoPart || bar(i, frame).mean_pitch() < bar(lowest, frame).mean_pitch())
        lowest = i;
    }
    if (bass_plays || lowest == kNoPart) return;
    const bool low = table_.parts[lowest].kind == PartKind::kLow;
    if (bar(lowest, frame).polyphony() <= 1.3 &&
        bar(lowest, frame).mean_pitch() < (low ? 60.0 : kLowLine)) {
      roles_[frame][lowest] = Role::kBass;
      for (std::size_t i = 0; i < table_.parts.size(); ++i) {
        if (i != lead && plays(i, frame) && table_.parts[i].kind == PartKind::kLow &&
            doubles_bass(i, frame))
          roles_[frame][i] = Role::kBass;
      }
    }
  }

  bool doubles_bass(std::size_t number, std::size_t frame) const {
    for (std::size_t i = 0; i < table_.parts.size(); ++i) {
      if (i == number || roles_[frame][i] != Role::kBass || !plays(i, frame)) continue;
      if (bar(i, frame).pitch_classes == bar(number, frame).pitch_classes &&
          same_rhythm(bar(i, frame), bar(number, frame)) > 0.6)
        return true;
    }
    return false;
  }

  void apply() {
    std::vector<KeyboardNote> keys;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      const std::size_t number = table_.part_of[i];
      if (number == kNoPart || notes_[i].role == Role::kPercussion) continue;
      const std::size_t frame = table_.frame_of[i];
      notes_[i].role = roles_[frame][number];
      if (table_.parts[number].kind == PartKind::kKeyboard)
        keys.push_back({i, frame, hand_of(table_.parts[number])});
    }
    divide_keyboard(keys, keyboard_frames_, quarter_, notes_);
  }

  static Hand hand_of(const Part& part) {
    for (const std::string_view word : {"left", "lower", "staffl", "pedal"}) {
      if (has_word(part.name, word)) return Hand::kLeft;
    }
    for (const std::string_view word : {"right", "upper", "staffu"}) {
      if (has_word(part.name, word)) return Hand::kRight;
    }
    return Hand::kUnknown;
  }

  const PartTable& table_;
  Ticks quarter_;
  std::vector<RoledNote>& notes_;
  std::vector<std::vector<Role>> roles_;  // by frame and part
  std::vector<KeyboardFrame> keyboard_frames_;
};

}  // namespace

std::optional<Role> role_of_name(std::string_view name) {
  const std::string wanted = lower_case(name);
  for (const Role role : kRoles) {
    if (wanted == name_of(role) || wanted == lower_case(title_of(role))) return role;
  }
  return std::nullopt;
}

bool names_its_roles(const Score& score) {
  for (const Track& track : score.tracks) {
    if (track.notes.empty()) continue;
    const auto role = role_of_name(track.name);
    const bool on_drums = track.notes.front().channel == kDrumChannel;
    if (!role || is_percussive(*role) != on_drums) return false;
  }
  return true;
}

std::vector<RoledNote> roles_of(const Score& score, bool drums_only) {
  const bool named = !drums_only && names_its_roles(score);
  std::vector<RoledNote> notes;
  for (std::size_t track = 0; track < score.tracks.size(); ++track) {
    const auto role = named ? role_of_name(score.tracks[track].name) : std::nullopt;
    for (const Note& note : score.tracks[track].notes) {
      const bool drum = drums_only || note.channel == kDrumChannel;
      notes.push_back({role ? *role : drum ? role_of_drum(note.pitch) : Role::kLead, track, note});
    }
  }
  std::stable_sort(notes.begin(), notes.end(), [](const RoledNote& a, const RoledNote& b) {
    return a.note.onset_ticks < b.note.onset_ticks;
  });
  if (named || drums_only) return notes;
  const PartTable table = part_table(score, notes);
  set_percussion(table, notes);
  Ensemble(table, score.ticks_per_quarter, notes).assign();
  return notes;
}

}  // namespace undersong
