#pragma once

namespace undersong {

// `undersong-train composer …`: trains the composer network. Returns the exit code.
int run_composer_command(int count, char** values);

}  // namespace undersong
