#pragma once
// The rows of a piano roll: black keys shaded, each C named.

#include <span>

#include "plot/svg.h"

namespace undersong {

// Pitches from the lowest to the highest row, both included.
struct KeyRange {
  int low = 60;
  int high = 72;
};

// All of `pitches` and two semitones of air; an octave from middle C without any.
KeyRange key_range(std::span<const int> pitches);

// Rows of `row` pixels, the highest first, `width` pixels wide from `corner` on.
void draw_keys(SvgDocument& svg, KeyRange keys, PlotPoint corner, double width, double row);

}  // namespace undersong
