#include <algorithm>

#include "base/check.h"
#include "compose/part_writer.h"
#include "compose/pattern_parts.h"
#include "compose/writer_context.h"

namespace undersong {
namespace {

std::vector<Note> write_role(const WriterContext& context, const PartRequest& request, Rng rng) {
  if (context.style().role(request.role) == nullptr) return {};
  switch (request.role) {
    case Role::kDrums: return write_drums(context, request, rng);
    case Role::kPercussion: return write_percussion(context, request, rng);
    case Role::kBass: return write_bass(context, request, rng);
    case Role::kChords: return write_chords(context, request, rng);
    case Role::kPad: return write_pad(context, request, rng);
    case Role::kArpeggio: return write_arpeggio(context, request, rng);
    case Role::kLead: return write_lead(context, request, rng);
    case Role::kCounter: return write_counter(context, request, rng);
  }
  return {};
}

class PatternWriter final : public PartWriter {
 public:
  PatternWriter(const Plan& plan, const Style& style) : context_(plan, style) {}

  std::vector<Note> write(const PartRequest& request, Rng rng) const override {
    UNDERSONG_CHECK(request.bars.first >= 0 && request.bars.first <= request.bars.last &&
                    request.bars.last <= context_.bar_count());
    std::vector<Note> notes = write_role(context_, request, rng);
    std::sort(notes.begin(), notes.end());
    return notes;
  }

 private:
  WriterContext context_;
};

}  // namespace

std::unique_ptr<PartWriter> make_pattern_writer(const Plan& plan, const Style& style) {
  return std::make_unique<PatternWriter>(plan, style);
}

}  // namespace undersong
