#pragma once
// What instruments can play, from orchestration practice: a check of packs and writers that knows
// neither.

#include <algorithm>
#include <array>

#include "style/style.h"

namespace undersong {

struct InstrumentRange {
  int program;
  int low;  // MIDI pitches as they sound
  int high;
};

// Acoustic instruments alone; electronic ones sound wherever they are asked to.
inline constexpr auto kInstrumentRanges = std::to_array<InstrumentRange>({
    {0, 21, 108},  {1, 21, 108},  {3, 21, 108},  {4, 28, 103},   {5, 28, 103},  // pianos
    {6, 29, 89},   {7, 29, 89},  // harpsichord, clavinet
    {8, 60, 108},  {9, 72, 108},  {10, 60, 96},  {11, 53, 89},   {12, 36, 96},  // celesta … marimba
    {13, 60, 108}, {14, 60, 77},  {15, 48, 84},                 // xylophone … dulcimer
    {21, 41, 96},  {22, 60, 96},  {23, 41, 96},                 // accordion, harmonica
    {24, 40, 84},  {25, 40, 86},  {26, 40, 88},  {27, 40, 88},  // guitars
    {28, 40, 88},  {29, 40, 90},  {30, 40, 90},                 //
    {32, 28, 67},  {33, 28, 67},  {34, 28, 67},  {35, 28, 67},   {36, 28, 67},  // basses
    {37, 28, 67},                                                               //
    {40, 55, 103}, {41, 48, 91},  {42, 36, 81},  {43, 24, 67},                  // strings
    {44, 28, 100}, {45, 28, 100}, {46, 23, 104}, {47, 36, 57},                  // … harp, timpani
    {48, 28, 100}, {49, 28, 100}, {52, 40, 84},  {53, 40, 84},                  // ensembles, voices
    {56, 52, 86},  {57, 34, 74},  {58, 26, 60},  {59, 52, 86},   {60, 34, 77},  // brass
    {61, 34, 86},                                                               //
    {64, 54, 88},  {65, 49, 84},  {66, 42, 79},  {67, 36, 72},                  // saxophones
    {68, 58, 91},  {69, 52, 83},  {70, 34, 76},  {71, 50, 94},                  // reeds
    {72, 74, 108}, {73, 59, 98},  {74, 53, 98},  {75, 55, 96},   {77, 55, 91},  // pipes
    {78, 60, 108}, {79, 57, 96},                                                //
    {105, 43, 88}, {107, 43, 91}, {108, 48, 91}, {110, 55, 100},                // banjo … fiddle
});

inline PitchRange range_of_instrument(int program) {
  const auto found = std::ranges::find(kInstrumentRanges, program, &InstrumentRange::program);
  return found == kInstrumentRanges.end() ? PitchRange{0, 127}
                                          : PitchRange{found->low, found->high};
}

}  // namespace undersong
