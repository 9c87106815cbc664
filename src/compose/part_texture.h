#pragma once
// How a part is woven, in three figures, and what real parts of a style have of them.

#include <optional>
#include <vector>

#include "score/role.h"
#include "score/score.h"
#include "tokens/composer_grid.h"

namespace undersong {

struct PartTexture {
  std::optional<double> interval;  // mean, from onset to onset, of the highest tones, in semitones
  double tones = 0.0;              // struck at once, mean
  double length = 0.0;             // mean duration in grid steps
};
// Precondition: some notes, sorted.
PartTexture texture_of(const std::vector<Note>& notes);

struct TextureBand {
  double low = 0.0;
  double high = 0.0;

  // 0 inside, else how many widths of the band away.
  double distance(double value) const;
};
struct TextureBands {
  TextureBand interval;
  TextureBand tones;
  TextureBand length;

  double distance(const PartTexture& texture) const;
};
// Of four bars of the role in real pieces of the style, from the tenth to the ninetieth of a
// hundred. A style of which too few such parts were at hand has what all styles together have.
const TextureBands& texture_bands(GridStyle style, Role role);

}  // namespace undersong
