#include "model/network_model.h"

#include "nn/network.h"

namespace undersong {
namespace {

class NetworkModelState final : public Model::State {
 public:
  explicit NetworkModelState(NetworkState fresh) : network(std::move(fresh)) {}

  std::unique_ptr<State> clone() const override {
    return std::make_unique<NetworkModelState>(*this);
  }

  NetworkState network;
};

class NetworkModel final : public Model {
 public:
  NetworkModel(NetworkSpec spec, const WeightFile& weights) : network_(std::move(spec), weights) {}

  TokenId vocab_size() const override { return network_.spec().vocab_size; }

  int minimum_prompt() const override {
    return network_.spec().reading == Reading::kWindow ? network_.spec().window : 0;
  }

  std::unique_ptr<State> start() const override {
    return std::make_unique<NetworkModelState>(network_.start());
  }

  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override {
    network_.feed(dynamic_cast<NetworkModelState&>(state).network, ids, logits);
  }

 private:
  Network network_;
};

}  // namespace

std::shared_ptr<const Model> make_network_model(NetworkSpec spec, const WeightFile& weights) {
  return std::make_shared<NetworkModel>(std::move(spec), weights);
}

}  // namespace undersong
