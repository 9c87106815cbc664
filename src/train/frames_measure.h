#pragma once
// The likelihood of whole pieces under frame networks, in nats a time step.

#include <span>
#include <vector>

#include "train/decoder_engine.h"
#include "train/frames_steps.h"

namespace undersong {

// The nats of every step of `pieces`, in their order, as the engine's network foretells them.
// Pieces longer than the context are told in windows that overlap by half; each step counts once.
// Pieces are moved by `shift` semitones where their range allows it.
std::vector<float> nats_of_steps(DecoderEngine& engine, const DecoderSpec& spec,
                                 std::span<const FrameSteps> pieces, int shift);

// The total of the mean of several such distributions.
double mixed_nats(const std::vector<std::vector<float>>& of_each);

}  // namespace undersong
