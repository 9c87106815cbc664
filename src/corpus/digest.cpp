#include "corpus/digest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/hash.h"

namespace undersong {
namespace {

// Divides by 2, 3, 4, 6 and 8, and forgives a few milliseconds.
constexpr std::int64_t kStepsPerQuarter = 24;
constexpr std::size_t kFewestNotesToTranspose = 8;

struct Sound {
  std::int64_t step;
  bool is_drum;
  int pitch;

  auto operator<=>(const Sound&) const = default;
};

Ticks first_onset(const Score& score) {
  Ticks first = std::numeric_limits<Ticks>::max();
  for (const auto& track : score.tracks) {
    for (const auto& note : track.notes) first = std::min(first, note.onset_ticks);
  }
  return first;
}

// Sorted and without unisons; percussion after the rest of its onset.
std::vector<Sound> sounds_of(const Score& score) {
  const std::int64_t first = first_onset(score);
  const std::int64_t quarter = score.ticks_per_quarter;
  std::vector<Sound> sounds;
  sounds.reserve(note_count(score));
  for (const auto& track : score.tracks) {
    for (const auto& note : track.notes) {
      const std::int64_t step =
          ((note.onset_ticks - first) * kStepsPerQuarter + quarter / 2) / quarter;
      sounds.push_back({step, note.channel == kDrumChannel, note.pitch});
    }
  }
  std::sort(sounds.begin(), sounds.end());
  sounds.erase(std::unique(sounds.begin(), sounds.end()), sounds.end());
  return sounds;
}

int reference_of(const std::vector<Sound>& sounds) {
  if (sounds.size() < kFewestNotesToTranspose) return 0;
  const auto melodic =
      std::find_if(sounds.begin(), sounds.end(), [](const Sound& sound) { return !sound.is_drum; });
  return melodic == sounds.end() ? 0 : melodic->pitch;
}

}  // namespace

NoteDigest digest_notes(const Score& score) {
  const auto sounds = sounds_of(score);
  const int reference = reference_of(sounds);
  Sha256 digest;
  std::int64_t step = 0;
  for (const auto& sound : sounds) {
    // Four bytes of distance to the sound before, one of kind, one of pitch.
    const auto gap = static_cast<std::uint32_t>(sound.step - step);
    const int pitch = sound.is_drum ? sound.pitch : sound.pitch - reference;
    step = sound.step;
    const std::array<std::uint8_t, 6> bytes = {
        static_cast<std::uint8_t>(gap),           static_cast<std::uint8_t>(gap >> 8U),
        static_cast<std::uint8_t>(gap >> 16U),    static_cast<std::uint8_t>(gap >> 24U),
        static_cast<std::uint8_t>(sound.is_drum), static_cast<std::uint8_t>(pitch)};
    digest.update(bytes);
  }
  return {digest.finish_hex(), reference};
}

}  // namespace undersong
