#pragma once
// The package @spotify/basic-pitch of the npm registry (Apache-2.0), a TensorFlow.js graph, as
// weights of ours. Goals: the same package gives the same bytes; one that is something else is
// refused in a sentence. Non-goals: graphs of any other kind.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/file.h"
#include "nn/weight_file.h"

namespace undersong {

// The weights of `transcribe/pitch_network.h` from the package's `model/model.json` and the bytes
// of its shards, one behind the other. The nine octaves of its spectrum have equal kernels: they
// are kept once.
// Errors: kFormat for what is no such model, or bytes that do not fit it; kMismatch for a tensor
// that is missing or shaped otherwise, and for octaves that differ.
WeightFile import_basic_pitch(std::string_view model_json, std::span<const std::uint8_t> shards);

// Reads the unpacked package (its folder `model` and its LICENSE) and writes
// `basic-pitch.safetensors` with `basic-pitch.LICENSE` and `basic-pitch.NOTICE` beside it into
// `to`, replacing what is there. Returns the path of the weights.
// Errors: those above, kNotFound when a file of the package is missing, kIo.
std::filesystem::path install_basic_pitch(const std::filesystem::path& package,
                                          const std::filesystem::path& to);

// Where the weights are: the user's own (base/paths.h), else those beside the program.
// Errors: kNotFound, with what to do.
std::filesystem::path find_pitch_network();

}  // namespace undersong
