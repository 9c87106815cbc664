#pragma once
// A NetworkSpec as LibTorch operations. The parameters belong to the caller, so that several
// threads run networks over the same values, each with gradients of its own.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/network_spec.h"
#include "train/lstm_function.h"
#include "train/torch_compat.h"

namespace undersong {

// One pass over some rows of a batch. Everything is time-major.
struct NetworkPass {
  std::int64_t steps = 0;
  std::int64_t rows = 0;        // of this pass
  std::int64_t batch_rows = 0;  // of the whole batch, for dropout
  std::int64_t first_row = 0;
  bool training = false;
  std::uint64_t dropout_key = 0;
  std::vector<LstmState>* states = nullptr;  // one an LSTM layer, carried; null: zeros
};

class TorchNetwork {
 public:
  TorchNetwork(const NetworkSpec& spec, std::map<std::string, at::Tensor> parameters);

  // Shapes: ids [steps*rows*columns], int64; returns [rows, vocab] for kWindow, else
  // [steps*rows, vocab]. For the column head `given` [(steps+1)*rows*columns] are the ids of the
  // rows to come, the first one included (-1: none), which condition the columns after them, and
  // the logits are [(steps+1)*rows, vocab].
  at::Tensor logits(const at::Tensor& ids, const at::Tensor& given, const NetworkPass& pass);

  // Sum of the negative log-likelihoods in nats over the targets that are not -1.
  at::Tensor loss_sum(const at::Tensor& logits, const at::Tensor& targets) const;

 private:
  struct Flow;  // what one layer hands to the next
  void apply(std::size_t index, const LayerSpec& layer, Flow& flow, const NetworkPass& pass);
  at::Tensor& parameter(std::size_t index, const char* part);
  at::Tensor column_logits(std::size_t index, const Flow& flow);
  at::Tensor lstm(std::size_t index, Flow& flow, const NetworkPass& pass);

  NetworkSpec spec_;
  std::map<std::string, at::Tensor> parameters_;
  std::map<std::size_t, LstmWorkspace> workspaces_;
};

}  // namespace undersong
