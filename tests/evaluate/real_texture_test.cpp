// What texture and structure say of real music.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/chords.h"
#include "base/rng.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "midi/midi_file.h"
#include "score/bars.h"
#include "support/shared_music.h"

namespace undersong {
namespace {

// The first bars of the "Moonlight" sonata as analyses have them, but for the fourth, which has
// four chords.
TEST(RealTexture, TheMoonlightSonataHasItsChords) {
  const auto folder = shared_music("piano-midi-de");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  const Score score = load_midi(*folder / "Beethoven" / "mond_1.mid").score;
  const BarGrid bars(score);
  std::vector<std::string> found(8);
  for (const ChordSpan& span : recognise_chords(score)) {
    const auto bar = static_cast<std::size_t>(bars.bar_at(span.onset_ticks));
    if (bar < found.size()) found[bar] += " " + chord_name(span.chord);
  }
  const std::vector<std::string> expected = {" C#m", " C#m7", " A D",     " G#aug G#",
                                             " C#m", " G#",   " C#m F#m", " E B7"};
  EXPECT_EQ(found, expected);
}

Score with_shuffled_bars(Score score) {
  const BarGrid bars(score);
  std::vector<std::int64_t> order(static_cast<std::size_t>(bars.count()));
  std::iota(order.begin(), order.end(), 0);
  Rng(1).shuffle(std::span(order));
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      const std::int64_t bar = bars.bar_at(note.onset_ticks);
      if (bar >= bars.count()) continue;
      note.duration_ticks = std::min(note.duration_ticks, bars.onset(bar + 1) - note.onset_ticks);
      note.onset_ticks += bars.onset(order[static_cast<std::size_t>(bar)]) - bars.onset(bar);
    }
  }
  sort_events(score);
  return score;
}

// The same bars, hence the same pitches and rhythms in each, without their order: structure and
// harmony go, the rest stays.
TEST(RealTexture, BarsInRandomOrderLoseWhatOrderGives) {
  const auto folder = shared_music("piano-midi-de");
  if (!folder) GTEST_SKIP() << kNoSharedMusic;
  for (const char* file :
       {"Burgmueller/burg_erwachen.mid", "Schumann/scn15_1.mid", "Mozart/mz_545_2.mid"}) {
    SCOPED_TRACE(file);
    const Score score = load_midi(*folder / file).score;
    const Score shuffled = with_shuffled_bars(score);
    const Texture before = measure_texture(score);
    const Texture after = measure_texture(shuffled);
    EXPECT_NEAR(*before.entropy_1_bar, *after.entropy_1_bar, 1e-9);
    EXPECT_NEAR(*before.grooving_similarity, *after.grooving_similarity, 0.01);
    EXPECT_LT(*before.chord_irregularity, *after.chord_irregularity - 0.1);
    const Structureness ordered = measure_structure(self_similarity(score));
    const Structureness random = measure_structure(self_similarity(shuffled));
    EXPECT_GT(*ordered.mid_term, *random.mid_term + 0.05);
  }
}

}  // namespace
}  // namespace undersong
