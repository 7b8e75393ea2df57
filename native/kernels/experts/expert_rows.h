// The rows that meet one expert, gathered in scratch memory, and the weights of that expert.
#pragma once
#include "generated/operands.h"
#include "kernels/ops.h"
#include "kernels/panels/packed.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The memory of one thread, in the layout of MixtureScratch.
struct ExpertRoom {
  float* memory;
  MixtureScratch at;
  std::int64_t inputs, hidden, outputs;

  std::int32_t* list() const { return reinterpret_cast<std::int32_t*>(memory + at.list); }
  Matrix matrix(std::int64_t place, std::int64_t rows, std::int64_t width) const {
    return {memory + place, nullptr, nullptr, rows, width, width};
  }
  Matrix x(std::int64_t rows) const { return matrix(at.x, rows, inputs); }
  Matrix dy(std::int64_t rows) const { return matrix(at.dy, rows, outputs); }
  Matrix hidden_rows(std::int64_t rows) const { return matrix(at.hidden, rows, hidden); }
  Matrix slopes(std::int64_t rows) const { return matrix(at.slope, rows, hidden); }
  Matrix out(std::int64_t rows, std::int64_t width) const { return matrix(at.out, rows, width); }
  // One thread, with memory for a product.
  Partition partition() const { return whole_call(memory + at.product, nullptr); }
};

inline ExpertRoom room_for_experts(float* scratch, std::int64_t inputs, std::int64_t hidden, std::int64_t outputs) {
  return {scratch, mixture_scratch(inputs, hidden, outputs), inputs, hidden, outputs};
}

// Lists the rows of [begin, end) whose gate is not 0; returns how many.
inline std::int64_t list_rows(std::int32_t* list, const Matrix& gates, std::int64_t expert, Range rows) {
  std::int64_t count = 0;
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    if (row_of(gates, r)[expert] > 0) list[count++] = static_cast<std::int32_t>(r);
  return count;
}

// to ← the listed rows of x
inline void gather_rows(const Matrix& to, const Matrix& x, const std::int32_t* list) {
  for (std::int64_t i = 0; i < to.rows; i++) copy_row(row_of(to, i), row_of(x, list[i]), x.width);
}

inline Matrix expert_weight(const Matrix& weight, std::int64_t experts, std::int64_t expert) {
  return weight_rows(weight, expert * (weight.rows / experts), weight.rows / experts);
}

// The columns of one expert in a bias of all; without floats where there is no bias.
inline Matrix expert_bias(const Matrix& bias, std::int64_t experts, std::int64_t expert) {
  const std::int64_t width = bias.width / experts;
  return {bias.floats ? bias.floats + expert * width : nullptr, nullptr, nullptr, 1, width, width};
}

// A linear of one expert, or its gradients.
struct ExpertLinear {
  Matrix weight;
  Matrix bias;
};

// out ← activation(x · weightᵀ + bias)
inline void expert_product(const Call& call, const Matrix& x, const ExpertLinear& linear_of, const Matrix& out, Activation activation, const ExpertRoom& room) {
  LinearArgs args = {};
  static_cast<Call&>(args) = call;
  args.x = x;
  args.weight = linear_of.weight;
  args.bias = linear_of.bias;
  args.out = out;
  args.activation = activation;
  args.scale = 1;
  linear(args, room.partition());
}

// Calls use(rows [begin, end)) for blocks of kMixtureRows rows.
template <class Use>
inline void in_blocks(Range rows, Use use) {
  for (std::int64_t begin = rows.begin; begin < rows.end; begin += kMixtureRows) use(Range{begin, smaller(begin + kMixtureRows, rows.end)});
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
