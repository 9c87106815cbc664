#include "train/composer_samples.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/portable_math.h"
#include "tokens/composer_cursor.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr std::size_t kHeaderIds = 5;  // BEGIN STYLE MODE METER TEMPO
// Crops shorter than this teach little: the end of a row is padding instead.
constexpr std::size_t kShortestCrop = 48;
constexpr double kFromBeginning = 0.2;  // of crops; else any bar
constexpr int kFewestBars = 4;          // that a crop has where its piece has them
constexpr int kLongestGap = 8;
constexpr int kLongestFuture = 8;
constexpr double kOtherOctave = 0.1;
// Where a crop may go by an octave: bass and piccolo still sound.
constexpr int kLowestMoved = 28;
constexpr int kHighestMoved = 100;

bool by_chance(Rng& rng, double probability) { return rng.uniform() < probability; }

int between(Rng& rng, int lowest, int highest) {
  return lowest + static_cast<int>(rng.below(static_cast<std::uint64_t>(highest - lowest + 1)));
}

bool is_header(TokenId id) { return id == kBegin || id == kContinue; }

int bars_of(const GridPiece& piece) { return static_cast<int>(piece.bars.size()); }

const GridBar& bar_at(const GridPiece& piece, int bar) {
  return piece.bars[static_cast<std::size_t>(bar)];
}

// At least so many ids does a bar take that has all its roles.
std::size_t fewest_ids(const GridBar& bar) { return 1 + bar.notes.size(); }

// About so many. Measured: 2.2 a note, 4-8 a bar.
std::size_t expected_ids(const GridBar& bar) { return 8 + bar.notes.size() * 5 / 2; }

// The bar behind a crop that begins at `first` and surely fills `room`.
int end_of_crop(const GridPiece& piece, int first, std::size_t room) {
  std::size_t ids = 0;
  int bar = first;
  while (bar < bars_of(piece) && ids < room) ids += fewest_ids(bar_at(piece, bar++));
  return bar;
}

RoleSet roles_in(const GridPiece& piece, int first, int last) {
  RoleSet roles;
  for (int bar = first; bar < last; ++bar) {
    for (const GridNote& note : bar_at(piece, bar).notes) roles.insert(note.role);
  }
  return roles;
}

std::vector<Role> listed(RoleSet set) {
  std::vector<Role> roles;
  std::copy_if(kRoles.begin(), kRoles.end(), std::back_inserter(roles),
               [&](Role role) { return set.contains(role); });
  return roles;
}

ControlChoice draw_controls(Rng& rng, double drop) {
  if (by_chance(rng, drop)) return ControlChoice::none();
  ControlChoice controls;
  for (bool* told :
       {&controls.chords, &controls.energy, &controls.relation, &controls.left, &controls.density})
    *told = !by_chance(rng, drop);
  return controls;
}

// Which roles are told, and in which order: the last is the one that is written to the others.
std::vector<Role> draw_roles(Rng& rng, RoleSet present, const SampleOptions& options,
                             double reorder) {
  std::vector<Role> roles = listed(present);
  const bool shuffled = by_chance(rng, reorder);
  if (shuffled) rng.shuffle(std::span(roles));
  if (roles.size() < 2 || !by_chance(rng, options.leave_out)) return roles;
  // Half of them a beginning of the order, as a writer meets it; half any subset.
  const auto kept = static_cast<std::size_t>(between(rng, 1, static_cast<int>(roles.size()) - 1));
  if (!shuffled && by_chance(rng, 0.5)) {
    std::vector<Role> any = roles;
    rng.shuffle(std::span(any));
    any.resize(kept);
    std::erase_if(roles,
                  [&](Role role) { return std::find(any.begin(), any.end(), role) == any.end(); });
  } else {
    roles.resize(kept);
  }
  return roles;
}

void move_velocities(Rng& rng, GridPiece& piece, int first, int last) {
  const int by = between(rng, -3, 3);
  for (int bar = first; bar < last; ++bar) {
    const int here = by + between(rng, -1, 1);
    for (GridNote& note : piece.bars[static_cast<std::size_t>(bar)].notes)
      note.velocity =
          static_cast<std::uint8_t>(std::clamp(note.velocity + here, 0, kGridVelocities - 1));
  }
}

// Moves all pitched notes by an octave where they stay in range.
void move_octave(Rng& rng, GridPiece& piece, int first, int last) {
  const int by = by_chance(rng, 0.5) ? 12 : -12;
  const auto each = [&](const auto& visit) {
    for (int bar = first; bar < last; ++bar) {
      for (GridNote& note : piece.bars[static_cast<std::size_t>(bar)].notes) {
        if (!is_percussive(note.role)) visit(note);
      }
    }
  };
  bool fits = true;
  each([&](const GridNote& note) {
    fits = fits && note.pitch + by >= kLowestMoved && note.pitch + by <= kHighestMoved;
  });
  if (fits) each([&](GridNote& note) { note.pitch = static_cast<std::uint8_t>(note.pitch + by); });
}

// A gap with bars before and behind it, that together take about `room`; no layout where the piece
// is too short or its bars are too full.
bool draw_gap(Rng& rng, const GridPiece& piece, std::size_t room, TextLayout& layout) {
  if (bars_of(piece) < 3) return false;
  const int gap = between(rng, 1, std::min(kLongestGap, bars_of(piece) - 2));
  const int first = between(rng, 0, bars_of(piece) - gap - 1);
  layout.last_bar = layout.future_first = first + gap;
  std::size_t ids = kHeaderIds + 2;
  for (int bar = first; bar < layout.last_bar; ++bar) ids += expected_ids(bar_at(piece, bar));
  const int future = between(rng, 1, kLongestFuture);
  layout.future_last = layout.future_first;
  while (layout.future_last < std::min(layout.future_first + future, bars_of(piece))) {
    ids += expected_ids(bar_at(piece, layout.future_last));
    if (ids > room) break;
    ++layout.future_last;
  }
  if (layout.future_first == layout.future_last) return false;
  layout.first_bar = first;
  while (layout.first_bar > 0) {
    ids += expected_ids(bar_at(piece, layout.first_bar - 1));
    if (ids > room) break;
    --layout.first_bar;
  }
  return true;
}

// Draws crops; one row's worth of chance.
class CropWriter {
 public:
  CropWriter(const SampleOptions& options, Rng rng) : options_(options), rng_(rng) {}

  Rng& rng() { return rng_; }

  // Appends at most `room` ids.
  void append(GridPiece piece, bool flat, std::size_t room, std::vector<TokenId>& ids) {
    if (options_.augment && by_chance(rng_, options_.infill) &&
        append_infill(piece, flat, room, ids))
      return;
    TextLayout layout;
    const int latest = std::max(0, bars_of(piece) - kFewestBars);
    layout.first_bar = by_chance(rng_, kFromBeginning) ? 0 : between(rng_, 0, latest);
    layout.last_bar = end_of_crop(piece, layout.first_bar, room);
    if (options_.augment) {
      vary(piece, flat, layout.first_bar, layout.last_bar);
      layout.controls = draw_controls(rng_, options_.drop_controls);
      layout.roles = draw_roles(rng_, roles_in(piece, layout.first_bar, layout.last_bar), options_,
                                options_.reorder);
    }
    const auto crop = to_composer_text(piece, layout);
    ids.insert(ids.end(), crop.begin(),
               crop.begin() + static_cast<std::ptrdiff_t>(std::min(room, crop.size())));
  }

 private:
  void vary(GridPiece& piece, bool flat, int first, int last) {
    if (flat) move_velocities(rng_, piece, first, last);
    if (by_chance(rng_, kOtherOctave)) move_octave(rng_, piece, first, last);
  }

  bool append_infill(GridPiece& piece, bool flat, std::size_t room, std::vector<TokenId>& ids) {
    TextLayout layout;
    if (!draw_gap(rng_, piece, room, layout)) return false;
    vary(piece, flat, layout.first_bar, layout.future_last);
    layout.controls = draw_controls(rng_, options_.drop_controls);
    // As often as not one part is rewritten in the gap, rather than all.
    layout.roles =
        draw_roles(rng_, roles_in(piece, layout.first_bar, layout.future_last), options_, 0.5);
    auto crop = to_composer_text(piece, layout);
    // Too long after all: the gap, which stands last, is worth more than what leads to it.
    while (crop.size() > room && layout.first_bar + 1 < layout.last_bar) {
      ++layout.first_bar;
      crop = to_composer_text(piece, layout);
    }
    crop.resize(std::min(crop.size(), room));
    ids.insert(ids.end(), crop.begin(), crop.end());
    return true;
  }

  const SampleOptions& options_;
  Rng rng_;
};

// A piece told whole, cut into windows.
class WindowCutter {
 public:
  WindowCutter(const GridPiece& piece, int context, MeasuredControls controls)
      : piece_(piece), length_(static_cast<std::size_t>(context) + 1) {
    TextLayout layout;
    layout.last_bar = bars_of(piece);
    if (controls == MeasuredControls::kNone) layout.controls = ControlChoice::none();
    text_ = to_composer_text(piece, layout);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == kBar) bars_.push_back(i);
    }
  }

  void append(std::vector<MeasuredWindow>& windows) const {
    windows.push_back({piece_.style, slice(0, length_), kHeaderIds});
    std::size_t told = windows.back().ids.size();  // of the text, counted or given up
    while (told < text_.size()) {
      const std::size_t bar = bar_before(told);
      const std::size_t from = begin_of(bar);
      const std::size_t end = std::min(text_.size(), from + length_ - (kHeaderIds + 1));
      if (end > told) {
        windows.push_back({piece_.style, window(bar, end), kHeaderIds + 1 + told - from});
        told = end;
      } else {  // the bar alone is longer than a window
        const auto next = std::upper_bound(bars_.begin(), bars_.end(), told);
        told = next == bars_.end() ? text_.size() : *next + 1;
      }
    }
  }

 private:
  std::vector<TokenId> slice(std::size_t first, std::size_t last) const {
    return {text_.begin() + static_cast<std::ptrdiff_t>(first),
            text_.begin() + static_cast<std::ptrdiff_t>(std::min(last, text_.size()))};
  }

  // Behind BAR, and the meter and tempo that a header before it tells already.
  std::size_t begin_of(std::size_t bar) const {
    std::size_t from = bars_[bar] + 1;
    while (from < text_.size() && (kMeter.holds(text_[from]) || kTempo.holds(text_[from]))) ++from;
    return from;
  }

  // The first bar of the half window before `told`; else the last one that begins before it.
  std::size_t bar_before(std::size_t told) const {
    const std::size_t half = length_ / 2;
    const auto first = std::lower_bound(bars_.begin(), bars_.end(), told - std::min(told, half));
    auto bar = static_cast<std::size_t>(first - bars_.begin());
    while (bar > 0 && (bar == bars_.size() || begin_of(bar) > told)) --bar;
    return bar;
  }

  // A header of what holds in the bar, the bar, and what follows it up to `end`.
  std::vector<TokenId> window(std::size_t bar, std::size_t end) const {
    TextLayout here;
    here.first_bar = here.last_bar = static_cast<int>(bar);
    std::vector<TokenId> ids;
    append_header(piece_, here, ids);
    ids.push_back(kBar);
    const auto rest = slice(begin_of(bar), end);
    ids.insert(ids.end(), rest.begin(), rest.end());
    return ids;
  }

  const GridPiece& piece_;
  std::size_t length_;
  std::vector<TokenId> text_;
  std::vector<std::size_t> bars_;  // where they begin in it
};

}  // namespace

ComposerSamples::ComposerSamples(const TrainingFile& file, Split split, SampleOptions options)
    : file_(file), options_(options) {
  UNDERSONG_CHECK(options.context > static_cast<int>(kHeaderIds));
  std::array<double, kGridStyleCount> notes{};
  std::array<double, kGridStyleCount> bars{};
  for (std::size_t i = 0; i < file.pieces().size(); ++i) {
    const TrainingPiece& piece = file.pieces()[i];
    if (piece.split != split) continue;
    pieces_.push_back(i);
    notes_ += piece.notes;
    notes[static_cast<std::size_t>(piece.style)] += static_cast<double>(piece.notes);
    bars[static_cast<std::size_t>(piece.style)] += static_cast<double>(piece.bars);
  }
  if (pieces_.empty()) {
    throw Error(ErrorKind::kUsage, "the training file has no piece for " +
                                       std::string(name_of(split)) +
                                       "; prepare a corpus with more pieces");
  }
  double sum = 0.0;
  for (const std::size_t i : pieces_) {
    const auto style = static_cast<std::size_t>(file.pieces()[i].style);
    const double of_style = portable_exp(kStyleFloor * portable_log(std::max(1.0, notes[style])));
    sum += of_style * static_cast<double>(file.pieces()[i].bars) / bars[style];
    shares_.push_back(sum);
  }
}

std::vector<TokenId> ComposerSamples::row(std::uint64_t seed, std::uint64_t index) const {
  const std::size_t length = static_cast<std::size_t>(options_.context) + 1;
  std::vector<TokenId> ids;
  ids.reserve(length);
  CropWriter writer(options_, Rng(seed).fork(index));
  while (ids.empty() || ids.size() + kShortestCrop <= length) {
    const double drawn = writer.rng().uniform() * shares_.back();
    const auto at = std::upper_bound(shares_.begin(), shares_.end() - 1, drawn);
    const std::size_t piece = pieces_[static_cast<std::size_t>(at - shares_.begin())];
    writer.append(file_.read(piece), file_.pieces()[piece].flat_velocity, length - ids.size(), ids);
  }
  return ids;
}

void ComposerSamples::add_row(std::uint64_t seed, std::uint64_t index, DecoderBatch& batch) const {
  append_row(row(seed, index), 1, options_.context, batch);
}

std::vector<MeasuredWindow> measured_windows(const TrainingFile& file, Split split, int context,
                                             MeasuredControls controls) {
  UNDERSONG_CHECK(context > static_cast<int>(2 * kHeaderIds));
  std::vector<MeasuredWindow> windows;
  for (std::size_t i = 0; i < file.pieces().size(); ++i) {
    if (file.pieces()[i].split != split) continue;
    const GridPiece piece = file.read(i);
    WindowCutter(piece, context, controls).append(windows);
  }
  return windows;
}

std::vector<MeasuredWindow> spread_windows(std::vector<MeasuredWindow> windows,
                                           std::int64_t count) {
  if (count <= 0 || static_cast<std::int64_t>(windows.size()) <= count) return windows;
  std::array<std::vector<std::size_t>, kGridStyleCount> by_style;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    by_style[static_cast<std::size_t>(windows[i].style)].push_back(i);
  }
  const auto styles = std::count_if(by_style.begin(), by_style.end(),
                                    [](const auto& list) { return !list.empty(); });
  const auto each = static_cast<std::size_t>(std::max<std::int64_t>(1, count / styles));
  std::vector<MeasuredWindow> chosen;
  for (const auto& list : by_style) {
    const std::size_t taken = std::min(each, list.size());
    for (std::size_t i = 0; i < taken; ++i) {
      chosen.push_back(std::move(windows[list[i * list.size() / taken]]));
    }
  }
  return chosen;
}

void append_row(std::span<const TokenId> ids, std::size_t first_counted, int steps,
                DecoderBatch& batch) {
  UNDERSONG_CHECK(!ids.empty() && is_header(ids.front()));
  UNDERSONG_CHECK(batch.rows == 0 || batch.steps == steps);
  batch.steps = steps;
  ++batch.rows;
  ComposerCursor cursor;
  const auto count = static_cast<std::size_t>(steps);
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= ids.size()) {
      batch.features.insert(batch.features.end(), composer_feature::kPerToken, -1);
      batch.anchors.insert(batch.anchors.end(), composer_head::kCount, -1);
      batch.targets.push_back(-1);
      continue;
    }
    if (is_header(ids[i])) cursor = ComposerCursor();
    cursor.advance(ids[i]);
    const auto features = cursor.features();
    const auto anchors = cursor.anchors();
    batch.features.insert(batch.features.end(), features.begin(), features.end());
    batch.anchors.insert(batch.anchors.end(), anchors.begin(), anchors.end());
    const std::size_t next = i + 1;
    const bool counted = next < ids.size() && next >= first_counted && !is_header(ids[next]);
    batch.targets.push_back(counted ? ids[next] : -1);
  }
}

}  // namespace undersong
