// linearInputGradient: input i reaches every output o by weight[o, i], so dx_i = scale · Σ_o dy_o weight[o, i], and dx = scale · dy W.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/product/multiply.h"
#include "kernels/product/product.h"
#include "kernels/product/sampled_product.h"
#include "kernels/vector/columns.h"
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

}  // namespace

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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
