// Means and deviations of rows.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The number of rows whose sums are collected together: the additions of a single row would wait for each other.
constexpr int kNormRows = 4;

// The mean is near + shift, because float32 is too coarse for a large mean.
struct Moments {
  float near;
  float shift;
  float reciprocal_deviation;
};

// The moments of rows [m, width] of x. A sum in float32 gives `near`, the approximate mean. The mean of x − near is its
// error, which corrects both moments. kNormRows rows are always summed together, even if m is less, because one row
// takes as long.
template <int m>
void moments(Moments (&of)[m], const float* x, std::int64_t stride, std::int64_t width, double epsilon) {
  const double count = static_cast<double>(width);
  Lanes totals[kNormRows] = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) totals[r].part[part] = totals[r].part[part] + load(x + r * stride + i, n);
  });
  float sums[kNormRows];
  store_sums(sums, totals);
  for (int r = 0; r < m; r++) of[r].near = static_cast<float>(sums[r] / count);
  Lanes rest[kNormRows] = {};
  Lanes squares[kNormRows] = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec d = keep(load(x + r * stride + i, n) - broadcast(of[r].near), broadcast(0), n);
      rest[r].part[part] = rest[r].part[part] + d;
      squares[r].part[part] = fma(d, d, squares[r].part[part]);
    }
  });
  float sums_of_squares[kNormRows];
  store_sums(sums, rest);
  store_sums(sums_of_squares, squares);
  for (int r = 0; r < m; r++) {
    const double shift = sums[r] / count;
    const double variance = sums_of_squares[r] / count - shift * shift;
    const double positive = variance < 0 ? 0 : variance;  // NaN stays
    of[r].shift = static_cast<float>(shift);
    of[r].reciprocal_deviation = static_cast<float>(1 / __builtin_sqrt(positive + epsilon));
  }
}

// 1 / √(mean(x²) + epsilon) of rows [m, width] of x
template <int m>
void rms_scales(float (&of)[m], const float* x, std::int64_t stride, std::int64_t width, double epsilon) {
  Lanes squares[m] = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec a = load(x + r * stride + i, n);
      squares[r].part[part] = fma(a, a, squares[r].part[part]);
    }
  });
  for (int r = 0; r < m; r++) {
    const double mean = sum(squares[r]) / static_cast<double>(width);
    of[r] = static_cast<float>(1 / __builtin_sqrt(mean + epsilon));
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
