#include "train/frames_steps.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/check.h"

namespace undersong {
namespace {

constexpr int kSteps = 16;         // the step within so many is told
constexpr int kReferenceKey = 40;  // where a silent frame comes before
constexpr int kRecallLimit = 64;   // frames
constexpr int kLengths = 8;        // buckets of a recall's length
constexpr int kLeft = 4;           // keys above the last: 0, 1, 2, more
constexpr int kDistances = 2 * kFrameKeys - 1;
constexpr int kHeadWidth = 32;

// Rows of the table: the tokens, the beginning of a piece, and what is told beside them.
struct Rows {
  int begin = frame_token::kCount;
  int pitch_class = begin + 1;
  int step = pitch_class + 12;
  int sounding = step + kSteps;        // + key: of the frame so far
  int before = sounding + kFrameKeys;  // of the frame before
  int before_it = before + kFrameKeys;
  int recalled = before_it + kFrameKeys;
  int before_from = recalled + kFrameKeys;  // + distance
  int before_it_from = before_from + kDistances;
  int recalled_from = before_it_from + kDistances;
  int recall_length = recalled_from + kDistances;
  int before_left = recall_length + kLengths;
  int recalled_left = before_left + kLeft;
  int count = recalled_left + kLeft;
};
constexpr Rows kRows;
constexpr int kSingles = 6;  // token, pitch class, step, length, what is left twice
constexpr int kLists = 7;

bool is_key(int key) { return key >= 0 && key < kFrameKeys; }

int bucket_of(int length) {
  int bucket = 0;
  while (bucket < kLengths - 1 && length > (1 << bucket) - 1) ++bucket;
  return bucket;
}

// Writes the features of one step into its slots.
class StepWriter {
 public:
  StepWriter(std::int32_t* slots, int count) : slot_(slots), end_(slots + count) {}

  void add(int row) {
    UNDERSONG_CHECK(slot_ < end_);
    *slot_++ = row;
  }
  void add_keys(int first_row, const Frame& frame) {
    for (const std::uint8_t key : frame) add(first_row + key);
  }
  void add_distances(int first_row, const Frame& frame, int reference) {
    for (const std::uint8_t key : frame) add(first_row + key - reference + kFrameKeys - 1);
  }

 private:
  std::int32_t* slot_;
  std::int32_t* end_;
};

// The keys of `frame` above `last`.
std::span<const std::uint8_t> above(const Frame& frame, int last) {
  const auto first =
      std::find_if(frame.begin(), frame.end(), [&](std::uint8_t key) { return int{key} > last; });
  return {first, frame.end()};
}

int first_or_none(std::span<const std::uint8_t> keys) { return keys.empty() ? -1 : keys.front(); }

int left(std::span<const std::uint8_t> keys) {
  return std::min(static_cast<int>(keys.size()), kLeft - 1);
}

// What is known when a frame begins.
struct FrameAround {
  Frame before;
  Frame before_it;
  Frame recalled;
  int recall_length = 0;
  int step = 0;
  bool first = false;
};

// One step: the frame so far is `sounding`.
void write_step(const FrameAround& around, const Frame& sounding, int per_step,
                DecoderBatch& batch) {
  const int last = sounding.empty() ? -1 : sounding.back();
  const int lowest = around.before.empty() ? kReferenceKey : around.before.front();
  const int reference = last >= 0 ? last : lowest;
  const auto before = above(around.before, last);
  const auto recalled = above(around.recalled, last);

  const std::size_t at = batch.features.size();
  batch.features.resize(at + static_cast<std::size_t>(per_step), -1);
  StepWriter out(batch.features.data() + at, per_step);
  out.add(last >= 0 ? last : (around.first ? kRows.begin : frame_token::kEnd));
  if (last >= 0) out.add(kRows.pitch_class + last % 12);
  out.add(kRows.step + around.step);
  out.add(kRows.recall_length + bucket_of(around.recall_length));
  out.add(kRows.before_left + left(before));
  out.add(kRows.recalled_left + left(recalled));
  out.add_keys(kRows.sounding, sounding);
  out.add_keys(kRows.before, around.before);
  out.add_keys(kRows.before_it, around.before_it);
  out.add_keys(kRows.recalled, around.recalled);
  out.add_distances(kRows.before_from, around.before, reference);
  out.add_distances(kRows.before_it_from, around.before_it, reference);
  out.add_distances(kRows.recalled_from, around.recalled, reference);
  batch.anchors.insert(batch.anchors.end(),
                       {last, lowest, first_or_none(before), first_or_none(recalled)});
}

}  // namespace

DecoderSpec frame_spec(const FrameNetworkSize& size, int most_keys) {
  DecoderSpec spec;
  spec.vocab_size = frame_token::kCount;
  spec.feature_count = kRows.count;
  spec.features_per_step = kSingles + kLists * most_keys;
  spec.width = size.width;
  spec.layers = size.layers;
  spec.heads = std::max(1, size.width / kHeadWidth);
  spec.kv_heads = spec.heads;
  spec.hidden = size.width * 2;
  spec.context = size.context;
  // In the order of write_step's anchors.
  spec.relative_heads.assign(4, RelativeHead{.first = 0, .count = kFrameKeys});
  spec.relative_heads[0].period = -1;  // keys ascend
  return spec;
}

FrameSteps::FrameSteps(FramePiece piece) : piece_(std::move(piece)) {
  std::int64_t step = 0;
  for (const Frame& frame : piece_) {
    starts_.push_back(step);
    step += static_cast<std::int64_t>(frame.size()) + 1;
    if (frame.empty()) continue;
    lowest_ = std::min(lowest_, int{frame.front()});
    highest_ = std::max(highest_, int{frame.back()});
  }
  starts_.push_back(step);
  recall_all();
}

// For each frame the place before it that was reached through the longest run of the same frames;
// the latest of those.
void FrameSteps::recall_all() {
  const std::size_t count = piece_.size();
  recalls_.resize(count);
  std::map<Frame, std::int32_t> numbers;  // comparing frames a million times is slow
  std::vector<std::int32_t> heard;
  for (const Frame& frame : piece_) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    heard.push_back(numbers.emplace(frame, next).first->second);
  }
  // lengths[j]: frames before t that equal those before j. From t-1's in place, j descending.
  std::vector<std::int32_t> lengths(count, 0);
  for (std::size_t t = 1; t < count; ++t) {
    Recall& best = recalls_[t];
    for (std::size_t j = t - 1; j >= 1; --j) {
      lengths[j] = heard[j - 1] == heard[t - 1] ? std::min(lengths[j - 1] + 1, kRecallLimit) : 0;
      if (lengths[j] > best.length) best = {static_cast<std::int32_t>(j), lengths[j]};
    }
  }
}

std::int64_t FrameSteps::frame_start(std::int64_t step) const {
  return *(std::upper_bound(starts_.begin(), starts_.end(), step) - 1);
}

std::int64_t FrameSteps::next_frame_start(std::int64_t step) const {
  return *std::upper_bound(starts_.begin(), starts_.end(), step);
}

Frame FrameSteps::moved(std::int64_t frame, int shift) const {
  if (frame < 0) return {};
  Frame keys;
  for (const std::uint8_t key : piece_[static_cast<std::size_t>(frame)]) {
    if (is_key(key + shift)) keys.push_back(static_cast<std::uint8_t>(key + shift));
  }
  return keys;
}

void FrameSteps::append_row(std::int64_t first, std::int64_t counted, std::int64_t end, int shift,
                            const DecoderSpec& spec, DecoderBatch& batch) const {
  UNDERSONG_CHECK(first == frame_start(first) && end - first <= spec.context);
  const auto place = std::upper_bound(starts_.begin(), starts_.end(), first) - 1;
  std::int64_t step = first;
  for (std::int64_t t = place - starts_.begin(); step < end; ++t) {
    const Recall& recall = recalls_[static_cast<std::size_t>(t)];
    const FrameAround around = {moved(t - 1, shift),          moved(t - 2, shift),
                                moved(recall.frame, shift),   recall.length,
                                static_cast<int>(t % kSteps), t == 0};
    const Frame& frame = piece_[static_cast<std::size_t>(t)];
    Frame sounding;
    for (std::size_t k = 0; k <= frame.size() && step < end; ++k, ++step) {
      write_step(around, sounding, spec.features_per_step, batch);
      int target = frame_token::kEnd;
      if (k < frame.size()) {
        const int key = frame[k] + shift;
        target = is_key(key) ? key : frame_token::kOffTheKeyboard;
        if (is_key(key)) sounding.push_back(static_cast<std::uint8_t>(key));
      }
      batch.targets.push_back(step < counted ? -1 : target);
    }
  }
  const auto padding = static_cast<std::size_t>(spec.context - (end - first));
  batch.features.resize(
      batch.features.size() + padding * static_cast<std::size_t>(spec.features_per_step), -1);
  batch.anchors.resize(batch.anchors.size() + padding * spec.relative_heads.size(), -1);
  batch.targets.resize(batch.targets.size() + padding, -1);
  batch.steps = spec.context;
  ++batch.rows;
}

std::vector<FrameSteps> steps_of(const std::vector<FramePiece>& pieces) {
  std::vector<FrameSteps> steps;
  for (const FramePiece& piece : pieces) steps.emplace_back(piece);
  return steps;
}

}  // namespace undersong
