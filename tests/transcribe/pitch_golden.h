#pragma once
// What the reference made of a recording, in ../shared/golden/basic-pitch, and the network's
// weights where they are installed; tests that want either skip, with a message, where it is
// missing.

#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "support/shared_music.h"
#include "transcribe/basic_pitch_import.h"
#include "transcribe/pitch_network.h"

namespace undersong {

inline constexpr const char* kNoPitchGolden =
    "the reference's outputs in ../shared/golden/basic-pitch are not on this machine";
inline constexpr const char* kNoPitchWeights =
    "the network's weights are not installed (scripts/get-transcriber.sh fetches them)";

inline std::optional<std::filesystem::path> pitch_golden(const std::string& name) {
  return shared_file("../golden/basic-pitch/" + name);
}

inline std::vector<float> floats_of(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

inline std::optional<PitchNetwork> installed_pitch_network() {
  try {
    return PitchNetwork(load_weights(find_pitch_network()));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) return std::nullopt;
    throw;
  }
}

}  // namespace undersong
