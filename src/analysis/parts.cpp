#include "analysis/parts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <tuple>
#include <utility>

#include "base/suggestion.h"
#include "score/bars.h"

namespace undersong {
namespace {

struct ProgramTraits {
  int first;  // of General MIDI, until the next row's
  PartKind kind;
  double lead_prior;
};

constexpr std::array kPrograms = std::to_array<ProgramTraits>({
    {0, PartKind::kKeyboard, 0.35},    // pianos, harpsichord
    {8, PartKind::kPlucked, 0.45},     // celesta, glockenspiel, music box, vibraphone
    {16, PartKind::kKeyboard, 0.3},    // organs
    {21, PartKind::kMelodic, 0.5},     // accordion, harmonica
    {24, PartKind::kPlucked, 0.35},    // guitars
    {29, PartKind::kPlucked, 0.4},     // overdriven and distorted
    {32, PartKind::kBass, 0.0},        //
    {40, PartKind::kMelodic, 0.8},     // violin
    {41, PartKind::kMelodic, 0.4},     // viola
    {42, PartKind::kLow, 0.4},         // violoncello
    {43, PartKind::kBass, 0.0},        // contrabass
    {44, PartKind::kSustained, 0.2},   // tremolo
    {45, PartKind::kPlucked, 0.2},     // pizzicato
    {46, PartKind::kKeyboard, 0.2},    // harp
    {47, PartKind::kBass, 0.0},        // timpani are percussion
    {48, PartKind::kSustained, 0.45},  // ensembles
    {52, PartKind::kSustained, 0.5},   // choirs
    {55, PartKind::kPlucked, 0.0},     // orchestra hit
    {56, PartKind::kMelodic, 0.6},     // trumpet
    {57, PartKind::kLow, 0.3},         // trombone
    {58, PartKind::kBass, 0.0},        // tuba
    {59, PartKind::kMelodic, 0.5},     // muted trumpet
    {60, PartKind::kMelodic, 0.4},     // horn
    {61, PartKind::kSustained, 0.4},   // brass sections
    {64, PartKind::kMelodic, 0.7},     // saxophones
    {67, PartKind::kLow, 0.3},         // baritone
    {68, PartKind::kMelodic, 0.75},    // oboe, English horn
    {70, PartKind::kLow, 0.3},         // bassoon
    {71, PartKind::kMelodic, 0.7},     // clarinet
    {72, PartKind::kMelodic, 0.8},     // piccolo, flutes
    {80, PartKind::kMelodic, 0.7},     // synth leads
    {87, PartKind::kMelodic, 0.4},     // bass and lead
    {88, PartKind::kSustained, 0.2},   // pads
    {96, PartKind::kSustained, 0.2},   // effects
    {104, PartKind::kPlucked, 0.5},    // sitar, banjo, koto
    {109, PartKind::kMelodic, 0.7},    // bagpipe, fiddle, shanai
    {112, PartKind::kPlucked, 0.3},    // bells, steel drums
    {120, PartKind::kSustained, 0.0},  // sounds
});

struct NameTraits {
  std::string_view word;
  PartKind kind;
  double lead_prior;
};

// The first word that a name has decides. Singers' words are those of the scores in German, French
// and Italian too.
constexpr std::array kNames = std::to_array<NameTraits>({
    {"contrabass", PartKind::kBass, 0.0},   {"contrabassoon", PartKind::kBass, 0.0},
    {"double bass", PartKind::kBass, 0.0},  {"violone", PartKind::kBass, 0.0},
    {"bass trombone", PartKind::kLow, 0.0}, {"bass clarinet", PartKind::kLow, 0.1},
    {"bass lead", PartKind::kMelodic, 0.4}, {"bassoon", PartKind::kLow, 0.3},
    {"principal", PartKind::kMelodic, 1.0}, {"violin 1", PartKind::kMelodic, 1.0},
    {"violin i", PartKind::kMelodic, 1.0},  {"violin 2", PartKind::kMelodic, 0.6},
    {"violin ii", PartKind::kMelodic, 0.6}, {"practice", PartKind::kKeyboard, 0.0},
    {"voice", PartKind::kVoice, 2.0},       {"vocal", PartKind::kVoice, 2.0},
    {"singstimme", PartKind::kVoice, 2.0},  {"singer", PartKind::kVoice, 2.0},
    {"stimme", PartKind::kVoice, 2.0},      {"gesang", PartKind::kVoice, 2.0},
    {"chant", PartKind::kVoice, 2.0},       {"canto", PartKind::kVoice, 2.0},
    {"soprano", PartKind::kVoice, 1.9},     {"melod", PartKind::kVoice, 1.6},
    {"theme", PartKind::kVoice, 1.2},       {"solo", PartKind::kVoice, 1.2},
    {"lead", PartKind::kMelodic, 0.8},      {"arp", PartKind::kPlucked, 0.0},
    {"rhythm", PartKind::kPlucked, 0.0},    {"chord", PartKind::kPlucked, 0.0},
    {"pad", PartKind::kSustained, 0.0},
});

const ProgramTraits& traits_of(int program) {
  const auto after =
      std::upper_bound(kPrograms.begin(), kPrograms.end(), program,
                       [](int number, const ProgramTraits& row) { return number < row.first; });
  return *(after - 1);
}

void classify(Part& part) {
  const ProgramTraits& by_program = traits_of(part.program);
  part.kind = by_program.kind;
  part.lead_prior = by_program.lead_prior;
  // A track that several programs share is named after the first.
  for (const NameTraits& row : kNames) {
    if (!has_word(part.name, row.word)) continue;
    if (row.word == "violin i" && has_word(part.name, "violin ii")) continue;
    part.kind = row.kind;
    part.lead_prior = row.lead_prior;
    return;
  }
  if (has_word(part.name, "bass") && by_program.kind != PartKind::kSustained &&
      by_program.kind != PartKind::kMelodic)
    part.kind = PartKind::kBass;
}

// The programs of channels. Files with more than sixteen parts give several tracks one channel (on
// ports of their own), so that a track's own changes go before those of others.
class Programs {
 public:
  explicit Programs(const Score& score) {
    for (std::size_t track = 0; track < score.tracks.size(); ++track) {
      for (const ControlEvent& event : score.tracks[track].controls) {
        if (event.kind != ControlEvent::Kind::kProgram) continue;
        own_[{track, event.channel}].push_back({event.tick, event.value});
        shared_[event.channel].push_back({event.tick, event.value});
      }
    }
    for (auto& channel : shared_)
      std::stable_sort(channel.begin(), channel.end(),
                       [](const Change& a, const Change& b) { return a.tick < b.tick; });
  }

  int at(std::size_t track, std::uint8_t channel, Ticks tick) const {
    const auto own = own_.find({track, channel});
    const auto& changes = own == own_.end() ? shared_[channel] : own->second;
    if (changes.empty()) return 0;
    const auto after =
        std::upper_bound(changes.begin(), changes.end(), tick,
                         [](Ticks t, const Change& change) { return t < change.tick; });
    return after == changes.begin() ? after->program : (after - 1)->program;
  }

 private:
  struct Change {
    Ticks tick;
    int program;
  };
  std::map<std::pair<std::size_t, std::uint8_t>, std::vector<Change>> own_;
  std::array<std::vector<Change>, 16> shared_;
};

void add_to_bar(const Note& note, Ticks bar_onset, Ticks ticks_per_quarter, int last_pitch,
                PartBar& bar) {
  const auto position = static_cast<std::uint16_t>(std::min<std::int64_t>(
      (std::int64_t{note.onset_ticks} - bar_onset) * 12 / ticks_per_quarter, 0xffff));
  if (bar.positions.empty() || bar.positions.back() != position) {
    bar.positions.push_back(position);
    ++bar.onsets;
    if (bar.notes > 0 && std::abs(note.pitch - last_pitch) >= 3) ++bar.leaps;
  }
  ++bar.notes;
  bar.pitch_sum += note.pitch;
  bar.quarters_sum += static_cast<double>(note.duration_ticks) / ticks_per_quarter;
  bar.pitch_classes = static_cast<std::uint16_t>(bar.pitch_classes | 1U << note.pitch % 12);
}

void measure(const Score& score, const std::vector<RoledNote>& notes, const PartTable& table,
             const BarGrid& grid, Part& part) {
  part.bars.resize(table.frames.size());
  double pitches = 0.0;
  double velocities = 0.0;
  int onsets = 0;
  int last_pitch = 0;
  for (const std::size_t index : part.notes) {
    const Note& note = notes[index].note;
    PartBar& bar = part.bars[table.frame_of[index]];
    const int before = bar.onsets;
    add_to_bar(note, grid.onset(table.frames[table.frame_of[index]]), score.ticks_per_quarter,
               last_pitch, bar);
    onsets += bar.onsets - before;
    last_pitch = note.pitch;
    pitches += note.pitch;
    velocities += note.velocity;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(1, part.notes.size()));
  part.mean_pitch = pitches / count;
  part.mean_velocity = velocities / count;
  part.polyphony = count / std::max(1, onsets);
}

}  // namespace

bool has_word(const std::string& name, std::string_view word) {
  for (std::size_t at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
    if (at == 0 || std::isalpha(static_cast<unsigned char>(name[at - 1])) == 0) return true;
  }
  return false;
}

PartTable part_table(const Score& score, const std::vector<RoledNote>& notes) {
  const Programs programs(score);
  const BarGrid grid(score);
  PartTable table;
  std::map<std::tuple<std::size_t, int, int>, std::size_t> numbers;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const Note& note = notes[i].note;
    const std::int64_t bar = grid.bar_at(note.onset_ticks);
    if (table.frames.empty() || table.frames.back() != bar) table.frames.push_back(bar);
    table.frame_of.push_back(table.frames.size() - 1);
    if (is_percussive(notes[i].role)) {
      table.part_of.push_back(PartTable::kNoPart);
      continue;
    }
    const int program = programs.at(notes[i].track, note.channel, note.onset_ticks);
    const auto [found, fresh] =
        numbers.try_emplace({notes[i].track, note.channel, program}, table.parts.size());
    if (fresh) {
      Part part;
      part.track = notes[i].track;
      part.channel = note.channel;
      part.program = program;
      part.name = lower_case(score.tracks[notes[i].track].name);
      classify(part);
      table.parts.push_back(std::move(part));
    }
    table.parts[found->second].notes.push_back(i);
    table.part_of.push_back(found->second);
  }
  for (Part& part : table.parts) measure(score, notes, table, grid, part);
  return table;
}

}  // namespace undersong
