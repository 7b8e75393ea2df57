// The gradient of the softmax of one row.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ y · (dy − from) over [width], in every lane
Vec weighted_mean(Vec from, const float* y, const float* dy, std::int64_t width) {
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    total.part[part] = fma(load(y + i, n), load(dy + i, n) - from, total.part[part]);
  });
  return broadcast(sum(total));
}

// dx [width] ← scale · y · (dy − Σ y · dy), where y is a softmax; dx may be y or dy. If one weight is nearly 1, the
// mean Σ y · dy is nearly the dy of that weight, and their difference is less than their rounding errors. Because Σ y =
// 1, any number may first be subtracted from all dy. With the rounded mean as that number, the mean of the differences
// has an error relative to its own size.
void softmax_row_gradient(float* dx, const float* y, const float* dy, std::int64_t width, float scale) {
  const Vec mean = weighted_mean(broadcast(0), y, dy, width);
  const Vec rest = weighted_mean(mean, y, dy, width);
  for_columns(width, [&](std::int64_t i, auto n) {
    store(dx + i, broadcast(scale) * load(y + i, n) * (load(dy + i, n) - mean - rest), n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
