// The gradient of a norm by one row.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/moments.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The gradient of y = x̂ · gamma + beta by x, all [width]. dx has three terms: the direct path from x to x̂, the path
// through the mean (where the norm is centered), and the path through the deviation. With d = dy · gamma and x̂ = (x −
// near − shift) · scale: dx = scale (d − [centered] mean(d) − x̂ mean(d x̂)).
template <bool centered>
void norm_gradient_row(float* dx, const float* x, const float* gamma, const float* dy, std::int64_t width,
                       const Moments& m) {
  const Vec near = broadcast(m.near);
  const Vec shift = broadcast(m.shift);
  const Vec scale = broadcast(m.reciprocal_deviation);
  Vec total = broadcast(0);
  Vec products = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec d = load(dy + i, n) * load(gamma + i, n);
    total = total + d;
    // Lanes after the end of the row have d = 0.
    products = fma(d, (load(x + i, n) - near - shift) * scale, products);
  });
  const Vec mean = broadcast(centered ? sum(total) / static_cast<float>(width) : 0);
  const Vec slope = broadcast(sum(products) / static_cast<float>(width));
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec normed = (load(x + i, n) - near - shift) * scale;
    store(dx + i, scale * (load(dy + i, n) * load(gamma + i, n) - mean - normed * slope), n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
