#include "train/torch_network.h"

#include "base/check.h"
#include "train/kernels.h"

namespace undersong {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kIgnored = -1;

std::int64_t bits_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Dropout whose mask follows from a key; the backward pass computes it again rather than store it.
class DropoutFunction : public torch::autograd::Function<DropoutFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, DropoutMask mask) {
    context->saved_data["key"] = bits_of(mask.key);
    context->saved_data["rate"] = mask.rate;
    context->saved_data["shape"] = std::vector<std::int64_t>{mask.steps, mask.rows, mask.units,
                                                             mask.batch_rows, mask.first_row};
    return masked(mask, x);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto shape = context->saved_data["shape"].toIntVector();
    const DropoutMask mask{
        .key = static_cast<std::uint64_t>(context->saved_data["key"].toInt()),
        .rate = context->saved_data["rate"].toDouble(),
        .steps = shape[0],
        .rows = shape[1],
        .units = shape[2],
        .batch_rows = shape[3],
        .first_row = shape[4],
    };
    return {masked(mask, gradients[0]), at::Tensor()};
  }

 private:
  static at::Tensor masked(const DropoutMask& mask, const at::Tensor& x) {
    const at::Tensor in = x.contiguous();
    at::Tensor out = at::empty_like(in);
    apply_dropout(mask, in.data_ptr<float>(), out.data_ptr<float>());
    return out;
  }
};

class SoftmaxMaxFunction : public torch::autograd::Function<SoftmaxMaxFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits,
                            std::int64_t steps) {
    const std::int64_t rows = logits.size(0) / steps;
    const std::int64_t classes = logits.size(1);
    const at::Tensor in = logits.contiguous();
    const at::Tensor log_sums = at::empty({steps * rows});
    const at::Tensor best = at::empty({rows, classes}, at::kInt);
    at::Tensor out = at::empty({rows, classes});
    softmax_max_forward(steps, rows, classes, in.data_ptr<float>(), log_sums.data_ptr<float>(),
                        out.data_ptr<float>(), best.data_ptr<std::int32_t>());
    context->save_for_backward({in, log_sums, best});
    context->saved_data["steps"] = steps;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const std::int64_t steps = context->saved_data["steps"].toInt();
    const at::Tensor grad = gradients[0].contiguous();
    const at::Tensor out = at::empty_like(saved[0]);
    softmax_max_backward(steps, grad.size(0), grad.size(1), saved[0].data_ptr<float>(),
                         saved[1].data_ptr<float>(), saved[2].data_ptr<std::int32_t>(),
                         grad.data_ptr<float>(), out.data_ptr<float>());
    return {out, at::Tensor()};
  }
};

at::Tensor softmax_max(const at::Tensor& logits, std::int64_t steps) {
  if (logits.is_cpu()) return SoftmaxMaxFunction::apply(logits, steps);
  const at::Tensor by_step = at::log_softmax(logits, -1).view({steps, -1, logits.size(1)});
  return std::get<0>(by_step.max(0));
}

at::Tensor dropout(const at::Tensor& x, const LayerSpec& layer, std::size_t index,
                   std::int64_t steps, const NetworkPass& pass) {
  if (!pass.training || layer.rate <= 0.0) return x;
  if (!x.is_cpu()) return at::dropout(x, layer.rate, /*train=*/true);
  DropoutMask mask{.key = pass.dropout_key + 0x9E3779B97F4A7C15U * (index + 1),
                   .rate = layer.rate,
                   .steps = steps,
                   .rows = pass.rows,
                   .units = x.size(1),
                   .batch_rows = pass.batch_rows,
                   .first_row = pass.first_row};
  return DropoutFunction::apply(x, mask);
}

// Valid convolution over time as one product: windows of `size` steps side by side.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias,
                       std::int64_t steps) {
  const std::int64_t size = kernel.size(0);
  const std::int64_t rows = x.size(0) / steps;
  const std::int64_t left = steps - size + 1;
  std::vector<at::Tensor> shifted;
  for (std::int64_t k = 0; k < size; ++k) shifted.push_back(x.narrow(0, k * rows, left * rows));
  const at::Tensor windows = at::cat(shifted, 1);
  return at::addmm(bias, windows, kernel.view({-1, kernel.size(2)})).relu_();
}

at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets) {
  return at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum, kIgnored);
}

}  // namespace

struct TorchNetwork::Flow {
  at::Tensor ids;    // [steps*rows*columns]
  at::Tensor given;  // [steps*rows*columns]
  at::Tensor value;  // [steps*rows, width]
  std::int64_t steps = 0;
  std::size_t lstms = 0;  // met so far
};

TorchNetwork::TorchNetwork(const NetworkSpec& spec, std::map<std::string, at::Tensor> parameters)
    : spec_(spec), parameters_(std::move(parameters)) {}

at::Tensor& TorchNetwork::parameter(std::size_t index, const char* part) {
  const auto found = parameters_.find("layers." + std::to_string(index) + "." + part);
  UNDERSONG_CHECK(found != parameters_.end());
  return found->second;
}

at::Tensor TorchNetwork::logits(const at::Tensor& ids, const at::Tensor& given,
                                const NetworkPass& pass) {
  Flow flow{.ids = ids, .given = given, .value = {}, .steps = pass.steps};
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) apply(i, spec_.layers[i], flow, pass);
  return flow.value;
}

void TorchNetwork::apply(std::size_t index, const LayerSpec& layer, Flow& flow,
                         const NetworkPass& pass) {
  switch (layer.kind) {
    case LayerKind::kScaledIndex:
      flow.value = flow.ids.to(at::kFloat).div_(spec_.vocab_size).unsqueeze(1);
      return;
    case LayerKind::kEmbedding:
      flow.value = at::embedding(parameter(index, "table"), flow.ids);
      return;
    case LayerKind::kColumnEmbedding: {
      const auto columns = static_cast<std::int64_t>(spec_.column_sizes.size());
      const at::Tensor rows = at::embedding(parameter(index, "table"), flow.ids);
      flow.value = rows.view({-1, columns, rows.size(1)}).sum(1);
      return;
    }
    case LayerKind::kLstm: flow.value = lstm(index, flow, pass); return;
    case LayerKind::kConv1d:
      flow.value =
          convolution(flow.value, parameter(index, "kernel"), parameter(index, "bias"), flow.steps);
      flow.steps -= layer.kernel_size - 1;
      return;
    case LayerKind::kDense:
      flow.value = at::addmm(parameter(index, "bias"), flow.value, parameter(index, "kernel"));
      return;
    case LayerKind::kDropout:
      flow.value = dropout(flow.value, layer, index, flow.steps, pass);
      return;
    case LayerKind::kLastStep:
      flow.value = flow.value.narrow(0, (flow.steps - 1) * pass.rows, pass.rows);
      flow.steps = 1;
      return;
    case LayerKind::kSoftmaxMaxOverTime:
      flow.value = softmax_max(flow.value, flow.steps);  // the loss renormalises
      flow.steps = 1;
      return;
    case LayerKind::kColumnHead: flow.value = column_logits(index, flow); return;
  }
}

at::Tensor TorchNetwork::lstm(std::size_t index, Flow& flow, const NetworkPass& pass) {
  const LstmWeights weights{parameter(index, "kernel"), parameter(index, "recurrent"),
                            parameter(index, "bias")};
  LstmState zero;
  LstmState& state = pass.states == nullptr ? zero : pass.states->at(flow.lstms);
  ++flow.lstms;
  if (!flow.value.is_cpu()) return lstm_of_library(flow.value, weights, flow.steps, state);
  return lstm_on_cpu(flow.value, weights, flow.steps, state, workspaces_[index]);
}

// Each column's logits given the columns before it, side by side. What precedes the first row is a
// vector of zeros.
at::Tensor TorchNetwork::column_logits(std::size_t index, const Flow& flow) {
  const auto columns = static_cast<std::int64_t>(spec_.column_sizes.size());
  const std::int64_t rows = flow.value.size(0) / flow.steps;
  const at::Tensor before_first = at::zeros({rows, flow.value.size(1)}, flow.value.options());
  const at::Tensor all = at::addmm(parameter(index, "bias"), at::cat({before_first, flow.value}),
                                   parameter(index, "kernel"));
  const at::Tensor chosen = flow.given.clamp_min(0).view({-1, columns});
  std::vector<at::Tensor> parts;
  std::int64_t offset = 0;
  for (std::int64_t c = 0; c < columns; ++c) {
    const std::int64_t size = spec_.column_sizes[static_cast<std::size_t>(c)];
    at::Tensor part = all.narrow(1, offset, size);
    const at::Tensor table = parameter(index, "given").narrow(1, offset, size);
    for (std::int64_t before = 0; before < c; ++before) {
      part = part + table.index_select(0, chosen.select(1, before));
    }
    parts.push_back(part);
    offset += size;
  }
  return at::cat(parts, 1);
}

at::Tensor TorchNetwork::loss_sum(const at::Tensor& logits, const at::Tensor& targets) const {
  if (spec_.column_sizes.empty()) return cross_entropy_sum(logits, targets);
  const auto columns = static_cast<std::int64_t>(spec_.column_sizes.size());
  const at::Tensor by_row = targets.view({-1, columns});
  at::Tensor sum;
  std::int64_t offset = 0;
  for (std::int64_t c = 0; c < columns; ++c) {
    const std::int64_t size = spec_.column_sizes[static_cast<std::size_t>(c)];
    const at::Tensor ids = by_row.select(1, c);
    const at::Tensor local = at::where(ids.lt(0), ids, ids - offset);
    const at::Tensor part = cross_entropy_sum(logits.narrow(1, offset, size), local);
    sum = sum.defined() ? sum + part : part;
    offset += size;
  }
  return sum;
}

}  // namespace undersong
