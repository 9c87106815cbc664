#pragma once
// Recordings that tests make: tones by libsndfile in any of its formats, and whatever else ffmpeg
// makes of them where it is installed.

#include <gtest/gtest.h>
#include <sndfile.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

#include "base/subprocess.h"

namespace undersong {

struct ToneFile {
  int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  int sample_rate = 44100;
  double seconds = 1.0;
  std::vector<double> channel_hz = {440.0};  // a tone for each channel; 0: silent
};

// Sines of half the full level.
inline void save_tones(const std::filesystem::path& path, const ToneFile& file) {
  SF_INFO info{};
  info.format = file.format;
  info.samplerate = file.sample_rate;
  info.channels = static_cast<int>(file.channel_hz.size());
  SNDFILE* sound = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(sound, nullptr) << sf_strerror(nullptr);
  if (info.channels == 6) {
    std::vector<int> map = {SF_CHANNEL_MAP_LEFT,      SF_CHANNEL_MAP_RIGHT,
                            SF_CHANNEL_MAP_CENTER,    SF_CHANNEL_MAP_LFE,
                            SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT};
    sf_command(sound, SFC_SET_CHANNEL_MAP_INFO, map.data(), 6 * static_cast<int>(sizeof(int)));
  }
  std::vector<float> frame(file.channel_hz.size());
  const auto frames = static_cast<std::size_t>(file.seconds * file.sample_rate);
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / file.sample_rate;
    for (std::size_t channel = 0; channel < frame.size(); ++channel)
      frame[channel] =
          0.5F * static_cast<float>(std::sin(2 * std::numbers::pi * file.channel_hz[channel] * t));
    sf_writef_float(sound, frame.data(), 1);
  }
  sf_close(sound);
}

// What ffmpeg makes of `arguments`, the last of which is the output. False when it is not
// installed: the test then says so and is skipped.
inline bool made_by_ffmpeg(const std::vector<std::string>& arguments) {
  if (!find_program("ffmpeg")) return false;
  std::vector<std::string> all = {"ffmpeg", "-nostdin", "-v", "error", "-y"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto result = run_subprocess(all, std::chrono::seconds(60));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  return result.exit_code == 0;
}

}  // namespace undersong
