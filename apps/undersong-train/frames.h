#pragma once

namespace undersong {

// `undersong-train frames …`: measures the decoder on sets of frames. Returns the exit code.
int run_frames_command(int count, char** values);

}  // namespace undersong
