#pragma once

namespace undersong {

// One line for help texts.
const char* frames_summary();

// `undersong-train frames …`: measures the decoder on sets of frames. Returns the exit code.
int run_frames_command(int count, char** values);

}  // namespace undersong
