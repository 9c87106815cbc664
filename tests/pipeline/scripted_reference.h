#pragma once
// A reference that says what a test wants to hear.

#include <memory>
#include <string>
#include <vector>

#include "pipeline/references.h"

namespace undersong {

class ScriptedReference : public Reference {
 public:
  ScriptedReference() {
    piece_.id = std::string(64, 'a');
    piece_.title = "Mazurka";
    piece_.path = "Chopin/op7.mid";
    piece_.licence = "CC-BY-SA-3.0-DE";
    baseline_.pieces = 20;
    baseline_.distinctive_notes = {6.0, 5.0, 7.0, 3.0, 9.0};
  }

  const std::string& name() const override { return name_; }
  std::span<const LearnedPiece> pieces() const override { return {&piece_, 1}; }
  const Baseline& baseline() const override { return baseline_; }
  // A track shares as many notes with the piece as its first note is high; of middle C and below
  // none.
  Closeness compare(const Score& track, const std::string&) const override {
    Closeness closeness;
    closeness.notes = static_cast<std::int64_t>(note_count(track));
    const int shared = track.tracks.at(0).notes.at(0).pitch - 60;
    if (shared <= 0) return closeness;
    SharedRun run;
    run.notes = shared;
    run.distinctive_notes = shared;
    run.bars = {1, 2};
    run.nearest = {0, {5, 6}};
    run.transposed_by = 3;
    closeness.longest_run = closeness.most_distinctive_run = run;
    closeness.coverage[0] = 0.5;
    return closeness;
  }

 private:
  std::string name_ = "piano";
  LearnedPiece piece_;
  Baseline baseline_;
};

inline OpenReference scripted_reference() {
  return {std::make_shared<ScriptedReference>(), ReferenceForm::kWhole, "piano.index",
          std::string(64, 'b'), nullptr};
}

// Eight crotchets of one pitch.
inline Score notes_at(int pitch) {
  Score score;
  score.tracks.resize(1);
  for (int i = 0; i < 8; ++i) {
    score.tracks[0].notes.push_back(
        {.onset_ticks = 480 * i, .duration_ticks = 480, .pitch = static_cast<std::uint8_t>(pitch)});
  }
  return score;
}

}  // namespace undersong
