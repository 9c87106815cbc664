#pragma once
// A model alone writes music, as in the seed: `undersong generate`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/rng.h"
#include "compose/part_writer.h"
#include "model/model.h"
#include "pipeline/originality_gate.h"
#include "pipeline/references.h"
#include "pipeline/render.h"
#include "sample/sampler.h"
#include "score/key.h"
#include "score/score.h"
#include "tokens/composer_grid.h"

namespace undersong {

// How symbols that say nothing of time become music.
enum class Rhythm {
  kLearned,  // gaps, durations, velocities and octaves as the corpus had them with each symbol
  kEven,     // every symbol a quarter note after the last: the seed's way
};

inline constexpr int kMostBarsOfAComposer = 10'000;  // hours of music; more is a slip

// What only a composer can be asked for (model/composer_model.h).
struct ComposerWishes {
  std::optional<GridStyle> style;  // unset: drawn; of a prompt, the one that it sounds like
  std::optional<Key> key;          // unset: drawn
  std::string meter;               // "3/4"; empty: drawn
  int bars = 0;                    // exactly; 0: by notes
  // Bars of the prompt (counted from its first note's, 0 the first) that are written anew, in place
  // of going on from it; the result is the whole piece, on the network's grid.
  std::optional<BarSpan> rewrite;
  RoleSet roles;  // for whom; empty: those that play there
};

struct GenerateRequest {
  std::filesystem::path model;                 // a weight file
  std::vector<std::filesystem::path> outputs;  // by suffix, as write_music
  std::int64_t notes = 300;  // symbols, or notes of a note matrix; of a composer about so many
  ComposerWishes composer;
  SamplingOptions sampling;
  std::optional<std::uint64_t> seed;  // unset: chosen, and reported
  std::optional<std::filesystem::path>
      prompt;  // a MIDI file to go on from; unset: a window held out in training
  Rhythm rhythm = Rhythm::kLearned;
  std::optional<double> bpm;   // unset: 120 for symbols, else the model's own tempo
  std::optional<int> program;  // 0-127; unset: piano, or a composer's own
  MusicFileOptions music;      // title, SoundFont, loudness, overwriting
  GateOptions gate;            // candidates, and whether copies may be written
};

struct GenerateReport {
  std::uint64_t seed = 0;
  ModelInfo model;
  std::size_t notes = 0;  // in the score
  double length_seconds = 0.0;
  GateReport originality;  // compared with what the model learned
  // What it learned too, through weights that it was adapted from, and is not at hand.
  std::vector<UnusedReference> unused;
  std::vector<MusicFileReport> files;
};

// Errors: kUsage for numbers out of range and outputs that exist; those of load_model, load_midi
// and write_music; kMismatch when the prompt has too few symbols that the model knows; kTooClose
// when every candidate copies what the model learned (reference_of_model), as far as that is at
// hand. Every output is written whole or not at all.
GenerateReport generate(const GenerateRequest& request, Progress& progress);

// The music alone, without files and compared with nothing: the first candidate of generate(). The
// same request gives the same score on every machine.
Score generate_score(const LoadedModel& model, const GenerateRequest& request, std::uint64_t seed,
                     Progress& progress);

// Any candidate: drawn from candidate_rng().
Score generate_score(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                     Progress& progress);

}  // namespace undersong
