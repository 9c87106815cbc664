#pragma once
// Drafts drawn by the composer network.

#include <memory>

#include "compose/neural_drafts.h"
#include "model/composer_model.h"
#include "sample/composer_draw.h"

namespace undersong {

// Drafts of one prompt share what the network keeps of it; the last prompts are kept, so that the
// roles of a section, which all begin after the same bars, hear those once.
//
// The model must outlive it. One source serves several threads. Errors: kUsage for options.
std::unique_ptr<DraftSource> make_network_source(const ComposerModel& model,
                                                 const DrawOptions& options);

}  // namespace undersong
