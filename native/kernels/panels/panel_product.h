// y = x wᵀ for an encoded w: a tile computes a few rows of x on a panel of 16 outputs. All formats share one loop. A
// format provides
//   kRows                      the most rows of a tile
//   kStreamRows                the most rows with which a tile reads w from memory as fast as memory delivers it
//   row_bytes(w)               the bytes of a prepared row
//   kScaled                    whether prepared rows have scales
//   prepare(to, scale, x, w)   writes x [w.width] as a prepared row at `to`. *scale is the row's largest magnitude at
//                              first, and becomes the scale of the row.
//   tile<rows>(PanelTile)      computes panel after panel, until next_panel() is false: a call for each panel would
//                              take a tenth of the time of a short panel
//
// With few rows, reading w takes longest. A tile reads a panel from beginning to end, and then the next panel, so that
// all of w is one stream, or a few long ones, which memory and prefetchers deliver fastest. With many rows, arithmetic
// takes longest. Each row of a tile has a sum or a few, so that one load of w serves all rows, and some panels stay in
// the second cache while all rows pass.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/prefetch.h"
#include "kernels/partition.h"
#include "kernels/product/epilogue.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

// A tile is a function of its own that begins a cache line: in a loop that begins elsewhere, one row takes up to 4 %
// longer.
#define GLASSFORMER_TILE __attribute__((noinline, aligned(64)))
// The work of a tile on each panel must be inlined. Called as a function it keeps sums in memory, so that a tile took
// 2.5 times as long when Clang chose that.
#define GLASSFORMER_IN_TILE __attribute__((always_inline)) static inline

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Some rows of y, and the outputs of a panel and of the panels after it.
struct PanelTile {
  const char* x;  // the prepared rows
  std::int64_t x_stride;  // bytes
  const float* x_scales;
  const char* panel;
  std::int64_t lines;  // a multiple of 16
  const float* scales;  // [16], as `sums`; both are null where the format has none
  const std::int32_t* sums;
  float* y;
  std::int64_t y_stride;
  Epilogue epilogue;
  int columns;  // the outputs from this panel on
  // The memory to prefetch while the tile is computed; see Prefetch.
  const char* ahead;
  int lines_ahead;
  // The multipliers of an int8 weight, or null; the number of the panel's first output, and the number of all outputs
  // of the weight.
  const float* multipliers;
  std::int64_t output;
  std::int64_t outputs;

  // Moves on by `count` panels. Returns false if no panel is left.
  bool next_panels(int count) {
    const int passed = count * static_cast<int>(kPackedOutputs);
    columns -= passed;
    if (columns <= 0) return false;
    panel += count * lines * kPanelLine;
    ahead += count * lines * kPanelLine;
    if (scales) scales += passed;
    if (sums) sums += passed;
    if (epilogue.bias) epilogue.bias += passed;
    if (epilogue.residual) epilogue.residual += passed;
    y += passed;
    output += passed;
    return true;
  }
  bool next_panel() { return next_panels(1); }
};

// Calls panels(apart) for `streams` panels at a time, whose distance is `apart` panels. Where a tile prefetches, these
// panels are neighbors. Otherwise the hardware has to recognize the streams, so that each panel is the next one of a
// long stream: memory and caches deliver a few long streams faster than many short ones. Returns whether some panels
// are left.
template <int streams, class Panels>
GLASSFORMER_IN_TILE bool in_streams(PanelTile& t, Panels panels) {
  const int times = (t.columns + kPackedOutputs - 1) / kPackedOutputs / streams;
  const bool prefetch = t.lines_ahead > 0;
  for (int i = 0; i < times; i++, t.next_panels(prefetch ? streams : 1)) panels(prefetch ? 1 : times);
  if (!prefetch) t.next_panels((streams - 1) * times);
  return t.columns > 0;
}

// Prefetches the outputs of some rows in `panels` panels, whose distance is `apart` panels, before they are computed:
// stores that wait for memory would block loads.
inline void prefetch_outputs(const PanelTile& t, const Range& rows, int panels, int apart) {
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    for (int p = 0; p < panels; p++) prefetch_second(t.y + r * t.y_stride + p * apart * kPackedOutputs);
}

// The addresses of a tile's rows. One register serves three rows, whose addresses are the register plus 0, 1 or 2
// strides.
template <int rows>
struct RowBases {
  static constexpr int kBases = (rows + 2) / 3;
  const char* bases[kBases];
  std::int64_t stride;

  explicit RowBases(const PanelTile& t) : stride(t.x_stride) {
    GLASSFORMER_UNROLL
    for (int i = 0; i < kBases; i++) bases[i] = t.x + 3 * i * stride;
  }
  const char* at(int row) const { return bases[row / 3] + row % 3 * stride; }
  void advance(std::int64_t bytes) {
    GLASSFORMER_UNROLL
    for (int i = 0; i < kBases; i++) bases[i] += bytes;
  }
};

// to [depth] ← x [width] and zeros: a prepared row that stays float32.
inline void fill_up(float* to, const float* x, std::int64_t width, std::int64_t depth) {
  for (std::int64_t i = 0; i < depth; i += kLanes) store(to + i, load_first(x + i, width - i));
}

// Row `row` of y ← 16 / kLanes vectors, after the epilogue.
inline void store_outputs(const PanelTile& t, int row, const Vec* outputs) {
  float* y = t.y + row * t.y_stride;
  GLASSFORMER_UNROLL
  for (int v = 0; v < 16 / kLanes; v++) {
    const std::int64_t column = v * kLanes;
    const int left = t.columns - v * kLanes;
    if (left >= kLanes) store(y + column, with_epilogue(outputs[v], t.epilogue, row, column, Whole{}));
    else if (left > 0) store(y + column, with_epilogue(outputs[v], t.epilogue, row, column, Part{left}), Part{left});
  }
}

// The rows of a tile of a whole panel ← outputs_of(row, part) plus the bias, after the rest of the epilogue, `end`.
template <int rows, class Outputs, class End>
GLASSFORMER_IN_TILE void store_with_bias(const PanelTile& t, const Outputs& outputs_of, End end) {
  Vec bias[kParts];
  for (int part = 0; part < kParts; part++) bias[part] = load(t.epilogue.bias + part * kLanes);
  float* y = t.y;
  const float* residual = t.epilogue.residual;
  GLASSFORMER_UNROLL_TILE
  for (int r = 0; r < rows; r++, y += t.y_stride, residual += t.epilogue.residual_stride) {
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++)
      store(y + part * kLanes, end(outputs_of(r, part) + bias[part], residual, part * kLanes));
  }
}

// Calls use(end) for `outputs` outputs with a bias, where end(y, residual, column) is the rest of the epilogue; returns
// false for an unusual epilogue. `residual` is null if there is none, and then no pointer to a column of it may be
// formed. Most epilogues are one of three. They are distinguished once, because deciding at every row takes up to a
// tenth of the time of a short product.
template <class Use>
GLASSFORMER_IN_TILE bool with_common_epilogue(const PanelTile& t, std::int64_t outputs, Use use) {
  const Epilogue& f = t.epilogue;
  if (t.columns < outputs || !f.bias || f.scale != 1 || (f.residual ? f.activation != kNone : f.activation > kRelu)) return false;
  if (f.residual) use([](Vec y, const float* more, std::int64_t column) { return y + load(more + column); });
  else if (f.activation == kRelu) use([](Vec y, const float*, std::int64_t) { return relu(y); });
  else use([](Vec y, const float*, std::int64_t) { return y; });
  return true;
}

// The rows of a tile ← outputs_of(row, part), vectors of the 16 outputs, after the epilogue.
template <int rows, class Outputs>
GLASSFORMER_IN_TILE void store_tile(const PanelTile& tile, const Outputs& outputs_of) {
  const PanelTile t = tile;  // a copy that no store can change, so that it stays in registers
  if (with_common_epilogue(t, kPackedOutputs, [&](auto end) { store_with_bias<rows>(t, outputs_of, end); })) return;
  GLASSFORMER_UNROLL_TILE
  for (int r = 0; r < rows; r++) {
    Vec outputs[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) outputs[part] = outputs_of(r, part);
    store_outputs(t, r, outputs);
  }
}

// Rows of x in the form that a format needs, `stride` bytes apart, with a scale for each row.
struct Prepared {
  char* rows;
  std::int64_t stride;
  float* scales;
};

// `memory` has prepared_floats(count, width) floats (scratch.h), which suffice for every format.
template <class Format>
Prepared prepared_in(float* memory, std::int64_t count, const Matrix& w) {
  return {reinterpret_cast<char*>(memory + scratch_stride(count)), Format::row_bytes(w), memory};
}

inline Prepared prepared_from(const Prepared& all, std::int64_t first) {
  return {all.rows + first * all.stride, all.stride, all.scales + first};
}

// The number of rows whose largest magnitudes are found together: the steps of a single row would wait for each other.
constexpr int kPreparedRows = 4;

// The rows of `to` from 0 on ← rows of x
template <class Format>
void prepare_rows(const Prepared& to, const Matrix& x, const Range& rows, const Matrix& w) {
  for_rows<kPreparedRows>(rows.length(), [&](std::int64_t first, auto m) {
    if constexpr (Format::kScaled) largest_magnitudes<m()>(to.scales + first, row_of(x, rows.begin + first), x.stride, w.width);
    for (std::int64_t r = first; r < first + m(); r++)
      Format::prepare(to.rows + r * to.stride, to.scales + r, row_of(x, rows.begin + r), w);
  });
}

template <class Format, int rows = Format::kRows>
inline void tile_of(std::int64_t count, PanelTile& tile) {
  if (count == rows) return Format::template tile<rows>(tile);
  if constexpr (rows > 1) tile_of<Format, rows - 1>(count, tile);
}

// Part `part` of `parts` nearly equal parts of `count` rows.
inline Range even_part(std::int64_t count, std::int64_t part, std::int64_t parts) {
  return {count * part / parts, count * (part + 1) / parts};
}

// The tile of prepared rows `x` and of the panel at `column`; the first row is row `row` of y, and `end` is the end of
// all columns.
inline PanelTile panel_tile(const LinearArgs& args, const Prepared& x, std::int64_t row, std::int64_t column, std::int64_t end,
                            const Prefetch& prefetch) {
  const Matrix& w = args.weight;
  const Matrix& y = args.out;
  const char* panel = panel_of(w, column / kPackedOutputs);
  return {x.rows, x.stride, x.scales, panel, panel_lines(w), w.scales ? w.scales + column : nullptr,
          w.sums ? w.sums + column : nullptr, row_of(y, row) + column, y.stride, epilogue_of(args, row, column),
          static_cast<int>(end - column), panel + prefetch.bytes, prefetch.lines, w.multipliers, column, w.rows};
}

// Computes rows of y in columns of whole panels, with the epilogue. The first row is the first prepared row.
template <class Format>
void panel_block(const LinearArgs& args, const Prepared& prepared, const Block& block) {
  const Matrix& w = args.weight;
  const std::int64_t lines = panel_lines(w);
  const std::int64_t count = block.rows.length();
  const std::int64_t tiles = (count + Format::kRows - 1) / Format::kRows;
  // The processor recognizes the next lines of a stream. Where tiles read the same panels again and again, or compute
  // for long, they must prefetch.
  const bool streams = count <= rows_of_stream<Format>(args);
  const std::int64_t group = group_panels(lines);
  const std::int64_t step = tiles == 1 ? block.columns.end : group * kPackedOutputs;
  for (std::int64_t first = block.columns.begin; first < block.columns.end; first += step) {
    const std::int64_t end = smaller(first + step, block.columns.end);
    for (std::int64_t t = 0; t < tiles; t++) {
      const Range rows = even_part(count, t, tiles);
      const Prepared x = prepared_from(prepared, rows.begin);
      const Prefetch prefetch = streams ? kStreamPrefetch : prefetch_of(w, t, tiles, group);
      PanelTile tile = panel_tile(args, x, block.rows.begin + rows.begin, first, end, prefetch);
      tile_of<Format>(rows.length(), tile);
    }
  }
}

// Whether threads share the rows of y.
inline bool share_rows(const LinearArgs& args, const Partition& partition) { return args.out.rows >= rows_of_thread(args) * partition.threads; }

inline Block part_of_panels(const LinearArgs& args, const Partition& partition) {
  const Matrix& y = args.out;
  if (share_rows(args, partition)) return {part_of(y.rows, 1, partition), {0, y.width}};
  return {{0, y.rows}, part_of(y.width, kPackedOutputs, partition)};
}

// How many of `count` rows are prepared at a time. The last block gets about as many rows as the others.
template <class Format>
inline std::int64_t rows_at_a_time(const LinearArgs& args, std::int64_t count) {
  const PreparedRows room = prepared_rows(args.weight, args);
  const std::int64_t fit = smaller(room.bytes / Format::row_bytes(args.weight), room.most);
  const std::int64_t most = fit < kFewestPrepared ? kFewestPrepared : fit / kPreparedStep * kPreparedStep;
  const std::int64_t times = (count + most - 1) / most;
  return times < 2 ? most : rounded_up((count + times - 1) / times, kPreparedStep);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
