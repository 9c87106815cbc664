#include "compose/mutation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace undersong {
namespace {

enum class VoiceKind { kKick, kSnare, kTimekeeper, kOther };

VoiceKind kind_of(int key) {
  switch (key) {
    case 35:
    case 36: return VoiceKind::kKick;
    case 37:
    case 38:
    case 39:
    case 40: return VoiceKind::kSnare;
    case 42:
    case 44:
    case 51:
    case 53:
    case 59:
    case 69:
    case 70:
    case 82: return VoiceKind::kTimekeeper;  // hats, rides, cabasa, maracas, shaker
    default: return VoiceKind::kOther;
  }
}

bool is_onset(char symbol) { return symbol != '.' && symbol != '-'; }

// One of the steps that `wanted` accepts.
template <typename Wanted>
std::optional<std::size_t> pick_step(const std::string& steps, Rng& rng, Wanted&& wanted) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (wanted(i)) found.push_back(i);
  }
  if (found.empty()) return std::nullopt;
  return found[rng.below(found.size())];
}

// How many changes, both ends possible.
struct ChangeCount {
  int least = 0;
  int most = 0;
};

// What a piece may change of a voice.
struct Licence {
  std::string_view movable;      // symbols that may go elsewhere or away, off the beat
  std::string_view added;        // symbols that may come
  double most_added = 0.1;       // share of the steps
  ChangeCount piece;             // for a piece's own form
  ChangeCount section;           // and what a section adds
  std::array<double, 4> ways{};  // weights: move, remove, add, shade
};

Licence licence_of(VoiceKind kind) {
  switch (kind) {
    case VoiceKind::kKick: return {"gox?", "oox", 0.10, {2, 3}, {1, 1}, {4.0, 2.0, 3.0, 0.0}};
    case VoiceKind::kSnare: return {"go?", "gg", 0.12, {1, 3}, {0, 1}, {3.0, 2.0, 2.0, 0.0}};
    case VoiceKind::kTimekeeper: return {"go?", "go", 0.10, {2, 4}, {0, 2}, {1.0, 1.0, 1.5, 4.0}};
    case VoiceKind::kOther: return {"go?", "o", 0.05, {1, 2}, {0, 1}, {1.0, 0.0, 0.0, 1.0}};
  }
  return {};
}

class VoiceMutation {
 public:
  VoiceMutation(std::string steps, const StepGrid& grid, Licence licence, Rng& rng)
      : steps_(std::move(steps)), grid_(grid), licence_(licence), rng_(rng) {}

  void move() {
    const auto from = movable_step();
    if (!from) return;
    const std::size_t to = rng_.uniform() < 0.5 ? *from + 1 : *from - 1;
    if (!is_free(to) || grid_.on_beat(to)) return;
    std::swap(steps_[*from], steps_[to]);
  }

  void remove() {
    const auto from = movable_step();
    if (from) steps_[*from] = '.';
  }

  void add() {
    const auto most =
        static_cast<std::ptrdiff_t>(licence_.most_added * static_cast<double>(steps_.size()) + 1.0);
    if (added_ >= most) return;
    // Between the beats, on a grid no finer than sixteenths.
    const auto at = pick_step(steps_, rng_, [&](std::size_t i) {
      return is_free(i) && !grid_.on_beat(i) && is_sixteenth(i);
    });
    if (!at) return;
    steps_[*at] = licence_.added[rng_.below(licence_.added.size())];
    ++added_;
  }

  // Another dynamic between the beats: the same rhythm, another lilt.
  void shade() {
    const auto at = pick_step(steps_, rng_, [&](std::size_t i) {
      return !grid_.on_beat(i) && (steps_[i] == 'o' || steps_[i] == 'x' || steps_[i] == 'g');
    });
    if (!at) return;
    const char old = steps_[*at];
    steps_[*at] = old == 'o' ? (rng_.uniform() < 0.5 ? 'x' : 'g') : 'o';
  }

  std::string take() { return std::move(steps_); }

 private:
  bool is_free(std::size_t i) const { return i < steps_.size() && steps_[i] == '.'; }
  bool is_sixteenth(std::size_t i) const {
    return grid_.steps_per_beat <= 4 || i * 4 % static_cast<std::size_t>(grid_.steps_per_beat) == 0;
  }
  std::optional<std::size_t> movable_step() {
    return pick_step(steps_, rng_, [&](std::size_t i) {
      return i > 0 && !grid_.on_beat(i) && licence_.movable.find(steps_[i]) != std::string::npos;
    });
  }

  std::string steps_;
  StepGrid grid_;
  Licence licence_;
  Rng& rng_;
  std::ptrdiff_t added_ = 0;
};

// A kick on every beat and nowhere else: what makes its style, whatever else a piece does.
bool is_four_on_the_floor(const std::string& steps, const StepGrid& grid) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (is_onset(steps[i]) != grid.on_beat(i)) return false;
  }
  return true;
}

int draw(Rng& rng, int low, int high) {
  return low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low) + 1));
}

}  // namespace

bool keeps_time(int key) { return kind_of(key) == VoiceKind::kTimekeeper; }

std::string mutate_voice(const std::string& steps, int key, const StepGrid& grid, Mutation amount,
                         Rng rng) {
  const VoiceKind kind = kind_of(key);
  const Licence licence = licence_of(kind);
  VoiceMutation voice(steps, grid, licence, rng);
  const bool piece = amount == Mutation::kPiece;
  ChangeCount count = piece ? licence.piece : licence.section;
  if (kind == VoiceKind::kKick && is_four_on_the_floor(steps, grid)) count = {0, piece ? 1 : 0};
  const int changes = draw(rng, count.least, count.most);
  for (int i = 0; i < changes; ++i) {
    switch (rng.weighted(licence.ways)) {
      case 0: voice.move(); break;
      case 1: voice.remove(); break;
      case 2: voice.add(); break;
      default: voice.shade(); break;
    }
  }
  return voice.take();
}

Groove mutate_groove(Groove groove, int beats, Mutation amount, const Rng& rng) {
  const StepGrid grid = {groove.steps_per_beat, beats};
  for (std::size_t i = 0; i < groove.voices.size(); ++i) {
    Groove::Voice& voice = groove.voices[i];
    const Rng own = rng.fork(i);
    const bool one_bar = voice.steps.size() == grid.bar_steps();
    voice.steps = mutate_voice(voice.steps, voice.key, grid, amount, own.fork("all"));
    if (!one_bar || amount == Mutation::kSection) continue;
    const std::string answer =
        mutate_voice(voice.steps, voice.key, grid, Mutation::kSection, own.fork("answer"));
    voice.steps += answer;
  }
  return groove;
}

namespace {

class BassMutation {
 public:
  BassMutation(std::string steps, const StepGrid& grid, Rng& rng)
      : steps_(std::move(steps)), grid_(grid), rng_(rng) {}

  // Another tone in the same place; not where the bar begins.
  void retune() {
    const auto at = pick_step(steps_, rng_, [&](std::size_t i) {
      const bool chosen_by_writer = steps_[i] == 'A' || steps_[i] == 'W' || steps_[i] == 'K';
      return i % grid_.bar_steps() != 0 && is_onset(steps_[i]) && !chosen_by_writer;
    });
    if (!at) return;
    static constexpr std::string_view kBetween = "RR5587";
    static constexpr std::string_view kOnTheBeat = "RRR558";
    const std::string_view tones = grid_.on_beat(*at) ? kOnTheBeat : kBetween;
    steps_[*at] = tones[rng_.below(tones.size())];
  }

  // A step earlier or later; what it held, it holds still.
  void move() {
    const auto at = weak_onset();
    if (!at || *at + 1 >= steps_.size()) return;
    if (rng_.uniform() < 0.5) {
      if (is_onset(steps_[*at - 1]) || grid_.on_beat(*at - 1)) return;
      steps_[*at - 1] = steps_[*at];
      steps_[*at] = '-';
    } else {
      if (is_onset(steps_[*at + 1]) || grid_.on_beat(*at + 1)) return;
      steps_[*at + 1] = steps_[*at];
      steps_[*at] = steps_[*at - 1] == '.' ? '.' : '-';
    }
  }

  void remove() {
    const auto at = weak_onset();
    if (at) steps_[*at] = steps_[*at - 1] == '.' ? '.' : '-';
  }

  void add() {
    const auto at = pick_step(steps_, rng_, [&](std::size_t i) {
      const bool sixteenth =
          grid_.steps_per_beat <= 4 || i * 4 % static_cast<std::size_t>(grid_.steps_per_beat) == 0;
      return i > 0 && !grid_.on_beat(i) && !is_onset(steps_[i]) && sixteenth;
    });
    if (!at) return;
    static constexpr std::string_view kTones = "RR58g";
    // A bass that follows the kick goes on following it.
    const bool follows = steps_.find('K') != std::string::npos;
    steps_[*at] = follows ? 'K' : kTones[rng_.below(kTones.size())];
  }

  std::string take() { return std::move(steps_); }

 private:
  std::optional<std::size_t> weak_onset() {
    return pick_step(steps_, rng_, [&](std::size_t i) {
      return i > 0 && !grid_.on_beat(i) && is_onset(steps_[i]);
    });
  }

  std::string steps_;
  StepGrid grid_;
  Rng& rng_;
};

void change_bass(BassMutation& bass, int changes, Rng& rng) {
  for (int i = 0; i < changes; ++i) {
    const std::array<double, 4> ways = {3.0, 3.0, 1.5, 1.5};
    switch (rng.weighted(ways)) {
      case 0: bass.retune(); break;
      case 1: bass.move(); break;
      case 2: bass.remove(); break;
      default: bass.add(); break;
    }
  }
}

}  // namespace

StepPattern mutate_bass(StepPattern pattern, int beats, Mutation amount, Rng rng) {
  const StepGrid grid = {pattern.steps_per_beat, beats};
  const bool piece = amount == Mutation::kPiece;
  const bool one_bar = pattern.steps.size() == grid.bar_steps();
  BassMutation bass(pattern.steps, grid, rng);
  change_bass(bass, piece ? draw(rng, 3, 5) : draw(rng, 0, 1), rng);
  pattern.steps = bass.take();
  if (piece && one_bar) {
    BassMutation answer(pattern.steps, grid, rng);
    change_bass(answer, draw(rng, 1, 2), rng);
    pattern.steps += answer.take();
  }
  return pattern;
}

}  // namespace undersong
