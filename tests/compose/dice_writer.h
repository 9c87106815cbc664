#pragma once
// A writer whose notes differ from bar to bar, so that a copy can be told from a new bar.

#include "compose/part_writer.h"
#include "compose/writer_context.h"

namespace undersong {

class DiceWriter final : public PartWriter {
 public:
  DiceWriter(const Plan& plan, const Style& style) : context_(plan, style) {}

  std::vector<Note> write(const PartRequest& request, Rng rng) const override {
    std::vector<Note> notes;
    for (int bar = request.bars.first; bar < request.bars.last; ++bar) {
      Rng chance = rng.fork(static_cast<std::uint64_t>(bar));
      for (int beat = 0; beat < context_.bar(bar).beats; ++beat) {
        const Ticks onset = context_.onset(bar) + beat * context_.beat_ticks();
        const int pitch = 60 + static_cast<int>(chance.below(8));
        notes.push_back(make_note(onset, onset + context_.beat_ticks(), pitch, 80));
      }
    }
    return notes;
  }

 private:
  WriterContext context_;
};

}  // namespace undersong
