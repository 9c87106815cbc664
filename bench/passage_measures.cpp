#include "passage_measures.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "composer_passages.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "tokens/composer_text.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

constexpr int kScaleBars = 4;
constexpr int kFewestScaleNotes = 8;
constexpr unsigned kMajorScale = 0b101010110101;

std::size_t common_bars(const GridPiece& one, const GridPiece& other) {
  return std::min(one.bars.size(), other.bars.size());
}

double best_scale(const std::array<int, 12>& classes, int notes) {
  int best = 0;
  for (int root = 0; root < 12; ++root) {
    int inside = 0;
    for (int pitch_class = 0; pitch_class < 12; ++pitch_class) {
      if ((kMajorScale >> ((pitch_class - root + 12) % 12) & 1U) != 0)
        inside += classes[static_cast<std::size_t>(pitch_class)];
    }
    best = std::max(best, inside);
  }
  return static_cast<double>(best) / notes;
}

std::optional<double> polyphony(const GridPiece& music) {
  std::vector<int> sounding;
  std::size_t begin = 0;
  for (const GridBar& bar : music.bars) {
    for (const GridNote& note : bar.notes) {
      if (is_percussive(note.role)) continue;
      const std::size_t from = begin + note.position;
      const std::size_t to = from + static_cast<std::size_t>(kGridDurations.at(note.duration));
      sounding.resize(std::max(sounding.size(), to), 0);
      for (std::size_t step = from; step < to; ++step) ++sounding[step];
    }
    begin += static_cast<std::size_t>(kGridMeters.at(bar.meter).length());
  }
  Ratio all;
  for (const int notes : sounding) {
    if (notes > 0) all += {static_cast<double>(notes), 1.0};
  }
  return all.share();
}

// In quarter notes.
struct Times {
  Ratio length;  // of pitched notes
  Ratio between_onsets;
};

Times times_of(const GridPiece& music) {
  Times times;
  int begin = 0;
  int last = -1;
  for (const GridBar& bar : music.bars) {
    std::vector<GridNote> notes = bar.notes;
    std::ranges::sort(notes, {}, &GridNote::position);
    for (const GridNote& note : notes) {
      if (!is_percussive(note.role))
        times.length +=
            {static_cast<double>(kGridDurations.at(note.duration)) / kGridPerQuarter, 1.0};
      const int onset = begin + note.position;
      if (last >= 0 && onset != last)
        times.between_onsets += {static_cast<double>(onset - last) / kGridPerQuarter, 1.0};
      last = onset;
    }
    begin += kGridMeters.at(bar.meter).length();
  }
  return times;
}

std::optional<double> range(const GridPiece& music) {
  int lowest = 128;
  int highest = -1;
  for (const GridBar& bar : music.bars) {
    for (const GridNote& note : bar.notes) {
      if (is_percussive(note.role)) continue;
      lowest = std::min<int>(lowest, note.pitch);
      highest = std::max<int>(highest, note.pitch);
    }
  }
  return highest >= lowest ? std::optional<double>(highest - lowest) : std::nullopt;
}

// A role's part of a bar, at its first and last onset.
struct Ends {
  int first_position = -1;
  int last_position = -1;
  int first_pitch = 0;
  int last_pitch = 0;
  unsigned classes = 0;
};

Ends ends_of(const GridBar& bar, Role role) {
  Ends ends;
  for (const GridNote& note : bar.notes) {
    if (note.role != role) continue;
    ends.classes |= 1U << (note.pitch % 12);
    // Pitches ascend: what comes later at a position is higher.
    const bool opens = note.position != ends.last_position;
    if (ends.first_position < 0) ends.first_position = note.position;
    if (!opens && role == Role::kBass) continue;
    ends.last_position = note.position;
    ends.last_pitch = note.pitch;
    if (note.position == ends.first_position) ends.first_pitch = note.pitch;
  }
  return ends;
}

}  // namespace

Ratio notes_in_chord(const GridPiece& music, const GridPiece& asked) {
  Ratio inside;
  for (std::size_t bar = 0; bar < common_bars(music, asked); ++bar) {
    for (const GridNote& note : music.bars[bar].notes) {
      const GridChord chord = chord_at(asked.bars[bar], note.position);
      if (chord != 0 && !is_percussive(note.role)) inside.add(is_in_chord(chord, note.pitch));
    }
  }
  return inside;
}

BlockErrors block_errors(const GridPiece& drawn, const GridPiece& asked) {
  BlockErrors errors;
  for (std::size_t bar = 0; bar < common_bars(drawn, asked); ++bar) {
    for (const Role role : kRoles) {
      const int wanted = onsets_of(asked.bars[bar], role);
      if (wanted == 0) continue;
      const int played = onsets_of(drawn.bars[bar], role);
      errors.lost.add(played == 0);
      errors.density += {std::abs(static_cast<double>(density_step(wanted)) -
                                  static_cast<double>(density_step(std::max(1, played)))),
                         1.0};
    }
  }
  return errors;
}

Ratio repeated_bars(const GridPiece& music) {
  Ratio repeated;
  for (const GridBar& bar : music.bars) {
    if (!bar.notes.empty()) repeated.add(bar.relation == BarRelation::kCopy);
  }
  return repeated;
}

Ratio repeated_bars(const GridPiece& drawn, const GridPiece& asked, BarRelation relation) {
  Ratio repeated;
  for (std::size_t bar = 0; bar < common_bars(drawn, asked); ++bar) {
    if (asked.bars[bar].relation == relation && !drawn.bars[bar].notes.empty())
      repeated.add(drawn.bars[bar].relation == BarRelation::kCopy);
  }
  return repeated;
}

std::optional<double> scale_consistency(const GridPiece& music) {
  Ratio runs;
  for (std::size_t first = 0; first + kScaleBars <= music.bars.size(); first += kScaleBars) {
    std::array<int, 12> classes{};
    int notes = 0;
    for (std::size_t bar = first; bar < first + kScaleBars; ++bar) {
      for (const GridNote& note : music.bars[bar].notes) {
        if (is_percussive(note.role)) continue;
        ++classes[note.pitch % 12];
        ++notes;
      }
    }
    if (notes >= kFewestScaleNotes) runs += {best_scale(classes, notes), 1.0};
  }
  return runs.share();
}

std::vector<std::optional<double>> passage_textures(const GridPiece& music) {
  const Score score = from_grid(music);
  const Texture texture = measure_texture(score);
  const Structureness structure = measure_structure(self_similarity(score));
  const Times times = times_of(music);
  Ratio notes;
  for (const GridBar& bar : music.bars) notes += {static_cast<double>(bar.notes.size()), 1.0};
  return {texture.entropy_1_bar,
          texture.entropy_4_bars,
          texture.grooving_similarity,
          texture.chord_irregularity,
          structure.short_term,
          structure.mid_term,
          structure.long_term,
          notes.share(),
          polyphony(music),
          scale_consistency(music),
          times.length.share(),
          times.between_onsets.share(),
          range(music)};
}

std::optional<Seam> seam_at(const GridPiece& music, int bar, Role role) {
  const GridBar& before = music.bars[static_cast<std::size_t>(bar - 1)];
  const Ends left = ends_of(before, role);
  const Ends right = ends_of(music.bars[static_cast<std::size_t>(bar)], role);
  if (left.first_position < 0 || right.first_position < 0) return std::nullopt;
  const int steps =
      kGridMeters.at(before.meter).length() - left.last_position + right.first_position;
  return Seam{.leap = std::abs(static_cast<double>(right.first_pitch - left.last_pitch)),
              .wait = static_cast<double>(steps) / kGridPerQuarter,
              .overlap = static_cast<double>(std::popcount(left.classes & right.classes)) /
                         std::popcount(left.classes | right.classes),
              .is_pitched = !is_percussive(role)};
}

std::optional<double> ks_distance(std::vector<double> values, std::vector<double> others) {
  if (values.empty() || others.empty()) return std::nullopt;
  std::ranges::sort(values);
  std::ranges::sort(others);
  const auto share_up_to = [](const std::vector<double>& sorted, double bound) {
    return static_cast<double>(std::ranges::upper_bound(sorted, bound) - sorted.begin()) /
           static_cast<double>(sorted.size());
  };
  double most = 0.0;
  for (const auto& list : {values, others}) {
    for (const double bound : list)
      most = std::max(most, std::abs(share_up_to(values, bound) - share_up_to(others, bound)));
  }
  return most;
}

}  // namespace undersong
