// linearInputGradient and linearWeightGradient.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/multiply.h"
#include "kernels/product/product.h"
#include "kernels/product/sampled_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// dx ← 0 where x is 0, in a block
void clear_where_zero(const LinearInputGradientArgs& args, const Block& block) {
  for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
    const float* x = row_of(args.x, r) + block.columns.begin;
    float* dx = row_of(args.dx, r) + block.columns.begin;
    for_columns(block.columns.length(), [&](std::int64_t i, auto n) {
      const Vec given = load(x + i, n);
      store(dx + i, select(nonzero(given, given), load(dx + i, n), broadcast(0)), n);
    });
  }
}

// dx [S, inputs] ← scale · dy [S, outputs] · weight [outputs, inputs]; where there is an x, dx is 0 where x is 0
void linear_input_gradient(const LinearInputGradientArgs& args, const Partition& partition) {
  const Matrix& dy = args.dy;
  const Matrix& x = args.x;
  const Matrix& dx = args.dx;
  if (x.floats && dy.width <= kMostSampledOutputs && few_wanted(x, args)) return sampled_input_gradient(args, partition);
  const float scale = static_cast<float>(args.scale);
  const Product product = {rows_of(dy), rows_of(args.weight), dy.width, dx.floats, dx.stride, scale, false, mostly_zeros(dy, args)};
  multiply_packed(product, part_of_product(dx.rows, dx.width, args, partition), args, partition, [&](const Block& block) {
    if (x.floats) clear_where_zero(args, block);
  });
}

// d_weight [outputs, inputs] += scale · dyᵀ [outputs, S] · x [S, inputs]
inline Product weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(dy), rows_of(x), x.rows, d_weight.floats, d_weight.stride, scale, true};
}

// The gradient for an x that is mostly zeros, computed as its transpose: xᵀ · dy
inline Product sparse_weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(x), rows_of(dy), x.rows, d_weight.floats, d_weight.stride, scale, true, true, true};
}

void linear_weight_gradient(const LinearWeightGradientArgs& args, const Partition& partition) {
  const Matrix& dy = args.dy;
  const Matrix& d_weight = args.d_weight;
  const Matrix& d_bias = args.d_bias;
  const Matrix& x = args.x;
  const float scale = static_cast<float>(args.scale);
  if (mostly_zeros(x, args)) {
    const Product product = sparse_weight_product(x, dy, d_weight, scale);
    multiply_packed(product, part_of_product(d_weight.width, d_weight.rows, args, partition), args, partition);
  } else {
    Product product = weight_product(x, dy, d_weight, scale);
    product.sparse = mostly_zeros(dy, args);
    multiply_packed(product, part_of_product(d_weight.rows, d_weight.width, args, partition), args, partition);
  }
  if (d_bias.floats) add_column_sums(d_bias, dy, part_of(dy.width, kScratchStep, partition));
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
