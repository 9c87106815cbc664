#include "compose/neural_drums.h"

#include <algorithm>
#include <set>

namespace undersong {
namespace {

// Instruments that do the same in a groove, and the keys of a kit that may do it, the first that it
// has. Keys of General MIDI.
struct Family {
  std::vector<int> instruments;
  std::vector<int> keys;
};

const std::vector<Family>& families() {
  static const std::vector<Family> kFamilies = {
      {{36, 35}, {36, 35}},              // bass drum
      {{38, 40}, {38, 40, 39, 37}},      // snare, else what has its place: clap or side stick
      {{37}, {37}},                      // side stick
      {{42}, {42, 82, 70, 69}},          // closed hat, else shaker, maracas or cabasa
      {{44}, {44}},                      // pedal hat
      {{46}, {46}},                      // open hat
      {{51, 59}, {51, 59}},              // ride
      {{53}, {53}},                      // its bell
      {{49, 57, 55, 52}, {49, 57, 55}},  // crash, splash and china
      {{50}, {50}},
      {{48}, {48}},
      {{47}, {47}},
      {{45}, {45}},
      {{43, 58}, {43}},
      {{41}, {41}},
  };
  return kFamilies;
}

std::set<int> keys_of(const RolePack& pack) {
  constexpr int kCrash = 49;
  std::set<int> keys;
  if (pack.crash) keys.insert(kCrash);
  for (const auto* grooves : {&pack.grooves, &pack.fills}) {
    for (const Groove& groove : *grooves) {
      for (const Groove::Voice& voice : groove.voices) keys.insert(voice.key);
    }
  }
  return keys;
}

}  // namespace

DrumKit::DrumKit(const RolePack& pack) {
  std::set<int> free = keys_of(pack);
  keys_ = free.size();
  for (const Family& family : families()) {
    const auto key = std::find_if(family.keys.begin(), family.keys.end(),
                                  [&](int candidate) { return free.contains(candidate); });
    if (key == family.keys.end()) continue;
    free.erase(*key);
    voices_.push_back({family.instruments, *key});
    drawn_.insert(drawn_.end(), family.instruments.begin(), family.instruments.end());
  }
  std::sort(drawn_.begin(), drawn_.end());
}

int DrumKit::key_of(int instrument) const {
  for (const Voice& voice : voices_) {
    const auto& known = voice.instruments;
    if (std::find(known.begin(), known.end(), instrument) != known.end()) return voice.key;
  }
  return instrument;
}

int DrumKit::instrument_of(int key) const {
  for (const Voice& voice : voices_) {
    if (voice.key == key) return voice.instruments.front();
  }
  return key;
}

}  // namespace undersong
