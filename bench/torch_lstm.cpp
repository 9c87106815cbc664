#include "torch_lstm.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace undersong {

struct TorchLstm::Network {
  explicit Network(int vocab)
      : vocab_size(vocab),
        first(torch::nn::LSTMOptions(1, 512).batch_first(true)),
        second(torch::nn::LSTMOptions(512, 256).batch_first(true)),
        dense(256, 256),
        head(256, vocab) {}

  std::int64_t likeliest(const std::array<float, 10>& window) {
    const auto input =
        torch::from_blob(const_cast<float*>(window.data()), {1, 10, 1}, torch::kFloat32);
    const auto middle = std::get<0>(first->forward(input));
    const auto last = std::get<0>(second->forward(middle)).select(1, 9);
    return head->forward(dense->forward(last)).argmax(1).item<std::int64_t>();
  }

  int vocab_size;
  torch::nn::LSTM first;
  torch::nn::LSTM second;
  torch::nn::Linear dense;
  torch::nn::Linear head;
};

TorchLstm::TorchLstm(int vocab_size) : network_(std::make_unique<Network>(vocab_size)) {}
TorchLstm::~TorchLstm() = default;

void TorchLstm::write_symbols(int count, int threads) {
  const torch::NoGradGuard no_gradients;
  torch::set_num_threads(threads);
  const auto scale = static_cast<float>(network_->vocab_size);
  std::array<float, 10> window{};
  for (std::size_t i = 0; i < window.size(); ++i) window[i] = static_cast<float>(7 + i) / scale;
  for (int i = 0; i < count; ++i) {
    const auto id = network_->likeliest(window);
    std::shift_left(window.begin(), window.end(), 1);
    window.back() = static_cast<float>(id) / scale;
  }
}

}  // namespace undersong
