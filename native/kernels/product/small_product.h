// Products of the size of a sentence. Nothing is packed, and tiles of sums live in registers.
#pragma once
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A small factor. Element (r, j) is at [r · row_step + j · step].
struct Small {
  const float* at;
  std::int64_t row_step;
  std::int64_t step;
};

// z [m, columns] ← (add ? z : 0) + p [m, count] · x [count, columns], for some vectors of columns. Row j of x is at
// x(j).
template <int m, int vectors, class X, class N>
inline void small_tile(float* z, std::int64_t z_stride, const Small& p, X x, std::int64_t count, bool add, N n) {
  Vec sums[m][vectors];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) sums[r][v] = add ? load(z + r * z_stride + v * kLanes, n) : broadcast(0);
  for (std::int64_t j = 0; j < count; j++) {
    Vec values[vectors];
    const auto* row = x(j);
    load_row(row, values, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec factor = broadcast(p.at[r * p.row_step + j * p.step]);
      GLASSFORMER_UNROLL
      for (int v = 0; v < vectors; v++) sums[r][v] = fma(factor, values[v], sums[r][v]);
    }
  }
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) store(z + r * z_stride + v * kLanes, sums[r][v], n);
}

template <int m>
void small_rows(float* z, std::int64_t z_stride, const Small& p, const float* x, std::int64_t x_stride, std::int64_t count,
                std::int64_t width, bool add) {
  const auto columns_from = [&](std::int64_t column) { return [=](std::int64_t j) { return x + j * x_stride + column; }; };
  std::int64_t i = 0;
  for (; i + 2 * kLanes <= width; i += 2 * kLanes)
    small_tile<m, 2>(z + i, z_stride, p, columns_from(i), count, add, Whole{});
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    small_tile<m, 1>(z + i + rest, z_stride, p, columns_from(i + rest), count, add, n);
  });
}

// The number of rows of a tile, whose sums are so many that no sum waits for itself.
constexpr int kSmallRows = kLanes == 16 ? 8 : 4;

// z [rows, width] ← (add ? z : 0) + p [rows, count] · x [count, width]
void small_product(float* z, std::int64_t z_stride, std::int64_t rows, const Small& p, const float* x,
                   std::int64_t x_stride, std::int64_t count, std::int64_t width, bool add) {
  std::int64_t r = 0;
  const auto from = [&](std::int64_t row) { return Small{p.at + row * p.row_step, p.row_step, p.step}; };
  for (; r + kSmallRows <= rows; r += kSmallRows)
    small_rows<kSmallRows>(z + r * z_stride, z_stride, from(r), x, x_stride, count, width, add);
  for (; r + 4 <= rows; r += 4) small_rows<4>(z + r * z_stride, z_stride, from(r), x, x_stride, count, width, add);
  for (; r < rows; r++) small_rows<1>(z + r * z_stride, z_stride, from(r), x, x_stride, count, width, add);
}

// to [columns, to_stride] ← from [rows, columns], transposed, with zeros after the rows, up to a multiple of kLanes.
void transpose_rows(float* to, std::int64_t to_stride, const float* from, std::int64_t from_stride, std::int64_t rows,
                    std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; r += kLanes)
    for_columns(columns, [&](std::int64_t i, auto n) {
      Vec square[kLanes];
      for (int lane = 0; lane < kLanes; lane++)
        square[lane] = r + lane < rows ? load(from + (r + lane) * from_stride + i, n) : broadcast(0);
      transpose(square);
      const std::int64_t count = smaller(kLanes, columns - i);
      for (std::int64_t c = 0; c < count; c++) store(to + (i + c) * to_stride + r, square[c]);
    });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
