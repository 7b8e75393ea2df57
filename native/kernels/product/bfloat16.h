// Products whose factors are rounded to bfloat16 (nearest, ties to even) while they are packed, and whose sums stay
// float32, by AMX or by AVX-512 dot products of pairs. Results do not depend on the number of threads.
//
// Both factors are packed into squares of 16 rows of 16 pairs. A pair is two consecutive elements along the depth. A
// row of a square of a belongs to a row of a; a row of a square of b has a pair of each of 16 columns.
#pragma once
#include "kernels/partition.h"
#include "kernels/product/amx.h"
#include "kernels/product/product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#define GLASSFORMER_PAIRS __attribute__((target("avx512bf16")))

#ifdef GLASSFORMER_BFLOAT16

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kSquare = kTileRegisterRows;
// The number of elements of a square, and its depth.
constexpr std::int64_t kSquareElements = 512;
constexpr std::int64_t kSquareDepth = 32;
// The rows of c that are computed at a time, in two squares of a, and the most columns: two squares of b with AMX, four
// with dot products.
constexpr std::int64_t kTile = 32;
constexpr std::int64_t kMostTileColumns = 64;
inline std::int64_t tile_columns(bool amx) { return amx ? kTile : kMostTileColumns; }
// The rows of a tile of dot products, which share a square of a.
constexpr int kPairsRows = 4;
constexpr std::int64_t kBfloat16Depth = 512;
constexpr std::int64_t kBfloat16Rows = 256;
constexpr std::int64_t kBfloat16Columns = 1024;
static_assert(kBfloat16Rows * kBfloat16Depth <= 2 * kPackedRows && kBfloat16Columns * kBfloat16Depth <= 2 * kPackedColumns);

// [low | high] in bfloat16.
GLASSFORMER_PAIRS inline __m512i rounded(Vec low, Vec high) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

// Element (i, j) is at [i · i_step + j · j_step]; one of the steps is 1. Elements from `count` and `depth` on are 0.
struct Source {
  const float* at;
  std::int64_t i_step;
  std::int64_t j_step;
  std::int64_t count;
  std::int64_t depth;
  float scale;
};

// square[r] ← the pairs of row i = r, where j_step is 1.
GLASSFORMER_PAIRS inline void pairs_along(Vec (&square)[kSquare], const Source& s) {
  const Vec scale = broadcast(s.scale);
  for (int r = 0; r < kSquare; r++) {
    const float* from = s.at + r * s.i_step;
    const std::int64_t depth = r < s.count ? s.depth : 0;
    square[r] = reinterpret_cast<Vec>(rounded(load_first(from, depth) * scale, load_first(from + kLanes, depth - kLanes) * scale));
  }
}

// square[r] ← pair r of every row, where i_step is 1.
GLASSFORMER_PAIRS inline void pairs_across(Vec (&square)[kSquare], const Source& s) {
  const Vec scale = broadcast(s.scale);
  const __m512i alternate = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5,
                                             20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  for (int r = 0; r < kSquare; r++) {
    const float* from = s.at + 2 * r * s.j_step;
    const Vec first = load_first(from, 2 * r < s.depth ? s.count : 0);
    const Vec second = load_first(from + s.j_step, 2 * r + 1 < s.depth ? s.count : 0);
    square[r] = reinterpret_cast<Vec>(_mm512_permutexvar_epi16(alternate, rounded(first * scale, second * scale)));
  }
}

// Packs one square, of rows of a (by_rows) or of columns of b.
template <bool by_rows>
GLASSFORMER_PAIRS inline void pack_square(std::uint16_t* to, const Source& s) {
  Vec square[kSquare];
  const bool along = s.j_step == 1;
  if (along) pairs_along(square, s);
  else pairs_across(square, s);
  if (along != by_rows) transpose(square);
  for (int r = 0; r < kSquare; r++) store(reinterpret_cast<float*>(to) + r * kLanes, square[r]);
}

// packed [rows of whole tiles / 16, ⌈depth / 32⌉] squares ← elements. The elements are read along their contiguous
// dimension, because rows may be far apart.
template <bool by_rows>
GLASSFORMER_PAIRS __attribute__((noinline)) void pack_pairs(std::uint16_t* packed, const Source& all) {
  const std::int64_t rows = rounded_up(all.count, by_rows ? kTile : kMostTileColumns) / kSquare;
  const std::int64_t columns = rounded_up(all.depth, kSquareDepth) / kSquareDepth;
  const bool along = all.j_step == 1;
  for (std::int64_t n = 0; n < rows * columns; n++) {
    const std::int64_t row = along ? n / columns : n % rows;
    const std::int64_t column = along ? n % columns : n / rows;
    const std::int64_t i = row * kSquare;
    const std::int64_t j = column * kSquareDepth;
    pack_square<by_rows>(packed + (row * columns + column) * kSquareElements,
                         {all.at + i * all.i_step + j * all.j_step, all.i_step, all.j_step, all.count - i, all.depth - j,
                          all.scale});
  }
}

// c [32, 32] ← (add ? c : 0) + two rows of squares of a times two of b; each row has `squares` squares.
GLASSFORMER_AMX __attribute__((noinline)) void amx_product(float* c, std::int64_t stride, bool add, const std::uint16_t* a, const std::uint16_t* b,
                                     std::int64_t squares) {
  const std::int64_t bytes = stride * static_cast<std::int64_t>(sizeof(float));
  // The barrier writes packed data to memory before a tile is read.
  asm volatile("" ::: "memory");
  if (add) {
    _tile_loadd(0, c, bytes);
    _tile_loadd(1, c + kSquare, bytes);
    _tile_loadd(2, c + kSquare * stride, bytes);
    _tile_loadd(3, c + kSquare * stride + kSquare, bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const std::uint16_t* a2 = a + squares * kSquareElements;
  const std::uint16_t* b2 = b + squares * kSquareElements;
  for (std::int64_t i = 0; i < squares * kSquareElements; i += kSquareElements) {
    _tile_loadd(4, a + i, 64);
    _tile_loadd(6, b + i, 64);
    _tile_loadd(5, a2 + i, 64);
    _tile_loadd(7, b2 + i, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, bytes);
  _tile_stored(1, c + kSquare, bytes);
  _tile_stored(2, c + kSquare * stride, bytes);
  _tile_stored(3, c + kSquare * stride + kSquare, bytes);
  asm volatile("" ::: "memory");
}

// amx_product by dot products of pairs, for c [4, 64]. The next four rows of c, which may be in memory, are prefetched.
GLASSFORMER_PAIRS __attribute__((noinline)) void pairs_product(float* c, std::int64_t stride, bool add, const std::uint16_t* a,
                                                              const std::uint16_t* b, std::int64_t squares) {
  constexpr int kVectors = kMostTileColumns / kLanes;
  Vec sums[kPairsRows][kVectors];
  GLASSFORMER_UNROLL
  for (int r = 0; r < kPairsRows; r++)
    for (int v = 0; v < kVectors; v++) {
      sums[r][v] = add ? load(c + r * stride + v * kLanes) : broadcast(0);
      prefetch_second(c + (kPairsRows + r) * stride + v * kLanes);
    }
  const auto* pairs = reinterpret_cast<const std::int32_t*>(a);
  const auto* columns = reinterpret_cast<const float*>(b);
  const std::int64_t panel = squares * kSquareElements / 2;
  for (std::int64_t square = 0; square < squares; square++, pairs += kSquareElements / 2)
    for (int pair = 0; pair < kSquare; pair++, columns += kLanes) {
      __m512bh some[kVectors];
      GLASSFORMER_UNROLL
      for (int v = 0; v < kVectors; v++) some[v] = reinterpret_cast<__m512bh>(load(columns + v * panel));
      GLASSFORMER_UNROLL
      for (int r = 0; r < kPairsRows; r++) {
        const auto value = reinterpret_cast<__m512bh>(_mm512_set1_epi32(pairs[r * kSquare + pair]));
        GLASSFORMER_UNROLL
        for (int v = 0; v < kVectors; v++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], value, some[v]);
      }
    }
  GLASSFORMER_UNROLL
  for (int r = 0; r < kPairsRows; r++)
    for (int v = 0; v < kVectors; v++) store(c + r * stride + v * kLanes, sums[r][v]);
}

inline void whole_tile(float* c, std::int64_t stride, bool add, const std::uint16_t* a, const std::uint16_t* b,
                       std::int64_t squares, bool amx) {
  if (amx) return amx_product(c, stride, add, a, b, squares);
  for (std::int64_t row = 0; row < kTile; row += kPairsRows) {
    const std::int64_t inside = row % kSquare * kSquareDepth;
    pairs_product(c + row * stride, stride, add, a + row / kSquare * squares * kSquareElements + inside, b, squares);
  }
}

// A tile at the edge of c: it is computed as a whole tile and copied.
void edge_tile(const Target& t, const std::uint16_t* a, const std::uint16_t* b, std::int64_t squares, bool amx) {
  alignas(64) float whole[kTile * kMostTileColumns];
  const std::int64_t stride = tile_columns(amx);
  if (t.add)
    for (std::int64_t r = 0; r < t.rows; r++)
      for (std::int64_t i = 0; i < t.columns; i++) whole[r * stride + i] = t.c[r * t.stride + i];
  whole_tile(whole, stride, t.add, a, b, squares, amx);
  for (std::int64_t r = 0; r < t.rows; r++)
    for (std::int64_t i = 0; i < t.columns; i++) t.c[r * t.stride + i] = whole[r * stride + i];
}

// Computes all tiles of packed blocks of a and b.
void pairs_block(const Target& block, const std::uint16_t* a, const std::uint16_t* b, std::int64_t squares, bool amx) {
  const std::int64_t panel = squares * kSquareElements / kSquare;  // elements of one row or column
  const std::int64_t width = tile_columns(amx);
  for (std::int64_t column = 0; column < block.columns; column += width)
    for (std::int64_t row = 0; row < block.rows; row += kTile) {
      const Target t = {block.c + row * block.stride + column, block.stride, smaller(kTile, block.rows - row),
                        smaller(width, block.columns - column), 1, block.add};
      if (t.rows == kTile && t.columns == width)
        whole_tile(t.c, t.stride, t.add, a + row * panel, b + column * panel, squares, amx);
      else edge_tile(t, a + row * panel, b + column * panel, squares, amx);
    }
}

inline Source block_of(const Factor& f, std::int64_t row, std::int64_t column) {
  return {f.at + row * f.row_step + column * f.column_step, f.row_step, f.column_step, 0, 0, 1};
}

// A product's scale multiplies one of its factors before that factor is rounded. It is the same factor whether or not
// zeros are skipped: a, or b where c is transposed, because c transposed has the factors exchanged.

// Rows [row, row + count) of a, from column j on.
inline Source rows_block(const Product& p, std::int64_t row, std::int64_t j, std::int64_t count, std::int64_t depth) {
  Source source = block_of(p.a, row, j);
  source.count = count;
  source.depth = depth;
  source.scale = p.transposed ? 1 : p.scale;
  return source;
}

// Columns [column, column + count) of b, from row j on.
inline Source columns_block(const Product& p, std::int64_t column, std::int64_t j, std::int64_t count, std::int64_t depth) {
  const Source source = block_of(p.b, j, column);
  return {source.at, source.j_step, source.i_step, count, depth, p.transposed ? p.scale : 1};
}

// multiply_float32 in bfloat16.
template <class Done>
void multiply_bfloat16(const Product& p, const Block& part, float* scratch, bool amx, Done done) {
  auto* a = reinterpret_cast<std::uint16_t*>(scratch);
  auto* b = reinterpret_cast<std::uint16_t*>(scratch + kPackedRows);
  if (amx) open_amx();
  for (std::int64_t column = part.columns.begin; column < part.columns.end; column += kBfloat16Columns)
    for (std::int64_t j = 0; j < p.depth; j += kBfloat16Depth) {
      const std::int64_t columns = smaller(kBfloat16Columns, part.columns.end - column);
      const std::int64_t depth = smaller(kBfloat16Depth, p.depth - j);
      const std::int64_t squares = rounded_up(depth, kSquareDepth) / kSquareDepth;
      pack_pairs<false>(b, columns_block(p, column, j, columns, depth));
      for (std::int64_t row = part.rows.begin; row < part.rows.end; row += kBfloat16Rows) {
        const std::int64_t rows = smaller(kBfloat16Rows, part.rows.end - row);
        pack_pairs<true>(a, rows_block(p, row, j, rows, depth));
        pairs_block({p.c + row * p.c_stride + column, p.c_stride, rows, columns, 1, p.add || j > 0}, a, b, squares, amx);
        if (j + depth == p.depth) done(Block{{row, row + rows}, {column, column + columns}});
      }
    }
  if (amx) close_amx();
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
