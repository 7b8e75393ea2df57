// The product of our own kernels: y = x wᵀ by register tiles of dot products.
//
// Both factors lie with their inner dimension contiguous, so nothing is packed or transposed: kTileRows x 4 sums live in registers,
// each is a vector that collects the products at its lane, and the lanes are added once at the end. Every sum is collected in the
// same order whatever tile it falls into, so a row's result does not depend on the rows beside it or on the number of threads.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr int kTileColumns = 4;

template <int m, class N>
inline void dot_step(Vec (&sums)[m][kTileColumns], const float* const* x, const float* const* w, std::int64_t i, N n) {
  Vec a[m];
  for (int r = 0; r < m; r++) a[r] = load(x[r] + i, n);
  for (int c = 0; c < kTileColumns; c++) {
    const Vec b = load(w[c] + i, n);
    for (int r = 0; r < m; r++) sums[r][c] = fma(a[r], b, sums[r][c]);
  }
}

// y [m, columns] (rows y_stride apart) ← x[0 … m) · w[0 … 4)ᵀ, each row [k]; w repeats a row where columns < 4.
template <int m>
inline void dot_tile(float* y, std::int64_t y_stride, int columns, const float* x, std::int64_t x_stride,
                     const float* const* w, std::int64_t k) {
  const float* rows[m];
  for (int r = 0; r < m; r++) rows[r] = x + r * x_stride;
  Vec sums[m][kTileColumns];
  for (int r = 0; r < m; r++)
    for (int c = 0; c < kTileColumns; c++) sums[r][c] = broadcast(0);
  std::int64_t i = 0;
  for (; i + kLanes <= k; i += kLanes) dot_step<m>(sums, rows, w, i, Whole{});
  if (i < k) dot_step<m>(sums, rows, w, i, Part{static_cast<int>(k - i)});
  for (int r = 0; r < m; r++)
    store_sums4(y + r * y_stride, columns, sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
}

// The same for any m from 1 to kTileRows.
inline void dot_rows(std::int64_t m, float* y, std::int64_t y_stride, int columns, const float* x, std::int64_t x_stride,
                     const float* const* w, std::int64_t k) {
  if (m == 1) return dot_tile<1>(y, y_stride, columns, x, x_stride, w, k);
  if (m == 2) return dot_tile<2>(y, y_stride, columns, x, x_stride, w, k);
  if (kTileRows > 2 && m == 3) return dot_tile<(kTileRows > 2 ? 3 : 1)>(y, y_stride, columns, x, x_stride, w, k);
  if (kTileRows > 3 && m == 4) return dot_tile<(kTileRows > 3 ? 4 : 1)>(y, y_stride, columns, x, x_stride, w, k);
  if (kTileRows > 4 && m == 5) return dot_tile<(kTileRows > 4 ? 5 : 1)>(y, y_stride, columns, x, x_stride, w, k);
  dot_tile<kTileRows>(y, y_stride, columns, x, x_stride, w, k);
}

// Pointers to four rows of w [n, k] from `row` on; the last row again where there are fewer.
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

// y [m, n] ← x [m, k] · w [n, k]ᵀ: each four rows of w meet all rows of x before the next four are read.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride, const float* w,
              std::int64_t w_stride, float* y, std::int64_t y_stride) {
  for (std::int64_t column = 0; column < n; column += kTileColumns) {
    const FourRows four = four_rows(w, w_stride, column, n);
    for (std::int64_t row = 0; row < m; row += kTileRows)
      dot_rows(smaller(kTileRows, m - row), y + row * y_stride + column, y_stride, four.count, x + row * x_stride,
               x_stride, four.at, k);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
