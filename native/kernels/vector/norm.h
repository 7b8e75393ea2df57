// layerNorm and rmsNorm.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The rows whose sums are collected side by side: the sums of a single row would wait for each other.
constexpr int kNormRows = 4;

// mean = near + shift: where |mean| is large, float32 is too coarse for it.
struct Moments {
  float near;
  float shift;
  float reciprocal_deviation;
};

// The moments of rows [m, width] of x. The sum in float32 gives the mean roughly; the mean of x − near is its error, and corrects both
// moments. Sums of kNormRows rows are added up at once, whatever m is, because one row takes as long.
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

// y [m, width] ← (x − mean) / deviation · gamma + beta, rows side by side so that gamma and beta are loaded once for all.
template <int m>
void norm_rows(float* y, std::int64_t y_stride, const float* x, std::int64_t x_stride, const Moments (&of)[m], const float* gamma,
               const float* beta, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec scale = load(gamma + i, n);
    const Vec shift = load(beta + i, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec centered = load(x + r * x_stride + i, n) - broadcast(of[r].near) - broadcast(of[r].shift);
      store(y + r * y_stride + i, fma(centered * broadcast(of[r].reciprocal_deviation), scale, shift), n);
    }
  });
}

void layer_norm(const LayerNormArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& y = args.normed;
  const Range rows = part_of(y.rows, 1, partition);
  for_rows<kNormRows>(rows.length(), [&](std::int64_t first, auto m) {
    const std::int64_t row = rows.begin + first;
    Moments of[m()];
    moments(of, row_of(x, row), x.stride, y.width, args.epsilon);
    norm_rows(row_of(y, row), y.stride, row_of(x, row), x.stride, of, args.gamma.floats, args.beta.floats, y.width);
  });
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

// y [width] ← x / √(mean(x²) + epsilon) · gamma, all [width]
void rms_norm_row(float* y, const float* x, float scale, const float* gamma, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, load(x + i, n) * broadcast(scale) * load(gamma + i, n), n); });
}

void rms_norm(const RmsNormArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& y = args.normed;
  const Range rows = part_of(y.rows, 1, partition);
  for_rows<kNormRows>(rows.length(), [&](std::int64_t first, auto m) {
    const std::int64_t row = rows.begin + first;
    float scales[m()];
    rms_scales(scales, row_of(x, row), x.stride, y.width, args.epsilon);
    for (int r = 0; r < m(); r++) rms_norm_row(row_of(y, row + r), row_of(x, row + r), scales[r], args.gamma.floats, y.width);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
