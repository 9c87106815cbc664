#pragma once

#include <memory>

namespace undersong {

// The seed's LSTM in LibTorch, eager, as a user of it would write generation: batch 1, the last ten
// symbols, no gradients.
class TorchLstm {
 public:
  explicit TorchLstm(int vocab_size);
  ~TorchLstm();

  // Writes `count` symbols, each the likeliest after the ten before it.
  void write_symbols(int count, int threads);

 private:
  struct Network;
  std::unique_ptr<Network> network_;
};

}  // namespace undersong
