// linearInputGradient and linearWeightGradient.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// dx ← 0 where x is 0, in a block
void clear_where_zero(const Call& call, const Block& block) {
  for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
    const float* x = row_of(call.inputs[2], r) + block.columns.begin;
    float* dx = row_of(call.outputs[0], r) + block.columns.begin;
    for_columns(block.columns.length(), [&](std::int64_t i, auto n) {
      const Vec given = load(x + i, n);
      store(dx + i, select(nonzero(given, given), load(dx + i, n), broadcast(0)), n);
    });
  }
}

// dx [S, inputs] ← scale · dy [S, outputs] · weight [outputs, inputs]; where there is an x, 0 where that is 0
void linear_input_gradient(const Call& call, const Share& share) {
  const Matrix& dy = call.inputs[0];
  const Matrix& x = call.inputs[2];
  const Matrix& dx = call.outputs[0];
  if (x.floats && dy.width <= kMostSampledOutputs && few_wanted(x, call)) return sampled_input_gradient(call, share);
  const float scale = static_cast<float>(call.attributes[0]);
  const Product product = {rows_of(dy), rows_of(call.inputs[1]), dy.width, dx.floats, dx.stride, scale, false, mostly_zeros(dy, call)};
  multiply_packed(product, part_of_product(dx.rows, dx.width, call, share), call, share, [&](const Block& block) {
    if (x.floats) clear_where_zero(call, block);
  });
}

// d_weight [outputs, inputs] += scale · dyᵀ [outputs, S] · x [S, inputs]
inline Product weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(dy), rows_of(x), x.rows, d_weight.floats, d_weight.stride, scale, true};
}

// The same of an x that is mostly zeros, as its transpose: xᵀ · dy
inline Product sparse_weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(x), rows_of(dy), x.rows, d_weight.floats, d_weight.stride, scale, true, true, true};
}

void linear_weight_gradient(const Call& call, const Share& share) {
  const Matrix& dy = call.inputs[1];
  const Matrix& d_weight = call.inputs[2];
  const Matrix& d_bias = call.inputs[3];
  const Matrix& x = call.inputs[0];
  const float scale = static_cast<float>(call.attributes[0]);
  if (mostly_zeros(x, call)) {
    const Product product = sparse_weight_product(x, dy, d_weight, scale);
    multiply_packed(product, part_of_product(d_weight.width, d_weight.rows, call, share), call, share);
  } else {
    Product product = weight_product(x, dy, d_weight, scale);
    product.sparse = mostly_zeros(dy, call);
    multiply_packed(product, part_of_product(d_weight.rows, d_weight.width, call, share), call, share);
  }
  if (d_bias.floats) add_column_sums(d_bias, dy, part_of(dy.width, kScratchStep, share));
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
