#pragma once
// The transcription network as a corpus wants it.

#include <memory>

#include "corpus/ingest.h"

namespace undersong {

// Hears recordings with the installed network, which is loaded with the first one. Its settings
// are those of `undersong transcribe` without flags.
// Errors: of its `transcribe`, kNotFound without the network's weights.
std::shared_ptr<const Transcriber> usual_transcriber();

}  // namespace undersong
