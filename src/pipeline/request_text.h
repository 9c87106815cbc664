#pragma once
// The request inside a composed MIDI file: what `--regenerate` goes on from, and what tells where
// a file came from after it left its folder.

#include <optional>
#include <string>

#include "plan/request.h"
#include "score/score.h"

namespace undersong {

struct CompositionOrigin {
  std::string program_version;
  CompositionRequest request;
  std::string style_sha256;         // of the style pack
  std::optional<std::string> plan;  // JSON (docs/formats/plan.md) of a plan that a person edited
};

// Writes it into the score's first track as a text (docs/formats/certificate.md), in place of what
// stood there.
void note_composition(const CompositionOrigin& origin, Score& score);

// Of any track, since other programs move texts; empty when there is none.
// Errors: kFormat for one that is damaged or of a later version.
std::optional<CompositionOrigin> composition_of(const Score& score);

// Without such texts: the music alone.
Score without_composition(Score score);

}  // namespace undersong
