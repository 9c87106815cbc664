#pragma once

#include <string>

namespace undersong {

// One line for `undersong doctor`: LibTorch's version, and what it can train on.
std::string describe_devices();

}  // namespace undersong
