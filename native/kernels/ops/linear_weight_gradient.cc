// linearWeightGradient: weight[o, i] multiplies x_i for output o in every row, so dW += scale · dyᵀ x; the bias is added to every row, so
// db += Σ dy.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/product/multiply.h"
#include "kernels/product/product.h"
#include "kernels/product/weight_product.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The gradient for an x that is mostly zeros, computed as its transpose: xᵀ · dy
inline Product sparse_weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(x), rows_of(dy), x.rows, d_weight.floats, d_weight.stride, scale, true, true, true};
}

}  // namespace

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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
