#include "nn/network.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

// What the kernels may read and write beyond the end of a vector.
constexpr std::size_t kPadding = 16;

std::size_t padded(std::size_t n) { return round_up(n, kPadding); }

void rectify(std::span<float> values) {
  for (float& value : values) value = value > 0.0F ? value : 0.0F;
}

}  // namespace

Network::Network(NetworkSpec spec, const WeightFile& weights) : spec_(std::move(spec)) {
  UNDERSONG_CHECK(!spec_.layers.empty() && spec_.vocab_size > 0);
  check_weights(weights);
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) add_layer(weights, i);
  count_slots();
  column_start_.push_back(0);
  for (const int size : spec_.column_sizes) column_start_.push_back(column_start_.back() + size);
  if (ending_ == Ending::kColumns && column_start_.back() != spec_.vocab_size) {
    throw Error(ErrorKind::kMismatch, "the columns have " + std::to_string(column_start_.back()) +
                                          " ids and the vocabulary " +
                                          std::to_string(spec_.vocab_size));
  }
}

void Network::check_weights(const WeightFile& weights) const {
  for (const TensorSpec& wanted : tensors_of(spec_)) weights.floats(wanted.name, wanted.shape);
}

std::span<const float> Network::tensor(const WeightFile& weights, std::size_t layer,
                                       const char* part) const {
  const auto& found = weights.tensors.at("layers." + std::to_string(layer) + "." + part);
  return std::get<std::vector<float>>(found.values);
}

Network::Affine Network::affine(const WeightFile& weights, std::size_t layer) const {
  const auto kernel = tensor(weights, layer, "kernel");
  const auto bias = tensor(weights, layer, "bias");
  Affine result;
  result.kernel = PackedMatrix(kernel, kernel.size() / bias.size(), bias.size());
  result.bias.assign(bias.begin(), bias.end());
  result.bias.resize(result.kernel.padded_out());
  return result;
}

void Network::add_layer(const WeightFile& weights, std::size_t layer) {
  const LayerSpec& spec = spec_.layers[layer];
  const bool before_lstms = lstms_.empty() && heads_.empty();
  switch (spec.kind) {
    case LayerKind::kScaledIndex: UNDERSONG_CHECK(layer == 0); break;
    case LayerKind::kEmbedding:
    case LayerKind::kColumnEmbedding: {
      UNDERSONG_CHECK(layer == 0);
      const auto table = tensor(weights, layer, "table");
      input_ = spec.kind;
      input_width_ = static_cast<std::size_t>(spec.units);
      table_.assign(table.begin(), table.end());
      break;
    }
    case LayerKind::kConv1d:
      UNDERSONG_CHECK(before_lstms && spec.kernel_size >= 1);
      locals_.push_back(
          {affine(weights, layer), features(), static_cast<std::size_t>(spec.kernel_size), true});
      break;
    case LayerKind::kLstm:
      UNDERSONG_CHECK(heads_.empty());
      lstms_.push_back(
          {affine(weights, layer),
           PackedMatrix(tensor(weights, layer, "recurrent"), static_cast<std::size_t>(spec.units),
                        static_cast<std::size_t>(4 * spec.units)),
           static_cast<std::size_t>(spec.units)});
      break;
    case LayerKind::kDense:
      if (before_lstms && spec_.reading == Reading::kWindow) {
        locals_.push_back({affine(weights, layer), features(), 1, false});
      } else {
        heads_.push_back(affine(weights, layer));
      }
      break;
    case LayerKind::kDropout:
    case LayerKind::kLastStep: break;
    case LayerKind::kSoftmaxMaxOverTime:
      UNDERSONG_CHECK(before_lstms && spec_.reading == Reading::kWindow);
      ending_ = Ending::kSoftmaxMaxOverTime;
      break;
    case LayerKind::kColumnHead: {
      UNDERSONG_CHECK(heads_.empty() && input_ == LayerKind::kColumnEmbedding);
      const auto given = tensor(weights, layer, "given");
      heads_.push_back(affine(weights, layer));
      given_.assign(given.begin(), given.end());
      ending_ = Ending::kColumns;
      break;
    }
  }
}

void Network::count_slots() {
  if (spec_.reading == Reading::kRecurrent) return;
  int steps = spec_.window;
  for (const Local& local : locals_) steps -= static_cast<int>(local.taps) - 1;
  if (steps < 1) {
    throw Error(ErrorKind::kMismatch, "the window of " + std::to_string(spec_.window) +
                                          " symbols is too short for this network");
  }
  steps_ = static_cast<std::size_t>(steps);
  slots_ = lstms_.empty() ? 1 : steps_;
}

std::size_t Network::features() const {
  return locals_.empty() ? input_width_ : locals_.back().affine.kernel.out();
}

std::size_t Network::largest_input() const {
  std::size_t most = 0;
  for (const Local& local : locals_) most = std::max(most, local.affine.kernel.in());
  for (const Lstm& lstm : lstms_) {
    most = std::max({most, lstm.input.kernel.in(), lstm.recurrent.in()});
  }
  for (const Affine& head : heads_) most = std::max(most, head.kernel.in());
  return most;
}

NetworkState Network::start() const {
  NetworkState state;
  state.row_input_.resize(padded(input_width_));
  for (const Local& local : locals_) {
    NetworkState::Local fresh;
    fresh.inputs.resize(local.taps * local.in);
    fresh.output.resize(local.affine.kernel.padded_out());
    state.locals_.push_back(std::move(fresh));
  }
  for (const Lstm& lstm : lstms_) {
    NetworkState::Lstm fresh;
    fresh.hidden.resize(slots_ * padded(lstm.units));
    fresh.cell.resize(slots_ * padded(lstm.units));
    fresh.gates.resize(slots_ * lstm.recurrent.padded_out());
    state.lstms_.push_back(std::move(fresh));
  }
  for (const Affine& head : heads_) state.heads_.emplace_back(head.kernel.padded_out());
  const auto vocab = static_cast<std::size_t>(spec_.vocab_size);
  if (ending_ == Ending::kSoftmaxMaxOverTime) {
    state.log_probabilities_.resize((steps_ + 1) * padded(vocab));
  }
  if (ending_ == Ending::kColumns) state.row_logits_ = heads_.front().bias;
  state.scratch_.resize(slots_ * largest_input());
  state.rows_in_.resize(slots_);
  state.rows_out_.resize(slots_);
  return state;
}

void Network::feed(NetworkState& state, std::span<const std::int32_t> ids,
                   std::span<float> logits) const {
  UNDERSONG_CHECK(logits.size() == static_cast<std::size_t>(spec_.vocab_size));
  const auto window = static_cast<std::size_t>(spec_.window);
  if (spec_.reading == Reading::kWindow && ids.size() > window) {
    state.ids_fed_ += static_cast<std::int64_t>(ids.size() - window);
    ids = ids.last(window);
    forget(state);
  }
  for (const std::int32_t id : ids) {
    UNDERSONG_CHECK(id >= 0 && id < spec_.vocab_size);
    if (ending_ == Ending::kColumns) {
      feed_column(state, id);
    } else {
      feed_id(state, id);
    }
    ++state.ids_fed_;
  }
  write_logits(state, logits);
}

// As if nothing had been fed: the ids that follow fill every window. What the buffers hold is
// overwritten before it is read.
void Network::forget(NetworkState& state) const {
  state.steps_made_ = 0;
  for (NetworkState::Local& local : state.locals_) local.seen = 0;
}

void Network::embed(std::int32_t id, AlignedFloats& output) const {
  const auto row = static_cast<std::size_t>(id);
  if (input_ == LayerKind::kScaledIndex) {
    output[0] = static_cast<float>(id) / static_cast<float>(spec_.vocab_size);
  } else {
    std::copy_n(table_.data() + row * input_width_, input_width_, output.data());
  }
}

void Network::feed_id(NetworkState& state, std::int32_t id) const {
  embed(id, state.row_input_);
  std::span<const float> features(state.row_input_.data(), input_width_);
  for (std::size_t i = 0; i < locals_.size(); ++i) {
    if (!advance_local(locals_[i], state.locals_[i], features, state)) return;
    features = {state.locals_[i].output.data(), locals_[i].affine.kernel.out()};
  }
  advance_body(state, features);
}

// The row's vectors are added up as its ids come; the last one makes the step.
void Network::feed_column(NetworkState& state, std::int32_t id) const {
  const std::size_t column = column_of(state);
  UNDERSONG_CHECK(id >= column_start_[column] && id < column_start_[column + 1]);
  if (column == 0) std::ranges::fill(state.row_input_, 0.0F);
  const auto row = static_cast<std::size_t>(id);
  const float* vector = table_.data() + row * input_width_;
  for (std::size_t i = 0; i < input_width_; ++i) state.row_input_[i] += vector[i];
  if (column + 1 < spec_.column_sizes.size()) {
    const auto vocab = static_cast<std::size_t>(spec_.vocab_size);
    const float* given = given_.data() + row * vocab;
    for (std::size_t i = 0; i < vocab; ++i) state.row_logits_[i] += given[i];
    return;
  }
  advance_body(state, {state.row_input_.data(), input_width_});
  apply(heads_.front(), body_output(state).data(), state.row_logits_, state.scratch_);
}

std::size_t Network::column_of(const NetworkState& state) const {
  return static_cast<std::size_t>(state.ids_fed_) % spec_.column_sizes.size();
}

// False while fewer steps than `taps` were seen.
bool Network::advance_local(const Local& local, NetworkState::Local& state,
                            std::span<const float> input, NetworkState& whole) const {
  std::shift_left(state.inputs.begin(), state.inputs.end(), static_cast<std::ptrdiff_t>(local.in));
  std::ranges::copy(input, state.inputs.end() - static_cast<std::ptrdiff_t>(local.in));
  if (++state.seen < static_cast<std::int64_t>(local.taps)) return false;
  apply(local.affine, state.inputs.data(), state.output, whole.scratch_);
  if (local.relu) rectify(state.output);
  return true;
}

void Network::apply(const Affine& layer, const float* input, AlignedFloats& output,
                    AlignedFloats& scratch) const {
  std::ranges::copy(layer.bias, output.begin());
  const float* const in = input;
  float* const out = output.data();
  multiply_add(layer.kernel, {&in, 1}, {&out, 1}, scratch);
}

void Network::advance_body(NetworkState& state, std::span<const float> features) const {
  const auto slot = static_cast<std::size_t>(state.steps_made_) % slots_;
  if (spec_.reading == Reading::kWindow) begin_window(state, slot);
  for (std::size_t i = 0; i < lstms_.size(); ++i) advance_lstm(state, i, features);
  if (ending_ == Ending::kSoftmaxMaxOverTime) keep_log_probabilities(state, features);
  ++state.steps_made_;
}

// The oldest window ended a step ago; its place starts again from zeros.
void Network::begin_window(NetworkState& state, std::size_t slot) const {
  for (std::size_t i = 0; i < lstms_.size(); ++i) {
    const std::size_t stride = padded(lstms_[i].units);
    std::fill_n(state.lstms_[i].hidden.data() + slot * stride, stride, 0.0F);
    std::fill_n(state.lstms_[i].cell.data() + slot * stride, stride, 0.0F);
  }
}

// One step of one layer in every open window. The first layer's input is the same in all of them,
// so its product is made once.
void Network::advance_lstm(NetworkState& state, std::size_t layer,
                           std::span<const float> features) const {
  const Lstm& lstm = lstms_[layer];
  NetworkState::Lstm& own = state.lstms_[layer];
  const auto made = static_cast<std::size_t>(state.steps_made_);
  const std::size_t open = std::min(made + 1, slots_);
  const std::size_t fresh = made % slots_;
  const std::size_t stride = padded(lstm.units);
  const std::size_t gate_stride = lstm.recurrent.padded_out();

  const std::size_t products = layer == 0 ? 1 : open;
  for (std::size_t slot = 0; slot < products; ++slot) {
    float* gates = own.gates.data() + slot * gate_stride;
    std::ranges::copy(lstm.input.bias, gates);
    state.rows_in_[slot] =
        layer == 0 ? features.data()
                   : state.lstms_[layer - 1].hidden.data() + slot * padded(lstms_[layer - 1].units);
    state.rows_out_[slot] = gates;
  }
  multiply_add(lstm.input.kernel, std::span(state.rows_in_).first(products),
               std::span(state.rows_out_).first(products), state.scratch_);
  for (std::size_t slot = products; slot < open; ++slot) {
    std::copy_n(own.gates.data(), gate_stride, own.gates.data() + slot * gate_stride);
  }

  // From a state of zeros the recurrent product adds nothing.
  const bool carried = spec_.reading == Reading::kRecurrent && made > 0;
  std::size_t rows = 0;
  for (std::size_t slot = 0; slot < open; ++slot) {
    if (slot == fresh && !carried) continue;
    state.rows_in_[rows] = own.hidden.data() + slot * stride;
    state.rows_out_[rows] = own.gates.data() + slot * gate_stride;
    ++rows;
  }
  multiply_add(lstm.recurrent, std::span(state.rows_in_).first(rows),
               std::span(state.rows_out_).first(rows), state.scratch_);
  for (std::size_t slot = 0; slot < open; ++slot) {
    lstm_cell({own.gates.data() + slot * gate_stride, gate_stride}, own.cell.data() + slot * stride,
              own.hidden.data() + slot * stride, lstm.units);
  }
}

// Log-softmax of one step into its place of the ring; the ring's last row is scratch.
void Network::keep_log_probabilities(NetworkState& state, std::span<const float> values) const {
  const std::size_t stride = padded(values.size());
  const std::size_t place = static_cast<std::size_t>(state.steps_made_) % steps_;
  float* const row = state.log_probabilities_.data() + place * stride;
  float* const powers = state.log_probabilities_.data() + steps_ * stride;
  const float most = *std::ranges::max_element(values);
  for (std::size_t i = 0; i < values.size(); ++i) powers[i] = row[i] = values[i] - most;
  exp_in_place(powers, values.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += static_cast<double>(powers[i]);
  const auto log_sum = static_cast<float>(portable_log(sum));
  for (std::size_t i = 0; i < values.size(); ++i) row[i] -= log_sum;
}

// What the last layer before the heads holds for the window that is complete.
std::span<const float> Network::body_output(const NetworkState& state) const {
  if (lstms_.empty()) {
    return locals_.empty() ? std::span<const float>(state.row_input_.data(), input_width_)
                           : std::span<const float>(state.locals_.back().output.data(), features());
  }
  const auto made = static_cast<std::size_t>(state.steps_made_);  // the oldest window's place
  const std::size_t units = lstms_.back().units;
  return {state.lstms_.back().hidden.data() + made % slots_ * padded(units), units};
}

void Network::write_logits(NetworkState& state, std::span<float> logits) const {
  if (ending_ == Ending::kColumns) {
    write_column_logits(state, logits);
  } else if (state.steps_made_ < static_cast<std::int64_t>(steps_)) {
    std::ranges::fill(logits, 0.0F);
  } else {
    write_dense_logits(state, logits);
  }
}

void Network::write_dense_logits(NetworkState& state, std::span<float> logits) const {
  if (ending_ == Ending::kSoftmaxMaxOverTime) {
    const std::size_t stride = padded(logits.size());
    std::copy_n(state.log_probabilities_.data(), logits.size(), logits.data());
    for (std::size_t step = 1; step < steps_; ++step) {
      const float* row = state.log_probabilities_.data() + step * stride;
      for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = std::max(logits[i], row[i]);
    }
    return;
  }
  std::span<const float> output = body_output(state);
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    apply(heads_[i], output.data(), state.heads_[i], state.scratch_);
    output = {state.heads_[i].data(), heads_[i].kernel.out()};
  }
  UNDERSONG_CHECK(output.size() == logits.size());
  std::ranges::copy(output, logits.begin());
}

void Network::write_column_logits(const NetworkState& state, std::span<float> logits) const {
  std::ranges::fill(logits, -std::numeric_limits<float>::infinity());
  const std::size_t column = column_of(state);
  const auto begin = static_cast<std::size_t>(column_start_[column]);
  const auto end = static_cast<std::size_t>(column_start_[column + 1]);
  for (std::size_t i = begin; i < end; ++i) logits[i] = state.row_logits_[i];
}

}  // namespace undersong
