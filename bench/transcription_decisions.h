#pragma once
// Note decisions compared on what the network heard once.

#include <filesystem>
#include <vector>

#include "transcribe/pitch_activations.h"
#include "transcription_excerpts.h"

namespace undersong {

// Of each excerpt in `folder`; heard by the installed network where `cache` does not have it yet.
// Errors: kNotFound without the network's weights; kFormat for a damaged cache.
std::vector<PitchActivations> hear_excerpts(const std::vector<LabelledExcerpt>& excerpts,
                                            const std::filesystem::path& folder,
                                            const std::filesystem::path& cache);

// Prints what each of the decisions that differ from the reference's brings on the half to tune on,
// and the tables of the reference's and of ours on both halves.
void compare_decisions(const std::vector<LabelledExcerpt>& excerpts,
                       const std::vector<PitchActivations>& heard);

}  // namespace undersong
