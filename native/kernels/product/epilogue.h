// The epilogue of linear, activation(y · scale + bias) + residual. Each step is rounded to float32, as in the
// JavaScript kernel.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The epilogue of some rows and columns of y.
struct Epilogue {
  const float* bias;  // from the first column on; may be null
  const float* residual;  // from the first row and column on; may be null
  std::int64_t residual_stride;
  float scale;
  Activation activation;

  bool needed() const { return bias || residual || activation != kNone || scale != 1; }
};

inline Epilogue epilogue_of(const LinearArgs& args, std::int64_t row, std::int64_t column) {
  const Matrix& bias = args.bias;
  const Matrix& residual = args.residual;
  return {bias.floats ? bias.floats + column : nullptr, residual.floats ? row_of(residual, row) + column : nullptr,
          residual.stride, static_cast<float>(args.scale), args.activation};
}

// Slow activations are calls, because their code would fill up every tile.
__attribute__((noinline)) Vec activate_slowly(Vec x, Activation kind) { return activate(x, kind); }

// The outputs at `row` and `column` of the block that `f` belongs to, after the epilogue.
template <class N>
inline Vec with_epilogue(Vec y, const Epilogue& f, std::int64_t row, std::int64_t column, N n) {
  Vec value = y * broadcast(f.scale);
  if (f.bias) value = value + load(f.bias + column, n);
  if (f.activation == kRelu) value = relu(value);
  else if (f.activation != kNone) value = activate_slowly(value, f.activation);
  if (f.residual) value = value + load(f.residual + row * f.residual_stride + column, n);
  return value;
}

// Applies the epilogue to a block of the output.
void apply_epilogue(const LinearArgs& args, const Block& block) {
  const Epilogue f = epilogue_of(args, block.rows.begin, block.columns.begin);
  if (!f.needed()) return;
  for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
    float* y = row_of(args.out, r) + block.columns.begin;
    for_columns(block.columns.length(), [&](std::int64_t i, auto n) {
      store(y + i, with_epilogue(load(y + i, n), f, r - block.rows.begin, i, n), n);
    });
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
