#pragma once
// What a network is made of, as plain values. The trainer builds LibTorch modules from this list
// and `nn/network.h` the inference engine, so both sides of the torch wall run one description.
// Tensors are named `layers.<i>.<part>` and are laid out as Keras lays them out.
//
// What a recurrent network predicts, so that trainer and inference agree:
//
// Symbols (kEmbedding). There is no start token. Before the first id the logits are all 0, a
// uniform distribution; after ids 0..t they are the network's output at step t, from a state of
// zeros before id 0. So the first target of a piece, or of a training crop, is its second symbol. A
// crop holds `window` + 1 ids: ids 0..window-1 are fed, ids 1..window are the targets.
//
// Columns (kColumnEmbedding … kColumnHead). Ids run row after row, columns in order within each
// row: id number i belongs to row i / columns, column i % columns. Column c speaks the ids from
// sum(column_sizes[0..c-1]) on, column_sizes[c] of them. The layers between embedding and head make
// one step for every complete row. With y(r) their output after row r-1, and y(0) a vector of
// zeros, the logits of column c of row r are
//   bias + y(r) * kernel + given[id of column 0 of row r] + … + given[id of column c-1 of row r]
// on the ids of column c, and -infinity on all others. So every id of a piece is a target, its
// first row too. A crop holds `window` + 1 rows, starts at a row and from a state of zeros: rows
// 0..window-1 are fed, rows 0..window are the targets (row 0 from zeros). Loss: each column's own
// softmax; nats per id are their mean.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

enum class LayerKind {
  kScaledIndex,      // ids [time] -> id / vocab_size as one feature [time, 1]. The seed's input.
  kEmbedding,        // ids [time] -> rows of `table` [vocab_size, units]
  kColumnEmbedding,  // ids [rows * columns] -> one vector a row: the columns' rows of `table`
                     // [vocab_size, units], added up
  kLstm,      // [time, in] -> [time, units]. `kernel` [in, 4*units], `recurrent` [units, 4*units],
              // `bias` [4*units]; gates in the order input, forget, cell, output; sigmoid and tanh
  kConv1d,    // [time, in] -> [time-kernel_size+1, units], ReLU. `kernel` [kernel_size, in, units],
              // `bias` [units]
  kDense,     // [.., in] -> [.., units], linear. `kernel` [in, units], `bias` [units]
  kDropout,   // in training only: zeroes with probability `rate`, scales the rest by 1/(1-rate)
  kLastStep,  // [time, in] -> [in]
  kSoftmaxMaxOverTime,  // [time, vocab] -> log of the largest probability over time, renormalised
                        // [vocab]
  kColumnHead,  // one vector a row [units_in] -> logits of the next row's columns, each given the
                // columns before it: `kernel` [in, vocab_size], `bias` [vocab_size], `given`
                // [vocab_size, vocab_size] whose row of every column already chosen is added
};

// Where `units` says kVocabulary, the vocabulary's size is meant.
inline constexpr int kVocabulary = -1;

struct LayerSpec {
  LayerKind kind;
  int units = 0;
  int kernel_size = 0;
  double rate = 0.0;
};

// How a network meets a sequence.
enum class Reading {
  kWindow,     // the last `window` ids decide, from a state of zeros: the seed's models
  kRecurrent,  // the state is carried from the start of the piece; logits after every step
};

struct NetworkSpec {
  std::vector<LayerSpec> layers;
  Reading reading = Reading::kWindow;
  int window =
      10;  // for kWindow: ids that logits depend on. For kRecurrent: steps a training crop holds
  int vocab_size = 0;
  std::vector<int>
      column_sizes;  // for column layers: ids of each column, in order; they add up to vocab_size
};

std::string_view name_of(LayerKind kind);

// A weight that a network has: `layers.3.kernel` and its shape.
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;

  bool operator==(const TensorSpec&) const = default;
};

// Every weight of the network, in the order of its layers. This is what the trainer initialises and
// writes, and what `nn/network.h` reads.
std::vector<TensorSpec> tensors_of(const NetworkSpec& spec);

}  // namespace undersong
