// layerNormGradient, rmsNormGradient and normWeightGradient.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/norm.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// With d = dy · gamma and x̂ = (x − near − shift) · scale: dx = scale (d − [centered] mean(d) − x̂ mean(d x̂)). All [width].
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
    // Lanes behind the row have d = 0.
    products = fma(d, (load(x + i, n) - near - shift) * scale, products);
  });
  const Vec mean = broadcast(centered ? sum(total) / static_cast<float>(width) : 0);
  const Vec slope = broadcast(sum(products) / static_cast<float>(width));
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec normed = (load(x + i, n) - near - shift) * scale;
    store(dx + i, scale * (load(dy + i, n) * load(gamma + i, n) - mean - normed * slope), n);
  });
}

void layer_norm_gradient(const LayerNormGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    Moments m[1];
    moments(m, x, 0, dx.width, args.epsilon);
    norm_gradient_row<true>(row_of(dx, r), x, args.gamma.floats, row_of(args.dy, r), dx.width, m[0]);
    float* statistics = row_of(args.statistics, r);
    statistics[0] = m[0].near + m[0].shift;
    statistics[1] = m[0].reciprocal_deviation;
  }
}

void rms_norm_gradient(const RmsNormGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float scale[1];
    rms_scales(scale, x, 0, dx.width, args.epsilon);
    const Moments m = {0, 0, scale[0]};
    norm_gradient_row<false>(row_of(dx, r), x, args.gamma.floats, row_of(args.dy, r), dx.width, m);
    float* statistics = row_of(args.statistics, r);
    statistics[0] = 0;
    statistics[1] = m.reciprocal_deviation;
  }
}

// d_gamma [columns] += Σ dy · (x − mean) · scale, d_beta (or null) += Σ dy; all from `column` on.
template <int vectors, class N>
inline void add_norm_sums(const NormWeightGradientArgs& args, std::int64_t column, N n) {
  const Matrix &x = args.x, &statistics = args.statistics, &dy = args.dy;
  Vec products[vectors], totals[vectors];
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) products[v] = totals[v] = broadcast(0);
  for (std::int64_t r = 0; r < x.rows; r++) {
    const float* moments = row_of(statistics, r);
    const Vec mean = broadcast(moments[0]);
    const Vec scale = broadcast(moments[1]);
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) {
      const Vec d = load(row_of(dy, r) + column + v * kLanes, n);
      products[v] = fma(d, (load(row_of(x, r) + column + v * kLanes, n) - mean) * scale, products[v]);
      totals[v] = totals[v] + d;
    }
  }
  float* d_gamma = args.d_gamma.floats + column;
  float* d_beta = args.d_beta.floats ? args.d_beta.floats + column : nullptr;
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    const std::int64_t at = v * kLanes;
    store(d_gamma + at, load(d_gamma + at, n) + products[v], n);
    if (d_beta) store(d_beta + at, load(d_beta + at, n) + totals[v], n);
  }
}

// Threads share the columns.
void norm_weight_gradient(const NormWeightGradientArgs& args, const Partition& partition) {
  const Range columns = part_of(args.x.width, kScratchStep, partition);
  std::int64_t i = columns.begin;
  for (; i + 4 * kLanes <= columns.end; i += 4 * kLanes) add_norm_sums<4>(args, i, Whole{});
  for_columns(columns.end - i, [&](std::int64_t rest, auto n) { add_norm_sums<1>(args, i + rest, n); });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
