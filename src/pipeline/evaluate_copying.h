#pragma once
// How close tracks come to what was learned: the part of `undersong evaluate` that asks
// `originality`.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "originality/reference.h"
#include "pipeline/evaluate.h"

namespace undersong {

using LearnedMusic = std::vector<std::shared_ptr<const Reference>>;

// What to compare with: `against` when it is a corpus or a model, else everything at hand. Why
// something cannot be compared with is added to `remarks`. Errors: kCancelled.
LearnedMusic references_for(const std::string& against, Progress& progress,
                            std::vector<std::string>& remarks);

// The closest that `track` comes to any of `references`; nothing without references. Pieces of the
// family `except` do not count. Errors: kCancelled.
std::optional<CopyingMeasures> measure_copying(const Score& track, const std::string& except,
                                               const LearnedMusic& references);

}  // namespace undersong
