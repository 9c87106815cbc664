#include "model/composer_hearing.h"

#include <algorithm>

#include "base/check.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr std::size_t kHeader = 5;  // BEGIN STYLE MODE METER TEMPO

// Parts of what was heard that are heard again.
struct Cut {
  std::size_t future_last = kHeader;  // from the header's end to here
  bool past = false;                  // and PAST after it
  std::size_t first = 0;              // the first of the bars that stay, up to the end
  std::size_t after_changes = 0;      // behind its own METER and TEMPO, which the header says
  TokenId meter = 0;
  TokenId tempo = 0;
};

std::size_t first_bar_from(std::span<const TokenId> ids, std::size_t from) {
  const auto found = std::find(ids.begin() + static_cast<std::ptrdiff_t>(from), ids.end(), kBar);
  // A bar that is longer than what stays is cut inside.
  return found == ids.end() ? from : static_cast<std::size_t>(found - ids.begin());
}

// As many whole bars of FUTURE as fit.
void cut_future(std::span<const TokenId> ids, std::size_t past, std::size_t most, Cut& cut) {
  cut.past = true;
  cut.future_last = kHeader + 1;
  for (std::size_t i = kHeader + 1; i <= std::min(past, kHeader + most); ++i) {
    if (ids[i] == kBar || i == past) cut.future_last = i;
  }
}

// `begin`: from where on changes count; those in FUTURE … PAST are over after it.
void find_changes(std::span<const TokenId> ids, std::size_t begin, Cut& cut) {
  cut.after_changes = cut.first;
  if (ids[cut.first] == kBar) ++cut.after_changes;
  while (cut.after_changes < ids.size() &&
         (kMeter.holds(ids[cut.after_changes]) || kTempo.holds(ids[cut.after_changes]))) {
    ++cut.after_changes;
  }
  for (std::size_t i = begin; i < cut.after_changes; ++i) {
    if (kMeter.holds(ids[i])) cut.meter = ids[i];
    if (kTempo.holds(ids[i])) cut.tempo = ids[i];
  }
}

Cut cut_of(std::span<const TokenId> ids, int context) {
  const auto room = static_cast<std::size_t>(context);
  Cut cut;
  cut.meter = ids[kHeader - 2];
  cut.tempo = ids[kHeader - 1];
  std::size_t begin = kHeader;
  std::size_t from = ids.size() - std::min(ids.size() - kHeader, room * 5 / 9);
  if (ids[kHeader] == kFuture) {
    const auto past = std::find(ids.begin(), ids.end(), kPast);
    if (past == ids.end()) {
      cut.future_last = kHeader + 1;
      from = std::max(from, kHeader + 1);
    } else {
      const auto at = static_cast<std::size_t>(past - ids.begin());
      cut_future(ids, at, room / 3, cut);
      begin = at + 1;
      from = std::max(from, begin);
    }
  }
  // PAST may be what was told last.
  cut.first = from >= ids.size() ? ids.size() : first_bar_from(ids, from);
  if (cut.first < ids.size()) find_changes(ids, begin, cut);
  return cut;
}

}  // namespace

void ComposerHearing::append(TokenId id, const ComposerCursor& cursor) {
  ids_.push_back(id);
  const auto features = cursor.features();
  const auto anchors = cursor.anchors();
  features_.insert(features_.end(), features.begin(), features.end());
  anchors_.insert(anchors_.end(), anchors.begin(), anchors.end());
}

std::vector<DecoderStep> ComposerHearing::steps(std::size_t first) const {
  constexpr std::size_t kFeatures = composer_feature::kPerToken;
  constexpr std::size_t kAnchors = composer_head::kCount;
  std::vector<DecoderStep> steps;
  steps.reserve(size() - first);
  for (std::size_t i = first; i < size(); ++i) {
    const auto features = std::span(features_).subspan(i * kFeatures, kFeatures);
    const auto anchors = std::span(anchors_).subspan(i * kAnchors, kAnchors);
    steps.push_back({{features.begin(), features.end()}, {anchors.begin(), anchors.end()}});
  }
  return steps;
}

void ComposerHearing::copy(const ComposerHearing& from, std::size_t first, std::size_t last) {
  const auto append = [&](auto& to, const auto& values, std::size_t width) {
    to.insert(to.end(), values.begin() + static_cast<std::ptrdiff_t>(first * width),
              values.begin() + static_cast<std::ptrdiff_t>(last * width));
  };
  append(ids_, from.ids_, 1);
  append(features_, from.features_, composer_feature::kPerToken);
  append(anchors_, from.anchors_, composer_head::kCount);
}

ComposerHearing ComposerHearing::after_slide(int context) const {
  UNDERSONG_CHECK(size() > kHeader);
  const Cut cut = cut_of(ids_, context);
  ComposerHearing heard;
  ComposerCursor cursor;
  for (const TokenId id : {kContinue, ids_[1], ids_[2], cut.meter, cut.tempo}) {
    cursor.advance(id);
    heard.append(id, cursor);
  }
  heard.copy(*this, kHeader, cut.future_last);
  if (cut.past) {
    const auto past = std::find(ids_.begin(), ids_.end(), kPast) - ids_.begin();
    heard.copy(*this, static_cast<std::size_t>(past), static_cast<std::size_t>(past) + 1);
  }
  if (cut.first < size()) {
    // BAR itself, without the changes that the header says.
    const bool is_bar = ids_[cut.first] == kBar;
    if (is_bar) heard.copy(*this, cut.first, cut.first + 1);
    heard.copy(*this, is_bar ? cut.after_changes : cut.first, size());
  }
  return heard;
}

}  // namespace undersong
