#pragma once
// The flags of every verb that writes music: where to, and how it sounds.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "pipeline/render.h"
#include "undersong/console.h"

namespace undersong {

struct MusicFlags {
  std::string title;
  std::filesystem::path soundfont;
  std::optional<double> bpm;
  std::string program;
  std::string loudness;
  std::optional<double> lufs;
  std::optional<double> ceiling;
  bool force = false;

  void add_to(CLI::App& verb);
  // Those without tempo and instrument.
  void add_sound_to(CLI::App& verb);

  // Errors: kUsage for a program that General MIDI does not have.
  std::optional<int> program_number() const;
  // Errors: kUsage for a loudness that is none.
  MusicFileOptions options() const;
};

// `out/a.mp3: 63.5 s, -14.0 LUFS, -1.0 dBTP`.
std::string describe(const MusicFileReport& report);
nlohmann::json to_json(const MusicFileReport& report);

}  // namespace undersong
