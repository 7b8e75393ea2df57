// Products of large matrices whose factor a is mostly zeros, as relu leaves it, and its gradient too when a model has
// trained for a while ("The Lazy Neuron Phenomenon", Li et al., 2023). Numbers other than 0 are listed row by row, and
// a row reads only the lines of b that it multiplies by such numbers. The other lines would add 0 (unless they are
// infinite or NaN, which has no effect in skipped lines).
//
// A format of numbers provides
//   kDepth, kColumns    the depth and columns of a block of b
//   kOwnFloats          the floats of memory that listing needs
//   kVectors            the vectors of columns in a panel of b
//   lines(depth)        the lines of a panel
//   pack(to, p, …)      packs a block of b into panels of lines
//   list(to, own, …)    appends the numbers of some rows of a that are not 0
//   scale_of_sums(p)    the scale of sums; 1 if pack or list has multiplied a factor by the scale
//   rows<vectors>(…)    multiplies two rows by some vectors of columns
#pragma once
#include "kernels/partition.h"
#include "kernels/product/bfloat16.h"
#include "kernels/product/product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The number of vectors of columns that two rows meet at a time.
constexpr int kWideVectors = kLanes == 16 ? 8 : 4;
constexpr std::int64_t kWideColumns = kWideVectors * kLanes;
// The number of rows that are listed together, which are also the rows of a tile of c: a whole cache line where c is
// transposed.
constexpr std::int64_t kListedRows = 16;
constexpr std::int64_t kMostListed = 256;

// The numbers of some rows that are not 0. Two rows are listed together, because reading a line of b takes as long as
// multiplying it twice. Entries [ends[i], ends[i + 1]) are the columns in which row 2i or row 2i + 1 is not 0, and the
// numbers of both rows there.
struct Listed {
  std::int32_t* columns;
  float* values[2];
  std::int64_t rows;
  std::int32_t ends[kMostListed / 2 + 1];

  std::int64_t count() const { return ends[(rows + 1) / 2]; }
};

// The end of a list, to which entries are added.
struct Listing {
  std::int32_t* columns;
  float* first;
  float* second;

  void add(Mask m, Vec a, Vec b, std::int64_t column) {
    store_lanes(first, m, a);
    store_lanes(second, m, b);
    const int more = store_lanes(columns, m, column);
    columns += more;
    first += more;
    second += more;
  }
};

// Calls list(Listing, r) for every two of some rows.
template <class List>
inline void list_by_two(Listed& to, std::int64_t rows, List list) {
  for (std::int64_t r = 0; r < rows; r += 2) {
    const std::int64_t end = to.count();
    Listing listing = {to.columns + end, to.values[0] + end, to.values[1] + end};
    list(listing, r);
    to.rows += smaller(2, rows - r);
    to.ends[(to.rows + 1) / 2] = static_cast<std::int32_t>(listing.columns - to.columns);
  }
}

// Two rows of a tile, and their entries.
struct TwoRows {
  const Listed& listed;
  std::int64_t row;
  Target target;

  std::int64_t begin() const { return listed.ends[row / 2]; }
  std::int64_t end() const { return listed.ends[row / 2 + 1]; }

  template <int vectors>
  inline __attribute__((always_inline)) void store_sums(const Vec (&sums)[2][vectors]) const {
    store_row(target.c, sums[0]);
    if (target.rows > 1) store_row(target.c + target.stride, sums[1]);
  }
  // Stores the sums of one row in the columns that exist.
  template <int vectors>
  inline __attribute__((always_inline)) void store_row(float* c, const Vec (&sums)[vectors]) const {
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) {
      const std::int64_t left = target.columns - v * kLanes;
      if (left >= kLanes) store_sum(c + v * kLanes, sums[v], target, Whole{});
      else if (left > 0) store_sum(c + v * kLanes, sums[v], target, Part{static_cast<int>(left)});
    }
  }
};

struct SparseFloats {
  static constexpr std::int64_t kDepth = kBlockDepth;
  static constexpr std::int64_t kColumns = kBlockColumns;
  static constexpr std::int64_t kOwnFloats = kListedRows * kBlockDepth;
  static constexpr int kVectors = kPanelColumns / kLanes;

  static std::int64_t lines(std::int64_t depth) { return depth; }
  static float scale_of_sums(const Product& p) { return p.scale; }

  static void pack(float* to, const Product& p, std::int64_t column, std::int64_t columns, std::int64_t j, std::int64_t depth) {
    pack_columns(to, p, column, columns, j, depth);
  }

  // `own` receives the rows where a is transposed.
  static void list(Listed& to, float* own, const Product& p, std::int64_t row, std::int64_t rows, std::int64_t j, std::int64_t depth) {
    const float* from = p.a.at + row * p.a.row_step + j * p.a.column_step;
    std::int64_t step = p.a.row_step;
    if (step == 1) {
      transpose_panel<kBlockDepth>(own, from, p.a.column_step, depth, rows);
      from = own;
      step = kBlockDepth;
    }
    list_by_two(to, rows, [&](Listing& listing, std::int64_t r) {
      const float* first = from + r * step;
      const float* second = from + smaller(r + 1, rows - 1) * step;
      for_columns(depth, [&](std::int64_t i, auto n) {
        const Vec a = load(first + i, n);
        const Vec b = load(second + i, n);
        listing.add(nonzero(a, b), a, b, i);
      });
    });
  }

  template <int vectors>
  static void rows(const TwoRows& r, const float* b, std::int64_t depth) {
    Vec sums[2][vectors];
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) sums[0][v] = sums[1][v] = broadcast(0);
    for (std::int64_t i = r.begin(); i < r.end(); i++) {
      const Vec first = broadcast(r.listed.values[0][i]);
      const Vec second = broadcast(r.listed.values[1][i]);
      const float* line = b + r.listed.columns[i] * kPanelColumns;
      GLASSFORMER_UNROLL
      for (int v = 0; v < vectors; v++) {
        const Vec of_b = load(line + v / 2 * depth * kPanelColumns + v % 2 * kLanes);
        sums[0][v] = multiply_add(first, of_b, sums[0][v]);
        sums[1][v] = multiply_add(second, of_b, sums[1][v]);
      }
    }
    r.store_sums(sums);
  }
};

#ifdef GLASSFORMER_BFLOAT16

// Numbers are pairs of bfloat16 along the depth.
struct SparsePairs {
  static constexpr std::int64_t kDepth = kBfloat16Depth;
  static constexpr std::int64_t kColumns = kBfloat16Columns;
  static constexpr std::int64_t kOwnFloats = kListedRows * kBfloat16Depth / 2;
  static constexpr int kVectors = 1;

  static std::int64_t lines(std::int64_t depth) { return rounded_up(depth, kSquareDepth) / 2; }
  static float scale_of_sums(const Product&) { return 1; }

  static void pack(float* to, const Product& p, std::int64_t column, std::int64_t columns, std::int64_t j, std::int64_t depth) {
    pack_pairs<false>(reinterpret_cast<std::uint16_t*>(to), columns_block(p, column, j, columns, depth));
  }

  // `own` receives the rows in bfloat16, as squares.
  GLASSFORMER_PAIRS static void list(Listed& to, float* own, const Product& p, std::int64_t row, std::int64_t rows, std::int64_t j,
                                     std::int64_t depth) {
    for (std::int64_t i = 0; i < depth; i += kSquareDepth)
      pack_square<true>(reinterpret_cast<std::uint16_t*>(own + i * kSquare / 2), rows_block(p, row, j + i, rows, depth - i));
    list_by_two(to, rows, [&](Listing& listing, std::int64_t r) {
      for (std::int64_t i = 0; i < lines(depth); i += kSquare) {
        const Vec first = load(own + i * kSquare + r * kLanes);
        const Vec second = load(own + i * kSquare + (r + 1) * kLanes);
        listing.add(nonzero_halves(first, second), first, second, i);
      }
    });
  }

  template <int vectors>
  GLASSFORMER_PAIRS static void rows(const TwoRows& r, const float* b, std::int64_t lines) {
    Vec sums[2][vectors];
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) sums[0][v] = sums[1][v] = broadcast(0);
    for (std::int64_t i = r.begin(); i < r.end(); i++) {
      const auto first = reinterpret_cast<__m512bh>(broadcast(r.listed.values[0][i]));
      const auto second = reinterpret_cast<__m512bh>(broadcast(r.listed.values[1][i]));
      const float* line = b + r.listed.columns[i] * kLanes;
      GLASSFORMER_UNROLL
      for (int v = 0; v < vectors; v++) {
        const auto of_b = reinterpret_cast<__m512bh>(load(line + v * lines * kLanes));
        sums[0][v] = _mm512_dpbf16_ps(sums[0][v], first, of_b);
        sums[1][v] = _mm512_dpbf16_ps(sums[1][v], second, of_b);
      }
    }
    r.store_sums(sums);
  }
};

#endif

// c [columns, rows] ← (add ? c : 0) + a tile [rows, kWideColumns]
void store_transposed(const Target& t, const float* tile) {
  for (std::int64_t column = 0; column < t.columns; column += kLanes)
    for_columns(t.rows, [&](std::int64_t row, auto n) {
      Vec square[kLanes];
      GLASSFORMER_UNROLL_TILE
      for (int i = 0; i < kLanes; i++) square[i] = row + i < t.rows ? load(tile + (row + i) * kWideColumns + column) : broadcast(0);
      transpose(square);
      for (int i = 0; i < smaller(kLanes, t.columns - column); i++) {
        float* c = t.c + (column + i) * t.stride + row;
        store(c, t.add ? load(c, n) + square[i] : square[i], n);
      }
    });
}

// Computes a tile, whose rows are listed from `first` on.
template <class Format>
void sparse_tile(const Target& t, const Listed& listed, std::int64_t first, const float* b, std::int64_t depth) {
  constexpr std::int64_t kColumns = Format::kVectors * kLanes;
  for (std::int64_t r = 0; r < t.rows; r += 2) {
    TwoRows two = {listed, first + r, {t.c + r * t.stride, t.stride, t.rows - r, t.columns, t.scale, t.add}};
    if (t.columns > kWideColumns - kColumns) {
      Format::template rows<kWideVectors>(two, b, depth);
      continue;
    }
    for (const float* panel = b; two.target.columns > 0; panel += kColumns * depth) {
      Format::template rows<Format::kVectors>(two, panel, depth);
      two.target.c += kColumns;
      two.target.columns -= kColumns;
    }
  }
}

// Multiplies listed rows of a by a packed block of b of `depth` lines.
template <class Format>
void sparse_block(const Target& block, bool transposed, const Listed& listed, const float* b, std::int64_t depth) {
  for (std::int64_t column = 0; column < block.columns; column += kWideColumns)
    for (std::int64_t row = 0; row < block.rows; row += kListedRows) {
      Target t = block;
      t.c += transposed ? column * block.stride + row : row * block.stride + column;
      t.rows = smaller(kListedRows, block.rows - row);
      t.columns = smaller(kWideColumns, block.columns - column);
      if (!transposed) {
        sparse_tile<Format>(t, listed, row, b + column * depth, depth);
      } else {
        alignas(64) float tile[kListedRows * kWideColumns];
        sparse_tile<Format>({tile, kWideColumns, t.rows, t.columns, t.scale, false}, listed, row, b + column * depth, depth);
        store_transposed(t, tile);
      }
    }
}

// The number of entries for which lists have room. Lists share the memory of packed rows.
template <class Format>
constexpr std::int64_t kListRoom = (kPackedRows - Format::kOwnFloats) / 3;

// Lists rows of a while there is room for them.
template <class Format>
void list_rows(Listed& listed, float* own, const Product& p, Range rows, std::int64_t j, std::int64_t depth) {
  constexpr std::int64_t kEnough = kListRoom<Format> - kListedRows / 2 * Format::kDepth - kLanes;
  listed.rows = 0;
  for (std::int64_t row = rows.begin; row < rows.end && listed.rows < kMostListed && listed.count() <= kEnough; row += kListedRows)
    Format::list(listed, own, p, row, smaller(kListedRows, rows.end - row), j, depth);
}

// multiply_float32 for an a that is mostly zeros.
template <class Format, class Done>
void multiply_sparse(const Product& p, const Block& part, float* scratch, Done done) {
  constexpr std::int64_t kRoom = kListRoom<Format>;
  float* b = scratch + kPackedRows;
  float* lists = scratch + Format::kOwnFloats;
  Listed listed = {reinterpret_cast<std::int32_t*>(lists), {lists + kRoom, lists + 2 * kRoom}, 0, {}};
  for (std::int64_t column = part.columns.begin; column < part.columns.end; column += Format::kColumns)
    for (std::int64_t j = 0; j < p.depth; j += Format::kDepth) {
      const std::int64_t columns = smaller(Format::kColumns, part.columns.end - column);
      const std::int64_t depth = smaller(Format::kDepth, p.depth - j);
      Format::pack(b, p, column, columns, j, depth);
      for (std::int64_t row = part.rows.begin; row < part.rows.end; row += listed.rows) {
        list_rows<Format>(listed, scratch, p, {row, part.rows.end}, j, depth);
        float* c = p.transposed ? p.c + column * p.c_stride + row : p.c + row * p.c_stride + column;
        const Target block = {c, p.c_stride, listed.rows, columns, Format::scale_of_sums(p), p.add || j > 0};
        sparse_block<Format>(block, p.transposed, listed, b, Format::lines(depth));
        if (j + depth == p.depth) done(Block{{row, row + listed.rows}, {column, column + columns}});
      }
    }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
