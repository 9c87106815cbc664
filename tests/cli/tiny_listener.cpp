// tiny_listener weights FILE: the weights of a network that hears pure tones.
// tiny_listener tones FILE HERTZ...: a WAV file of sines, half a second each; 0 is silence.

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "base/file.h"
#include "support/simple_pitch_network.h"

namespace {

constexpr int kRate = 22050;

void put(std::string& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::string wav_of(int count, char** hertz) {
  std::string samples;
  for (int tone = 0; tone < count; ++tone) {
    const double f = std::atof(hertz[tone]);
    for (int i = 0; i < kRate / 2; ++i) {
      const double t = static_cast<double>(i) / kRate;
      const double value = f > 0.0 ? std::sin(2.0 * std::numbers::pi * f * t) : 0.0;
      put(samples, static_cast<std::uint32_t>(static_cast<std::int32_t>(16000.0 * value)), 2);
    }
  }
  const auto size = static_cast<std::uint32_t>(samples.size());
  std::string wav = "RIFF";
  put(wav, 36 + size, 4);
  wav += "WAVEfmt ";
  put(wav, 16, 4);
  put(wav, 1, 2);  // PCM
  put(wav, 1, 2);  // one channel
  put(wav, kRate, 4);
  put(wav, 2 * kRate, 4);
  put(wav, 2, 2);
  put(wav, 16, 2);
  wav += "data";
  put(wav, size, 4);
  return wav + samples;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace undersong;
  if (count < 3) return 2;
  try {
    if (std::string(arguments[1]) == "weights") {
      save_weights(arguments[2], simple_pitch_network(), Overwrite::kAllow);
    } else {
      save_file(arguments[2], wav_of(count - 3, arguments + 3), Overwrite::kAllow);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
