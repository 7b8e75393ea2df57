// Sums and maxima of rows, and sums of columns.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr float kInfinity = __builtin_inff();

// Sum of x [width]
float row_sum(const float* x, std::int64_t width) {
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) { total.part[part] = total.part[part] + load(x + i, n); });
  return sum(total);
}

// The maximum of x [width]; −∞ if it is empty. Several vectors are compared in turn, because each comparison waits for
// the one before.
float row_max(const float* x, std::int64_t width) {
  constexpr int kChains = 4;
  Vec highest[kChains];
  GLASSFORMER_UNROLL
  for (Vec& m : highest) m = broadcast(-kInfinity);
  std::int64_t i = 0;
  for (; i + kChains * kLanes <= width; i += kChains * kLanes)
    GLASSFORMER_UNROLL
    for (int chain = 0; chain < kChains; chain++) highest[chain] = max(load(x + i + chain * kLanes), highest[chain]);
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    highest[0] = max(keep(load(x + i + rest, n), broadcast(-kInfinity), n), highest[0]);
  });
  return max_of(max(max(highest[0], highest[1]), max(highest[2], highest[3])));
}

// Σ x² over [width], in four sums, so that no product waits for another.
float squares_of(const float* x, std::int64_t width) {
  Vec sums[4];
  for (Vec& part : sums) part = broadcast(0);
  std::int64_t i = 0;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes)
    for (int part = 0; part < 4; part++) {
      const Vec a = load(x + i + part * kLanes);
      sums[part] = fma(a, a, sums[part]);
    }
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    const Vec a = load(x + i + rest, n);
    sums[0] = fma(a, a, sums[0]);
  });
  return sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

// into [columns] += Σ over rows of x, for some vectors of columns side by side, so that no sum waits for itself.
template <int vectors, class N>
inline void add_sums(float* into, const float* x, std::int64_t stride, std::int64_t rows, N n) {
  Vec totals[vectors];
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) totals[v] = broadcast(0);
  for (std::int64_t r = 0; r < rows; r++, x += stride)
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) totals[v] = totals[v] + load(x + v * kLanes, n);
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) store(into + v * kLanes, load(into + v * kLanes, n) + totals[v], n);
}

// Columns [begin, end) of into [1, width] += Σ over rows of x
void add_column_sums(const Matrix& into, const Matrix& x, Range columns) {
  std::int64_t i = columns.begin;
  for (; i + 4 * kLanes <= columns.end; i += 4 * kLanes) add_sums<4>(into.floats + i, x.floats + i, x.stride, x.rows, Whole{});
  for_columns(columns.end - i, [&](std::int64_t rest, auto n) {
    add_sums<1>(into.floats + i + rest, x.floats + i + rest, x.stride, x.rows, n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
