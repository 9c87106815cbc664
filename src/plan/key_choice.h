#pragma once
// Key and mode of a piece.

#include "base/rng.h"
#include "plan/request.h"
#include "style/style.h"

namespace undersong::detail {

// What the request says or the style likes; a mood that was asked for leans to bright or dark
// modes. Errors: kUsage for a mode in which the style has no chords.
Key choose_key(const CompositionRequest& request, const Style& style, Rng rng);

// The mode whose progressions and cadences serve a piece in `mode`: itself, or a near one that
// shares its tonic triad and its degrees. Errors: kUsage.
Mode chord_mode(Mode mode, const Style& style);

// The asked mood, else the first of the style.
Mood mood_of(const CompositionRequest& request, const Style& style);

}  // namespace undersong::detail
