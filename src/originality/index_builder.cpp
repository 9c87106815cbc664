#include <divsufsort.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "originality/figures.h"
#include "originality/index.h"
#include "originality/index_writer.h"
#include "originality/melodic_text.h"
#include "originality/points.h"
#include "originality/symbol_text.h"
#include "originality/voices.h"
#include "originality/window_grid.h"
#include "originality/window_search.h"

namespace undersong {
namespace {

using namespace detail;

// Positions of the text have 31 bits in libdivsufsort; figures are counted with 32 bits, and a
// point has six.
constexpr std::int64_t kMostTextBytes = (std::int64_t{1} << 31U) - 1;
constexpr std::int64_t kMostNotes = std::int64_t{1} << 29U;

// Learned points for a bucket, on average. Figures are far from evenly spread, so most buckets
// hold a few.
constexpr std::size_t kAnchorsPerBucket = 8;

// Between pieces on the axis, so that no window holds the end of one and the start of the next.
constexpr std::uint32_t kGapSteps = 64 * kPointStepsPerQuarter;

// Longer pieces stay out of the baseline: a file of ten hours is no human piece, and to compare it
// with a corpus takes minutes.
constexpr std::size_t kMostBaselineNotes = 20'000;

// What measure_baseline needs of a piece: its notes, meters and tempos.
Score without_sound(const Score& score) {
  Score bare;
  bare.ticks_per_quarter = score.ticks_per_quarter;
  bare.tempos = score.tempos;
  bare.meters = score.meters;
  for (const Track& track : score.tracks) bare.tracks.emplace_back().notes = track.notes;
  return bare;
}

std::int64_t pitched_notes(const Score& score) {
  std::int64_t notes = 0;
  for (const Track& track : score.tracks) {
    notes += std::count_if(track.notes.begin(), track.notes.end(),
                           [](const Note& note) { return note.channel != kDrumChannel; });
  }
  return notes;
}

// Positions of the text that hold an interval, sorted by what follows.
std::vector<std::uint32_t> sorted_suffixes(const std::vector<std::uint8_t>& text) {
  static_assert(sizeof(saidx_t) == sizeof(std::uint32_t));
  UNDERSONG_CHECK(text.size() <= std::numeric_limits<saidx_t>::max());
  std::vector<std::uint32_t> suffixes(text.size());
  if (text.empty()) return suffixes;
  // Both are 32-bit integers, and positions are not negative.
  const saint_t result = divsufsort(text.data(), reinterpret_cast<saidx_t*>(suffixes.data()),
                                    static_cast<saidx_t>(text.size()));
  if (result != 0) throw Error(ErrorKind::kIo, "there is not enough memory to sort the music");
  std::erase_if(suffixes, [&text](std::uint32_t position) { return !is_interval(text[position]); });
  suffixes.shrink_to_fit();
  return suffixes;
}

// Calls visit(bucket, point) for each figure of each piece, in the order of the points.
template <typename Visit>
void for_each_figure(const IndexContent& content, std::size_t buckets, Visit visit) {
  std::vector<Point> points;
  std::vector<std::uint32_t> keys;
  for (std::size_t piece = 0; piece + 1 < content.pieces.size(); ++piece) {
    throw_if_cancelled();
    const std::size_t begin = content.pieces[piece].point_begin;
    const std::size_t end = content.pieces[piece + 1].point_begin;
    points.clear();
    for (std::size_t i = begin; i < end; ++i) {
      points.push_back(
          {static_cast<std::int32_t>(content.point_onsets[i] - content.pieces[piece].axis_begin),
           content.point_pitches[i]});
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      keys.clear();
      append_figures(points, i, kLearnedFollowers, keys);
      for (const std::uint32_t key : keys)
        visit(bucket_of(key, buckets), static_cast<std::uint32_t>(begin + i));
    }
  }
}

// Fills the hash table: counts, then places, so that nothing is sorted and the order is that of
// the points.
void hash_figures(IndexContent& content) {
  constexpr std::size_t kFiguresPerPoint = kLearnedFollowers * (kLearnedFollowers - 1) / 2;
  const std::size_t buckets = std::bit_ceil(std::max<std::size_t>(
      1, content.point_pitches.size() * kFiguresPerPoint / kAnchorsPerBucket));
  std::vector<std::uint32_t> counts(buckets, 0);
  for_each_figure(content, buckets, [&](std::size_t bucket, std::uint32_t) { ++counts[bucket]; });

  // Nobody would follow a longer one.
  content.bucket_begins.assign(buckets + 1, 0);
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    content.bucket_begins[bucket + 1] =
        content.bucket_begins[bucket] + (counts[bucket] > kMostVotesPerBar ? 0 : counts[bucket]);
  }
  content.anchors.assign(content.bucket_begins.back(), 0);
  for_each_figure(content, buckets, [&](std::size_t bucket, std::uint32_t point) {
    if (counts[bucket] > kMostVotesPerBar) return;
    // counts becomes how many are still to come.
    content.anchors[content.bucket_begins[bucket + 1] - counts[bucket]--] = point;
  });
}

}  // namespace

class IndexBuilder::Impl {
 public:
  Impl(std::string corpus, std::string corpus_sha256) {
    description_.corpus = std::move(corpus);
    description_.corpus_sha256 = std::move(corpus_sha256);
  }

  void add(const LearnedPiece& piece, const Score& score) {
    const std::int64_t notes = pitched_notes(score);
    if (notes > kMostNotes - description_.notes) {
      throw Error(ErrorKind::kUnsupported, "an originality index holds at most " +
                                               std::to_string(kMostNotes) +
                                               " notes; index a part of the corpus");
    }
    description_.notes += notes;
    description_.pieces.push_back(piece);
    const std::vector<Point> points = points_of(score);
    content_.pieces.push_back(next_piece());
    content_.pieces.back().ticks_per_quarter = score.ticks_per_quarter;
    content_.pieces.back().bars = WindowGrid(score, points).bars();
    for (const Meter& meter : score.meters)
      content_.meters.push_back({meter.tick, meter.numerator, meter.denominator, 0});
    add_voices(score);
    add_points(points);
    scores_.push_back(without_sound(score));
  }

  void save(const std::filesystem::path& path, std::size_t baseline_pieces, Overwrite overwrite,
            Progress& progress) {
    UNDERSONG_CHECK(content_.pieces.size() == description_.pieces.size());  // saved once
    AtomicFile file(path, overwrite);
    progress.begin("sorting", description_.notes, "notes");
    finish_tables();
    progress.update(description_.notes, "");
    progress.end();
    throw_if_cancelled();
    write_index(file.temporary_path(), content_, description_);
    if (baseline_pieces > 0 && !scores_.empty()) {
      IndexDescription measured = description_;
      measured.baseline = measure(file.temporary_path(), baseline_pieces, progress);
      replace_description(file.temporary_path(), measured);
    }
    file.commit();
  }

 private:
  // What a piece begins with that is added now; the last record too, which ends the last piece.
  PieceRecord next_piece() const {
    PieceRecord record;
    record.axis_begin = axis_end_;
    record.text_begin = static_cast<std::uint32_t>(content_.text.size());
    record.meter_begin = static_cast<std::uint32_t>(content_.meters.size());
    record.point_begin = static_cast<std::uint32_t>(content_.point_pitches.size());
    return record;
  }
  VoiceRecord next_voice() const {
    return {static_cast<std::uint32_t>(content_.text.size()),
            static_cast<std::uint32_t>(content_.note_pitches.size())};
  }

  void add_voices(const Score& score) {
    for (const Voice& voice : separate_voices(score)) add_line(voice, melodic_text(voice));
    for (const SymbolLine& line : symbol_lines(score)) add_line(line.symbols, line.text);
  }

  void add_line(const Voice& voice, const std::vector<std::uint8_t>& text) {
    if (text.empty()) return;  // a single note
    // Positions of the text are 31 bits wide.
    if (text.size() + 1 > static_cast<std::size_t>(kMostTextBytes) - content_.text.size()) {
      throw Error(ErrorKind::kUnsupported,
                  "the music is too much for one originality index; index a part of the corpus");
    }
    content_.voices.push_back(next_voice());
    content_.text.insert(content_.text.end(), text.begin(), text.end());
    content_.text.push_back(kEndOfVoice);
    for (const VoiceNote& note : voice) {
      content_.note_onsets.push_back(note.onset_ticks);
      content_.note_pitches.push_back(note.pitch);
    }
  }

  void add_points(const std::vector<Point>& points) {
    for (const Point& point : points) {
      content_.point_onsets.push_back(axis_end_ + static_cast<std::uint32_t>(point.onset_steps));
      content_.point_pitches.push_back(static_cast<std::uint8_t>(point.pitch));
    }
    if (!points.empty())
      axis_end_ += static_cast<std::uint32_t>(points.back().onset_steps) + kGapSteps;
  }

  // Everything that is not known until the last piece.
  void finish_tables() {
    content_.pieces.push_back(next_piece());
    content_.voices.push_back(next_voice());
    content_.suffixes = sorted_suffixes(content_.text);
    throw_if_cancelled();
    hash_figures(content_);
  }

  Baseline measure(const std::filesystem::path& path, std::size_t most, Progress& progress) const {
    const auto index = OriginalityIndex::open(path);
    std::vector<std::size_t> usual;
    for (std::size_t piece = 0; piece < scores_.size(); ++piece) {
      if (note_count(scores_[piece]) <= kMostBaselineNotes) usual.push_back(piece);
    }
    const std::size_t count = std::min(most, usual.size());
    std::vector<Score> tracks;
    std::vector<std::string> families;
    for (std::size_t i = 0; i < count; ++i) {
      // Evenly spread, the first and the last half a step from the ends.
      const std::size_t piece = usual[(2 * i + 1) * usual.size() / (2 * count)];
      tracks.push_back(scores_[piece]);
      families.push_back(description_.pieces[piece].family);
    }
    return measure_baseline(*index, tracks, families, progress);
  }

  IndexDescription description_;
  IndexContent content_;
  std::vector<Score> scores_;
  std::uint32_t axis_end_ = 0;
};

IndexBuilder::IndexBuilder(std::string corpus, std::string corpus_sha256)
    : impl_(std::make_unique<Impl>(std::move(corpus), std::move(corpus_sha256))) {}

IndexBuilder::~IndexBuilder() = default;

void IndexBuilder::add(const LearnedPiece& piece, const Score& score) { impl_->add(piece, score); }

void IndexBuilder::save(const std::filesystem::path& path, std::size_t baseline_pieces,
                        Overwrite overwrite, Progress& progress) {
  impl_->save(path, baseline_pieces, overwrite, progress);
}

}  // namespace undersong
