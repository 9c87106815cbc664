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
#include "pipeline/writer_network.h"
#include "plan/plan.h"
#include "style/style_library.h"

namespace undersong {

enum class CertificateWish { kWrite, kOmit };

inline constexpr int kMostVariants = 100;

struct ComposeRequest {
  // Of a new piece; with `plan` and `from` nothing of it counts but the style, where it is given.
  CompositionRequest composition;
  // Of the piece, and of the bars that are written again. Unset: that of `plan`, else one is
  // chosen, and reported.
  std::optional<std::uint64_t> seed;
  std::optional<std::filesystem::path> plan;  // an edited plan in place of the request's
  std::optional<std::filesystem::path> from;  // a track of ours some bars of which are written
                                              // again, and
  Rewrite rewrite;                            // which; its seed is `seed`
  // Of a new piece. With `from` of the bars that are written again, by the piece's own writer where
  // no kind is set; `model` may also be where weights that wrote the piece are.
  WriterWish writer;
  std::vector<std::filesystem::path> outputs;  // by suffix, as write_music; audio, .mid, .svg.
                                               // None and no stems: STYLE-SEED.wav
  std::optional<std::filesystem::path> stems;  // a folder: a float WAV a stem
  int variants = 1;        // 1-kMostVariants; outputs are numbered: bed-1.wav, bed-2.wav …
  MusicFileOptions music;  // title, SoundFont, loudness, overwriting
  GateOptions gate;
  CertificateWish certificate = CertificateWish::kWrite;
};

struct ComposedVariant {
  std::uint64_t seed = 0;  // of the music that was taken, which repeats it; `seed` and its
                           // successors unless a candidate was rejected
  Plan plan;
  std::size_t notes = 0;
  GateReport originality;
  std::vector<PatternBars> in_the_networks_place;
  std::vector<MusicFileReport> files;  // in the order of the outputs
  std::vector<MusicFileReport> stems;
  std::filesystem::path certificate;  // empty: none
};

struct ComposeReport {
  FoundStyle style;
  bool edited = false;  // `from` had been changed by a person
  std::string writer;   // a sentence about the composer network; may be empty
  std::vector<UnusedReference> unused;
  std::vector<ComposedVariant> variants;
};

// Plan, compose, compare, render, master, certify. The request travels in the MIDI file as a text
// (pipeline/request_text.h). Compared is what is ready (open_ready_references).
//
// Errors: kUsage and kFormat as plan(), find_style(), read_plan() say; those of write_music,
// decide_writer(), decide_rewriter(), networks_of() and require_use();
// kTooClose as generate(); kMismatch as compose_rewrite(). Every output is written whole or not at
// all, and none of a variant before all of them are.
ComposeReport compose_music(const ComposeRequest& request, Progress& progress);

// What `--plan-only` prints.
struct PlannedPiece {
  FoundStyle style;
  Plan plan;
};
PlannedPiece plan_music(const ComposeRequest& request);

}  // namespace undersong
