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
#include "nn/team.h"
#include "nn/weight_file.h"

namespace undersong {

inline constexpr std::size_t kMostDecoderRows = 24;

struct DecoderScratch;

struct DecoderPass {
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

// Which thread of how many works; together with a team, or alone.
struct Worker {
  std::size_t thread = 0;
  std::size_t threads = 1;
  Team* team = nullptr;

  void wait_for_all() const {
    if (team != nullptr) team->wait_for_all();
  }
};

class DecoderNetwork {
 public:
  // Errors: as Decoder.
  DecoderNetwork(DecoderSpec spec, const WeightFile& weights, std::size_t parts);

  const DecoderSpec& spec() const { return spec_; }
  std::size_t parts() const { return parts_; }
  std::size_t weight_bytes() const { return stream_.bytes(); }

  // What one thread does of a pass; all threads of a team call it at once.
  void run(DecoderPass& pass, const Worker& worker) const;
  // After `run`.
  void write_logits(const DecoderPass& pass) const;

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
  // Vectors that are to be made whole numbers.
  struct Floats {
    const float* values;
    std::size_t stride;
    const AlignedFloats* norm;  // its weights, or none
  };
  struct Task {
    std::size_t row;
    std::size_t kv_head;
  };

  void read_layer(const WeightFile& weights, int layer);
  void read_output(const WeightFile& weights);

  void embed(DecoderPass& pass, const Worker& worker) const;
  QuantisedRows quantised(const DecoderPass& pass, const Worker& worker, const PackedInt8& by,
                          const Floats& floats) const;
  void remember(const DecoderPass& pass, std::size_t layer, const Task& task,
                std::size_t thread) const;
  void hear(const DecoderPass& pass, std::size_t layer, const Task& task, std::size_t thread) const;
  void attend_all(const DecoderPass& pass, const Worker& worker, std::size_t layer) const;
  void run_layer(const DecoderPass& pass, const Worker& worker, std::size_t layer) const;

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

// What a pass works in. Rows as in the pass; `thread` where each has its own.
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
  AlignedShorts inputs;        // [row or thread][widest]
  AlignedFloats scales;        // [row or thread][16]
  AlignedFloats angles;        // [row][cosines, sines]
  AlignedShorts queries;       // [row][head][in]
  AlignedFloats query_scales;  // [row][head]
  struct PerThread {
    std::vector<CachedHead> blocks;
    AlignedFloats scores;  // [group][context]
    AlignedFloats result;  // [group][out]
    AlignedFloats turned;  // [in]
    AlignedShorts key;     // [in]
    AlignedShorts value;   // [in]
  };
  std::vector<PerThread> threads;
};

}  // namespace undersong
