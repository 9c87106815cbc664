#pragma once
// A stretch of a score as a score of its own, what is true of it, and its sound.

#include <filesystem>

#include "audio/audio_buffer.h"
#include "base/rng.h"
#include "score/score.h"
#include "transcription_excerpts.h"

namespace undersong {

// The notes that begin within the stretch, cut at its end, at ten ticks a millisecond; programs,
// levels and pedals as they are by then. Sound effects (programs from 115) are left out.
Score cut_excerpt(const Score& piece, const ExcerptPlan& plan);

// Beats are the piece's, the rest is of the excerpt as cut_excerpt made it.
ExcerptTruth truth_of(const Score& piece, const Score& excerpt, const ExcerptPlan& plan);

// Renders, adds noise and writes `plan.name` as .wav (mono, 44,100 Hz) or .mp3 (stereo). Returns
// the file's name.
std::filesystem::path save_excerpt_sound(const Score& excerpt, const ExcerptPlan& plan,
                                         const Rng& rng, const std::filesystem::path& folder);

}  // namespace undersong
