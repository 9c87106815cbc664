#pragma once
// A finished piece of any style and exactly any length: `undersong compose`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "pipeline/originality_gate.h"
#include "pipeline/render.h"
#include "plan/plan.h"
#include "style/style_library.h"

namespace undersong {

enum class CertificateWish { kWrite, kOmit };

struct ComposeRequest {
  CompositionRequest composition;              // `seed` is used when `seed_given`
  bool seed_given = false;                     // else one is chosen, and reported
  std::optional<std::filesystem::path> plan;   // an edited plan in place of the request's
  std::optional<std::filesystem::path> from;   // a track of ours whose bars are written again
  std::vector<std::filesystem::path> outputs;  // by suffix, as write_music; audio, .mid, .svg
  std::optional<std::filesystem::path> stems;  // a folder: a WAV a stem
  int variants = 1;                            // outputs are numbered: bed-1.wav, bed-2.wav …
  MusicFileOptions music;                      // title, SoundFont, loudness, overwriting
  GateOptions gate;
  CertificateWish certificate = CertificateWish::kWrite;
};

struct ComposedVariant {
  std::uint64_t seed = 0;
  Plan plan;
  std::size_t notes = 0;
  GateReport originality;
  std::vector<MusicFileReport> files;  // stems among them
  std::filesystem::path certificate;   // empty: none
};

struct ComposeReport {
  FoundStyle style;
  std::vector<ComposedVariant> variants;
};

// Plan, compose, compare, render, master, certify. The request travels in the MIDI file as a text.
// Errors: kUsage and kFormat as plan(), find_style(), read_plan() say; those of write_music;
// kTooClose as generate(). Every output is written whole or not at all.
ComposeReport compose_music(const ComposeRequest& request, Progress& progress);

// What `--plan-only` prints.
Plan plan_music(const ComposeRequest& request);

}  // namespace undersong
