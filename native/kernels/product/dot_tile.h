// Our own product of unpacked factors, y = x wᵀ, by register tiles of dot products.
//
// The inner dimension of both factors is contiguous, so that nothing is packed or transposed: kTileRows × 4 sums live
// in registers. Each sum is a vector that collects products in its lanes, and the lanes are added once at the end. The
// order of a sum does not depend on its tile, so that a row's result depends neither on other rows nor on the number of
// threads.
#pragma once
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr int kTileColumns = 4;

// The memory to prefetch while a tile is computed: the next four rows of w, for which 4 floats are prefetched for each
// of the tile's columns [begin, end).
struct NextRows {
  const float* at;
  std::int64_t begin;
  std::int64_t end;
};

// Prefetches in the order of memory, which is faster than four streams at a time, and into the second cache, because
// the first one is in use.
inline void prefetch_next(const NextRows& ahead, std::int64_t i) {
  constexpr int kLine = 16;
  GLASSFORMER_UNROLL
  for (int at = 0; at < 4 * kLanes; at += kLine) prefetch_second(ahead.at + 4 * i + at);
}

template <int m, class N>
inline void dot_step(Vec (&sums)[m][kTileColumns], const float* const* x, const float* const* w, std::int64_t i, N n) {
  Vec a[m];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) a[r] = load(x[r] + i, n);
  GLASSFORMER_UNROLL
  for (int c = 0; c < kTileColumns; c++) {
    const Vec b = load(w[c] + i, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) sums[r][c] = multiply_add(a[r], b, sums[r][c]);
  }
}

// y [m, columns] (rows y_stride apart) ← x [m, k] · w [4, k]ᵀ; w repeats a row if there are fewer than 4 columns.
template <int m>
inline void dot_tile(float* y, std::int64_t y_stride, int columns, const float* x, std::int64_t x_stride,
                     const float* const* w, std::int64_t k, const NextRows& ahead) {
  const float* rows[m];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) rows[r] = x + r * x_stride;
  Vec sums[m][kTileColumns];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    GLASSFORMER_UNROLL
    for (int c = 0; c < kTileColumns; c++) sums[r][c] = broadcast(0);
  std::int64_t i = 0;
  for (; i < ahead.begin; i += kLanes) dot_step<m>(sums, rows, w, i, Whole{});
  for (; i < ahead.end; i += kLanes) {
    prefetch_next(ahead, i);
    dot_step<m>(sums, rows, w, i, Whole{});
  }
  for (; i + kLanes <= k; i += kLanes) dot_step<m>(sums, rows, w, i, Whole{});
  if (i < k) dot_step<m>(sums, rows, w, i, Part{static_cast<int>(k - i)});
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    store_sums4(y + r * y_stride, columns, sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
}

// dot_tile for any m from 1 to kTileRows.
inline void dot_rows(std::int64_t m, float* y, std::int64_t y_stride, int columns, const float* x, std::int64_t x_stride,
                     const float* const* w, std::int64_t k, const NextRows& ahead) {
  if (m == 1) return dot_tile<1>(y, y_stride, columns, x, x_stride, w, k, ahead);
  if (m == 2) return dot_tile<2>(y, y_stride, columns, x, x_stride, w, k, ahead);
  if (kTileRows > 2 && m == 3) return dot_tile<(kTileRows > 2 ? 3 : 1)>(y, y_stride, columns, x, x_stride, w, k, ahead);
  if (kTileRows > 3 && m == 4) return dot_tile<(kTileRows > 3 ? 4 : 1)>(y, y_stride, columns, x, x_stride, w, k, ahead);
  if (kTileRows > 4 && m == 5) return dot_tile<(kTileRows > 4 ? 5 : 1)>(y, y_stride, columns, x, x_stride, w, k, ahead);
  dot_tile<kTileRows>(y, y_stride, columns, x, x_stride, w, k, ahead);
}

// Pointers to four rows of w [n, k], beginning with `row`; the last row repeats if there are fewer.
struct FourRows {
  const float* at[kTileColumns];
  int count;
};
inline FourRows four_rows(const float* w, std::int64_t stride, std::int64_t row, std::int64_t n) {
  FourRows four;
  four.count = static_cast<int>(smaller(kTileColumns, n - row));
  for (int c = 0; c < kTileColumns; c++) four.at[c] = w + (row + (c < four.count ? c : four.count - 1)) * stride;
  return four;
}

// Copies the four rows to aligned memory, copy [4, scratch_stride(k)].
inline FourRows copied(const FourRows& four, std::int64_t k, float* copy) {
  FourRows result = four;
  for (int c = 0; c < kTileColumns; c++) {
    float* to = copy + c * scratch_stride(k);
    copy_row(to, four.at[c], k);
    result.at[c] = to;
  }
  return result;
}

// y [m, n] ← x [m, k] · w [n, k]ᵀ: four rows of w meet all rows of x before the next four are read. Each tile
// prefetches its share of the next four rows, so that memory is busy for any number of rows of x. If `copy` [4,
// scratch_stride(k)] is not null, rows of w are first copied there, because a vector that crosses a cache line takes
// twice the time to load.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride, const float* w,
              std::int64_t w_stride, float* y, std::int64_t y_stride, float* copy) {
  const std::int64_t vectors = k / kLanes;
  for (std::int64_t column = 0; column < n; column += kTileColumns) {
    const FourRows there = four_rows(w, w_stride, column, n);
    const FourRows four = copy ? copied(there, k, copy) : there;
    for (std::int64_t row = 0; row < m; row += kTileRows) {
      const std::int64_t rows = smaller(kTileRows, m - row);
      const NextRows ahead = {there.at[0] + kTileColumns * w_stride, vectors * row / m * kLanes,
                           vectors * (row + rows) / m * kLanes};
      dot_rows(rows, y + row * y_stride + column, y_stride, four.count, x + row * x_stride, x_stride, four.at, k, ahead);
    }
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
