// Exponentials of a row, and their sums.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ exp((x − max) · scale) over x [width]
float sum_exp(const float* x, std::int64_t width, float max, float scale = 1) {
  const Vec m = broadcast(max);
  const Vec s = broadcast(scale);
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    total.part[part] = total.part[part] + keep(exp((load(x + i, n) - m) * s), broadcast(0), n);
  });
  return sum(total);
}

// log Σ exp(x) over x [width]; −∞ if every value is −∞.
double log_sum_exp(const float* x, std::int64_t width) {
  const float max = row_max(x, width);
  if (max == -kInfinity) return -static_cast<double>(kInfinity);
  return max + natural_logarithm(sum_exp(x, width, max));
}

// y [width] ← exp(x − max) with x [width]; returns the sum. y may be x.
float exponentials(float* y, const float* x, std::int64_t width, float max) {
  const Vec m = broadcast(max);
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    const Vec e = exp(load(x + i, n) - m);
    store(y + i, e, n);
    total.part[part] = total.part[part] + keep(e, broadcast(0), n);
  });
  return sum(total);
}

// y [width] ← x [width] · scale. y may be x.
void scale_row(float* y, const float* x, std::int64_t width, float scale) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, load(x + i, n) * broadcast(scale), n); });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
