#pragma once
// A training of the composer small enough for a test, on music made up by rule.

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/rng.h"
#include "corpus/training_writer.h"
#include "train/composer_training.h"

namespace undersong {

// A bass on the beats and a melody that walks up and down the scale.
inline GridPiece walking_piece(Rng rng, int bars) {
  constexpr int kScale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  GridPiece piece;
  piece.style = GridStyle::kFolk;
  std::uint64_t degree = rng.below(8);
  for (int b = 0; b < bars; ++b) {
    GridBar bar;
    bar.tempo = 12;
    bar.chords = {grid_chord(0, ChordQuality::kMajor), grid_chord(0, ChordQuality::kMajor)};
    for (int beat = 0; beat < 4; ++beat) {
      GridNote note;
      note.position = static_cast<std::uint8_t>(12 * beat);
      note.duration = duration_step(12);
      note.velocity = 8;
      note.role = Role::kLead;
      note.pitch = static_cast<std::uint8_t>(kScale[degree]);
      bar.notes.push_back(note);
      note.role = Role::kBass;
      note.pitch = static_cast<std::uint8_t>(beat % 2 == 0 ? 36 : 43);
      bar.notes.push_back(note);
      degree = rng.below(6) == 0 ? rng.below(8) : (degree + 1) % 8;
    }
    std::sort(bar.notes.begin(), bar.notes.end());
    piece.bars.push_back(std::move(bar));
  }
  return piece;
}

inline TrainingFile walking_music(const std::filesystem::path& folder, int pieces = 12) {
  TrainingContents contents;
  contents.corpus = "walking";
  contents.corpus_sha256 = std::string(64, '0');
  contents.energy_borders.resize(kGridStyleCount);
  for (int i = 0; i < pieces; ++i) {
    TrainingEntry& entry = contents.entries.emplace_back();
    entry.about.path = "piece " + std::to_string(i);
    entry.about.licence = "CC0-1.0";
    entry.about.split = i % 4 == 2 ? Split::kValid : i % 4 == 3 ? Split::kTest : Split::kTrain;
    entry.bars = walking_piece(Rng(3).fork(static_cast<std::uint64_t>(i)), 24);
  }
  write_training_file(contents, 1 << 20, folder, Overwrite::kAllow);
  return TrainingFile::open(folder);
}

inline ComposerTrainingSettings tiny_composer_settings() {
  ComposerTrainingSettings settings;
  settings.size = "tiny";
  settings.samples.context = 128;
  settings.tokens = 12 * 512;
  settings.step_tokens = 512;
  settings.learning_rate = 4e-3;
  settings.evaluate_every = 0.25;
  settings.evaluated_windows = 4;
  settings.device = Device::kCpu;
  settings.threads = 2;
  return settings;
}

}  // namespace undersong
