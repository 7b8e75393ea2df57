// softmaxGradient and logSoftmaxGradient.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ y · (dy − from) over [width], in every lane
Vec mean_above(Vec from, const float* y, const float* dy, std::int64_t width) {
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    total.part[part] = fma(load(y + i, n), load(dy + i, n) - from, total.part[part]);
  });
  return broadcast(sum(total));
}

// dx [width] ← scale · y · (dy − Σ y · dy), y a softmax; dx may be y or dy. Where one weight is nearly 1, the mean is nearly the dy of that
// weight, and their difference is less than their rounding errors. But Σ y is 1, so any number may first be subtracted from all dy. If that
// number is the rounded mean, the mean of the differences is exact to its own size.
void softmax_row_gradient(float* dx, const float* y, const float* dy, std::int64_t width, float scale) {
  const Vec mean = mean_above(broadcast(0), y, dy, width);
  const Vec rest = mean_above(mean, y, dy, width);
  for_columns(width, [&](std::int64_t i, auto n) {
    store(dx + i, broadcast(scale) * load(y + i, n) * (load(dy + i, n) - mean - rest), n);
  });
}

void softmax_gradient(const SoftmaxGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    softmax_row_gradient(row_of(dx, r), row_of(args.y, r), row_of(args.dy, r), dx.width, 1);
}

void log_softmax_gradient(const LogSoftmaxGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* y = row_of(args.y, r);
    const float* dy = row_of(args.dy, r);
    float* to = row_of(dx, r);
    const Vec total = broadcast(row_sum(dy, dx.width));
    for_columns(dx.width,
                [&](std::int64_t i, auto n) { store(to + i, load(dy + i, n) - exp(load(y + i, n)) * total, n); });
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
