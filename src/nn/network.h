#pragma once
// Runs what a NetworkSpec describes, one id after another. The network is immutable and may serve
// many threads; the state belongs to one sequence and is a value.
//
// The seed's models look at the last `window` ids from a state of zeros. Evaluating that window
// anew for every id reads all weights `window` times. Here every window that is under way is kept,
// all of them advance by one step per id in one product, and the weights are read once; the sums,
// and so the bits, are those of the window evaluated by itself.

#include <cstdint>
#include <span>
#include <vector>

#include "nn/kernels.h"
#include "nn/network_spec.h"
#include "nn/weight_file.h"

namespace undersong {

// What a sequence has left behind: hidden states, the open windows, scratch. Made by Network::start
// for that network only.
class NetworkState {
 public:
  std::int64_t ids_fed() const { return ids_fed_; }

 private:
  friend class Network;

  struct Local {
    AlignedFloats inputs;  // [taps, in], the newest last
    std::int64_t seen = 0;
    AlignedFloats output;
  };

  struct Lstm {
    AlignedFloats hidden;  // [slots, padded units]
    AlignedFloats cell;    // [slots, padded units]
    AlignedFloats gates;   // [slots, padded 4 * units]
  };

  std::int64_t ids_fed_ = 0;
  std::int64_t steps_made_ = 0;
  std::vector<Local> locals_;
  std::vector<Lstm> lstms_;
  std::vector<AlignedFloats> heads_;  // outputs of the layers after the last step
  AlignedFloats log_probabilities_;   // [steps, padded vocab], for softmax-max-over-time
  AlignedFloats row_input_;           // the sum of a row's column embeddings so far
  AlignedFloats row_logits_;          // of the row that is being chosen
  // Scratch.
  AlignedFloats scratch_;
  std::vector<const float*> rows_in_;
  std::vector<float*> rows_out_;
};

class Network {
 public:
  // Errors: kMismatch, naming the tensor, when `weights` are not those of `spec`, or when the
  // window is shorter than the network needs.
  Network(NetworkSpec spec, const WeightFile& weights);

  const NetworkSpec& spec() const { return spec_; }

  NetworkState start() const;

  // Feeds `ids` and writes the logits of what follows; while they mean nothing yet
  // (nn/network_spec.h) they are all 0.
  //
  // Shapes: ids [n], n >= 0; logits [vocab_size].
  // State:  advanced by n; one by one or all at once gives the same bits.
  // Cost:   no allocation.
  void feed(NetworkState& state, std::span<const std::int32_t> ids, std::span<float> logits) const;

 private:
  struct Affine {
    PackedMatrix kernel;
    AlignedFloats bias;  // padded
  };

  // A layer that sees `taps` neighbouring steps, the same in every window.
  struct Local {
    Affine affine;
    std::size_t in = 0;
    std::size_t taps = 1;
    bool relu = false;
  };

  struct Lstm {
    Affine input;
    PackedMatrix recurrent;
    std::size_t units = 0;
  };

  enum class Ending { kDense, kSoftmaxMaxOverTime, kColumns };

  std::span<const float> tensor(const WeightFile& weights, std::size_t layer,
                                const char* part) const;
  Affine affine(const WeightFile& weights, std::size_t layer) const;
  void add_layer(const WeightFile& weights, std::size_t layer);
  void check_weights(const WeightFile& weights) const;
  void count_slots();
  std::size_t largest_input() const;
  std::size_t features() const;

  void forget(NetworkState& state) const;
  void feed_id(NetworkState& state, std::int32_t id) const;
  void feed_column(NetworkState& state, std::int32_t id) const;
  void embed(std::int32_t id, AlignedFloats& output) const;
  bool advance_local(const Local& local, NetworkState::Local& state, std::span<const float> input,
                     NetworkState& whole) const;
  void advance_body(NetworkState& state, std::span<const float> features) const;
  void begin_window(NetworkState& state, std::size_t slot) const;
  void advance_lstm(NetworkState& state, std::size_t layer, std::span<const float> features) const;
  void apply(const Affine& layer, const float* input, AlignedFloats& output,
             AlignedFloats& scratch) const;
  void keep_log_probabilities(NetworkState& state, std::span<const float> values) const;
  std::span<const float> body_output(const NetworkState& state) const;
  void write_logits(NetworkState& state, std::span<float> logits) const;
  void write_dense_logits(NetworkState& state, std::span<float> logits) const;
  void write_column_logits(const NetworkState& state, std::span<float> logits) const;
  std::size_t column_of(const NetworkState& state) const;

  NetworkSpec spec_;
  LayerKind input_ = LayerKind::kScaledIndex;
  AlignedFloats table_;  // [vocab, input width] for embeddings
  std::size_t input_width_ = 1;
  std::vector<Local> locals_;
  std::vector<Lstm> lstms_;
  std::vector<Affine> heads_;
  AlignedFloats given_;                     // [vocab, vocab] for the column head
  std::vector<std::int32_t> column_start_;  // first id of every column, and the end
  Ending ending_ = Ending::kDense;
  std::size_t steps_ = 1;  // of a whole window, behind the convolutions
  std::size_t slots_ = 1;  // windows under way: `steps_`, or 1 for a carried state
};

}  // namespace undersong
