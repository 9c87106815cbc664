#pragma once
// One pass of a decoder over its weights, for several steps at once: of one sequence in order, or
// one step of each of several sequences.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "nn/decoder.h"
#include "nn/decoder_cache.h"
#include "nn/decoder_spec.h"
#include "nn/packed_int8.h"
#include "nn/rotary.h"
#include "nn/weight_file.h"

namespace undersong {

inline constexpr std::size_t kMostDecoderRows = 24;

struct DecoderScratch;

struct DecoderFeed {
  struct Row {
    DecoderCache* cache = nullptr;
    std::size_t position = 0;
    const DecoderStep* step = nullptr;
    std::span<float> logits{};
  };

  std::array<Row, kMostDecoderRows> row;  // rows of one cache are neighbours, in order
  std::size_t rows = 0;
  std::size_t first_output = 0;  // rows from here on are asked for logits
  DecoderScratch* scratch = nullptr;
};

class DecoderNetwork {
 public:
  // Errors: as Decoder.
  DecoderNetwork(DecoderSpec spec, const WeightFile& weights, std::size_t parts);

  const DecoderSpec& spec() const { return spec_; }
  std::size_t parts() const { return parts_; }
  std::size_t weight_bytes() const { return stream_.bytes(); }

  // A pass is this many stages, each of which is `parts()` parts that may run at once.
  std::size_t stages(const DecoderFeed& pass) const;
  void run(const DecoderFeed& pass, std::size_t stage, std::size_t part) const;
  // After all stages.
  void write_logits(const DecoderFeed& pass) const;

 private:
  friend struct DecoderScratch;

  struct Layer {
    AlignedFloats norm1;
    AlignedFloats norm2;
    const PackedInt8* qkv;
    const PackedInt8* out;
    const PackedInt8* gate_up;
    const PackedInt8* down;
  };
  // Vectors that are to be made whole numbers, for a product.
  struct Rows {
    const PackedInt8* by;
    const float* values;
    std::size_t stride;
    std::size_t count;
    const AlignedFloats* norm;  // its weights, or none
  };
  struct Task {
    std::size_t row;
    std::size_t kv_head;
  };

  void read_layer(const WeightFile& weights, int layer);
  void read_output(const WeightFile& weights);

  enum class Stage;

  void embed(const DecoderFeed& pass, std::size_t part) const;
  void make_ints(const DecoderFeed& pass, const Rows& rows, std::size_t row,
                 std::size_t place) const;
  void make_all_ints(const DecoderFeed& pass, const Rows& rows, std::size_t part) const;
  QuantisedRows ints(const DecoderFeed& pass, const Rows& rows, std::size_t part) const;
  void remember(const DecoderFeed& pass, std::size_t layer, const Task& task,
                std::size_t part) const;
  void hear(const DecoderFeed& pass, std::size_t layer, const Task& task, std::size_t part) const;
  void run_layer(const DecoderFeed& pass, std::size_t layer, Stage stage, std::size_t part) const;
  void run_output(const DecoderFeed& pass, Stage stage, std::size_t part) const;

  DecoderSpec spec_;
  std::size_t parts_;
  CacheShape shape_;
  RotaryAngles rotary_;
  int cache_levels_;
  PackedStream stream_;
  std::vector<Layer> layers_;
  AlignedFloats norm_;
  const PackedInt8* output_ = nullptr;  // the tokens' rows of the table, then the relative heads'
  Int8Matrix table_;                    // rows padded to padded_width
};

// What a pass works in. Rows as in the pass; parts where each has its own.
struct DecoderScratch {
  explicit DecoderScratch(const DecoderNetwork& network);

  std::size_t width;  // padded, as are all that follow
  std::size_t qkv_width;
  std::size_t hidden_width;
  std::size_t output_width;
  std::size_t widest;
  AlignedFloats stream;        // [row][width]
  AlignedFloats qkv;           // [row][qkv_width]
  AlignedFloats heard;         // [row][width]
  AlignedFloats hidden;        // [row][hidden_width]
  AlignedFloats output;        // [row][output_width]
  AlignedShorts inputs;        // [row or part][widest]
  AlignedFloats scales;        // [row or part][16]
  AlignedFloats angles;        // [row][cosines, sines]
  AlignedShorts queries;       // [row][head][in]
  AlignedFloats query_scales;  // [row][head]
  struct PerPart {
    std::vector<CachedHead> blocks;
    AlignedFloats scores;  // [group][context]
    AlignedFloats result;  // [group][out]
    AlignedFloats turned;  // [in]
    AlignedShorts key;     // [in]
    AlignedShorts value;   // [in]
  };
  std::vector<PerPart> parts;
};

}  // namespace undersong
