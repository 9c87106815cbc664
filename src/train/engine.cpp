#include "train/engine.h"

#include <fmt/format.h>

#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "train/initialisers.h"
#include "train/kernels.h"
#include "train/torch_compat.h"
#include "train/torch_network.h"
#include "train/torch_threads.h"
#include "train/worker_pool.h"

namespace undersong {
namespace {

std::uint64_t mixed(std::uint64_t seed, std::int64_t step) {
  std::uint64_t z = seed * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(step);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

// Ids as int64, which LibTorch indexes with.
at::Tensor ids_tensor(const std::vector<std::int32_t>& ids, std::int64_t steps, std::int64_t rows,
                      std::int64_t first, std::int64_t count, std::int64_t columns) {
  at::Tensor out = at::empty({steps * count * columns}, at::kLong);
  auto* to = out.data_ptr<std::int64_t>();
  for (std::int64_t t = 0; t < steps; ++t) {
    const std::int32_t* from = ids.data() + (t * rows + first) * columns;
    to = std::copy(from, from + count * columns, to);
  }
  return out;
}

std::int64_t counted(const std::vector<std::int32_t>& targets) {
  std::int64_t count = 0;
  for (const std::int32_t target : targets) count += target >= 0 ? 1 : 0;
  return count;
}

WeightTensor to_weight(const at::Tensor& tensor) {
  const at::Tensor here = tensor.detach().to(at::kCPU).contiguous();
  const auto* data = here.data_ptr<float>();
  return {here.sizes().vec(), std::vector<float>(data, data + here.numel())};
}

}  // namespace

// Worker `w` runs its own network over leaves that share the parameters' memory.
struct Engine::Inside {
  NetworkSpec spec;
  EngineOptions options;
  Device device;
  std::vector<std::string> names;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> moments;
  std::vector<at::Tensor> norms;
  std::vector<std::vector<at::Tensor>> leaves;  // [worker][parameter]
  std::vector<TorchNetwork> networks;           // [worker]
  std::vector<std::vector<LstmState>> carried;  // [worker][LSTM layer]
  std::int64_t step = 0;
  std::unique_ptr<WorkerPool> pool;

  Inside(const NetworkSpec& network, const EngineOptions& wanted)
      : spec(network), options(wanted), device(chosen_device(wanted.device)) {
    const int workers = device == Device::kCuda ? 1 : chosen_threads(wanted.threads);
    use_one_thread_inside();
    make_parameters();
    for (int w = 0; w < workers; ++w) add_worker();
    pool = std::make_unique<WorkerPool>(workers, use_one_thread_inside);
  }

  void make_parameters() {
    const auto where = device == Device::kCuda ? at::kCUDA : at::kCPU;
    for (const InitialTensor& initial : initial_tensors(spec, options.seed)) {
      names.push_back(initial.name);
      const at::Tensor values = at::empty(initial.shape);
      std::copy(initial.values.begin(), initial.values.end(), values.data_ptr<float>());
      parameters.push_back(values.to(where));
      moments.push_back(at::zeros_like(parameters.back()));
      norms.push_back(at::zeros_like(parameters.back()));
    }
  }

  void add_worker() {
    std::vector<at::Tensor> own;
    std::map<std::string, at::Tensor> by_name;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      own.push_back(parameters[p].detach().set_requires_grad(true));
      by_name[names[p]] = own.back();
    }
    leaves.push_back(std::move(own));
    networks.emplace_back(spec, std::move(by_name));
    carried.emplace_back();
  }

  // Rows of a batch that worker `w` takes: [first, last).
  std::pair<std::int64_t, std::int64_t> share(std::int64_t rows, int w) const {
    const std::int64_t workers = pool->size();
    return {rows * w / workers, rows * (w + 1) / workers};
  }

  at::Tensor placed(at::Tensor ids) const {
    return device == Device::kCuda ? ids.to(at::kCUDA) : ids;
  }

  struct Pass {
    at::Tensor logits;
    at::Tensor targets;
  };

  Pass pass(const Batch& batch, int w, NetworkPass settings) {
    const auto [first, last] = share(batch.rows, w);
    settings.steps = batch.steps;
    settings.rows = last - first;
    settings.batch_rows = batch.rows;
    settings.first_row = first;
    const bool window = spec.reading == Reading::kWindow;
    const at::Tensor ids = placed(
        ids_tensor(batch.inputs, batch.steps, batch.rows, first, settings.rows, batch.columns));
    at::Tensor targets;
    if (!batch.targets.empty()) {
      const std::int64_t steps = window ? 1 : batch.steps + (spec.column_sizes.empty() ? 0 : 1);
      targets = placed(ids_tensor(batch.targets, steps, batch.rows, first, settings.rows,
                                  window ? 1 : batch.columns));
    }
    auto& network = networks[static_cast<std::size_t>(w)];
    return {network.logits(ids, targets, settings), targets};
  }

  double gradients(const Batch& batch, int w, std::int64_t count) {
    const auto [first, last] = share(batch.rows, w);
    for (auto& leaf : leaves[static_cast<std::size_t>(w)]) leaf.mutable_grad() = at::Tensor();
    if (first == last) return 0.0;
    NetworkPass settings;
    settings.training = true;
    settings.dropout_key = mixed(options.seed, step);
    if (device == Device::kCuda) at::manual_seed(settings.dropout_key);
    const Pass done = pass(batch, w, settings);
    const at::Tensor sum =
        networks[static_cast<std::size_t>(w)].loss_sum(done.logits, done.targets);
    sum.div(static_cast<double>(count)).backward();
    return sum.item<double>();
  }

  void update() {
    ++step;
    const double bias = 1.0 - std::pow(0.9, static_cast<double>(step));
    const double rate = options.learning_rate / bias;
    if (device == Device::kCuda) {
      update_on_cuda(rate);
    } else {
      pool->run([&](int w) { update_on_cpu(static_cast<float>(rate), w); });
    }
  }

  void update_on_cpu(float rate, int w) {
    std::vector<const float*> gradients(leaves.size());
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      const auto [first, last] = share(parameters[p].numel(), w);
      for (std::size_t k = 0; k < leaves.size(); ++k) {
        const at::Tensor& gradient = leaves[k][p].grad();
        UNDERSONG_CHECK(!gradient.defined() || gradient.is_contiguous());
        gradients[k] = gradient.defined() ? gradient.data_ptr<float>() + first : nullptr;
      }
      adamax_update({.rate = rate}, gradients, last - first, moments[p].data_ptr<float>() + first,
                    norms[p].data_ptr<float>() + first, parameters[p].data_ptr<float>() + first);
    }
  }

  // Few launches: on CUDA each costs more than the arithmetic.
  void update_on_cuda(double rate) {
    const at::NoGradGuard no_gradient;
    std::vector<at::Tensor> gradients;
    for (auto& leaf : leaves[0]) gradients.push_back(leaf.grad());
    at::_foreach_mul_(moments, 0.9);
    at::_foreach_add_(moments, at::_foreach_mul(gradients, 0.1));
    at::_foreach_mul_(norms, 0.999);
    norms = at::_foreach_maximum(norms, at::_foreach_abs(gradients));
    const auto denominators = at::_foreach_add(norms, 1e-7);
    at::_foreach_addcdiv_(parameters, moments, denominators, -rate);
  }

  std::size_t lstm_layers() const {
    std::size_t count = 0;
    for (const LayerSpec& layer : spec.layers) count += layer.kind == LayerKind::kLstm ? 1U : 0U;
    return count;
  }
};

Engine::Engine(const NetworkSpec& spec, const EngineOptions& options)
    : inside_(std::make_unique<Inside>(spec, options)) {}

Engine::~Engine() = default;

std::string Engine::device_line() const {
  if (on_cuda()) return fmt::format("CUDA, LibTorch {}", torch_version());
  return fmt::format("CPU, {} thread{}, LibTorch {}", threads(), threads() == 1 ? "" : "s",
                     torch_version());
}

bool Engine::on_cuda() const { return inside_->device == Device::kCuda; }
int Engine::threads() const { return inside_->pool->size(); }
std::int64_t Engine::steps_done() const { return inside_->step; }

LossSum Engine::train(const Batch& batch) {
  const std::int64_t count = counted(batch.targets);
  UNDERSONG_CHECK(count > 0);
  std::vector<double> sums(static_cast<std::size_t>(threads()), 0.0);
  inside_->pool->run(
      [&](int w) { sums[static_cast<std::size_t>(w)] = inside_->gradients(batch, w, count); });
  LossSum loss{0.0, count};
  for (const double sum : sums) loss.nats += sum;
  if (!std::isfinite(loss.nats)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the loss is no longer a number after {} steps: train again with a "
                            "smaller --learning-rate than {}",
                            inside_->step, inside_->options.learning_rate));
  }
  inside_->update();
  return loss;
}

LossSum Engine::evaluate(const Batch& batch, Carry carry) {
  std::vector<double> sums(static_cast<std::size_t>(threads()), 0.0);
  inside_->pool->run([&](int w) {
    const at::NoGradGuard no_gradient;
    auto& states = inside_->carried[static_cast<std::size_t>(w)];
    if (carry == Carry::kStart) states.assign(inside_->lstm_layers(), LstmState{});
    const auto [first, last] = inside_->share(batch.rows, w);
    if (first == last) return;
    NetworkPass settings;
    settings.states = &states;
    const auto done = inside_->pass(batch, w, settings);
    sums[static_cast<std::size_t>(w)] = inside_->networks[static_cast<std::size_t>(w)]
                                            .loss_sum(done.logits, done.targets)
                                            .item<double>();
  });
  LossSum loss{0.0, counted(batch.targets)};
  for (const double sum : sums) loss.nats += sum;
  return loss;
}

std::vector<float> Engine::logits(const Batch& batch) {
  std::vector<at::Tensor> parts(static_cast<std::size_t>(threads()));
  inside_->pool->run([&](int w) {
    const at::NoGradGuard no_gradient;
    const auto [first, last] = inside_->share(batch.rows, w);
    if (first == last) return;
    const at::Tensor part = inside_->pass(batch, w, {}).logits.to(at::kCPU);
    parts[static_cast<std::size_t>(w)] = part.reshape({-1, last - first, part.size(1)}).clone();
  });
  std::vector<at::Tensor> defined;
  for (auto& part : parts) {
    if (part.defined()) defined.push_back(part);
  }
  const at::Tensor all = at::cat(defined, 1).contiguous();
  const auto* data = all.data_ptr<float>();
  return {data, data + all.numel()};
}

std::map<std::string, WeightTensor> Engine::weights() const {
  std::map<std::string, WeightTensor> tensors;
  for (std::size_t p = 0; p < inside_->names.size(); ++p) {
    tensors[inside_->names[p]] = to_weight(inside_->parameters[p]);
  }
  return tensors;
}

std::map<std::string, WeightTensor> Engine::state() const {
  std::map<std::string, WeightTensor> tensors = weights();
  for (std::size_t p = 0; p < inside_->names.size(); ++p) {
    tensors["moment." + inside_->names[p]] = to_weight(inside_->moments[p]);
    tensors["norm." + inside_->names[p]] = to_weight(inside_->norms[p]);
  }
  return tensors;
}

void Engine::restore(const std::map<std::string, WeightTensor>& state, std::int64_t steps_done) {
  const auto put = [&](const std::string& name, at::Tensor& tensor) {
    const auto found = state.find(name);
    if (found == state.end()) return;
    const auto& values = std::get<std::vector<float>>(found->second.values);
    UNDERSONG_CHECK(static_cast<std::int64_t>(values.size()) == tensor.numel());
    const at::Tensor from = at::empty(tensor.sizes());
    std::copy(values.begin(), values.end(), from.data_ptr<float>());
    tensor.copy_(from);
  };
  for (std::size_t p = 0; p < inside_->names.size(); ++p) {
    put(inside_->names[p], inside_->parameters[p]);
    put("moment." + inside_->names[p], inside_->moments[p]);
    put("norm." + inside_->names[p], inside_->norms[p]);
  }
  inside_->step = steps_done;
}

std::string torch_line() {
  return fmt::format("LibTorch {}, {}", torch_version(),
                     at::hasCUDA() ? "CUDA answers" : "no CUDA device");
}

}  // namespace undersong
