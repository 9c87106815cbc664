#pragma once
// The way across the torch wall: networks are trained by another program, undersong-train.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace undersong {

// What makes undersong-train, as a command.
inline constexpr const char* kBuildTrainer =
    "./check, or: apt-get install libtorch-dev && cmake --preset dev && cmake --build --preset dev";

// Beside this program, in the development build of the tree that it was built in, or in PATH.
std::optional<std::filesystem::path> find_trainer();

// Becomes undersong-train with these arguments; returns only by an error. Errors: kNotFound, with
// how to build it; kIo when it cannot be started.
[[noreturn]] void become_trainer(const std::vector<std::string>& arguments);

}  // namespace undersong
