#pragma once
// The arithmetic of inference, on the widest vectors that the machine has.
//
// Goal: the same bits on every machine, vector width and thread count. So a vector's lanes are
// different outputs, never parts of one sum: each output is one chain of fused multiply-adds over
// the inputs, in order. Multiplication and addition are fused on every path, and exp is our own.
// Targets without a fused multiply-add (SSE) are left out: such a machine runs the scalar path.
// docs/decisions/0006-bit-exact-inference.md has the reasons.
// Non-goals: several threads within a product, half precision.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace undersong {

// Whole cache lines, so that no vector straddles two.
inline constexpr std::size_t kAlignmentBytes = 64;

template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  explicit AlignedAllocator(const AlignedAllocator<U>& /*other*/) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{kAlignmentBytes}));
  }
  void deallocate(T* p, std::size_t /*n*/) {
    ::operator delete (p, std::align_val_t{kAlignmentBytes});
  }
  bool operator==(const AlignedAllocator& /*other*/) const { return true; }
};

using AlignedFloats = std::vector<float, AlignedAllocator<float>>;

// Outputs that are stored together: a multiple of every vector's lanes.
inline constexpr std::size_t kPanel = 64;

inline constexpr std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

// A matrix [in, out] cut into panels of kPanel outputs, so that a product reads it as one stream.
// Missing outputs of the last panel are 0.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  // `values` [in, out], row after row.
  PackedMatrix(std::span<const float> values, std::size_t in, std::size_t out);

  std::size_t in() const { return in_; }
  std::size_t out() const { return out_; }
  std::size_t padded_out() const { return round_up(out_, kPanel); }
  const float* data() const { return panels_.data(); }

 private:
  std::size_t in_ = 0;
  std::size_t out_ = 0;
  AlignedFloats panels_;  // [panel][in][kPanel]
};

// y[r] += x[r] * matrix for every row: for each output in turn, y = fma(x[0], w[0], y), then
// fma(x[1], w[1], y) and so on.
//
// Shapes: x [rows][in], y [rows][padded_out], aligned; scratch [rows * in].
void multiply_add(const PackedMatrix& matrix, std::span<const float* const> x,
                  std::span<float* const> y, std::span<float> scratch);

// One step of an LSTM from the sums of its gates.
//
// Shapes: gates [4 * units] in the order input, forget, cell, output; cell and hidden [units], with
// room up to a multiple of 16; aligned.
void lstm_cell(std::span<const float> gates, float* cell, float* hidden, std::size_t units);

// Element by element, in place; within 2 (exp), 4 (sigmoid) and 5 (tanh) units in the last place of
// the true values. exp is for x <= 0 … 88; it is 0 nowhere: below -87.3 it stays at 1.2e-38.
// Shapes: values [n], with room up to a multiple of 16.
void exp_in_place(float* values, std::size_t n);
void sigmoid_in_place(float* values, std::size_t n);
void tanh_in_place(float* values, std::size_t n);

// The vector targets that this program has and this machine can run, best first, and the one in
// use. `force_target` is for tests and measurements: it is not safe while another thread computes.
std::vector<std::int64_t> vector_targets();
std::string target_name(std::int64_t target);
void force_target(std::int64_t target);
void choose_best_target();

}  // namespace undersong
