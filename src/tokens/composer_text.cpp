#include "tokens/composer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "tokens/composer_cursor.h"

namespace undersong {
namespace {

using namespace composer_token;

TokenId token(const Range& range, int value) {
  UNDERSONG_CHECK(value >= 0 && value < range.count);
  return range.of(value);
}

const GridBar& bar_of(const GridPiece& piece, int bar) {
  return piece.bars[static_cast<std::size_t>(bar)];
}

bool has_future(const TextLayout& layout) { return layout.future_first < layout.future_last; }

bool is_future(const TextLayout& layout, int bar) {
  return bar >= layout.future_first && bar < layout.future_last;
}

void check_layout(const GridPiece& piece, const TextLayout& layout) {
  const int bars = static_cast<int>(piece.bars.size());
  UNDERSONG_CHECK(layout.first_bar >= 0 && layout.first_bar <= layout.last_bar);
  UNDERSONG_CHECK(layout.last_bar <= bars);
  if (has_future(layout)) {
    UNDERSONG_CHECK(layout.future_first >= layout.last_bar && layout.future_last <= bars);
  }
}

struct Pace {
  std::uint8_t meter;
  std::uint8_t tempo;
};

Pace pace_of(const GridBar& bar) { return {bar.meter, bar.tempo}; }

// What the header tells: the pace of the layout's first bar, or of the piece's last when the layout
// begins behind it.
Pace header_pace(const GridPiece& piece, const TextLayout& layout) {
  if (piece.bars.empty()) return pace_of({});
  const int last = static_cast<int>(piece.bars.size()) - 1;
  return pace_of(bar_of(piece, std::min(layout.first_bar, last)));
}

// What holds when `bar` begins.
Pace pace_before(const GridPiece& piece, int bar, const TextLayout& layout) {
  const int first = is_future(layout, bar) ? layout.future_first : layout.first_bar;
  return bar == first ? header_pace(piece, layout) : pace_of(bar_of(piece, bar - 1));
}

bool tells_relation(const GridBar& value, int bar, const TextLayout& layout) {
  return layout.controls.relation && !is_future(layout, bar) &&
         bar - value.relation_distance >= layout.first_bar;
}

void append_bar(const GridPiece& piece, int bar, const TextLayout& layout,
                std::vector<TokenId>& ids) {
  append_bar_start(piece, bar, layout, ids);
  for (const Role role : layout.roles) {
    append_block(bar_of(piece, bar), role, layout.controls, ids);
  }
}

// The notes of a role: a run of a bar's sorted notes.
std::span<const GridNote> notes_of(const GridBar& bar, Role role) {
  const auto begins = [](const GridNote& note, Role wanted) { return note.role < wanted; };
  const auto ends = [](Role wanted, const GridNote& note) { return wanted < note.role; };
  const auto first = std::lower_bound(bar.notes.begin(), bar.notes.end(), role, begins);
  const auto last = std::upper_bound(first, bar.notes.end(), role, ends);
  return {first, last};
}

int onsets_in(std::span<const GridNote> notes) {
  int onsets = 0;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (i == 0 || notes[i].position != notes[i - 1].position) ++onsets;
  }
  return onsets;
}

// Builds a piece from ids, one after another.
class Reader {
 public:
  bool finished() const { return cursor_.finished(); }

  void read(TokenId id) {
    if (id < 0 || id >= kCount || !cursor_.allows(id)) fail(id);
    cursor_.advance(id);
    if (!header_told_) {
      read_header(id);
    } else if (!cursor_.in_future()) {
      read_bar(id);
    }
    ++count_;
    last_ = id;
  }

  GridPiece piece() {
    for (GridBar& bar : piece_.bars) std::sort(bar.notes.begin(), bar.notes.end());
    return std::move(piece_);
  }

 private:
  [[noreturn]] void fail(TokenId id) const {
    const Vocabulary& vocabulary = composer_vocabulary();
    if (id < 0 || id >= kCount) {
      throw Error(ErrorKind::kFormat,
                  fmt::format("id {} of the composer's text is {}, and the vocabulary has 0 to {}: "
                              "it was made with another one",
                              count_, id, kCount - 1));
    }
    const std::string& name = vocabulary.symbol(id);
    if (count_ == 0) {
      throw Error(ErrorKind::kFormat,
                  fmt::format("the composer's text begins with '{}'; it has to begin with '{}' or "
                              "'{}'",
                              name, vocabulary.symbol(kBegin), vocabulary.symbol(kContinue)));
    }
    throw Error(ErrorKind::kFormat,
                fmt::format("id {} of the composer's text: '{}' may not follow '{}' there (bar {})",
                            count_, name, vocabulary.symbol(last_), cursor_.bar() + 1));
  }

  void read_header(TokenId id) {
    if (kStyle.holds(id)) piece_.style = static_cast<GridStyle>(kStyle.value(id));
    if (kMode.holds(id)) piece_.minor = kMode.value(id) == 1;
    if (!kTempo.holds(id)) return;
    tempo_ = static_cast<std::uint8_t>(kTempo.value(id));
    header_told_ = true;
  }

  void read_bar(TokenId id) {
    if (id == kPast || id == kEnd) return;  // FUTURE did not move tempo_, so the header's holds
    if (id == kBar) {
      GridBar bar;
      bar.tempo = tempo_;
      piece_.bars.push_back(bar);
    }
    GridBar& bar = piece_.bars.back();
    bar.meter = static_cast<std::uint8_t>(cursor_.meter());
    if (is_note(id)) {
      read_note(id, bar);
    } else {
      read_control(id, bar);
    }
  }

  void read_control(TokenId id, GridBar& bar) {
    if (kTempo.holds(id)) bar.tempo = tempo_ = static_cast<std::uint8_t>(kTempo.value(id));
    if (kChord.holds(id)) {
      bar.chords[1] = static_cast<GridChord>(kChord.value(id));
      if (!kChord.holds(last_)) bar.chords[0] = bar.chords[1];
    }
    if (kEnergy.holds(id)) bar.energy = static_cast<std::uint8_t>(kEnergy.value(id));
    if (kRelation.holds(id)) bar.relation = static_cast<BarRelation>(kRelation.value(id));
    if (kRole.holds(id)) note_.role = kRoles[static_cast<std::size_t>(kRole.value(id))];
    if (kVelocity.holds(id)) note_.velocity = static_cast<std::uint8_t>(kVelocity.value(id));
    if (kDuration.holds(id)) note_.duration = static_cast<std::uint8_t>(kDuration.value(id));
  }

  void read_note(TokenId id, GridBar& bar) {
    GridNote note = note_;
    note.position = static_cast<std::uint8_t>(cursor_.position());
    if (kDrum.holds(id)) {
      note.pitch = static_cast<std::uint8_t>(kLowestDrum + kDrum.value(id));
      note.duration = 0;
    } else {
      note.pitch = static_cast<std::uint8_t>(kLowestPitch + kPitch.value(id));
    }
    bar.notes.push_back(note);
  }

  ComposerCursor cursor_;
  GridPiece piece_;
  GridNote note_;  // what holds until it is told anew
  TokenId last_ = kPad;
  std::size_t count_ = 0;
  bool header_told_ = false;
  std::uint8_t tempo_ = 0;
};

}  // namespace

TextLayout TextLayout::whole(const GridPiece& piece) {
  TextLayout layout;
  layout.last_bar = static_cast<int>(piece.bars.size());
  return layout;
}

int onsets_of(const GridBar& bar, Role role) { return onsets_in(notes_of(bar, role)); }

void append_header(const GridPiece& piece, const TextLayout& layout, std::vector<TokenId>& ids) {
  check_layout(piece, layout);
  const Pace pace = header_pace(piece, layout);
  ids.insert(ids.end(), {layout.first_bar == 0 ? kBegin : kContinue,
                         token(kStyle, static_cast<int>(piece.style)), token(kMode, piece.minor),
                         token(kMeter, pace.meter), token(kTempo, pace.tempo)});
  if (!has_future(layout)) return;
  ids.push_back(kFuture);
  for (int future = layout.future_first; future < layout.future_last; ++future) {
    append_bar(piece, future, layout, ids);
  }
  ids.push_back(kPast);
}

void append_bar_start(const GridPiece& piece, int bar, const TextLayout& layout,
                      std::vector<TokenId>& ids) {
  const int bars = static_cast<int>(piece.bars.size());
  UNDERSONG_CHECK(bar >= layout.first_bar && bar < bars);
  const GridBar& value = bar_of(piece, bar);
  const Pace before = pace_before(piece, bar, layout);
  const ControlChoice& controls = layout.controls;
  ids.push_back(kBar);
  if (value.meter != before.meter) ids.push_back(token(kMeter, value.meter));
  if (value.tempo != before.tempo) ids.push_back(token(kTempo, value.tempo));
  if (controls.chords) {
    ids.push_back(token(kChord, value.chords[0]));
    if (value.chords[1] != value.chords[0]) ids.push_back(token(kChord, value.chords[1]));
  }
  if (controls.energy) ids.push_back(token(kEnergy, value.energy));
  if (tells_relation(value, bar, layout)) {
    ids.push_back(token(kRelation, static_cast<int>(value.relation)));
  }
  if (controls.left && bars - 1 - bar < kLeftSteps) ids.push_back(token(kLeft, bars - 1 - bar));
}

void append_block(const GridBar& bar, Role role, const ControlChoice& controls,
                  std::vector<TokenId>& ids) {
  const std::span<const GridNote> notes = notes_of(bar, role);
  if (notes.empty()) return;
  const bool percussive = is_percussive(role);
  const int length = kGridMeters.at(bar.meter).length();
  ids.push_back(token(kRole, static_cast<int>(index_of(role))));
  if (controls.density) ids.push_back(token(kDensity, density_step(onsets_in(notes))));
  const GridNote* before = nullptr;
  for (const GridNote& note : notes) {
    UNDERSONG_CHECK(note.position < length);
    const bool same_group = before != nullptr && before->position == note.position;
    if (same_group && before->pitch == note.pitch) continue;
    if (!same_group) ids.push_back(token(kPosition, note.position));
    if (before == nullptr || before->velocity != note.velocity) {
      ids.push_back(token(kVelocity, note.velocity));
    }
    if (percussive) {
      ids.push_back(token(kDrum, note.pitch - kLowestDrum));
    } else {
      if (before == nullptr || before->duration != note.duration) {
        ids.push_back(token(kDuration, note.duration));
      }
      ids.push_back(token(kPitch, note.pitch - kLowestPitch));
    }
    before = &note;
  }
}

std::vector<TokenId> to_composer_text(const GridPiece& piece, const TextLayout& layout) {
  std::vector<TokenId> ids;
  append_header(piece, layout, ids);
  for (int bar = layout.first_bar; bar < layout.last_bar; ++bar) {
    append_bar(piece, bar, layout, ids);
  }
  if (layout.last_bar == static_cast<int>(piece.bars.size())) ids.push_back(kEnd);
  return ids;
}

GridPiece from_composer_text(std::span<const TokenId> ids) {
  Reader reader;
  for (const TokenId id : ids) {
    reader.read(id);
    if (reader.finished()) break;
  }
  return reader.piece();
}

}  // namespace undersong
