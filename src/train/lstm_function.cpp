#include "train/lstm_function.h"

#include "train/kernels.h"

namespace undersong {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A view [rows, columns] of a buffer that only ever grows.
at::Tensor view_of(at::Tensor& buffer, std::int64_t rows, std::int64_t columns) {
  if (!buffer.defined() || buffer.numel() < rows * columns) buffer = at::empty({rows * columns});
  return buffer.narrow(0, 0, rows * columns).view({rows, columns});
}

at::Tensor or_zeros(const at::Tensor& state, std::int64_t rows, std::int64_t units) {
  return state.defined() ? state.contiguous() : at::zeros({rows, units});
}

class LstmFunction : public torch::autograd::Function<LstmFunction> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& kernel, const at::Tensor& recurrent,
                            const at::Tensor& bias, const at::Tensor& first_output,
                            const at::Tensor& first_cell, std::int64_t steps,
                            LstmWorkspace* workspace) {
    const at::Tensor x = input.contiguous();
    const std::int64_t rows = x.size(0) / steps;
    const std::int64_t units = recurrent.size(0);
    const at::Tensor gates = view_of(workspace->gates, steps * rows, 4 * units);
    const at::Tensor cells = view_of(workspace->cells, steps * rows, units);
    const at::Tensor outputs = view_of(workspace->outputs, steps * rows, units).detach();
    products_of_input(x, kernel, bias, gates);
    for (std::int64_t t = 0; t < steps; ++t) {
      at::Tensor now = gates.narrow(0, t * rows, rows);
      const at::Tensor before = t == 0 ? first_output : outputs.narrow(0, (t - 1) * rows, rows);
      now.addmm_(before, recurrent);
      const float* cell_before =
          t == 0 ? first_cell.data_ptr<float>() : cells.data_ptr<float>() + (t - 1) * rows * units;
      lstm_gates_forward(rows, units, now.data_ptr<float>(), cell_before,
                         cells.data_ptr<float>() + t * rows * units,
                         outputs.data_ptr<float>() + t * rows * units);
    }
    context->save_for_backward({x, kernel, recurrent, first_output, first_cell, outputs});
    context->saved_data["steps"] = steps;
    context->saved_data["input_has_gradient"] = input.requires_grad();
    context->saved_data["workspace"] = reinterpret_cast<std::int64_t>(workspace);
    return outputs;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& kernel = saved[1];
    const std::int64_t steps = context->saved_data["steps"].toInt();
    const at::Tensor grad_gates = gradient_of_gates(context, saved, gradients[0].contiguous());

    const std::int64_t rows = x.size(0) / steps;
    const std::int64_t later = (steps - 1) * rows;
    at::Tensor grad_recurrent = at::mm(saved[3].t(), grad_gates.narrow(0, 0, rows));
    if (later > 0) {
      grad_recurrent.addmm_(saved[5].narrow(0, 0, later).t(), grad_gates.narrow(0, rows, later));
    }
    at::Tensor grad_input;
    if (context->saved_data["input_has_gradient"].toBool()) {
      grad_input = at::mm(grad_gates, kernel.t());
    }
    return {grad_input,     at::mm(x.t(), grad_gates),
            grad_recurrent, grad_gates.sum(0),
            at::Tensor(),   at::Tensor(),
            at::Tensor(),   at::Tensor()};
  }

 private:
  static void products_of_input(const at::Tensor& x, const at::Tensor& kernel,
                                const at::Tensor& bias, const at::Tensor& gates) {
    if (x.size(1) == 1) {
      outer_product(x.size(0), gates.size(1), x.data_ptr<float>(), kernel.data_ptr<float>(),
                    bias.data_ptr<float>(), gates.data_ptr<float>());
      return;
    }
    at::Tensor out = gates;
    at::addmm_out(out, bias, x, kernel);
  }

  // Overwrites the activations with the gradients of the gates' products, last step first.
  static at::Tensor gradient_of_gates(AutogradContext* context, const variable_list& saved,
                                      const at::Tensor& grad_outputs) {
    auto* workspace = reinterpret_cast<LstmWorkspace*>(context->saved_data["workspace"].toInt());
    const std::int64_t steps = context->saved_data["steps"].toInt();
    const std::int64_t rows = saved[0].size(0) / steps;
    const at::Tensor& recurrent = saved[2];
    const std::int64_t units = recurrent.size(0);
    const at::Tensor gates = view_of(workspace->gates, steps * rows, 4 * units);
    const at::Tensor cells = view_of(workspace->cells, steps * rows, units);
    at::Tensor grad_next = view_of(workspace->grad_next, rows, units);
    const at::Tensor grad_cell = view_of(workspace->grad_cell, rows, units);
    grad_next.zero_();
    grad_cell.zero_();
    const at::Tensor transposed = recurrent.t();
    for (std::int64_t t = steps - 1; t >= 0; --t) {
      const std::int64_t at = t * rows * units;
      const float* cell_before =
          t == 0 ? saved[4].data_ptr<float>() : cells.data_ptr<float>() + at - rows * units;
      const at::Tensor now = gates.narrow(0, t * rows, rows);
      lstm_gates_backward(rows, units, now.data_ptr<float>(), cell_before,
                          cells.data_ptr<float>() + at, grad_outputs.data_ptr<float>() + at,
                          grad_next.data_ptr<float>(), grad_cell.data_ptr<float>());
      if (t > 0) at::mm_out(grad_next, now, transposed);
    }
    return gates;
  }
};

}  // namespace

at::Tensor lstm_on_cpu(const at::Tensor& x, const LstmWeights& weights, std::int64_t steps,
                       LstmState& state, LstmWorkspace& workspace) {
  const std::int64_t rows = x.size(0) / steps;
  const std::int64_t units = weights.recurrent.size(0);
  const at::Tensor outputs = LstmFunction::apply(
      x, weights.kernel, weights.recurrent, weights.bias, or_zeros(state.output, rows, units),
      or_zeros(state.cell, rows, units), steps, &workspace);
  const std::int64_t last = (steps - 1) * rows;
  state.output = outputs.detach().narrow(0, last, rows).clone();
  state.cell = view_of(workspace.cells, steps * rows, units).narrow(0, last, rows).clone();
  return outputs;
}

at::Tensor lstm_of_library(const at::Tensor& x, const LstmWeights& weights, std::int64_t steps,
                           LstmState& state) {
  const std::int64_t rows = x.size(0) / steps;
  const std::int64_t units = weights.recurrent.size(0);
  const auto first = [&](const at::Tensor& given) {
    return (given.defined() ? given : at::zeros({rows, units}, x.options())).unsqueeze(0);
  };
  // The library wants [4*units, in] and a second bias.
  const std::vector<at::Tensor> parameters = {weights.kernel.t().contiguous(),
                                              weights.recurrent.t().contiguous(), weights.bias,
                                              at::zeros_like(weights.bias)};
  const auto [outputs, output, cell] =
      at::lstm(x.view({steps, rows, x.size(1)}), {first(state.output), first(state.cell)},
               parameters, /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0,
               /*train=*/x.requires_grad() || weights.kernel.requires_grad(),
               /*bidirectional=*/false, /*batch_first=*/false);
  state.output = output.detach().squeeze(0);
  state.cell = cell.detach().squeeze(0);
  return outputs.reshape({steps * rows, units});
}

}  // namespace undersong
