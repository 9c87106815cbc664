#pragma once
// What was heard, for other programs.

#include <string>

#include "pipeline/transcribe.h"

namespace undersong {

// Notes and hits in seconds of the recording, with the beats and the meter.
std::string notes_json(const Transcription& heard);

}  // namespace undersong
