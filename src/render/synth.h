#pragma once
// FluidSynth behind a small class. Settings are fixed, so that the same score is the same sound.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "render/schedule.h"

namespace undersong::detail {

enum class SynthEffects { kOff, kOn };  // its own reverb and chorus

struct SynthSettings {
  int sample_rate = 48000;
  double gain = 0.2;
  std::vector<bool> is_percussion = {};  // by channel; a multiple of 16
  int groups = 1;                        // stereo outputs; channel c goes to c modulo `groups`
  SynthEffects effects = SynthEffects::kOn;
};

class Synth {
 public:
  // Errors: kFormat when the SoundFont cannot be loaded.
  Synth(const std::filesystem::path& soundfont, const SynthSettings& settings);
  ~Synth();
  Synth(const Synth&) = delete;
  Synth& operator=(const Synth&) = delete;

  void send(const SynthEvent& event);
  // Fills `samples`, interleaved stereo. Events take effect at multiples of 64 frames.
  void render(std::span<float> samples);
  // Adds the dry sound of each group to `outputs`: left and right of the first, of the second …
  void add_groups(std::size_t frames, std::span<float*> outputs);
  int sounding_voices() const;

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace undersong::detail
