// Any bytes are a style pack or an Error of one kind; what was read can be relied on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "style/style_file.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// What plan, compose and render never look at again.
void check(const undersong::Style& style) {
  require(!style.name.empty() && !style.moods.empty() && !style.tonics.empty());
  require(!style.modes.empty() && !style.forms.empty() && !style.cadences.empty());
  require(style.slowest_bpm >= 30.0 && style.fastest_bpm <= 300.0);
  require(style.sections.size() >= 3);
  for (const auto& progression : style.progressions) {
    require(!progression.bars.empty());
    for (const auto& bar : progression.bars) {
      require(!bar.empty() && bar.size() <= 2);
      for (const auto& chord : bar) {
        const auto symbol = undersong::resolve(chord, {9, undersong::Mode::kMinor});
        require(symbol.root >= 0 && symbol.root < 12 && symbol.bass >= 0 && symbol.bass < 12);
      }
    }
  }
  for (const auto& role : style.roles) {
    if (!role) continue;
    require(!role->instruments.empty());
    require(role->range.high - role->range.low >= 12);
    for (const auto& pattern : role->patterns)
      require(!pattern.steps.empty() &&
              pattern.steps.size() %
                      static_cast<std::size_t>(style.beats * pattern.steps_per_beat) ==
                  0);
    for (const auto& groove : role->grooves) {
      require(!groove.voices.empty());
      for (const auto& voice : groove.voices)
        require(voice.steps.size() == groove.voices.front().steps.size() && !voice.steps.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    check(undersong::read_style({reinterpret_cast<const char*>(data), size}));
  } catch (const undersong::Error& error) {
    require(error.kind() == undersong::ErrorKind::kFormat);
  }
  return 0;
}
