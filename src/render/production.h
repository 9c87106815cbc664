#pragma once
// A composed score as finished sound: stems with their effects, the mix, exactly so many frames.
//
// Goals: exact length, clean beginnings and ends, stems that add up to the mix, memory that does
// not grow with the length or the number of stems. Non-goals: any MIDI file's sound (render.h).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "render/mastering.h"
#include "score/role.h"
#include "score/score.h"
#include "style/sound.h"

namespace undersong {

// How the sound meets the end of the file.
enum class Finish : std::uint8_t {
  kRing,  // what still sounds in the last second is faded
  kFade,  // a long fade over the music
  kCut,   // all stops with the last frame; 10 ms against clicks
  kLoop,  // what sounds beyond the end sounds on at the beginning
};

struct ProducedStem {
  std::size_t track = 0;  // of the score
  std::string name;       // "Drums": names the stem's file
  Role role = Role::kLead;
  RoleSound sound;
};

struct ProductionSettings {
  std::vector<ProducedStem> stems;  // one a track that has notes; at most 16
  MixSound mix;
  int sample_rate = 48000;  // Hz
  std::int64_t frames = 0;  // exactly
  Finish finish = Finish::kRing;
  double fade_seconds = 0.0;        // of kFade
  std::uint64_t seed = 0;           // of wow and crackle
  std::filesystem::path soundfont;  // empty: find_soundfont() chooses
  MasteringOptions mastering;
};

// The name of the crackle's stem, beside those that the settings give.
inline constexpr std::string_view kVinylStem = "Vinyl";

// The sound, on disk in files without a name, in $TMPDIR or the system's folder for temporary
// files: they go with the object, or with the program however it ends.
class Production {
 public:
  struct Files;
  explicit Production(std::unique_ptr<Files> files);
  ~Production();
  Production(Production&&) noexcept;
  Production& operator=(Production&&) noexcept;

  std::int64_t frames() const;
  int sample_rate() const;
  const MasteringReport& mastering() const;
  // Names of the stems, the crackle's last where there is one.
  const std::vector<std::string>& stems() const;

  // Mastered frames from `first` on, interleaved stereo. The stems add up to the mix within
  // rounding (-120 dB). Errors: kIo.
  void read_mix(std::int64_t first, std::span<float> samples) const;
  void read_stem(std::size_t stem, std::int64_t first, std::span<float> samples) const;

 private:
  std::unique_ptr<Files> files_;
};

enum class Stems : std::uint8_t { kNone, kKeep };

// Plays, treats, mixes and masters `score`. Notes take what channel they have; channel 9 is
// percussion. Side chains listen to the bass drum (keys 35 and 36) of the role drums. Controllers
// that mix (7, 8, 10, 91, 93) are for other programs and left out here: level, pan and sends come
// from RoleSound, and nothing is applied twice. Same score and settings, same samples; the mix is
// the same with stems and without.
//
// Cost:   O(frames * (voices + stems)); memory flat but for 1 byte a frame; disk 8 bytes a frame,
//         and as much again for each stem that is kept.
// Errors: kUsage for settings out of range; those of render(); kIo (no room on disk, say);
//         kCancelled.
Production produce(const Score& score, const ProductionSettings& settings, Stems stems,
                   Progress& progress);

}  // namespace undersong
