#pragma once
// The instruments of a style's drum kit beside those that the composer network learned: played
// kits, in which a snare has several keys and nobody claps.

#include <cstddef>
#include <vector>

#include "style/style.h"

namespace undersong {

class DrumKit {
 public:
  // What the grooves and fills of a role play.
  explicit DrumKit(const RolePack& pack);

  // The network's instruments that have a place in this kit, ascending.
  const std::vector<int>& drawn() const { return drawn_; }
  // Whether most of what the role plays has a place among the network's instruments. It never heard
  // hand percussion: of bongos and a shaker it would leave the shaker.
  bool is_mostly_known() const { return 2 * voices_.size() > keys_; }
  // The key for one of them; the instrument itself where the kit has it under that key.
  int key_of(int instrument) const;
  // The network's instrument for a key of the kit: a clap that stands for the snare is the snare.
  int instrument_of(int key) const;

 private:
  struct Voice {
    std::vector<int> instruments;  // the network's; the first is what it most likely heard
    int key = 0;                   // the kit's
  };
  std::vector<Voice> voices_;
  std::vector<int> drawn_;
  std::size_t keys_ = 0;  // that the role plays
};

}  // namespace undersong
