// The gradient of a weight as a product.
#pragma once
#include "kernels/call.h"
#include "kernels/product/product.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// d_weight [outputs, inputs] += scale · dyᵀ [outputs, S] · x [S, inputs]
inline Product weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(dy), rows_of(x), x.rows, d_weight.floats, d_weight.stride, scale, true};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
