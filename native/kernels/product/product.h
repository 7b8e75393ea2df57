// Products of large matrices: blocks of both factors are packed into panels, so that a tile of sums in registers reads
// consecutive memory, whatever the strides of the factors.
//
// The order of a sum does not depend on its tile, block or thread, so that results do not depend on the number of
// threads.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A factor of a product. Element (i, j) is at [i · row_step + j · column_step]; one of the steps is 1.
struct Factor {
  const float* at;
  std::int64_t row_step;
  std::int64_t column_step;
};

inline Factor rows_of(const Matrix& m) { return {m.floats, m.stride, 1}; }
inline Factor transposed(const Matrix& m) { return {m.floats, 1, m.stride}; }

// c [m, n] ← (add ? c : 0) + scale · a [m, depth] · b [depth, n]
struct Product {
  Factor a;
  Factor b;
  std::int64_t depth;
  float* c;
  std::int64_t c_stride;
  float scale;
  bool add;
  bool sparse = false;  // a is mostly zeros
  bool transposed = false;  // c lies as [n, m]; only where a is sparse
};

constexpr int kPanelColumns = 2 * kLanes;
static_assert(kPanelRows < kLanes || kPanelRows % kLanes == 0, "transpose_panel writes whole vectors of a panel's rows");
// The depth of a block: so deep that c, which may be in memory, is seldom read and written again. Panels then come from
// the second cache.
constexpr std::int64_t kBlockDepth = 768;
constexpr std::int64_t kBlockRows = kPackedRows / kBlockDepth / kPanelRows * kPanelRows;
constexpr std::int64_t kBlockColumns = kPackedColumns / kBlockDepth / kPanelColumns * kPanelColumns;

// to [width] ← from [count] and zeros
template <int width>
inline void copy_padded(float* to, const float* from, std::int64_t count) {
  for_columns(count, [&](std::int64_t i, auto n) { store(to + i, load(from + i, n), n); });
  for (std::int64_t i = count; i < width; i++) to[i] = 0;
}

// packed [⌈count / width⌉, depth, width] ← elements i · 1 + j · step, read along the rows, because rows may be far
// apart.
template <int width>
void copy_panels(float* packed, const float* from, std::int64_t step, std::int64_t count, std::int64_t depth) {
  for (std::int64_t j = 0; j < depth; j++)
    for (std::int64_t i = 0; i < count; i += width)
      copy_padded<width>(packed + i * depth + j * width, from + j * step + i, smaller(width, count - i));
}

// Transposes columns of the factor, depth ≤ kLanes of them, into rows of a panel.
template <int width, int rows, class N>
inline void transpose_into(float* panel, const float* from, std::int64_t step, std::int64_t count, int depth, N n) {
  Vec square[kLanes];
  GLASSFORMER_UNROLL_TILE
  for (int i = 0; i < kLanes; i++) square[i] = i < count ? load(from + i * step, n) : broadcast(0);
  transpose(square);
  for (int j = 0; j < depth; j++) {
    if (rows == kLanes) store(panel + j * width, square[j]);
    else store_part(panel + j * width, square[j], rows % kLanes);
  }
}

// panel [depth, width] ← elements i · step + j · 1, with zeros from i = count on.
template <int width>
void transpose_panel(float* panel, const float* from, std::int64_t step, std::int64_t count, std::int64_t depth) {
  constexpr int rows = width < kLanes ? width : kLanes;
  for_columns(depth, [&](std::int64_t j, auto n) {
    const int columns = static_cast<int>(smaller(kLanes, depth - j));
    for (std::int64_t i = 0; i < width; i += rows) {
      const std::int64_t left = count - i < rows ? count - i : rows;
      transpose_into<width, rows>(panel + j * width + i, from + i * step + j, step, left, columns, n);
    }
  });
}

// packed [⌈count / width⌉, depth, width] ← elements (i, j) with i < count and j < depth
template <int width>
void pack(float* packed, const float* from, std::int64_t i_step, std::int64_t j_step, std::int64_t count,
          std::int64_t depth) {
  if (i_step == 1) return copy_panels<width>(packed, from, j_step, count, depth);
  for (std::int64_t i = 0; i < count; i += width)
    transpose_panel<width>(packed + i * depth, from + i * i_step, i_step, smaller(width, count - i), depth);
}

// [⌈columns / kPanelColumns⌉, depth, kPanelColumns] ← columns of b, from row j on
inline void pack_columns(float* packed, const Product& p, std::int64_t column, std::int64_t columns, std::int64_t j, std::int64_t depth) {
  pack<kPanelColumns>(packed, p.b.at + j * p.b.row_step + column * p.b.column_step, p.b.column_step, p.b.row_step, columns, depth);
}

// The target of a tile: its place in c, its size, and the scale of its sums.
struct Target {
  float* c;
  std::int64_t stride;
  std::int64_t rows;
  std::int64_t columns;
  float scale;
  bool add;
};

template <class N>
inline void store_sum(float* c, Vec sum, const Target& t, N n) {
  sum = sum * broadcast(t.scale);
  store(c, t.add ? load(c, n) + sum : sum, n);
}

// Computes m rows of a tile, from panels a [depth, kPanelRows] and b [depth, kPanelColumns].
template <int m>
void product_tile(const Target& t, const float* a, const float* b, std::int64_t depth) {
  Vec sums[m][2];
  GLASSFORMER_UNROLL_TILE
  for (int r = 0; r < m; r++) sums[r][0] = sums[r][1] = broadcast(0);
  for (std::int64_t j = 0; j < depth; j++, a += kPanelRows, b += kPanelColumns) {
    const Vec b0 = load(b);
    const Vec b1 = load(b + kLanes);
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < m; r++) {
      const Vec value = broadcast(a[r]);
      sums[r][0] = multiply_add(value, b0, sums[r][0]);
      sums[r][1] = multiply_add(value, b1, sums[r][1]);
    }
  }
  GLASSFORMER_UNROLL_TILE
  for (int r = 0; r < m; r++) {
    if (r >= t.rows) return;
    float* c = t.c + r * t.stride;
    for_columns(t.columns, [&](std::int64_t i, auto n) { store_sum(c + i, i ? sums[r][1] : sums[r][0], t, n); });
  }
}

inline void product_rows(const Target& t, const float* a, const float* b, std::int64_t depth) {
  if (t.rows <= 4) product_tile<4>(t, a, b, depth);
  else if (kPanelRows > 8 && t.rows <= 8) product_tile<(kPanelRows > 8 ? 8 : 4)>(t, a, b, depth);
  else product_tile<kPanelRows>(t, a, b, depth);
}

// Computes all tiles of packed blocks a [rows, depth] and b [depth, columns]; block.c is the block of c.
void product_block(const Target& block, const float* a, const float* b, std::int64_t depth) {
  for (std::int64_t column = 0; column < block.columns; column += kPanelColumns)
    for (std::int64_t row = 0; row < block.rows; row += kPanelRows)
      product_rows({block.c + row * block.stride + column, block.stride, smaller(kPanelRows, block.rows - row),
                    smaller(kPanelColumns, block.columns - column), block.scale, block.add},
                   a + row * depth, b + column * depth, depth);
}

// Computes `part` of c in blocks that fit the caches, and calls done(Block) when a block is finished. `scratch` has
// kPackedRows + kPackedColumns floats.
template <class Done>
void multiply_float32(const Product& p, const Block& part, float* scratch, Done done) {
  float* a = scratch;
  float* b = scratch + kPackedRows;
  for (std::int64_t column = part.columns.begin; column < part.columns.end; column += kBlockColumns)
    for (std::int64_t j = 0; j < p.depth; j += kBlockDepth) {
      const std::int64_t columns = smaller(kBlockColumns, part.columns.end - column);
      const std::int64_t depth = smaller(kBlockDepth, p.depth - j);
      pack_columns(b, p, column, columns, j, depth);
      for (std::int64_t row = part.rows.begin; row < part.rows.end; row += kBlockRows) {
        const std::int64_t rows = smaller(kBlockRows, part.rows.end - row);
        pack<kPanelRows>(a, p.a.at + row * p.a.row_step + j * p.a.column_step, p.a.row_step, p.a.column_step, rows, depth);
        product_block({p.c + row * p.c_stride + column, p.c_stride, rows, columns, p.scale, p.add || j > 0}, a, b, depth);
        if (j + depth == p.depth) done(Block{{row, row + rows}, {column, column + columns}});
      }
    }
}

// Parts of rows are multiples of whole tiles.
inline std::int64_t tile_rows(const Call& call) { return call.precision == kFloat32 ? kPanelRows : 32; }

// The partition's part of c [m, n]. The longer side is cut, so that less is packed twice, and into no more parts than
// there are threads; parts beyond are empty.
inline Block part_of_product(std::int64_t m, std::int64_t n, const Call& call, Partition partition) {
  if (partition.part >= partition.threads) return {};
  partition.parts = static_cast<int>(smaller(partition.parts, partition.threads));
  if (m >= n) return {part_of(m, tile_rows(call), partition), {0, n}};
  return {{0, m}, part_of(n, kPanelColumns, partition)};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
