#pragma once
// The likelihood of whole pieces under frame networks, in nats a time step.

#include <span>
#include <vector>

#include "train/decoder_engine.h"
#include "train/frames_steps.h"

namespace undersong {

// The nats of every step of `pieces`, in their order, as the engine's network foretells them, moved
// by `shift` semitones; infinite for a key that this moves off the keyboard.
// Pieces longer than the context are told in windows that overlap by half; each step counts once.
// What a step's nats are hangs on what came before it alone, not on how long the piece goes on.
std::vector<float> nats_of_steps(DecoderEngine& engine, const DecoderSpec& spec,
                                 std::span<const FrameSteps> pieces, int shift);

// The nats of each step under the mean of several such distributions, of which one is finite.
std::vector<float> mixed_steps(const std::vector<std::vector<float>>& of_each);
// Their total.
double mixed_nats(const std::vector<std::vector<float>>& of_each);

// Nats a frame: over all frames, as they are published, and the mean of the pieces' own means.
struct FrameMeans {
  double of_frames = 0.0;
  double of_pieces = 0.0;
};
FrameMeans frame_means(const std::vector<float>& nats, std::span<const FrameSteps> pieces);

}  // namespace undersong
