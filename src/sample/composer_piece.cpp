#include "sample/composer_piece.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "base/portable_math.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr float kNever = -std::numeric_limits<float>::infinity();

float& at(std::span<float> logits, TokenId id) { return logits[static_cast<std::size_t>(id)]; }

void require_style(const ComposerModel& model, GridStyle style) {
  const auto known = known_styles(model.knowledge());
  if (std::find(known.begin(), known.end(), style) != known.end()) return;
  std::string names;
  for (const GridStyle other : known)
    names += (names.empty() ? "" : ", ") + std::string(name_of(other));
  throw Error(ErrorKind::kUsage, "this composer never heard music of the style " +
                                     std::string(name_of(style)) + "; it knows " + names);
}

// Tells what was asked, or draws one of `choices` (all when empty).
TokenId decide(ComposerDraw& draw, const Range& range, std::optional<int> asked,
               const std::vector<int>& choices) {
  if (asked) {
    const TokenId id = range.of(*asked);
    draw.tell({&id, 1});
    return id;
  }
  DrawTask task;
  task.most_ids = 1;
  task.steer = [&](const DrawPlace&, std::span<float> logits) {
    if (choices.empty()) return;
    std::vector<float> kept(logits.size(), kNever);
    for (const int choice : choices) at(kept, range.of(choice)) = at(logits, range.of(choice));
    std::ranges::copy(kept, logits.begin());
  };
  return draw.draw(task).front().front();
}

template <typename T>
std::optional<int> as_int(const std::optional<T>& value) {
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

std::vector<TokenId> write_header(const ComposerModel& model, const ComposerPieceRequest& request,
                                  ComposerDraw& draw) {
  std::vector<int> styles;
  for (const GridStyle style : known_styles(model.knowledge()))
    styles.push_back(static_cast<int>(style));
  draw.tell({&kBegin, 1});
  const TokenId style = decide(draw, kStyle, as_int(request.style), styles);
  const TokenId mode = decide(draw, kMode, as_int(request.minor), {});
  const TokenId meter = decide(draw, kMeter, as_int(request.meter), {});
  const TokenId tempo = decide(draw, kTempo, as_int(request.tempo), {});
  return {kBegin, style, mode, meter, tempo};
}

// Where the piece ends, and what the network is told of it.
class Ending {
 public:
  Ending(const ComposerPieceRequest& request, int bars_heard)
      : wanted_notes_(request.notes), first_bar_(bars_heard) {
    if (request.bars > 0) last_bar_ = bars_heard + request.bars - 1;
  }

  void steer(const DrawPlace& place, std::span<float> logits) {
    hear(place);
    const bool is_last =
        last_bar_ >= 0 ? place.cursor.bar() >= last_bar_ : begun() && notes_ >= wanted_notes_;
    // There is a bar at least, and the last one is followed by END.
    if (is_last) {
      at(logits, kBar) = kNever;
    } else {
      at(logits, kEnd) = kNever;
    }
    at(logits, kFuture) = kNever;
    if (begun() && place.cursor.role() < 0) steer_left(place.cursor.bar(), logits);
  }

  std::int64_t notes() const { return notes_; }
  int bars() const { return bars_; }

 private:
  bool begun() const { return bars_ > 0; }

  // The id that came last.
  void hear(const DrawPlace& place) {
    if (place.drawn.empty()) return;
    const TokenId id = place.drawn.back();
    if (is_note(id)) ++notes_;
    if (kLeft.holds(id)) left_told_ = true;
    if (id != kBar) return;
    ++bars_;
    left_told_ = false;
    if (last_bar_ < 0) plan_end();
  }

  // As soon as the rest is few enough bars to be told.
  void plan_end() {
    const int written = bars_ - 1;
    const std::int64_t missing = wanted_notes_ - notes_;
    if (written == 0) return;
    // A piece whose bars are all empty ends too.
    if (notes_ == 0 && written < wanted_notes_) return;
    const auto per_bar = std::max<std::int64_t>(1, (notes_ + written / 2) / std::int64_t{written});
    const std::int64_t bars_left = (missing + per_bar - 1) / per_bar;
    if (bars_left > kLeftSteps) return;
    last_bar_ = first_bar_ + written + static_cast<int>(std::max<std::int64_t>(1, bars_left)) - 1;
  }

  // What would go on to the notes, or to the next bar, goes on through the bars left.
  void steer_left(int bar, std::span<float> logits) const {
    const int left = last_bar_ - bar;
    if (last_bar_ < 0 || left >= kLeftSteps || left_told_) {
      for (int i = 0; i < kLeft.count; ++i) at(logits, kLeft.of(i)) = kNever;
      return;
    }
    std::vector<TokenId> onward = {kBar, kEnd};
    for (int i = 0; i < kLeft.count; ++i) onward.push_back(kLeft.of(i));
    for (int i = 0; i < kRole.count; ++i) onward.push_back(kRole.of(i));
    const float most = at(
        logits, *std::ranges::max_element(onward, {}, [&](TokenId id) { return at(logits, id); }));
    double sum = 0.0;
    for (const TokenId id : onward) {
      sum += portable_exp(static_cast<double>(at(logits, id)) - static_cast<double>(most));
      at(logits, id) = kNever;
    }
    at(logits, kLeft.of(left)) = most + static_cast<float>(portable_log(sum));
  }

  std::int64_t wanted_notes_;
  int first_bar_;
  int last_bar_ = -1;  // as the cursor counts; -1: not yet known
  int bars_ = 0;       // begun
  std::int64_t notes_ = 0;
  bool left_told_ = false;
};

}  // namespace

void check_piece(const ComposerModel& model, const ComposerPieceRequest& request) {
  check_options(request.draw.sampling);
  if (request.style && request.prompt.empty()) require_style(model, *request.style);
  UNDERSONG_CHECK(request.bars >= 0 && (request.bars > 0 || request.notes > 0));
}

GridPiece write_piece(const ComposerModel& model, const ComposerPieceRequest& request,
                      const Rng& rng, Progress& progress) {
  check_piece(model, request);
  ComposerDraw draw(model, request.draw, {rng});
  draw.tell(request.prompt);
  std::vector<TokenId> ids =
      request.prompt.empty() ? write_header(model, request, draw) : request.prompt;
  const int bars_heard = draw.cursor(0).bar() + 1;
  Ending ending(request, bars_heard);
  const bool by_bars = request.bars > 0;
  progress.begin("writing", by_bars ? request.bars : request.notes, by_bars ? "bars" : "notes");
  DrawTask task;
  task.most_ids = std::numeric_limits<std::size_t>::max();
  task.steer = [&](const DrawPlace& place, std::span<float> logits) {
    ending.steer(place, logits);
    progress.update(by_bars ? ending.bars() : ending.notes(), "");
  };
  const auto drawn = draw.draw(task).front();
  progress.end();
  ids.insert(ids.end(), drawn.begin(), drawn.end());
  GridPiece piece = from_composer_text(ids);
  piece.bars.erase(piece.bars.begin(), piece.bars.begin() + bars_heard);
  return piece;
}

}  // namespace undersong
