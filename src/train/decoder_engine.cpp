#include "train/decoder_engine.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/error.h"
#include "train/decoder_network.h"
#include "train/decoder_parameters.h"
#include "train/decoder_pass.h"
#include "train/int8_weights.h"
#include "train/low_rank.h"
#include "train/muon.h"
#include "train/torch_compat.h"
#include "train/torch_threads.h"
#include "train/worker_pool.h"

namespace undersong {
namespace {

// Tokens that one thread takes at once: enough for products at full speed, and few enough for what
// is between them to stay near the processor.
constexpr std::int64_t kPassTokens = 1024;
constexpr std::int64_t kCudaTokens = 32768;
// Muon's rate, in Adam's. Measured: docs/training.md.
constexpr float kMatrixRate = 2.0F;

// What a call of accumulate drops: a function of these alone, so that a training that goes on drops
// what it would have.
std::uint64_t dropout_key(const DecoderEngineOptions& options, std::int64_t step,
                          std::int64_t call) {
  std::uint64_t z = options.seed * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(step) * 1021U +
                    static_cast<std::uint64_t>(call) +
                    static_cast<std::uint64_t>(options.process) * 0xD1B54A32D192ED03U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

at::Tensor tensor_of(std::span<const float> values) {
  const at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), out.data_ptr<float>());
  return out;
}

std::vector<float> floats_of(const at::Tensor& tensor) {
  const at::Tensor here = tensor.detach().to(at::kCPU).contiguous();
  const float* data = here.data_ptr<float>();
  return {data, data + here.numel()};
}

WeightTensor flat_tensor(const at::Tensor& tensor) { return {{tensor.numel()}, floats_of(tensor)}; }

at::Tensor ids_tensor(const std::int32_t* ids, std::vector<std::int64_t> shape) {
  const at::Tensor here = at::empty(std::move(shape), at::kLong);
  std::copy(ids, ids + here.numel(), here.data_ptr<std::int64_t>());
  return here.to(at::kCUDA);
}

}  // namespace

// All parameters are one vector. On a CPU worker `w` adds to gradient `w`; on CUDA there is one,
// which LibTorch's leaves share.
struct DecoderEngine::Inside {
  DecoderSpec spec;
  DecoderEngineOptions options;
  Device device;
  DecoderLayout layout;
  std::vector<MuonMatrix> matrices;
  at::Tensor values;
  std::vector<at::Tensor> gradients;  // [worker]
  std::optional<LowRank> low_rank;    // then it is what is learned
  at::Tensor moment;                  // of what is learned
  at::Tensor square;
  std::int64_t steps = 0;
  std::int64_t calls = 0;  // of accumulate since the last step
  std::vector<DecoderPass> passes;
  std::optional<TorchDecoder> network;
  std::unique_ptr<WorkerPool> pool;

  Inside(const DecoderSpec& wanted_spec, const DecoderEngineOptions& wanted)
      : spec(wanted_spec),
        options(wanted),
        device(chosen_device(wanted.device)),
        layout(wanted_spec),
        matrices(muon_matrices(wanted_spec, layout)) {
    const int workers = device == Device::kCuda ? 1 : chosen_threads(wanted.threads);
    use_one_thread_inside();
    values = tensor_of(initial_parameters(spec, layout, options.seed)).to(place());
    for (int w = 0; w < workers; ++w) gradients.push_back(at::zeros_like(values));
    if (device == Device::kCuda) {
      add_network();
    } else {
      for (int w = 0; w < workers; ++w) passes.emplace_back(spec, layout);
    }
    if (options.low_rank > 0) low_rank.emplace(layout, options.low_rank, options.seed, values);
    moment = at::zeros_like(learned());
    square = at::zeros_like(learned());
    pool = std::make_unique<WorkerPool>(workers, use_one_thread_inside);
  }

  at::DeviceType place() const { return device == Device::kCuda ? at::kCUDA : at::kCPU; }
  at::Tensor& learned() { return low_rank ? low_rank->factors() : values; }

  void add_network() {
    std::map<std::string, at::Tensor> leaves;
    for (const DecoderParameter& p : layout.parameters) {
      const auto part = [&](const at::Tensor& flat) {
        return flat.narrow(0, p.offset, p.count).view(p.shape);
      };
      at::Tensor leaf = part(values).detach().set_requires_grad(true);
      leaf.mutable_grad() = part(gradients[0]);
      leaves[p.name] = leaf;
    }
    network.emplace(spec, std::move(leaves), /*bfloat16=*/true);
  }

  std::pair<std::int64_t, std::int64_t> share(std::int64_t count, int w) const {
    const std::int64_t workers = pool->size();
    return {count * w / workers, count * (w + 1) / workers};
  }

  DecoderRows rows_of(const DecoderBatch& batch, std::int64_t first, std::int64_t count) const {
    const std::int64_t token = first * batch.steps;
    const auto heads = static_cast<std::int64_t>(spec.relative_heads.size());
    return {count, batch.steps, batch.features.data() + token * spec.features_per_step,
            batch.anchors.data() + token * heads, batch.targets.data() + token};
  }

  // Runs worker `w`'s rows through its pass, some at a time.
  template <typename Visit>
  void each_pass(const DecoderBatch& batch, int w, DecoderPassOptions settings,
                 const Visit& visit) {
    const auto [begin, end] = share(batch.rows, w);
    const std::int64_t most = std::max<std::int64_t>(1, kPassTokens / batch.steps);
    DecoderPass& pass = passes[static_cast<std::size_t>(w)];
    for (std::int64_t first = begin; first < end; first += most) {
      const DecoderRows rows = rows_of(batch, first, std::min(most, end - first));
      settings.first_token = first * batch.steps;
      const double sum = pass.forward(values.data_ptr<float>(), rows, settings);
      visit(pass, rows, settings, first * batch.steps, sum);
    }
  }

  double accumulate_on_cpu(const DecoderBatch& batch, float scale) {
    std::vector<double> sums(gradients.size(), 0.0);
    const DecoderPassOptions settings{.dropout = options.dropout,
                                      .dropout_key = dropout_key(options, steps, calls)};
    pool->run([&](int w) {
      const auto worker = static_cast<std::size_t>(w);
      float* gradient = gradients[worker].data_ptr<float>();
      each_pass(batch, w, settings,
                [&](DecoderPass& pass, const DecoderRows& rows, const DecoderPassOptions& how,
                    std::int64_t, double sum) {
                  sums[worker] += sum;
                  pass.backward(values.data_ptr<float>(), rows, how, scale, gradient);
                });
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
  }

  DecoderInputs inputs_of(const DecoderRows& rows) const {
    const auto heads = static_cast<std::int64_t>(spec.relative_heads.size());
    return {ids_tensor(rows.features, {rows.rows, rows.steps, spec.features_per_step}),
            ids_tensor(rows.anchors, {rows.rows, rows.steps, heads}),
            ids_tensor(rows.targets, {rows.rows, rows.steps})};
  }

  template <typename Visit>
  void each_on_cuda(const DecoderBatch& batch, const Visit& visit) {
    const std::int64_t most = std::max<std::int64_t>(1, kCudaTokens / batch.steps);
    for (std::int64_t first = 0; first < batch.rows; first += most) {
      visit(inputs_of(rows_of(batch, first, std::min(most, batch.rows - first))));
    }
  }

  double accumulate_on_cuda(const DecoderBatch& batch, float scale) {
    double sum = 0.0;
    at::manual_seed(dropout_key(options, steps, calls));
    each_on_cuda(batch, [&](const DecoderInputs& inputs) {
      const at::Tensor nats =
          TorchDecoder::nats(network->logits(inputs, options.dropout), inputs.targets);
      const at::Tensor loss = nats.sum();
      (loss * static_cast<double>(scale)).backward();
      sum += loss.item<double>();
    });
    return sum;
  }

  LossSum evaluate_on_cpu(const DecoderBatch& batch, std::vector<float>* nats) {
    std::vector<double> sums(gradients.size(), 0.0);
    pool->run([&](int w) {
      each_pass(batch, w, {},
                [&](const DecoderPass& pass, const DecoderRows& rows, const DecoderPassOptions&,
                    std::int64_t first, double sum) {
                  sums[static_cast<std::size_t>(w)] += sum;
                  if (nats == nullptr) return;
                  std::copy_n(pass.nats().begin(), rows.rows * rows.steps, nats->begin() + first);
                });
    });
    return {std::accumulate(sums.begin(), sums.end(), 0.0), 0};
  }

  LossSum evaluate_on_cuda(const DecoderBatch& batch, std::vector<float>* nats) {
    const at::NoGradGuard no_gradient;
    LossSum loss;
    std::int64_t first = 0;
    each_on_cuda(batch, [&](const DecoderInputs& inputs) {
      const at::Tensor each = TorchDecoder::nats(network->logits(inputs, 0.0), inputs.targets);
      loss.nats += each.sum(at::kDouble).item<double>();
      if (nats == nullptr) return;
      const std::vector<float> here = floats_of(each);
      std::copy(here.begin(), here.end(), nats->begin() + first);
      first += static_cast<std::int64_t>(here.size());
    });
    return loss;
  }

  // Sums what the workers found into gradient 0.
  void fold() {
    if (gradients.size() == 1) return;
    pool->run([&](int w) {
      const auto [first, last] = share(layout.total, w);
      float* sum = gradients[0].data_ptr<float>() + first;
      for (std::size_t k = 1; k < gradients.size(); ++k) {
        float* more = gradients[k].data_ptr<float>() + first;
        add_floats(last - first, more, sum);
        std::fill(more, more + (last - first), 0.0F);
      }
    });
  }

  double norm_of(const at::Tensor& gradient) {
    if (device == Device::kCuda) return gradient.norm().item<double>();
    std::vector<double> squares(gradients.size(), 0.0);
    pool->run([&](int w) {
      const auto [first, last] = share(gradient.numel(), w);
      squares[static_cast<std::size_t>(w)] =
          sum_of_squares(last - first, gradient.data_ptr<float>() + first);
    });
    return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
  }

  // By Muon; none of the factors of a low rank, which are too narrow for it.
  std::int64_t by_muon() const { return low_rank ? 0 : layout.decayed; }

  MuonStep muon_step(const AdamStep& step) const {
    return {.rate = step.rate * kMatrixRate,
            .decay = static_cast<float>(options.weight_decay),
            .gradient_scale = step.gradient_scale};
  }

  void update_on_cpu(const at::Tensor& gradient, const AdamStep& step) {
    at::Tensor& parameters = learned();
    const float* from = gradient.data_ptr<float>();
    float* moments = moment.data_ptr<float>();
    float* to = parameters.data_ptr<float>();
    const MuonStep turned = muon_step(step);
    const std::int64_t rest = by_muon();
    pool->run([&](int w) {
      const auto workers = gradients.size();
      for (auto i = static_cast<std::size_t>(w); rest > 0 && i < matrices.size(); i += workers) {
        const std::int64_t at = matrices[i].offset;
        muon_update(turned, matrices[i], from + at, moments + at, to + at);
      }
      const auto [first, last] = share(parameters.numel() - rest, w);
      const std::int64_t at = rest + first;
      adam_update(step, last - first, from + at, moments + at, square.data_ptr<float>() + at,
                  to + at);
    });
  }

  void update_on_cuda(const at::Tensor& gradient, const AdamStep& step) {
    const at::NoGradGuard no_gradient;
    at::Tensor& parameters = learned();
    const std::int64_t rest = by_muon();
    if (rest > 0) {
      for (const MuonMatrix& matrix : matrices) {
        muon_update(muon_step(step), matrix, gradient, moment, parameters);
      }
    }
    const auto part = [&](const at::Tensor& flat) {
      return flat.narrow(0, rest, flat.numel() - rest);
    };
    const auto beta1 = static_cast<double>(step.beta1);
    const auto beta2 = static_cast<double>(step.beta2);
    const at::Tensor clipped = part(gradient) * static_cast<double>(step.gradient_scale);
    part(moment).mul_(beta1).add_(clipped, 1.0 - beta1);
    part(square).mul_(beta2).addcmul_(clipped, clipped, 1.0 - beta2);
    const at::Tensor denominators = at::sqrt(part(square) / static_cast<double>(step.bias2)) +
                                    static_cast<double>(step.epsilon);
    part(parameters)
        .addcdiv_(part(moment), denominators,
                  -static_cast<double>(step.rate) / static_cast<double>(step.bias1));
  }

  double step(double rate) {
    fold();
    const at::Tensor gradient = low_rank ? low_rank->gradient(gradients[0]) : gradients[0];
    const double norm = norm_of(gradient);
    ++steps;
    calls = 0;
    AdamStep how;
    how.rate = static_cast<float>(rate);
    how.beta2 = static_cast<float>(options.beta2);
    how.gradient_scale = norm > options.clip ? static_cast<float>(options.clip / norm) : 1.0F;
    how.bias1 = static_cast<float>(1.0 - std::pow(0.9, static_cast<double>(steps)));
    how.bias2 = static_cast<float>(1.0 - std::pow(options.beta2, static_cast<double>(steps)));
    if (device == Device::kCuda) {
      update_on_cuda(gradient, how);
    } else {
      update_on_cpu(gradient, how);
    }
    if (low_rank) low_rank->apply(values);
    gradients[0].zero_();
    return norm;
  }

  void put(at::Tensor& tensor, const std::map<std::string, WeightTensor>& state,
           const std::string& name) const {
    const auto& from = std::get<std::vector<float>>(state.at(name).values);
    UNDERSONG_CHECK(static_cast<std::int64_t>(from.size()) == tensor.numel());
    const at::NoGradGuard no_gradient;
    tensor.copy_(tensor_of(from));
  }
};

DecoderEngine::DecoderEngine(const DecoderSpec& spec, const DecoderEngineOptions& options)
    : inside_(std::make_unique<Inside>(spec, options)) {}

DecoderEngine::~DecoderEngine() = default;

std::string DecoderEngine::device_line() const {
  if (on_cuda()) return fmt::format("CUDA, bfloat16, LibTorch {}", torch_version());
  const int threads = inside_->pool->size();
  return fmt::format("CPU, {} thread{}, {} products, LibTorch {}", threads, threads == 1 ? "" : "s",
                     fast_products(), torch_version());
}

bool DecoderEngine::on_cuda() const { return inside_->device == Device::kCuda; }
std::int64_t DecoderEngine::steps_done() const { return inside_->steps; }

namespace {

std::int64_t counted(const DecoderBatch& batch) {
  return std::count_if(batch.targets.begin(), batch.targets.end(),
                       [](std::int32_t target) { return target >= 0; });
}

void check_shape(const DecoderBatch& batch, const DecoderSpec& spec) {
  const auto tokens = static_cast<std::size_t>(batch.rows * batch.steps);
  UNDERSONG_CHECK(batch.rows >= 1 && batch.steps >= 1);
  UNDERSONG_CHECK(batch.features.size() ==
                  tokens * static_cast<std::size_t>(spec.features_per_step));
  UNDERSONG_CHECK(batch.anchors.size() == tokens * spec.relative_heads.size());
  UNDERSONG_CHECK(batch.targets.size() == tokens);
}

}  // namespace

LossSum DecoderEngine::accumulate(const DecoderBatch& batch, std::int64_t count) {
  check_shape(batch, inside_->spec);
  UNDERSONG_CHECK(count > 0);
  const auto scale = static_cast<float>(1.0 / static_cast<double>(count));
  const double nats = on_cuda() ? inside_->accumulate_on_cuda(batch, scale)
                                : inside_->accumulate_on_cpu(batch, scale);
  ++inside_->calls;
  if (!std::isfinite(nats)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the loss is no longer a number after {} steps: train again with a "
                            "smaller --learning-rate",
                            inside_->steps));
  }
  return {nats, counted(batch)};
}

std::vector<float> DecoderEngine::gradients() const {
  inside_->fold();
  return floats_of(inside_->gradients[0]);
}

void DecoderEngine::set_gradients(std::span<const float> gradients) {
  inside_->fold();
  UNDERSONG_CHECK(static_cast<std::int64_t>(gradients.size()) == inside_->layout.total);
  inside_->gradients[0].copy_(tensor_of(gradients));
}

double DecoderEngine::step(double learning_rate) { return inside_->step(learning_rate); }

LossSum DecoderEngine::evaluate(const DecoderBatch& batch, std::vector<float>* nats) {
  check_shape(batch, inside_->spec);
  if (nats != nullptr) nats->assign(batch.targets.size(), 0.0F);
  LossSum loss =
      on_cuda() ? inside_->evaluate_on_cuda(batch, nats) : inside_->evaluate_on_cpu(batch, nats);
  loss.count = counted(batch);
  return loss;
}

std::vector<float> DecoderEngine::logits(const DecoderBatch& batch) {
  check_shape(batch, inside_->spec);
  const auto vocab = static_cast<std::int64_t>(inside_->spec.vocab_size);
  std::vector<float> all(static_cast<std::size_t>(batch.rows * batch.steps * vocab));
  if (on_cuda()) {
    const at::NoGradGuard no_gradient;
    auto to = all.begin();
    inside_->each_on_cuda(batch, [&](const DecoderInputs& inputs) {
      const std::vector<float> here = floats_of(inside_->network->logits(inputs, 0.0));
      to = std::copy(here.begin(), here.end(), to);
    });
    return all;
  }
  const std::int64_t columns = output_columns(inside_->spec);
  const DecoderPassOptions exact{.precision = Precision::kExact};
  inside_->pool->run([&](int w) {
    inside_->each_pass(batch, w, exact,
                       [&](const DecoderPass& pass, const DecoderRows& rows,
                           const DecoderPassOptions&, std::int64_t first, double) {
                         for (std::int64_t n = 0; n < rows.rows * rows.steps; ++n) {
                           std::copy_n(pass.outputs().begin() + n * columns, vocab,
                                       all.begin() + (first + n) * vocab);
                         }
                       });
  });
  return all;
}

std::map<std::string, WeightTensor> DecoderEngine::weights() const {
  const std::vector<float> values = floats_of(inside_->values);
  std::map<std::string, WeightTensor> tensors;
  for (const DecoderParameter& p : inside_->layout.parameters) {
    const auto first = values.begin() + p.offset;
    tensors[p.name] = {p.shape, std::vector<float>(first, first + p.count)};
  }
  return tensors;
}

void DecoderEngine::set_weights(const WeightFile& weights) {
  const at::NoGradGuard no_gradient;
  for (const DecoderParameter& p : inside_->layout.parameters) {
    at::Tensor part = inside_->values.narrow(0, p.offset, p.count);
    part.copy_(tensor_of(whole_floats(weights, p.name, p.shape)));
  }
  if (inside_->low_rank) inside_->low_rank->start_from(inside_->values);
  inside_->moment.zero_();
  inside_->square.zero_();
}

std::map<std::string, WeightTensor> DecoderEngine::state() const {
  std::map<std::string, WeightTensor> state;
  state["state.values"] = flat_tensor(inside_->values);
  state["state.moment"] = flat_tensor(inside_->moment);
  state["state.square"] = flat_tensor(inside_->square);
  if (inside_->low_rank) {
    state["state.base"] = flat_tensor(inside_->low_rank->base());
    state["state.factors"] = flat_tensor(inside_->low_rank->factors());
  }
  return state;
}

void DecoderEngine::restore(const std::map<std::string, WeightTensor>& state,
                            std::int64_t steps_done) {
  inside_->put(inside_->values, state, "state.values");
  inside_->put(inside_->moment, state, "state.moment");
  inside_->put(inside_->square, state, "state.square");
  if (inside_->low_rank) {
    inside_->put(inside_->low_rank->base(), state, "state.base");
    inside_->put(inside_->low_rank->factors(), state, "state.factors");
  }
  inside_->steps = steps_done;
  inside_->calls = 0;
}

}  // namespace undersong
